"""Needs: what must be there beside the columns that are read, as `orders.cost and $parameter`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpicli.model import model


def misnamed(need: str, parameters: Iterable[str]) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Yield what a need names that is not there: what it would be, its name, those there are."""
    tables = model().tables
    for part in need.split(" and "):
        table, _, column = part.partition(".")
        if part.startswith("$"):
            if part[1:] not in parameters:
                yield "parameter", part[1:], parameters
        elif table not in tables:
            yield "table", table, tables
        elif column and column not in tables[table].columns:
            yield "column", column, tables[table].columns
