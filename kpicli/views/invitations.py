"""Invitations to surveys and whether they were answered (definitions, `survey_response_rate`)."""

from __future__ import annotations

import polars as pl

from kpicli.views import answers
from kpicli.views.inputs import Inputs


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per answer or invitation, of whomever it was asked."""
    col = pl.col
    asked = inputs.table("responses").with_columns(is_protected=answers.of_employee())
    return asked.with_columns(
        is_answered=col("responded_at").is_not_null() & ~answers.is_empty(),
        customer_id=pl.when(~col("is_protected")).then("respondent_id"),
        employee_id=pl.when("is_protected").then("respondent_id"),
    )
