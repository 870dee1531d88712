"""How the dates and numbers of a sheet are written; what would read two ways is pinned."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from kpicli.intake.values.formats import DateGuess, day_first, guess_dates, month_first, two_days
from kpicli.intake.values.guesses import Column
from kpicli.intake.values.numbers import guess_numbers
from kpicli.intake.values.zones import tells_zone, zone_name
from kpicli.proposal.profile import Kind
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.types import also

_MOST = 300


class Dates(Struct, frozen=True, kw_only=True):
    """The formats of a column, and what they rest on."""

    formats: tuple[str, ...]
    because: str
    doubtful: bool = False

    @property
    def pinned(self) -> bool:
        """Whether the formats must be declared.

        Another month might read the other way round; a name of a zone is read only if it is said.
        """
        return len(self.formats) > 1 or any(
            day_first(form) != month_first(form) or zone_name(form) for form in self.formats
        )


class Numbers(Struct, frozen=True, kw_only=True):
    """Decimal mark and thousands separator of a column; None where its cells show none.

    `open` says that its cells alone read two ways, so that the mark must be declared.
    """

    decimal: str | None
    thousands: str | None
    because: str
    doubtful: bool = False
    open: bool = False


def dates(sheet: Sheet, headers: Iterable[str], *, english: bool) -> dict[str, Dates]:
    """Return how the columns of dates are written, over all their rows.

    The order of day and month is that of cells that show it, else of another column; where none
    shows it, it is the one of the language, and doubtful.
    """
    found: dict[str, Dates] = {}
    opened: dict[str, tuple[tuple[str, ...], str]] = {}
    shown: set[bool] = set()
    for header in headers:
        guess = _guess(sheet, header)
        if guess is None:
            continue
        formats = guess.formats
        if not guess.is_open:
            found[header] = Dates(formats=formats, because=f"dates as in {guess.example}")
            shown.update(form == day_first(form) for form in formats if _turns(form))
            continue
        seen = _whole(sheet, header).witnesses()
        if bool(seen.day_first) != bool(seen.month_first):
            shown.add(bool(seen.day_first))
            turn = day_first if seen.day_first else month_first
            found[header] = Dates(
                formats=tuple(map(turn, formats)), because="its order as some cells show"
            )
        else:
            doubt = guess.doubt or _both_ways(seen.either or guess.open_cell)
            opened[header] = (formats, doubt)
    for header, (formats, doubt) in opened.items():
        days = next(iter(shown)) if len(shown) == 1 else not english
        turn = day_first if days else month_first
        rest = "as other columns show" if len(shown) == 1 else "a guess by the language"
        told = f"day first: {rest}" if days else f"month first: {rest}"
        found[header] = Dates(
            formats=tuple(dict.fromkeys(map(turn, formats))),
            because=also(doubt, told),
            doubtful=len(shown) != 1,
        )
    return {header: _asking(written) for header, written in found.items()}


def _asking(written: Dates) -> Dates:
    """Return dates that ask which zone a name such as MSK is, where there is one."""
    names = dict.fromkeys(name for form in written.formats if (name := zone_name(form)))
    if not names:
        return written
    asked = f"say by the timezone of the source which zone {', '.join(names)} is"
    return replace(written, because=also(written.because, asked), doubtful=True)


def _turns(form: str) -> bool:
    return day_first(form) != month_first(form)


def _both_ways(cell: str) -> str:
    days, months = two_days(cell)
    return f"{cell} may be {days} or {months}"


def _whole(sheet: Sheet, header: str) -> Column:
    """Return a column as intake looks through it, all its rows."""
    return Column(name=header, header=header, heads=(), frames=[sheet.cells(header)])


def _guess(sheet: Sheet, header: str) -> DateGuess | None:
    """Return how a column is written; cells that a first guess leaves unread teach more."""
    profile = sheet.profiles[header]
    cells = list(profile.cells)
    if not cells:
        cells = [cell for cell, _ in sheet.counted(header)[:_MOST]]
    guess = guess_dates(cells, named=True)
    if guess is None:
        return None
    missed = _missed(sheet, header, (*guess.formats, *map(_other, guess.formats)))
    more = guess_dates([*cells, *missed], named=True) if missed else None
    return more or guess


def _other(form: str) -> str:
    return month_first(form) if form == day_first(form) else day_first(form)


def read_by(form: str) -> pl.Expr:
    """Return the `cell` of a column as a format reads it, or null."""
    cell = pl.col("cell")
    if "%H" in form or "%I" in form:
        zone = "UTC" if tells_zone(form) else None
        return cell.str.to_datetime(form, strict=False, time_zone=zone)
    return cell.str.to_date(form, strict=False)


def _missed(sheet: Sheet, header: str, formats: Iterable[str]) -> list[str]:
    """Return cells anywhere in a column that none of the formats reads."""
    read = [read_by(form) for form in dict.fromkeys(formats)]
    unread = pl.all_horizontal(one.is_null() for one in read)
    missed = sheet.cells(header).drop_nulls().filter(unread).unique().sort("cell").head(_MOST)
    return missed.collect(engine="streaming")["cell"].to_list()


def numbers(sheet: Sheet, headers: Iterable[str]) -> dict[str, Numbers]:
    """Return how the columns of numbers are written.

    A cell such as 1,234, where nothing else tells, is a thousand, and doubtful.
    """
    found: dict[str, Numbers] = {}
    guesses = {
        header: guess_numbers(_whole(sheet, header).marked())
        for header in headers
        if sheet.profiles[header].kind is Kind.NUMBER
    }
    marks = {guess.decimal for guess in guesses.values()} - {None}
    shared = marks.pop() if len(marks) == 1 else None
    for header, guess in guesses.items():
        decimal, thousands, doubtful = guess.decimal, guess.thousands, False
        because = f"as in {guess.example}" if guess.example else ""
        is_open = guess.open_cell is not None and decimal is None
        if guess.open_cell is not None and decimal is None:
            mark = "," if "," in guess.open_cell else "."
            decimal, doubtful = shared, shared is None
            if decimal is None:
                decimal = "." if mark == "," else ","
            thousands = mark if mark != decimal else thousands
            because = f"{guess.open_cell} may be a thousand or a fraction"
        if decimal or thousands:
            found[header] = Numbers(
                decimal=decimal,
                thousands=thousands,
                because=because,
                doubtful=doubtful,
                open=is_open,
            )
    return found
