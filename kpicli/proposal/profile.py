"""What the cells of a column look like: dates, numbers, a handful of words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from kpicli.intake.values.formats import shape_of
from kpicli.intake.values.numbers import is_number

_MOSTLY = 0.9
_SOME = 0.5
_STRAYS = 0.02
_FEW_WORDS = 40
_LONG_TEXT = 60
_LOOKED_AT = 300
_MOST_POINTS = 100
_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"(19|20)\d\d")
_HMS = re.compile(r"\d+:[0-5]?\d(?::[0-5]?\d(?:[.,]\d+)?)?")
_ADDRESS = re.compile(r".*\S@\S+\.\S+.*|https?://.*|\+\d[\d\s()-]{8,}|\d{1,3}(?:\.\d{1,3}){3}")
_TRUTHS = frozenset(
    ("true", "false", "yes", "no", "y", "n", "t", "f", "1", "0", "да", "нет", "истина", "ложь")
)
_USUAL_NOTHING = frozenset(("null", "na", "n/a", "#n/a", "nan", "none", "-", "—"))
_ODD_NOTHING = frozenset(
    (
        *("?", "??", "--", "---", "n.a.", "n/a-stillemployed", "(none)", "(not set)", "(empty)"),
        *("(blank)", "no value", "not set", "н/д", "н/п", "нет данных", "0000-00-00"),
        *("1/1/1900", "01/01/1900", "01.01.1900", "1900-01-01", "0000-00-00 00:00:00"),
        *("unknown date", "1900-01-01 00:00:00", "0001-01-01", "01.01.0001", "01.01.0001 0:00:00"),
    )
)


class Kind(StrEnum):
    """What most cells of a column are."""

    EMPTY = "empty"
    TIME = "dates"
    DURATION = "durations"
    NUMBER = "numbers"
    ADDRESS = "addresses"
    WORDS = "words"
    TEXT = "text"


class Profile(Struct, frozen=True, kw_only=True):
    """The cells of one column in the first part of a file.

    `cells` are distinct filled ones in order, each in `counts` rows; `nothing` those that seem to
    mean nothing.
    """

    header: str
    place: int
    kind: Kind
    rows: int
    filled: int
    distinct: int
    cells: tuple[str, ...]
    nothing: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()

    @property
    def unique(self) -> bool:
        """Whether every row has a cell of its own."""
        return self.rows > 0 and self.filled == self.rows == self.distinct

    @property
    def gappy(self) -> bool:
        """Whether many rows have no cell here."""
        return self.filled < _MOSTLY * self.rows

    @property
    def dates(self) -> float:
        """The share of the cells that are dates or times."""
        return _share(self.cells, _is_time) if self.cells else 0.0

    @property
    def numbers(self) -> float:
        """The share of the cells that are numbers."""
        return _share(self.cells, is_number) if self.cells else 0.0

    @property
    def truths(self) -> bool:
        """Whether the cells say yes and no."""
        return 0 < self.distinct <= len(("yes", "no")) and all(
            cell.casefold() in _TRUTHS for cell in self.cells
        )

    @property
    def points(self) -> tuple[int, int] | None:
        """The lowest and highest of whole numbers that may be scores; None for other cells."""
        if self.kind is not Kind.NUMBER or self.distinct > _MOST_POINTS:
            return None
        try:
            found = [int(float(cell.replace(",", "."))) for cell in self.cells]
        except ValueError:
            return None
        low, high = min(found), max(found)
        return (low, high) if low >= 0 and high <= _MOST_POINTS else None

    def without_strays(self, low: int, high: int) -> Profile | None:
        """Return the profile without the cells that are no numbers from `low` to `high`.

        None where there are none, or more than a slip of the hand now and then.
        """
        sound = {
            cell: count
            for cell, count in zip(self.cells, self.counts, strict=False)
            if (number := _number(cell)) is not None and low <= number <= high
        }
        filled = sum(sound.values())
        if not 0 < self.filled - filled <= _STRAYS * self.filled:
            return None
        return replace(
            self,
            kind=Kind.NUMBER,
            filled=filled,
            distinct=len(sound),
            cells=tuple(sound),
            counts=tuple(sound.values()),
        )

    @property
    def long(self) -> bool:
        """Whether the cells are sentences."""
        return bool(self.cells) and sum(map(len, self.cells)) > _LONG_TEXT * len(self.cells)


def profile(header: str, place: int, cells: Sequence[str | None]) -> Profile:
    """Look at the cells of a column; None and blank ones are empty."""
    counted = Counter(text for cell in cells if cell is not None and (text := cell.strip()))
    nothing = [cell for cell in counted if cell.casefold() in _USUAL_NOTHING | _ODD_NOTHING]
    for cell in nothing:
        del counted[cell]
    filled = counted.total()
    some = tuple(list(counted)[:_LOOKED_AT])
    return Profile(
        header=header,
        place=place,
        kind=_kind(some, filled, len(counted)),
        rows=len(cells),
        filled=filled,
        distinct=len(counted),
        cells=some,
        nothing=tuple(nothing),
        counts=tuple(counted[cell] for cell in some),
    )


def is_row(header: Sequence[str], profiles: Sequence[Profile]) -> bool:
    """Whether what seems to be a header is a row: most of its cells are like those below them.

    At least one must bear digits as they do, since words stand in headers and in cells.
    """
    pairs = [(cell.strip(), one) for cell, one in zip(header, profiles, strict=False)]
    filled = [(cell, one) for cell, one in pairs if cell and one.cells]
    counted = sum(1 for cell, one in filled if _counts_like(cell, one))
    same = sum(1 for cell, one in filled if cell in one.cells and not _counts_like(cell, one))
    return counted > 0 and 2 * (counted + same) > len(filled)


def _counts_like(cell: str, below: Profile) -> bool:
    """Whether a cell bears digits in the way in which the cells of a column do."""
    if not any(map(str.isdigit, cell)) or _YEAR.fullmatch(cell):
        return False
    if below.kind is Kind.NUMBER:
        return is_number(cell)
    form = _DIGITS.sub("0", cell)
    return _share(below.cells, lambda other: _DIGITS.sub("0", other) == form) >= _SOME


def is_usual_nothing(cell: str) -> bool:
    """Whether a cell means nothing in columns that are not text without being declared."""
    return cell.casefold() in _USUAL_NOTHING


def _kind(cells: Sequence[str], filled: int, distinct: int) -> Kind:
    if not cells:
        return Kind.EMPTY
    if _share(cells, _is_time) >= _MOSTLY:
        return Kind.TIME
    if _share(cells, lambda cell: _ADDRESS.fullmatch(cell) is not None) >= _SOME:
        return Kind.ADDRESS
    if _share(cells, lambda cell: _HMS.fullmatch(cell) is not None) >= _MOSTLY:
        return Kind.DURATION
    if _share(cells, is_number) >= _MOSTLY:
        return Kind.NUMBER
    few = distinct <= _FEW_WORDS and (distinct <= _SOME * filled or distinct <= len("few"))
    return Kind.WORDS if few and max(map(len, cells)) <= _LONG_TEXT else Kind.TEXT


def _number(cell: str) -> float | None:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return None


def _is_time(cell: str) -> bool:
    return shape_of(cell, named=True) is not None


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(1 for cell in cells if test(cell)) / len(cells)


def share_of(truths: pl.Series) -> float:
    """Return how many of the truths that are known hold, as a share; 0 where none is known."""
    known = truths.drop_nulls()
    return len(known.filter(known)) / len(known) if len(known) else 0.0
