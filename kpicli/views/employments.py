"""Employments: renewals merged, re-hires numbered (definitions, section A7)."""

from __future__ import annotations

import polars as pl

from kpicli.views.inputs import Inputs
from kpicli.views.spells import merged


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per employment; kinds outside `hr.employment_types` are left out."""
    col = pl.col
    kinds = list(inputs.option("hr.employment_types"))
    foreign = pl.when(~col("employment_type").is_in(kinds)).then("employment_type")
    runs = merged(
        inputs.table("employees").with_columns(left_out=foreign),
        actor="employee_id",
        since="hired_at",
        until="terminated_at",
        gap=inputs.option("hr.merge_gap_days"),
    )
    left_at = col("terminated_at").dt.offset_by("1d")
    days = (col("left_at") - col("hired_at")).dt.total_days().fill_null(0)
    person = (col("employee_id"), col("left_out").is_null())
    earlier = (days.cum_sum() - days).over(*person, order_by="hired_at")
    return runs.with_columns(left_at=left_at).with_columns(
        tenure_since=col("hired_at") - pl.duration(days=earlier)
    )
