"""Costs by day: a cost with `period_end` is spread evenly, and exactly (definitions, CAC)."""

from __future__ import annotations

import polars as pl

from kpicli.views.inputs import Inputs
from kpicli.views.spreading import by_day


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per cost and day that it covers; days after `as_of` have not come."""
    lag = inputs.option("cac.lag_days")
    days = by_day(inputs.table("costs"), "incurred_at", "period_end", "amount")
    days = days.filter(pl.col("day") <= inputs.as_of)
    # Customers whom a cost is to win later than that have not come either.
    won = pl.col("day") + pl.duration(days=lag)
    return days.with_columns(
        acquisition_day=pl.when(won <= inputs.as_of).then(won), amount=pl.col("part")
    ).drop("part", "day_length")
