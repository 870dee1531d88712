"""Placement: in which periods a row counts, as a span of places on the grid.

Every way of counting is a pair of boundaries per period, both rising: a row with instant t counts
in period p where `opens[p] <= t < closes[p]`. The first such period is the number of `closes` that
are at most t, the last one less than the number of `opens` that are. Spells compare their two ends
with the boundaries alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from kpicli.engine.collecting import at_once
from kpicli.engine.names import BEGAN, HIGH, LOW, PERIOD, per_actor
from kpicli.language.parameters import Params, months_in
from kpicli.language.rows import Rows, Take
from kpicli.language.sql import expression
from kpicli.language.texts import option
from kpicli.periods import Grid
from kpicli.views.spells import joined, last_of_runs

_SETS = (Take.KEPT, Take.LOST, Take.GAINED)


def reached(days: Sequence[dt.date], instant: pl.Expr, dtype: pl.DataType, grid: Grid) -> pl.Expr:
    """Return how many of `days` have begun at `instant`."""
    bounds = pl.lit(grid.bounds(days, dtype))
    return bounds.search_sorted(instant, side="right").cast(pl.Int32)


def place(
    frame: pl.LazyFrame, rows: Rows, grid: Grid, params: Params, *, trusted: bool
) -> pl.LazyFrame:
    """Return `frame` with the columns `LOW` and `HIGH`; rows that count in no period are gone."""

    def compiled(text: str) -> tuple[pl.Expr, pl.DataType]:
        found = expression(text, params, trusted=trusted)
        return found, frame.select(found.alias("x")).collect_schema()["x"]

    if rows.at is not None:
        instant, dtype = compiled(rows.at)
        frame = frame.filter(instant.is_not_null())
        low, high = _event(instant, dtype, rows, grid, params)
    else:
        since, dtype = compiled(rows.since or "")
        until, _ = compiled(rows.until or "null")
        frame = frame.filter(since.is_not_null() & (until.is_null() | (until >= since)))
        frame = frame.with_columns(since.alias(BEGAN))
        low, high = _spell(since, until, dtype, rows.take or Take.PRESENT, grid)
    last = len(grid) if rows.take in _SETS else len(grid) - 1
    placed = frame.with_columns(low.alias(LOW), high.alias(HIGH))
    return placed.filter((pl.col(LOW) <= pl.col(HIGH)) & (pl.col(LOW) <= last))


def is_point(rows: Rows) -> bool:
    """Whether each row counts in one period at most."""
    if rows.at is not None:
        return rows.window is None and rows.lag is None
    return rows.take in {Take.STARTED, Take.ENDED}


def window_months(rows: Rows, params: Params) -> int | None:
    """Return the months of the window of `rows`; None for all of the past."""
    return months_in(option(rows.window or "all", params))


def _event(
    instant: pl.Expr, dtype: pl.DataType, rows: Rows, grid: Grid, params: Params
) -> tuple[pl.Expr, pl.Expr]:
    opens, closes = grid.starts, grid.ends
    if rows.lag is None and rows.window is None:
        # Every period opens where the one before it closes: one search tells.
        low = reached(closes, instant, dtype, grid)
        early = instant < pl.lit(grid.bounds(opens[:1], dtype)).first()
        return low, pl.when(early).then(-1).otherwise(low).cast(pl.Int32)
    if rows.lag is not None:
        opens, closes = grid.before(rows.lag)
    if rows.window is not None:
        months = window_months(rows, params)
        if months is None:
            everywhere = pl.lit(len(grid) - 1, dtype=pl.Int32)
            return reached(closes, instant, dtype, grid), everywhere
        opens = grid.trailing(months)
    return reached(closes, instant, dtype, grid), reached(opens, instant, dtype, grid) - 1


def _spell(
    since: pl.Expr, until: pl.Expr, dtype: pl.DataType, take: Take, grid: Grid
) -> tuple[pl.Expr, pl.Expr]:
    def begun(days: Sequence[dt.date], instant: pl.Expr, *, never: int) -> pl.Expr:
        counted = reached(days, instant, dtype, grid)
        return pl.when(instant.is_null()).then(pl.lit(never, dtype=pl.Int32)).otherwise(counted)

    starts, ends = grid.starts, grid.ends
    count = len(grid)
    match take:
        case Take.OPENING:
            return begun(starts, since, never=count), begun(starts, until, never=count) - 1
        case Take.CLOSING:
            return begun(ends, since, never=count), begun(ends, until, never=count) - 1
        case Take.PRESENT:
            return begun(ends, since, never=count), begun(starts, until, never=count) - 1
        case Take.STARTED:
            return begun(ends, since, never=count), begun(starts, since, never=count) - 1
        case Take.ENDED:
            return begun(ends, until, never=count), begun(starts, until, never=0) - 1
        case Take.KEPT | Take.LOST | Take.GAINED:
            # Opening sets of every period and of the one after the last, before runs are joined.
            bounds = [*starts, ends[-1]]
            return begun(bounds, since, never=count + 1), begun(bounds, until, never=count + 1) - 1


def runs(
    frame: pl.LazyFrame, keys: Sequence[str], take: Take | None, *, single: bool
) -> pl.LazyFrame:
    """Return one row per run of touching spans of the same `keys`; `single` if each has but one.

    The other columns are those of the span that begins last. `kept`, `lost` and `gained` are read
    off the runs of opening sets.
    """
    col = pl.col
    merged = frame
    if not single:
        merged = last_of_runs(joined(frame, keys, LOW, HIGH, gap=1), LOW, HIGH)
    match take:
        case Take.KEPT:
            merged = merged.with_columns(col(HIGH) - 1)
        case Take.LOST:
            merged = merged.with_columns(col(HIGH).alias(LOW))
        case Take.GAINED:
            merged = merged.with_columns(col(LOW) - 1, (col(LOW) - 1).alias(HIGH))
        case _:
            return merged
    return merged.filter((col(LOW) <= col(HIGH)) & (col(LOW) >= 0))


def clipped(frame: pl.LazyFrame, grid: Grid) -> pl.LazyFrame:
    """Return `frame` with spans cut to the grid; those outside are gone."""
    last = len(grid) - 1
    return frame.filter((pl.col(LOW) <= last) & (pl.col(HIGH) >= 0)).with_columns(
        pl.col(LOW).clip(0, None), pl.col(HIGH).clip(None, last)
    )


def exploded(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per row and period, with the column `PERIOD` instead of the span."""
    periods = pl.int_ranges(LOW, pl.col(HIGH) + 1, dtype=pl.Int32)
    return frame.with_columns(periods.alias(PERIOD)).explode(PERIOD).drop(LOW, HIGH)


