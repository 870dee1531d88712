"""Checks a fold: that its columns are there, and that they can be folded so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from kpicli.config.mapping import Fold, Lookup, Origin
from kpicli.errors import did_you_mean
from kpicli.model import Table, Type

_Complaint: TypeAlias = tuple[tuple[str, ...], str, str | None]


def check_fold(origin: Origin, fold: Fold, table: Table) -> Iterator[_Complaint]:
    """Yield what a fold says that does not fit the columns it names."""
    by_itself = not isinstance(origin, Lookup)
    if not fold.by:
        yield ("by",), "'by' is missing", "name the column that tells what is one row"
    # A source also has the columns that its headers name; a lookup only has those it is given.
    names = {*origin.specs, *(table.columns if by_itself else ())}
    for name in fold.by:
        if name not in names:
            yield ("by",), f"'{name}' is no column of this export", did_you_mean(name, names)
    for name, way in fold.named.items():
        if name not in names:
            yield (way,), f"'{name}' is no column of this export", did_you_mean(name, names)
            continue
        column = table.columns.get(name)
        kind = Type.TEXT if column is None or name in origin.keep else column.type
        message = _misfit(name, kind, way)
        if message is not None:
            yield (way,), message, _ADVICE.get(way)


_ADVICE = {
    "sum": "first and last take any column",
    "min": "first and last take any column",
    "max": "first and last take any column",
    "count": "a count needs a column that holds one, such as reopened_count, or a kept one",
}


def _misfit(name: str, kind: Type, way: str) -> str | None:
    if way == "sum" and not kind.is_number:
        return f"sum needs numbers, and {name} is {kind}"
    if way in {"min", "max"} and kind.is_text:
        return f"{way} needs numbers, times or truth values, and {name} is {kind}"
    if way == "count" and kind not in {Type.INT, Type.TEXT}:
        return f"count makes whole numbers, and {name} is {kind}"
    return None
