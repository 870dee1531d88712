"""Ratings of leaders by the people around them: 360 (definitions, `leader_360_score`)."""

from __future__ import annotations

import polars as pl

from kpicli.views import answers
from kpicli.views.inputs import Inputs, mentioned


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per rating; those of unknown leaders, or by unknown groups, are left out."""
    col = pl.col
    rated = answers.build(inputs).filter(col("survey_type") == "review360")
    blank = col("subject_id").is_null() | col("relation").is_null() | col("score").is_null()
    return rated.with_columns(
        is_protected=pl.lit(value=True),
        left_out=pl.coalesce("left_out", mentioned(blank, "null")),
    )
