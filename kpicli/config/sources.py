"""Checks a source against the canonical model; yields path within it, message, hint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from kpicli.config.mapping import ColumnSpec, Source
from kpicli.errors import did_you_mean
from kpicli.model import Column, Table, Type, model

Path: TypeAlias = tuple[str | int, ...]
Complaint: TypeAlias = tuple[Path, str, str | None]


def check_names(raw: Mapping[str, Any]) -> Iterator[Complaint]:
    """Yield the names in a source, as written, that the model does not know."""
    name = raw.get("table")
    table = model().tables.get(name) if isinstance(name, str) else None
    if table is None:
        if isinstance(name, str):
            yield ("table",), f"unknown table '{name}'", did_you_mean(name, model().tables)
        return
    for column in _keys(raw.get("columns")):
        if column not in table.columns:
            hint = did_you_mean(column, table.columns)
            yield ("columns", column), f"table {table.name} has no column '{column}'", hint
    for kept in _keys(raw.get("keep")):
        if kept in _taken(table):
            hint = "give it another name: keep: {name: Header}"
            yield ("keep", kept), f"'{kept}' is a column of {table.name} or of a view on it", hint


def check_source(source: Source) -> Iterator[Complaint]:
    """Yield what a source says that does not fit the columns it names."""
    table = model().tables.get(source.table)
    for name, spec in source.columns.items():
        column = table.columns.get(name) if table else None
        if column is not None:
            for message, hint in _misfits(name, column, spec):
                yield ("columns", name), message, hint
    if source.where is not None:
        from kpicli.language.gate import admitted  # noqa: PLC0415 (a parser, for a user's text)

        try:
            admitted(source.where)
        except ValueError as error:
            yield ("where",), str(error), None


def _keys(raw: Any) -> list[str]:  # noqa: ANN401 (whatever YAML holds)
    """Return the names of a mapping or a list."""
    return [key for key in raw if isinstance(key, str)] if isinstance(raw, Mapping | list) else []


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