def spread(cells: pl.DataFrame, dims: Sequence[str], grid: Grid) -> pl.DataFrame:
    """Turn sums per span into sums per period: plus where a span begins, minus after its end.

    `cells` has one row per `dims`, LOW and HIGH; the result one per `dims` and PERIOD. Exact, and
    as cheap as there are spans and periods. Of single actors only the periods of spans come out.
    """
    col = pl.col
    sums = [name for name in cells.columns if name not in {*dims, LOW, HIGH}]
    spans = cells.lazy()
    if per_actor(dims):
        return at_once(exploded(spans).group_by(*dims, PERIOD).agg(col(sums).sum()))
    begins = spans.select(*dims, *sums, col(LOW).alias(PERIOD))
    ends = spans.select(*dims, *(-col(name) for name in sums), (col(HIGH) + 1).alias(PERIOD))
    net = pl.concat([begins, ends]).group_by(*dims, PERIOD).agg(col(sums).sum())
    periods = pl.LazyFrame({PERIOD: range(len(grid))}, schema={PERIOD: pl.Int32})
    table = spans.select(dims).unique().join(periods, how="cross") if dims else periods
    table = table.join(net, on=[*dims, PERIOD], how="left", nulls_equal=True).sort(*dims, PERIOD)
    running = [col(name).fill_null(0).cum_sum() for name in sums]
    whole = table.with_columns(sum_.over(dims) if dims else sum_ for sum_ in running)
    return at_once(whole)
