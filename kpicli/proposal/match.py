"""Which header is which column of a table: by its words and by what its cells look like."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from operator import itemgetter

from msgspec import Struct

from kpicli.model import Column, Table, Type
from kpicli.model.synonyms import synonyms
from kpicli.proposal.assignment import assigned
from kpicli.proposal.profile import Kind, Profile
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.words import folded, likeness

LEAST = 0.45
_SURE = 0.8
_WEIGHTS = {True: 2.0, False: 1.0}
_DIMENSION_WORDS = 200
_ATTRIBUTES = frozenset(
    ("type", "status", "state", "date", "time", "тип", "вид", "статус", "дата", "время")
)
_MIXED = 0.75
_GAPS = 0.95  # a time that every row has is before one that some lack
_MOST = 0.5


class Match(Struct, frozen=True, kw_only=True):
    """A column and the header that feeds it; `score` is 1 where nothing speaks against it."""

    column: str
    header: str
    score: float
    because: str

    @property
    def doubtful(self) -> bool:
        """Whether somebody should look at it."""
        return self.score < _SURE


def matches(
    sheet: Sheet, table: Table, taken: Collection[str] = (), *, short: bool = False
) -> list[Match]:
    """Return the columns of a table that a sheet feeds, no header and no column twice.

    Of all ways to assign them it is the one with the greatest total; `taken` headers are left out.
    Only with `short`, names count that say nothing of the table.
    """
    names = [name for name in sheet.names if name and name not in taken]
    columns = list(table.columns)
    found = {
        (column, name): _match(table, column, sheet.profiles[name], short=short)
        for column in columns
        for name in names
    }
    worth = [
        [
            match.score * _WEIGHTS[table.columns[column].required]
            if (match := found[column, name])
            else 0.0
            for name in names
        ]
        for column in columns
    ]
    chosen = [
        found[columns[row], names[place]] for row, place in assigned(worth) if worth[row][place] > 0
    ]
    return [match for match in chosen if match is not None]


def _match(table: Table, name: str, profile: Profile, *, short: bool) -> Match | None:
    """Return how a header matches a column; None where it does not."""
    known, words = _nearest(table.name, name, profile.header, short=short)
    if words < LEAST or (table.columns[name].type is Type.ID and _of_it(profile.header, known)):
        return None
    score = round(words * fit(table, name, profile), 3)
    if score < LEAST:
        return None
    said = "by its header" if words == 1 else f"its header is like '{known}'"
    return Match(column=name, header=profile.header, score=score, because=said)


@cache
def _nearest(table: str, column: str, header: str, *, short: bool) -> tuple[str, float]:
    """Return the name of a column that a header is most like, and how much."""
    more = synonyms().shorter(table, column) if short else ()
    known = (*synonyms().headers(table, column), *more)
    return max(((name, likeness(header, name)) for name in known), key=itemgetter(1))


def _of_it(header: str, known: str) -> bool:
    """Whether a header tells something of a thing, and not which one it is: Lead type."""
    more = {*folded(header).split()} - {*folded(known).split()}
    return not more.isdisjoint(_ATTRIBUTES)


def fit(table: Table, name: str, profile: Profile) -> float:
    """Return how well the cells of a header suit a column, from 0 (not at all) to 1."""
    column = table.columns[name]
    if profile.kind is Kind.EMPTY:
        return 0.7
    match column.type:
        case Type.DATE | Type.TS:
            found = _of_cells(profile, Kind.TIME, profile.dates)
            return found * (_GAPS if column.required and profile.gappy else 1.0)
        case Type.MONEY | Type.NUMBER | Type.POSITION:
            return _of_number(name, profile)
        case Type.INT:
            return 1.0 if profile.kind is Kind.NUMBER else 0.0
        case Type.SECONDS:
            return 1.0 if profile.kind in {Kind.NUMBER, Kind.DURATION} else 0.0
        case Type.BOOL:
            return 1.0 if profile.truths else 0.0
        case Type.ENUM:
            return _of_values(table, name, profile)
        case Type.ID:
            return _of_id(column, profile, key=name in table.key)
        case Type.TEXT:
            return _of_text(table, name, profile)


def _of_text(table: Table, name: str, profile: Profile) -> float:
    """Cells of a text are short; where only some words are meant, some of them should be there."""
    if profile.kind in {Kind.TIME, Kind.DURATION, Kind.ADDRESS} or profile.long:
        return 0.0
    if table.columns[name].required and synonyms().cells(table.name, name):
        return 1.0 if _known(table, name, profile) else 0.8
    few = profile.distinct <= max(_DIMENSION_WORDS, profile.filled // 2)
    return 1.0 if few or profile.filled < _DIMENSION_WORDS else 0.7


def _of_number(name: str, profile: Profile) -> float:
    if profile.kind is Kind.WORDS and name == "score":
        return 0.6
    return _of_cells(profile, Kind.NUMBER, profile.numbers)


def _of_cells(profile: Profile, kind: Kind, share: float) -> float:
    """Cells should be of one kind; where most of them are, the others are mistakes to be told."""
    if profile.kind is kind:
        return 1.0
    return _MIXED if share >= _MOST else 0.0


def _of_values(table: Table, name: str, profile: Profile) -> float:
    """Cells of an enumeration are few words, the more of them known the better."""
    if profile.kind in {Kind.TIME, Kind.DURATION, Kind.ADDRESS} or profile.long:
        return 0.0
    if profile.distinct > _DIMENSION_WORDS:
        return 0.0
    return 1.0 if _known(table, name, profile) else 0.55


def _known(table: Table, name: str, profile: Profile) -> bool:
    """Whether any of the cells is known to mean a value of a column."""
    known = {
        folded(cell) for cells in synonyms().cells(table.name, name).values() for cell in cells
    }
    known |= {folded(value) for value in table.columns[name].values}
    return any(folded(cell) in known for cell in profile.cells)


def _of_id(column: Column, profile: Profile, *, key: bool) -> float:
    if profile.kind is Kind.TIME or profile.long or (profile.truths and profile.rows > 2):  # noqa: PLR2004
        return 0.0
    if profile.kind is Kind.ADDRESS and not column.person:
        return 0.5
    if key and profile.filled < profile.rows:
        return 0.7
    return 1.0
