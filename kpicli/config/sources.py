"""Checks a source against the canonical model; yields path within it, message, hint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from kpicli.config import expressions
from kpicli.config.columns import ColumnSpec
from kpicli.config.folds import check_fold
from kpicli.config.mapping import Lookup, Origin, Source
from kpicli.config.misfits import misfits
from kpicli.errors import did_you_mean
from kpicli.model import Column, Table, Type, model

Path: TypeAlias = tuple[str | int, ...]
Complaint: TypeAlias = tuple[Path, str, str | None]

KEPT = Column(type=Type.TEXT, meaning="a kept column")
"""What a kept column holds."""


def check_names(raw: Mapping[str, Any]) -> Iterator[Complaint]:
    """Yield the names in a source, as written, that the model does not know."""
    name = raw.get("table")
    table = model().tables.get(name) if isinstance(name, str) else None
    if table is None:
        if isinstance(name, str):
            yield ("table",), f"unknown table '{name}'", did_you_mean(name, model().tables)
        return
    yield from _unknown(raw, table)
    lookups = raw.get("lookup")
    for place, lookup in enumerate(lookups if isinstance(lookups, list) else ()):
        if isinstance(lookup, Mapping):
            for path, message, hint in _unknown(lookup, table):
                yield ("lookup", place, *path), message, hint


def check_source(source: Source) -> Iterator[Complaint]:
    """Yield what a source says that does not fit the columns it names."""
    table = model().tables.get(source.table)
    for place, origin in source.origins.items():
        for path, message, hint in _check_origin(origin, table):
            yield (*place, *path), message, hint
    if table is not None:
        yield from _check_lookups(source, table)


def _unknown(raw: Mapping[str, Any], table: Table) -> Iterator[Complaint]:
    for column in _keys(raw.get("columns")):
        if column not in table.columns:
            hint = did_you_mean(column, table.columns)
            yield ("columns", column), f"table {table.name} has no column '{column}'", hint
    for kept in _keys(raw.get("keep")):
        if kept in _taken(table):
            hint = "give it another name: keep: {name: Header}"
            yield ("keep", kept), f"'{kept}' is a column of {table.name} or of a view on it", hint


def _check_origin(origin: Origin, table: Table | None) -> Iterator[Complaint]:
    groups = {"columns": origin.columns, "keep": origin.keep}
    if isinstance(origin, Lookup):
        groups["match"] = origin.match
    for group, specs in groups.items():
        for name, spec in specs.items():
            column = KEPT if group == "keep" else table.columns.get(name) if table else None
            if column is None and group == "match":
                column = KEPT
            if column is not None:
                for message, hint in misfits(name, column, spec):
                    yield (group, name), message, hint
            if (spec.decimal or spec.thousands) and (found := _one_mark(spec, origin)):
                yield (group, name), *found
            for message, hint in _of_expr(name, column, spec.expr):
                yield (group, name, "expr"), message, hint
    if found := _one_mark(origin):
        yield ("thousands",), *found
    if origin.where is not None and (found := expressions.complaint(origin.where, condition=True)):
        yield ("where",), *found
    if origin.fold is not None and table is not None:
        for path, message, hint in check_fold(origin, origin.fold, table):
            yield ("fold", *path), message, hint


def _of_expr(
    name: str, column: Column | None, text: str | None
) -> Iterator[tuple[str, str | None]]:
    if text is None:
        return
    if found := expressions.complaint(text):
        yield found
    elif column is not None and not _holds_truth(column) and expressions.is_truth(text):
        hint = "say what it is: case when … then … end"
        yield f"this is true or false, and {name} is {column.type}", hint


def _one_mark(*written: ColumnSpec | Origin) -> tuple[str, str | None] | None:
    """Return what is wrong where one mark is said to part thousands and decimals."""
    decimal = next((one.decimal for one in written if one.decimal), None)
    thousands = next((one.thousands for one in written if one.thousands), None)
    if decimal is None or decimal != thousands:
        return None
    hint = '1.234,50 is decimal: ",", thousands: "."'
    return f"'{decimal}' cannot part both thousands and decimals", hint


def _check_lookups(source: Source, table: Table) -> Iterator[Complaint]:
    """Yield what does not fit between an export and those that are looked up."""
    there = {*source.columns, *source.keep}
    for place, lookup in enumerate(source.lookup):
        names = sorted({*table.columns, *there})
        for name in lookup.match:
            if name not in names:
                message = f"'{name}' is no column of {table.name} and none that is kept"
                yield ("lookup", place, "match", name), message, did_you_mean(name, names)
        for name in lookup.brought:
            if name in there:
                group = "columns" if name in lookup.columns else "keep"
                message = f"'{name}' is there already: a lookup brings what is not"
                yield ("lookup", place, group, name), message, None
        there.update(lookup.brought)


def _holds_truth(column: Column) -> bool:
    return column.type in {Type.BOOL, Type.TEXT}


def _keys(raw: Any) -> list[str]:  # noqa: ANN401 (whatever YAML holds)
    """Return the names of a mapping or a list."""
    return [key for key in raw if isinstance(key, str)] if isinstance(raw, Mapping | list) else []


def _taken(table: Table) -> frozenset[str]:
    """Names that a kept column may not have: it would hide a column of the table or a view."""
    views = [view for view in model().views.values() if view.base == table.name]
    return frozenset(table.columns).union(*(view.columns for view in views))
