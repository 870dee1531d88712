"""Cells of a column of currencies, as names, signs or codes, and the codes that they mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

from kpicli.intake.values import signs
from kpicli.model.synonyms import synonyms
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.signs import usual
from kpicli.proposal.types import Feed
from kpicli.proposal.values import Meanings, told
from kpicli.proposal.words import folded

CURRENCY = "currency"
_CODE = re.compile(r"[A-Z]{3}")


def code(cell: str) -> str | None:
    """Return the code that a cell of currencies means; None where it means none, or several."""
    word = cell.upper()
    stands_for = signs.currencies(word)
    if found := usual(cell):
        return found
    if len(stands_for) == 1:
        return next(iter(stands_for))
    if found := _names().get(folded(cell)):
        return found
    return word if _CODE.fullmatch(word) and not stands_for else None


@cache
def _names() -> Mapping[str, str]:
    """Return the codes by the names of currencies."""
    listed = synonyms().values[CURRENCY]
    return {folded(name): found for found, names in listed.items() for name in names}


def codes(sheet: Sheet, header: str) -> Meanings | None:
    """Return what the cells of a column of currencies mean where they are no codes themselves.

    None where there are too many different ones.
    """
    cells = told(sheet, header)
    if cells is None:
        return None
    known = {cell: found for cell in cells if (found := code(cell)) and found != cell.upper()}
    return Meanings(known=known, unknown=tuple(cell for cell in cells if code(cell) is None))


def rows_of(sheet: Sheet, feed: Feed) -> dict[str, Counter[str]]:
    """Return the codes that a feed makes of the cells of a sheet, each with its cells and rows."""
    values = feed.spec.get("values", {})
    found: dict[str, Counter[str]] = {}
    for header in feed.headers[:1]:
        for cell, rows in sheet.counted(header):
            found.setdefault(str(values.get(cell, cell)).upper(), Counter())[cell] += rows
    return found
