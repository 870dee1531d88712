"""Talks between equals (P2P): who was talked with, and nothing of what was said.

Definitions, section D: coverage counts people, not answers, so it needs no protection.
"""

from __future__ import annotations

import polars as pl

from kpicli.views.inputs import Inputs, mentioned


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per talk that was held."""
    col = pl.col
    held = (col("survey_type") == "p2p") & col("responded_at").is_not_null()
    talks = inputs.table("responses").filter(held)
    return talks.select(
        "response_id",
        "subject_id",
        *inputs.kept("responses"),
        held_at=col("responded_at"),
        left_out=mentioned(col("subject_id").is_null(), "null"),
    )
