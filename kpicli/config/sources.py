"""Checks a source against the canonical model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from kpicli.config.types import ColumnSpec, Source
from kpicli.errors import did_you_mean
from kpicli.model import Column, Table, Type, model

Path: TypeAlias = tuple[str | int, ...]
Complaint: TypeAlias = tuple[Path, str, str | None]


def check_source(source: Source) -> Iterator[Complaint]:
    """Yield what is wrong with a source: path within it, message, hint."""
    table = model().tables.get(source.table)
    if table is None:
        yield (
            ("table",),
            f"unknown table '{source.table}'",
            did_you_mean(source.table, model().tables),
        )
        return
    for name, spec in source.columns.items():
        column = table.columns.get(name)
        if column is None:
            nearest = did_you_mean(name, table.columns)
            yield ("columns", name), f"table {table.name} has no column '{name}'", nearest
            continue
        for message, hint in _misfits(name, column, spec):
            yield ("columns", name), message, hint
    for name in source.keep:
        if name in _taken(table):
            advice = "give it another name: keep: {name: Header}"
            yield ("keep", name), f"'{name}' is a column of {table.name} or of a view on it", advice
    if source.where is not None:
        from kpicli.language.gate import admitted  # noqa: PLC0415 (a parser, for a user's text)

        try:
            admitted(source.where)
        except ValueError as error:
            yield ("where",), str(error), None


def _misfits(name: str, column: Column, spec: ColumnSpec) -> Iterator[tuple[str, str | None]]:
    kind = column.type
    if spec.format is not None and not kind.is_time:
        yield f"format belongs to dates and times, and {name} is {kind}", None
    if (spec.decimal or spec.thousands) and not kind.is_number:
        yield f"decimal and thousands belong to numbers, and {name} is {kind}", None
    if spec.unit is not None and kind is not Type.SECONDS:
        yield f"unit belongs to ready durations, and {name} is {kind}", None
    if spec.scale is not None and kind not in {Type.MONEY, Type.NUMBER}:
        yield f"scale belongs to amounts and scores, and {name} is {kind}", None
    if spec.row and kind is not Type.ID:
        yield f"row makes a key, and {name} is {kind}", None
    if column.values:
        targets = [
            *(spec.values or {}).values(),
            *(v for v in (spec.other, spec.const) if v is not None),
        ]
        for value in targets:
            text = str(value)
            if text not in column.values:
                yield f"'{text}' is not a value of {name}", did_you_mean(text, column.values)


def _taken(table: Table) -> frozenset[str]:
    """Names that a kept column may not have: it would hide a column of the table or a view."""
    views = [view for view in model().views.values() if view.base == table.name]
    return frozenset(table.columns).union(*(view.columns for view in views))
