"""Leads and how many touches they took (definitions, `touches_to_close`)."""

from __future__ import annotations

import polars as pl

from kpicli.views import lead_touches
from kpicli.views.inputs import Inputs


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per lead with the number of its touches up to the conversion."""
    counts = lead_touches.build(inputs).group_by("lead_id").agg(touches=pl.len().cast(pl.Int64))
    return (
        lead_touches.leads(inputs)
        .join(counts, on="lead_id", how="left", maintain_order="left")
        .with_columns(pl.col("touches").fill_null(0))
    )
