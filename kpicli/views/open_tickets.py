"""Spells in which a ticket was open (definitions, `open_tickets_end`).

With status events a ticket may be open several times; without them it is open from its creation to
its last solution.
"""

from __future__ import annotations

import polars as pl

from kpicli.views import complaints, ticket_history
from kpicli.views.inputs import Facts, Inputs, mentioned
from kpicli.views.ticket_clock import left_out


def facts(inputs: Inputs) -> Facts:
    """Tell whether a ticket has one spell at most."""
    single = () if inputs.has("ticket_events") else ("ticket_id",)
    lacking = complaints.lacking(inputs)
    return Facts(bases=("tickets",), lacking=lacking, single=frozenset(single))


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per spell, with the attributes of the ticket."""
    col = pl.col
    tickets = inputs.table("tickets").with_columns(left_out=left_out())
    tickets = complaints.with_complaints(tickets, inputs)
    done = ticket_history.is_done(inputs)
    undated = mentioned(done & col("until").is_null(), "no_time")
    if not inputs.has("ticket_events"):
        spells = tickets.with_columns(
            since=col("created_at"), until=pl.when(done).then(col("resolved_at"))
        )
        return spells.with_columns(left_out=pl.coalesce("left_out", undated))
    spells = tickets.join(
        ticket_history.open_spells(inputs), on="ticket_id", how="left", maintain_order="left"
    )
    return spells.with_columns(left_out=pl.coalesce("left_out", undated))
