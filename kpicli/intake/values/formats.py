"""How dates are written, found out where it is not declared.

A guess is made on a sample of cells. Where day and month cannot be told apart in it, the whole
column decides; where that cannot tell either, it is an error that asks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from msgspec import Struct

from kpicli.intake.values.months import in_english
from kpicli.intake.values.zones import ZONE, zone_format, zone_name

_TIME = (
    r"(?P<gap>T| |, )(?P<hour>\d{1,2}):\d{2}(?P<second>:\d{2})?(?P<part>[.]\d{1,9})?"
    rf"(?P<half> ?[AaPp][Mm])?{ZONE}"
)
_DATES = (
    (re.compile(r"\d{4}(?P<mark>[-/.])\d{1,2}(?P=mark)\d{1,2}"), "%Y{mark}%m{mark}%d"),
    (
        re.compile(
            r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<other>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})"
        ),
        "",
    ),
    (
        re.compile(r"\d{1,2}(?P<mark>[-/ .])[A-Za-z]{3,9}(?P=mark)(?P<year>\d{4}|\d{2})"),
        "%d{mark}%b{mark}{year}",
    ),
    (re.compile(r"[A-Za-z]{3,9} \d{1,2}, \d{4}"), "%b %d, %Y"),
    (re.compile(r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"), "%Y%m%d"),
)
_ALIKE = str.maketrans("123456789", "000000000")
_MARKS = ("-", "/", ".")
_TIME_ONLY = re.compile(_TIME)
_LAST_MONTH = 12
_OF_DAY = re.compile(r"%[-_0]?[HIklTRXcrs+]|^(?!.*%)")  # what counts days or seconds has fractions
# Those of about 1955 to 2064 for a spreadsheet, of 2001 to 2286 for a computer.
_NUMBERS_AS_TIMES = {
    "excel": r"[2-5]\d{4}([.,]\d+)?",
    "unix": r"[1-9]\d{9}([.,]\d+)?",
    "unix_ms": r"[1-9]\d{12}",
}


class Shape(Struct, frozen=True, kw_only=True):
    """How one cell is written as a date: its format, and the other one if the order is open."""

    format: str
    swapped: str | None = None


def shape_of(cell: str, *, named: bool = False) -> Shape | None:
    """Return how `cell` is written as a date or time; None where it is none that is known.

    A time with the name of a zone, such as MSK, is known only where `named` says so.
    """
    if cell[4:5] in _MARKS and cell[:4].isdecimal():
        return _year_first(_alike(cell), named)  # in which no digit tells the day from the month
    return _shape_of(in_english(cell), named)


def _shape_of(cell: str, named: bool) -> Shape | None:  # noqa: FBT001 (a cache key)
    for pattern, form in _DATES:
        if found := pattern.match(cell):
            time = _time_format(cell[found.end() :])
            if time is None or (zone_name(time) and not named):
                continue
            parts = found.groupdict()
            year = "%Y" if len(parts.get("year") or "9999") > 2 else "%y"  # noqa: PLR2004
            if form:
                date = form.replace("{mark}", parts.get("mark") or "").replace("{year}", year)
                return Shape(format=date + time)
            return _numeric(parts["mark"], int(parts["first"]), int(parts["other"]), year, time)
    return None


_year_first = lru_cache(_shape_of)


def _numeric(mark: str, first: int, other: int, year: str, time: str) -> Shape | None:
    """Tell day and month apart; with points the day comes first everywhere."""
    day_first = mark.join(("%d", "%m", year)) + time
    month_first = mark.join(("%m", "%d", year)) + time
    if first > _LAST_MONTH and other > _LAST_MONTH:
        return None
    if mark == "." or first > _LAST_MONTH:
        return Shape(format=day_first)
    if other > _LAST_MONTH:
        return Shape(format=month_first)
    return Shape(format=day_first, swapped=month_first)


def _time_format(rest: str) -> str | None:
    return _time_format_of(_alike(rest))


def _alike(cell: str) -> str:
    """Return what cells of a column share: digits tell nothing, but in UTC+3."""
    return cell if cell[-2:-1] in {"+", "-"} else cell.translate(_ALIKE)


@lru_cache
def _time_format_of(rest: str) -> str | None:
    if not rest:
        return ""
    found = _TIME_ONLY.fullmatch(rest)
    if found is None:
        return None
    hour = "%I" if found["half"] else "%H"
    text = f"{found['gap']}{hour}:%M"
    if found["second"]:
        text += ":%S"
    if found["part"]:
        text += "%.f"
    if found["half"]:
        text += (" " if found["half"].startswith(" ") else "") + "%p"
    return text + zone_format(found["zone_gap"], found["zone"])


class DateGuess(Struct, frozen=True, kw_only=True):
    """Formats that read the sample, the commonest first.

    `doubt` is empty, or says that both orders of day and month occur; `example` is a cell;
    `open_cell` one that reads both ways where no other cell of its form settles it. Where both ways
    name the same days, as 01/01/2025 does, they are `alike`.
    """

    formats: tuple[str, ...]
    doubt: str
    example: str
    open_cell: str = ""
    alike: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the order of day and month is not known."""
        return bool(self.doubt or self.open_cell)


