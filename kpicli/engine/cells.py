"""Cells: the aggregates of one metric, per combination of dimensions and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from kpicli.engine.collecting import at_once
from kpicli.engine.measures import Parts, Shape
from kpicli.engine.names import OUT, PERIOD, per_actor
from kpicli.periods import Grid
from kpicli.units import Quantity


class Cells(Struct, frozen=True, kw_only=True):
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
    by: Sequence[str],
    parts: Mapping[str, Mapping[str, Parts]],
    grid: Grid,
) -> dict[str, Cells]:
    """Cut the cells of every metric out of what their pass collected, with a row per period.

    `parts` gives, by metric, the measures of itself (under '') and of its companions.
    """
    frame = collected
    if left_out is not None:
        frame = _with_reasons(frame, left_out, list(parts), by)
    beside = [PERIOD]
    if people is not None:
        # Of a mix all values have the people of their cell.
        keys = [name for name in (*by, PERIOD) if name in people.columns]
        how: Literal["full", "left"] = "full" if len(keys) > len(by) else "left"
        frame = frame.join(people, on=keys, how=how, coalesce=True, nulls_equal=True)
        beside += [name for name in people.columns if name not in keys]
    if not by:
        frame = complete(frame, by, grid)
    found = {}
    for metric, measures in parts.items():
        own = frame[[*by, *beside, *(n for n in frame.columns if n.startswith(f"{metric}|"))]]
        if by:
            own = complete(_occurring(own, by, f"{metric}||", beside), by, grid)
        found[metric] = _cells(own, metric, measures, by, beside)
    return found


def _cells(
    frame: pl.DataFrame,
    metric: str,
    measures: Mapping[str, Parts],
    by: Sequence[str],
    beside: Sequence[str],
) -> Cells:
    """Return the cells of a metric and, on the same cells, those of its companions."""

    def cut(companion: str) -> Cells:
        prefix = f"{metric}|{companion}|"
        columns = [name for name in frame.columns if name.startswith(prefix)]
        own = frame[[*by, *(beside if companion == "" else [PERIOD]), *columns]]
        own.columns = [name.removeprefix(prefix) for name in own.columns]
        measure = measures[companion]
        return Cells(by=tuple(by), shape=measure.shape, quantity=measure.quantity, frame=own)

    return replace(cut(""), beside={name: cut(name) for name in measures if name != ""})


def _occurring(
    frame: pl.DataFrame, by: Sequence[str], prefix: str, beside: Sequence[str]
) -> pl.DataFrame:
    """Drop the combinations in which nothing of the metric is: they are those of other metrics."""
    if per_actor(by):
        return frame
    counts = [
        name
        for name, dtype in frame.schema.items()
        if dtype == pl.Int64 and (name.startswith(prefix) or name in beside)
    ]
    some = pl.any_horizontal(pl.col(name).fill_null(0) != 0 for name in counts)
    groups = frame.lazy().filter(some).select(by).unique()
    return at_once(frame.lazy().join(groups, on=list(by), how="semi", nulls_equal=True))


def _with_reasons(
    frame: pl.DataFrame, left_out: pl.DataFrame, metrics: Sequence[str], by: Sequence[str]
) -> pl.DataFrame:
    """Add how many rows each reason leaves out of each metric, where there are any."""
    keys = [*by, PERIOD]
    sums = [pl.col(metric).sum() for metric in metrics]
    counted = at_once(left_out.lazy().group_by(pl.col(OUT).cast(pl.String)).agg(sums).sort(OUT))
    columns = [
        pl.col(metric).filter(pl.col(OUT) == reason).sum().alias(f"{metric}||x:{reason}")
        for metric in metrics
        for reason, count in zip(counted[OUT], counted[metric], strict=True)
        if count > 0
    ]
    if not columns:
        return frame
    wide = at_once(left_out.lazy().group_by(keys).agg(columns))
    shared = [name for name in wide.columns if name in frame.columns and name not in keys]
    joined = frame.join(wide, on=keys, how="full", coalesce=True, nulls_equal=True, suffix=":2")
    both = [pl.sum_horizontal(name, f"{name}:2").cast(pl.Int64).alias(name) for name in shared]
    return joined.with_columns(both).drop([f"{name}:2" for name in shared]) if shared else joined


def complete(
    frame: pl.DataFrame, by: Sequence[str], grid: Grid, groups: Sequence[pl.DataFrame] = ()
) -> pl.DataFrame:
    """Return `frame` with every period for every combination, counts that are absent as 0.

    Cells of single actors stay as few as they are. `groups` are further combinations. Of a period
    that has not begun nothing is known: who is there on its first day may be gone by then.
    """
    if grid.begun < len(grid):
        frame = frame.filter(pl.col(PERIOD) < grid.begun)
    counts = [name for name, dtype in frame.schema.items() if dtype == pl.Int64 and name not in by]
    if per_actor(by):
        return frame.with_columns(pl.col(counts).fill_null(0))
    if not by:
        found = {period: place for place, period in enumerate(frame[PERIOD].to_list())}
        places = pl.Series([found.get(period) for period in range(len(grid))], dtype=pl.UInt32)
        if not places.null_count():
            ordered = frame[places]
            absent = [name for name in counts if ordered[name].null_count()]
            return ordered.with_columns(pl.col(absent).fill_null(0)) if absent else ordered
        rest = pl.exclude(PERIOD, *counts).gather(places)
        numbers = [pl.col(name).gather(places).fill_null(0) for name in counts]
        every = pl.lit(pl.Series(PERIOD, range(len(grid)), dtype=pl.Int32))
        return at_once(frame.lazy().select(every, rest, *numbers))
    periods = pl.LazyFrame({PERIOD: range(len(grid))}, schema={PERIOD: pl.Int32})
    combinations = pl.concat([frame.select(by), *groups]) if groups else frame.select(by)
    table = combinations.lazy().unique().join(periods, how="cross")
    full = table.join(frame.lazy(), on=[*by, PERIOD], how="left", nulls_equal=True)
    whole = full.with_columns(pl.col(counts).fill_null(0)).sort(*by, PERIOD, nulls_last=True)
    return at_once(whole)


def with_whole(cells: Cells, mix: str) -> Cells:
    """Return the cells of a mix with the sum over all its values as denominator and base."""
    rest = [name for name in cells.by if name != mix]
    whole = pl.col("num").sum().over(*rest, PERIOD)
    return replace(cells, frame=cells.frame.with_columns(den=whole, n=whole))
