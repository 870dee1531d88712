"""Instants that are written as days: what is counted between them is not in hours and minutes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl
from msgspec.structs import replace

from kpicli.engine.relations import columns_read, relation_of
from kpicli.model import Column, Relation, Type, model
from kpicli.report.evaluation import Ready
from kpicli.report.needs import on_clock
from kpicli.views import Inputs
from kpicli.views.demand import demanded


def whole_days(ready: Ready, inputs: Inputs, dated: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Yield the columns by which metrics count durations, and which have no time of day.

    `dated` are instants that are written as days: file and header. What is long may be counted in
    days, where both of its ends are days; where durations are ready-made nothing is counted.
    """
    if not dated:
        return
    found: dict[str, tuple[set[str], list[str]]] = {}
    for name in ready.names:
        if name in ready.lacks:
            continue
        for table_column in _read_as_days(ready, name, inputs, dated):
            file, header = dated[table_column]
            headers, metrics = found.setdefault(file, (set(), []))
            headers.add(header)
            metrics += [name] if name not in metrics else []
    for file, (headers, metrics) in found.items():
        yield (
            f"{file}: no time of day in {', '.join(sorted(headers))}, so midnight counts, and "
            f"durations are true to whole days only: {', '.join(metrics)}; export the time too"
        )


def _read_as_days(ready: Ready, name: str, inputs: Inputs, dated: Iterable[str]) -> Iterator[str]:
    """Yield the instants that are days, of those between which a metric counts."""
    for operand in ready.settled.closure([name]):
        rows = ready.settled[operand].rows
        if rows is None or rows.table is None:
            continue
        relation = relation_of(rows.table)
        for read in sorted(columns_read(ready.settled, operand, flags=False)):
            column = relation.columns.get(read)
            if column is None or not column.between or _is_ready_made(column, inputs):
                continue
            ends = _ends(relation, read, ready, inputs)
            days = [end for end in ends if end in dated]
            if not (column.long and days == ends):
                yield from days


def _is_ready_made(column: Column, inputs: Inputs) -> bool:
    """Whether the tables have the duration itself."""
    for need in column.needs:
        table, _, name = on_clock(need, inputs).partition(".")
        known = model().tables[table].columns.get(name)
        if known is not None and known.type is Type.SECONDS and inputs.has(f"{table}.{name}"):
            return True
    return False


def _ends(relation: Relation, name: str, ready: Ready, inputs: Inputs) -> list[str]:
    """Return the instants that a duration is really counted between; none where it has no end."""
    loaded = {table: inputs.mapped[table] for table in inputs.frames}
    read = demanded(
        {relation.name: [name]},
        replace(inputs, mapped=loaded, params=ready.settled.params),
        ready.cut.kept,
    )
    there = {f"{table}.{one}" for table, columns in read.items() for one in columns}

    def first(either: str) -> str | None:
        ends = (end for end in either.split(" or ") if end in there)
        return next((end for end in ends if _is_filled(end, inputs)), None)

    found = [first(either) for either in relation.columns[name].between]
    return [end for end in found if end is not None] if found[-1] is not None else []


def _is_filled(name: str, inputs: Inputs) -> bool:
    table, _, column = name.partition(".")
    filled = inputs.table(table).select(pl.col(column).is_not_null().any())
    return bool(filled.collect().item())
