"""Spreads an amount over the days that it covers. A part of several views."""

from __future__ import annotations

import polars as pl

_MONEY = pl.Decimal(38, 6)


def by_day(frame: pl.LazyFrame, first: str, stop: str, amount: str) -> pl.LazyFrame:
    """Return one row per row of `frame` and day from `first` on, before `stop`; at least one.

    Adds `day`, `part` and `day_length`, the number of days. The part up to day i is amount × i ÷
    days, cut off after the sixth digit; a day's part is the difference of two such sums, so that
    the parts add up to the amount.
    """
    col = pl.col
    next_day = col(first).dt.offset_by("1d")
    last = pl.max_horizontal(pl.coalesce(stop, next_day), next_day)
    days = (
        frame.with_columns(day_length=(last - col(first)).dt.total_days())
        .with_columns(place=pl.int_ranges(0, "day_length"))
        .explode("place")
    )

    def part_up_to(place: pl.Expr) -> pl.Expr:
        whole = (col(amount) * place).cast(_MONEY)
        return (whole / col("day_length").cast(pl.Decimal(38, 0))).cast(_MONEY)

    part = part_up_to(col("place") + 1) - part_up_to(col("place"))
    day = col(first) + pl.duration(days="place")
    return days.with_columns(day=day, part=part.cast(_MONEY)).drop("place")
