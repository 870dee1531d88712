"""Cells: the aggregates of one metric, per combination of dimensions and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from kpicli.engine.measures import Parts, Shape
from kpicli.engine.names import OUT, PERIOD, per_actor
from kpicli.engine.small import at_once
from kpicli.periods import Grid
from kpicli.units import Quantity


@dataclass(frozen=True, kw_only=True)
class Cells:
    """One row per combination of `by` that occurs, and period of the grid.

    Columns: `by`, PERIOD, `num`, `den` (not for totals), `n`, `x:reason` for rows left out,
    `f:flag` for rows that raise a flag, and what the shape needs for its statistics. `beside` holds
    companions that are measured on the same rows, on the same cells.
    """

    by: tuple[str, ...]
    shape: Shape
    quantity: Quantity
    frame: pl.DataFrame
    beside: Mapping[str, Cells] = field(default_factory=dict)


def cut_out(
    collected: pl.DataFrame,
    left_out: pl.DataFrame | None,
    people: pl.DataFrame | None,
    *,
    metric: str,
    by: Sequence[str],
    parts: Mapping[str, Parts],
    grid: Grid,
) -> Cells:
    """Cut one metric's cells out of what its pass collected, all brought to one row per period."""
    found: dict[str, Cells] = {}
    for companion, measure in parts.items():
        prefix = f"{metric}|{companion}|"
        columns = [
            pl.col(name).alias(name.removeprefix(prefix))
            for name in collected.columns
            if name.startswith(prefix)
        ]
        frame = collected.select(*by, PERIOD, *columns)
        found[companion] = Cells(
            by=tuple(by), shape=measure.shape, quantity=measure.quantity, frame=frame
        )
    own = found.pop("")
    frame = own.frame
    if left_out is not None:
        frame = _with_reasons(frame, left_out, metric, by)
    if people is not None:
        # Of a mix all values have the people of their cell.
        keys = [name for name in (*by, PERIOD) if name in people.columns]
        how: Literal["full", "left"] = "full" if len(keys) > len(by) else "left"
        frame = frame.join(people, on=keys, how=how, coalesce=True, nulls_equal=True)
    full = complete(_occurring(frame, by), by, grid)
    beside = {
        name: Cells(
            by=cells.by,
            shape=cells.shape,
            quantity=cells.quantity,
            frame=aligned(full, cells.frame, by),
        )
        for name, cells in found.items()
    }
    return Cells(by=tuple(by), shape=own.shape, quantity=own.quantity, frame=full, beside=beside)


def _occurring(frame: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Drop the combinations in which nothing of the metric is: they are those of other metrics."""
    if not by or per_actor(by):
        return frame
    counts = [name for name, dtype in frame.schema.items() if dtype == pl.Int64 and name not in by]
    some = pl.any_horizontal(pl.col(name).fill_null(0) != 0 for name in counts)
    groups = frame.lazy().filter(some).select(by).unique()
    return at_once(frame.lazy().join(groups, on=list(by), how="semi", nulls_equal=True))


def _with_reasons(
    frame: pl.DataFrame, left_out: pl.DataFrame, metric: str, by: Sequence[str]
) -> pl.DataFrame:
    keys = [*by, PERIOD]
    counts = left_out.filter(pl.col(metric) > 0)
    if counts.is_empty():
        return frame
    wide = counts.pivot(on=OUT, index=keys, values=metric, aggregate_function="sum")
    renamed = wide.rename({name: f"x:{name}" for name in wide.columns if name not in keys})
    shared = [name for name in renamed.columns if name in frame.columns and name not in keys]
    joined = frame.join(renamed, on=keys, how="full", coalesce=True, nulls_equal=True, suffix=":2")
    both = [pl.sum_horizontal(name, f"{name}:2").cast(pl.Int64).alias(name) for name in shared]
    return joined.with_columns(both).drop([f"{name}:2" for name in shared])


def complete(frame: pl.DataFrame, by: Sequence[str], grid: Grid) -> pl.DataFrame:
    """Return `frame` with every period for every combination, counts that are absent as 0.

    Cells of single actors stay as few as they are.
    """
    counts = [name for name, dtype in frame.schema.items() if dtype == pl.Int64 and name not in by]
    if per_actor(by):
        return frame.with_columns(pl.col(counts).fill_null(0))
    periods = pl.LazyFrame({PERIOD: range(len(grid))}, schema={PERIOD: pl.Int32})
    groups = frame.lazy().select(by).unique() if by else None
    table = periods if groups is None else groups.join(periods, how="cross")
    full = table.join(frame.lazy(), on=[*by, PERIOD], how="left", nulls_equal=True)
    whole = full.with_columns(pl.col(counts).fill_null(0)).sort(*by, PERIOD, nulls_last=True)
    return at_once(whole)


def aligned(full: pl.DataFrame, frame: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return `frame` on exactly the cells of `full`, in its order."""
    keys = [*by, PERIOD]
    joined = full.select(keys).join(
        frame, on=keys, how="left", nulls_equal=True, maintain_order="left"
    )
    counts = [name for name, dtype in joined.schema.items() if dtype == pl.Int64]
    return joined.with_columns(pl.col(counts).fill_null(0))


def with_whole(cells: Cells, mix: str) -> Cells:
    """Return the cells of a mix with the sum over all its values as denominator and base."""
    rest = [name for name in cells.by if name != mix]
    whole = pl.col("num").sum().over(*rest, PERIOD)
    return Cells(
        by=cells.by,
        shape=cells.shape,
        quantity=cells.quantity,
        frame=cells.frame.with_columns(den=whole, n=whole),
    )
