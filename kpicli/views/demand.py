"""Which columns of the canonical tables a view reads, found by asking its plan.

The view is built over empty tables that note which of their columns are asked for. So nothing is
declared twice, and a view may change what it reads without telling anyone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import polars as pl
import polars.selectors as cs
from polars.io.plugins import register_io_source

from kpicli.model import model
from kpicli.views.inputs import Inputs
from kpicli.views.registry import build, facts, variants

_ONLY_PROJECTIONS = pl.QueryOptFlags.none(projection_pushdown=True)


def demanded(
    wanted: Mapping[str, Iterable[str]], inputs: Inputs, kept: Mapping[str, Iterable[str]]
) -> dict[str, set[str]]:
    """Return the columns per table that the relations of `wanted` (name → columns) read.

    `inputs` tells what is mapped; its frames are not read. `kept` lists further columns by table.
    """
    found: dict[str, set[str]] = {}
    frames = {
        table: _noting(table, columns, kept.get(table, ()), inputs.zone, found)
        for table, columns in inputs.mapped.items()
    }
    plans = []
    for name, columns in wanted.items():
        for inputs_of_variant in variants(name, inputs.with_frames(frames)):
            there = cs.by_name(*columns, require_all=False)
            plans.append(build(name, inputs_of_variant).select(there))
            facts(name, inputs_of_variant)
    pl.collect_all(plans, engine="in-memory", optimizations=_ONLY_PROJECTIONS)
    return found


def _noting(
    table: str,
    mapped: Iterable[str],
    kept: Iterable[str],
    zone: str,
    found: dict[str, set[str]],
) -> pl.LazyFrame:
    """Return an empty table that notes which of its columns are read."""
    columns = model().tables[table].columns
    types = {name: column.type.dtype(zone) for name, column in columns.items() if name in mapped}
    types |= dict.fromkeys(kept, pl.String())
    notes = found.setdefault(table, set())

    def rows(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,  # noqa: ARG001 (the signature that polars calls)
        batch_size: int | None,  # noqa: ARG001
    ) -> Iterator[pl.DataFrame]:
        notes.update(types if with_columns is None else with_columns)
        if predicate is not None:
            notes.update(predicate.meta.root_names())
        read = types if with_columns is None else with_columns
        yield pl.DataFrame([_empty(types[name]).alias(name) for name in read])

    return register_io_source(rows, schema=types, validate_schema=True)


@cache
def _empty(dtype: pl.DataType) -> pl.Series:
    return pl.Series(dtype=dtype)
