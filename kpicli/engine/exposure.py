"""Exposure: the days (or months) that spells lie inside each period, exactly.

The days of all spells before a boundary b are n·b - Σ since over the spells begun before b, less
the same over those ended by b. Counts and sums per interval between boundaries are all that is
needed, so the cost is that of the rows plus the periods.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import polars as pl

from kpicli.engine import narrowing, placement
from kpicli.engine.cells import Cells, complete
from kpicli.engine.measures import Shape
from kpicli.engine.names import PERIOD, dimension
from kpicli.engine.passes import Pass
from kpicli.engine.workshop import Workshop
from kpicli.language.parameters import Params
from kpicli.language.rows import Rows
from kpicli.periods import Grid
from kpicli.units import Quantity

_MONTHS = pl.Decimal(38, 16)
_MARK = "__mark"
_COUNTS = ("begun", "ended", "total")


def plan(shop: Workshop, shared: Pass) -> pl.LazyFrame:
    """Return, per combination and boundary passed, spells begun, ended, and summed positions.

    A spell that has not ended lasts until the day after `as_of`; its end is exclusive.
    """
    col = pl.col
    rows, by = shared.rows, [dimension(name) for name in shared.by]
    compiled = shop.compiler(trusted=shared.trusted)
    stop = pl.lit(shop.grid.as_of + dt.timedelta(1))
    since, until = compiled(rows.since or ""), compiled(rows.until or "null")
    spells = (
        narrowing.split(shop, shared, compiled)[0]
        .select(*by, since.cast(pl.Date).alias("a"), until.cast(pl.Date).alias("b"))
        .with_columns(pl.min_horizontal(col("b").fill_null(stop), stop).alias("b"))
        .filter(col("a") < col("b"))
    )
    marks = _marks(shop.grid, rows, shop.settled.params)

    def passed(day: pl.Expr) -> pl.Expr:
        return placement.reached(marks, day, pl.Date(), shop.grid).alias(_MARK)

    zero, size = pl.lit(0, dtype=pl.Int64), pl.len().cast(pl.Int64)
    position = _position(shared)
    begins = spells.group_by(*by, passed(col("a"))).agg(
        begun=size, ended=zero, total=position(col("a")).sum()
    )
    # A spell that ends with boundary b, exclusive, has ended by b: its last day lies before.
    last = col("b").dt.offset_by("-1d")
    ends = spells.group_by(*by, passed(last)).agg(
        begun=zero, ended=size, total=-position(col("b")).sum()
    )
    return pl.concat([begins, ends])


def cells(collected: pl.DataFrame, shop: Workshop, shared: Pass) -> Cells:
    """Return the days (or months) inside each period as `num`, the spells that touch it as `n`."""
    col = pl.col
    grid, rows, params = shop.grid, shared.rows, shop.settled.params
    by = [dimension(name) for name in shared.by]
    marks = _marks(grid, rows, params)
    place = {day: index for index, day in enumerate(marks)}
    days = pl.DataFrame(
        {_MARK: range(len(marks)), "day": marks}, schema_overrides={_MARK: pl.Int32}
    )
    groups = collected.select(by).unique() if by else None
    table = days if groups is None else groups.join(days, how="cross")
    sums = collected.group_by(*by, _MARK).agg(col(_COUNTS).sum())
    table = table.join(sums, on=[*by, _MARK], how="left", nulls_equal=True).sort(*by, _MARK)
    running = [col(name).fill_null(0).cum_sum() for name in _COUNTS]
    table = table.with_columns(total.over(by) if by else total for total in running)
    there = (col("begun") - col("ended")) * _position(shared)(col("day")) - col("total")
    table = table.select(*by, _MARK, "begun", "ended", before=there)
    spans = pl.DataFrame(
        {
            PERIOD: range(len(grid)),
            "from": [None if day is None else place[day] for day in opens(grid, rows, params)],
            "to": [place[period.until] for period in grid.periods],
        },
        schema={PERIOD: pl.Int32, "from": pl.Int32, "to": pl.Int32},
    )
    joined = spans.join(table, left_on="to", right_on=_MARK).join(
        table,
        left_on=["from", *by],
        right_on=[_MARK, *by],
        how="left",
        nulls_equal=True,
        suffix=":from",
    )
    started = [col(f"{name}:from").fill_null(0) for name in ("before", "ended")]
    counted = joined.select(
        *by, PERIOD, num=col("before") - started[0], n=col("begun") - started[1]
    )
    frame = complete(counted, by, grid)
    return Cells(by=tuple(by), shape=Shape.TOTAL, quantity=Quantity.DAYS, frame=frame)


def _position(shared: Pass) -> Callable[[pl.Expr], pl.Expr]:
    unit = shared.members[0].declaration.time
    return _month_position if unit == "months" else _day_position


def opens(grid: Grid, rows: Rows, params: Params) -> list[dt.date | None]:
    """Return where the window of each period opens; None for all of the past."""
    if rows.window is None:
        return list(grid.starts)
    months = placement.window_months(rows, params)
    if months is None:
        return [None] * len(grid)
    trailing = grid.trailing(months)
    return [min(day, period.until) for day, period in zip(trailing, grid.periods, strict=True)]


def _marks(grid: Grid, rows: Rows, params: Params) -> list[dt.date]:
    firsts = [day for day in opens(grid, rows, params) if day is not None]
    return sorted({*firsts, *(period.until for period in grid.periods)})


def _day_position(day: pl.Expr) -> pl.Expr:
    return day.cast(pl.Int32).cast(pl.Int64)


def _month_position(day: pl.Expr) -> pl.Expr:
    months = (day.dt.year().cast(pl.Int64) * 12 + day.dt.month() - 1).cast(_MONTHS)
    part = (day.dt.day().cast(pl.Int64) - 1).cast(_MONTHS)
    return months + (part / day.dt.days_in_month().cast(_MONTHS)).cast(_MONTHS)
