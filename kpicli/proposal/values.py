"""Cells that are words: which canonical value each of them means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from kpicli.model import Type
from kpicli.model.synonyms import synonyms
from kpicli.model.types import Column
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.words import folded

_MOST = 60
_LONGEST = 60
_MOSTLY = 0.5
# Stages as systems write them: 4. Closed Won; Closed Won (Sales Pipeline); Sales / Closed Won.
_NUMBER = re.compile(r"\s*\d{1,2}\s*[.):-]\s*")
_REMARK = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_PATH = re.compile(r".*(?:[/|>:→]|\s[-–—]\s)", re.DOTALL)


class Meanings(Struct, frozen=True, kw_only=True):
    """Cells with their canonical values, and those that nothing is known of.

    `partly` are those of the known ones that hold more than the words that are known.
    """

    known: Mapping[str, str]
    unknown: tuple[str, ...]
    partly: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether every cell is its own value, in any case: no map is needed."""
        return not self.unknown and all(
            cell.casefold() == value for cell, value in self.known.items()
        )


def meanings(cells: Sequence[str], table: str, column: str, values: Sequence[str]) -> Meanings:
    """Return what the cells of a column mean, by the names that are known of its values."""
    names = {
        folded(name): value
        for value, alike in synonyms().cells(table, column).items()
        for name in alike
    } | {folded(value): value for value in values}
    whole = {cell: names[folded(cell)] for cell in cells if folded(cell) in names}
    read = ((cell, names.get(folded(_short(cell)))) for cell in cells if cell not in whole)
    partly = {cell: value for cell, value in read if value is not None}
    known = {cell: {**whole, **partly}[cell] for cell in cells if cell in whole or cell in partly}
    unknown = tuple(cell for cell in cells if cell not in known)
    return Meanings(known=known, unknown=unknown, partly=tuple(partly))


def _short(cell: str) -> str:
    """Return a cell without a number before it, a remark behind it, and what it is the end of."""
    return _PATH.sub("", _REMARK.sub("", _NUMBER.sub("", cell, count=1)), count=1)


def value_map(sheet: Sheet, header: str, table: str, name: str, column: Column) -> Meanings | None:
    """Return the map of a column whose values are few; None where it takes its cells as they are.

    Cells are told only where most of them are known words: names of people never are.
    """
    listed = synonyms().cells(table, name)
    if column.type not in {Type.ENUM, Type.TEXT} or not listed:
        return None
    cells = told(sheet, header)
    if cells is None:
        return None
    found = meanings(cells, table, name, column.values)
    if column.type is Type.ENUM:
        return found
    whole = {cell: value for cell, value in found.known.items() if cell not in found.partly}
    if len(whole) < _MOSTLY * len(cells) or not whole:
        return None
    differing = {cell: value for cell, value in whole.items() if column.spelled(cell) != value}
    return Meanings(known=differing, unknown=()) if differing else None


def told(sheet: Sheet, header: str) -> list[str] | None:
    """Return the different cells of a column that may be told; None where there are too many."""
    profile = sheet.profiles[header]
    if profile.distinct > _MOST:
        return None
    return [
        cell
        for cell, _ in sheet.counted(header)
        if cell not in profile.nothing and len(cell) <= _LONGEST and cell.isprintable()
    ]


def stages(sheet: Sheet, header: str, meaning: str) -> tuple[str, ...]:
    """Return the cells of a stage that mean `meaning`: open, won, lost and the like."""
    cells = [cell for cell, _ in sheet.counted(header) if len(cell) <= _LONGEST]
    found = meanings(cells, "leads", "status", ("open", "won", "lost"))
    return tuple(sorted(cell for cell, value in found.known.items() if value == meaning))
