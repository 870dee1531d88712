"""Goals that are due and whether they were reached (definitions, `client_goal_attainment`)."""

from __future__ import annotations

import polars as pl

from kpicli.model.types import POSITION_DIGITS
from kpicli.views.inputs import Inputs, mentioned

_FINE = pl.Decimal(38, POSITION_DIGITS)


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per goal due by `as_of`; a goal that is due later tells nothing yet."""
    col = pl.col
    goals = inputs.table("goals").filter(col("due_at") <= inputs.as_of)
    in_time = pl.coalesce(
        col("achieved_at") <= col("due_at"),
        col("actual_value") >= col("target_value"),
        pl.lit(value=False),
    )
    target = pl.when(col("target_value") > 0).then("target_value")
    part = col("actual_value").cast(_FINE) / target
    one = pl.lit(1, dtype=_FINE)
    return goals.with_columns(
        is_reached=in_time,
        progress=pl.when(part > one).then(one).otherwise(part).cast(_FINE),
        left_out=mentioned(col("target_value") == 0, "invalid"),
    )
