"""Reviews, mentions and comments by others than ourselves (definitions, feedback)."""

from __future__ import annotations

import polars as pl

from kpicli.views.inputs import Inputs, mentioned, seconds


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per item; our own posts and deleted ones are left out."""
    col = pl.col
    covered = pl.lit(inputs.covered_until).dt.replace_time_zone(
        inputs.zone, ambiguous="earliest", non_existent="null"
    )
    return inputs.table("feedback").with_columns(
        age=seconds(covered, col("created_at")),
        left_out=pl.coalesce(
            mentioned(col("is_own"), "own"), mentioned(col("is_deleted"), "deleted")
        ),
    )
