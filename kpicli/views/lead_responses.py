"""The first answer to each lead (definitions, `lead_response_time`)."""

from __future__ import annotations

import polars as pl

from kpicli.views import lead_touches
from kpicli.views.inputs import Inputs
from kpicli.views.spans import by_clock

_ANSWERED = "leads.first_response_at"


def variants(inputs: Inputs) -> tuple[Inputs, ...]:
    """Return the inputs with the leads' own answers, which a file may lack, and without."""
    return (inputs, inputs.without(_ANSWERED))


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per lead.

    Where the leads do not tell when they were answered, the first outbound interaction after they
    came in does; where interactions name employees, one without (an advertisement) is no answer.
    """
    col = pl.col
    leads = lead_touches.leads(inputs)
    if not inputs.has(_ANSWERED):
        leads = _derived(leads, inputs)
    ends = (col("first_response_at"), col("created_at"))
    return leads.with_columns(**by_clock(inputs, "response", ends, team=None))


def _derived(leads: pl.LazyFrame, inputs: Inputs) -> pl.LazyFrame:
    """Take the first answer from the interactions."""
    col = pl.col
    answers = lead_touches.pairs(inputs).filter(
        (col("direction") == "outbound") & (col("occurred_at") >= col("created_at"))
    )
    if inputs.has("interactions.employee_id"):
        answers = answers.filter(col("employee_id").is_not_null())
    first = answers.group_by("lead_id").agg(first_response_at=col("occurred_at").min())
    return leads.drop("first_response_at").join(
        first, on="lead_id", how="left", maintain_order="left"
    )
