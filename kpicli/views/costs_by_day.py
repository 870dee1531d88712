"""Costs by day: a cost with `period_end` is spread evenly, and exactly (definitions, CAC)."""

from __future__ import annotations

import polars as pl

from kpicli.views.inputs import Inputs

_MONEY = pl.Decimal(38, 6)


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per cost and day that it covers.

    The part up to day i is amount × i ÷ days, cut off after the sixth digit; a day's part is the
    difference of two such sums, so that the parts add up to the amount.
    """
    col = pl.col
    lag = inputs.option("cac.lag_days")
    next_day = col("incurred_at").dt.offset_by("1d")
    stop = pl.max_horizontal(pl.coalesce("period_end", next_day), next_day)
    spread = inputs.table("costs").with_columns(
        length=(stop - col("incurred_at")).dt.total_days(),
    )
    days = spread.with_columns(place=pl.int_ranges(0, "length")).explode("place")

    def part_up_to(place: pl.Expr) -> pl.Expr:
        whole = (col("amount") * place).cast(_MONEY)
        return (whole / col("length").cast(pl.Decimal(38, 0))).cast(_MONEY)

    day = col("incurred_at") + pl.duration(days="place")
    amount = part_up_to(col("place") + 1) - part_up_to(col("place"))
    return days.with_columns(
        day=day, acquisition_day=day + pl.duration(days=lag), amount=amount.cast(_MONEY)
    ).drop("length", "place")