class _Seen(Struct, kw_only=True):
    """How often a form was seen, and the cells that settle the order of day and month in it."""

    example: str
    count: int = 0
    day_first: str = ""
    month_first: str = ""


def guess_dates(cells: Iterable[str], *, named: bool = False) -> DateGuess | None:
    """Return the formats of a sample of cells; None where none is a date.

    A cell that settles the order settles it for all cells of the same form. Times with the name of
    a zone are dates only where `named` says so.
    """
    seen: dict[str, _Seen] = {}
    example = ""
    for cell in cells:
        shape = shape_of(cell, named=named)
        if shape is None:
            continue
        example = example or cell
        form = day_first(shape.format)
        found = seen.setdefault(form, _Seen(example=cell))
        found.count += 1
        if shape.swapped is None:
            if form == shape.format:
                found.day_first = found.day_first or cell
            else:
                found.month_first = found.month_first or cell
    if not seen:
        return None
    doubt = ""
    formats = []
    open_cell = ""
    for form in sorted(seen, key=lambda name: (-seen[name].count, name)):
        found = seen[form]
        if found.day_first and found.month_first:
            doubt = contradiction(found.day_first, found.month_first)
        elif not (found.day_first or found.month_first):
            open_cell = open_cell or found.example
        formats.append(month_first(form) if found.month_first else form)
    return DateGuess(formats=tuple(formats), doubt=doubt, example=example, open_cell=open_cell)


def counted(cells: Collection[str]) -> str | None:
    """Return the format of times that are written as numbers; None where they are none."""
    for form, numbers in _NUMBERS_AS_TIMES.items():
        if cells and all(re.fullmatch(numbers, cell) for cell in cells):
            return form
    return None


def contradiction(first: str, second: str) -> str:
    """Return that one cell has the day first, and the other the month."""
    return f"{first} is day first and {second} is month first"


def two_days(cell: str) -> tuple[str, str]:
    """Return the day that a cell such as 01/02/2025 names, day first and month first."""
    first, second, year = re.split(r"[-/]", cell)[:3]
    year = year[:4] if year[:4].isdigit() else f"20{year[:2]}"
    return f"{year}-{second:>02}-{first:>02}", f"{year}-{first:>02}-{second:>02}"


@lru_cache
def day_first(form: str) -> str:
    """Return a format with the day before the month."""
    return re.sub(r"^%m([-/])%d\1", r"%d\1%m\1", form)


@lru_cache
def month_first(form: str) -> str:
    """Return a format with the month before the day."""
    return re.sub(r"^%d([-/])%m\1", r"%m\1%d\1", form)


def without_time(formats: Collection[str]) -> bool:
    """Whether no format of a column has a time of day."""
    return bool(formats) and not any(map(_OF_DAY.search, formats))
