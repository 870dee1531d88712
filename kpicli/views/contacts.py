"""Contacts that customers began: tickets and inbound interactions (definitions, channels)."""

from __future__ import annotations

import polars as pl

from kpicli.views.inputs import Facts, Inputs
from kpicli.views.ticket_clock import left_out


def facts(inputs: Inputs) -> Facts:
    """Tell which of the two tables there are; interactions need a direction."""
    there = tuple(name for name in ("tickets", "interactions") if _usable(inputs, name))
    return Facts(bases=there or ("tickets", "interactions"))


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per ticket and inbound interaction."""
    col = pl.col
    tickets = inputs.table("tickets").select(
        "customer_id",
        "channel",
        "created_by",
        *inputs.kept("tickets"),
        contacted_at=col("created_at"),
        employee_id=col("assignee_id"),
        left_out=left_out(),
    )
    if not _usable(inputs, "interactions"):
        return tickets
    inbound = (
        inputs.table("interactions")
        .filter(col("direction") == "inbound")
        .select(
            "customer_id",
            "channel",
            "employee_id",
            created_by=pl.lit("customer"),
            contacted_at=col("occurred_at"),
        )
    )
    return pl.concat([tickets, inbound], how="diagonal")


def _usable(inputs: Inputs, name: str) -> bool:
    return inputs.has("interactions.direction" if name == "interactions" else name)
