"""Cells that are words: which canonical value each of them means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpicli.model import Type
from kpicli.model.synonyms import synonyms
from kpicli.model.types import Column
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.words import folded

_MOST = 60
_LONGEST = 60
_MOSTLY = 0.5


@dataclass(frozen=True, kw_only=True)
class Meanings:
    """Cells with their canonical values, and those that nothing is known of."""

    known: Mapping[str, str]
    unknown: tuple[str, ...]

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
    known = {cell: names[folded(cell)] for cell in cells if folded(cell) in names}
    return Meanings(known=known, unknown=tuple(cell for cell in cells if cell not in known))


def value_map(sheet: Sheet, header: str, table: str, name: str, column: Column) -> Meanings | None:
    """Return the map of a column whose values are few; None where it takes its cells as they are.

    Cells are told only where most of them are known words: names of people never are.
    """
    listed = synonyms().cells(table, name)
    if column.type not in {Type.ENUM, Type.TEXT} or not listed:
        return None
    profile = sheet.profiles[header]
    if profile.distinct > _MOST:
        return None
    cells = [
        cell
        for cell, _ in sheet.counted(header)
        if cell not in profile.nothing and len(cell) <= _LONGEST and cell.isprintable()
    ]
    found = meanings(cells, table, name, column.values)
    if column.type is Type.ENUM:
        return found
    if len(found.known) < _MOSTLY * len(cells) or not found.known:
        return None
    differing = {
        cell: value for cell, value in found.known.items() if column.spelled(cell) != value
    }
    return Meanings(known=differing, unknown=()) if differing else None


def stages(sheet: Sheet, header: str, meaning: str) -> tuple[str, ...]:
    """Return the cells of a stage that mean `meaning`: open, won, lost and the like."""
    cells = [cell for cell, _ in sheet.counted(header) if len(cell) <= _LONGEST]
    found = meanings(cells, "leads", "status", ("open", "won", "lost"))
    return tuple(sorted(cell for cell, value in found.known.items() if value == meaning))
