"""When tickets became complaints (definitions, `complaint_resolution_time`).

A part of the views `ticket_clock` and `open_tickets`.
"""

from __future__ import annotations

import polars as pl

from kpicli.language.sql import expression
from kpicli.views.inputs import Inputs


def lacking(inputs: Inputs) -> dict[str, str]:
    """Tell what `complained_at` would need: any of the columns that `complaint.rule` reads."""
    read = sorted(set(_rule(inputs).meta.root_names()))
    kept = inputs.kept("tickets")
    if not read or any(name in kept or inputs.has(f"tickets.{name}") for name in read):
        return {}
    return {"complained_at": " or ".join(f"tickets.{name}" for name in read)}


def with_complaints(tickets: pl.LazyFrame, inputs: Inputs) -> pl.LazyFrame:
    """Add `complained_at`: empty where `complaint.rule` does not hold.

    A ticket to which the rule applies without its escalation was a complaint from its creation on;
    the others became one when they were escalated. A kept column that the rule reads is there only
    where somebody asks when tickets became complaints.
    """
    col = pl.col
    read = set(_rule(inputs).meta.root_names())
    absent = sorted(read.difference(tickets.collect_schema()))
    never = pl.lit(None, dtype=pl.Datetime("us", inputs.zone))
    holds = _rule(inputs).fill_null(value=False)
    return (
        tickets.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in absent)
        .with_columns(is_one=holds, escalated=col("escalated_at"), escalated_at=never)
        .with_columns(by_itself=holds, escalated_at=col("escalated"))
        .with_columns(
            complained_at=pl.when(~col("is_one"))
            .then(None)
            .when("by_itself")
            .then("created_at")
            .otherwise("escalated_at")
        )
        .drop("is_one", "by_itself", "escalated", *absent)
    )


def _rule(inputs: Inputs) -> pl.Expr:
    """The rule; it is of the package, or has passed the gate when it was set."""
    return expression("$complaint.rule", inputs.params, trusted=True)
