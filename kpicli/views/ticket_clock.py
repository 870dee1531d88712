"""Tickets with their clocks: asked, answered, solved, waited (definitions, section A5).

What a ticket's columns do not say is derived from messages and status events where those are
loaded. A filled cell wins over what would be derived.
"""

from __future__ import annotations

import polars as pl

from kpicli.views import complaints, spans, ticket_history
from kpicli.views.inputs import Facts, Inputs, mentioned

_GONE = ("deleted", "spam", "test")
DONE = ("solved", "closed")


def facts(inputs: Inputs) -> Facts:
    """Tell what the rule for complaints would need."""
    return Facts(bases=("tickets",), lacking=complaints.lacking(inputs))


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per ticket."""
    tickets = inputs.table("tickets").with_columns(left_out=left_out())
    tickets = complaints.with_complaints(tickets, inputs)
    tickets = _answered(tickets, inputs)
    tickets = _solved(tickets, inputs)
    tickets = _waited(tickets, inputs)
    return tickets.with_columns(came_again=_came_again(inputs))


def left_out() -> pl.Expr:
    """The reason why a ticket counts nowhere, or null."""
    merged = mentioned(pl.col("merged_into_id").is_not_null(), "merged")
    gone = pl.when(pl.col("status").is_in(_GONE)).then(pl.col("status"))
    return pl.coalesce(merged, gone)


def _answered(tickets: pl.LazyFrame, inputs: Inputs) -> pl.LazyFrame:
    """Start and stop the clock of the first response.

    For a ticket opened by an agent the clock starts with the customer's first message; without one
    there is none to start. Its stop is the first public message of a human agent after the start.
    """
    col = pl.col
    rule = inputs.option("frt.agent_created")
    if inputs.has("messages"):
        tickets = ticket_history.with_replies(tickets, inputs)
    else:
        never = pl.lit(None, dtype=pl.Datetime("us", inputs.zone))
        nobody = pl.lit(None, dtype=pl.String)
        tickets = tickets.with_columns(first_customer_at=never, replied_at=never, replier_id=nobody)
    by_agent = col("created_by") == "agent"
    match rule:
        case "zendesk":
            start = col("created_at")
        case "exclude":
            start = pl.when(~by_agent).then("created_at")
        case _:
            start = pl.when(by_agent).then("first_customer_at").otherwise("created_at")
    answered = pl.coalesce("first_response_at", "replied_at")
    known = spans.ready(inputs, "first_response_seconds").is_not_null()
    return (
        tickets.with_columns(asked_at=start)
        .with_columns(
            first_response_at=pl.when(col("asked_at").is_not_null()).then(answered),
            first_responder_id=pl.coalesce("first_responder_id", "replier_id"),
        )
        .with_columns(
            **spans.by_clock(
                inputs,
                "response",
                (col("first_response_at"), col("asked_at")),
                made="first_response_seconds",
            ),
            responded_at=pl.coalesce("first_response_at", pl.when(known).then("asked_at")),
        )
    )


def _solved(tickets: pl.LazyFrame, inputs: Inputs) -> pl.LazyFrame:
    """Find the solution that counts, and how long it took."""
    col = pl.col
    if inputs.has("ticket_events"):
        tickets = ticket_history.with_solutions(tickets, inputs)
    first = inputs.option("resolution.end") == "first"
    solved_at = pl.coalesce("first_resolved_at", "resolved_at") if first else col("resolved_at")
    stands = ticket_history.is_done(inputs) | pl.lit(first)
    tickets = tickets.with_columns(resolved_at=solved_at)
    tickets = ticket_history.with_paused(tickets, inputs)
    ready = spans.ready(inputs, "resolution_seconds")
    return tickets.with_columns(
        is_resolved=stands & (col("resolved_at").is_not_null() | ready.is_not_null()),
        solved_at=pl.coalesce("resolved_at", pl.when(ready.is_not_null()).then("created_at")),
        **spans.by_clock(
            inputs,
            "resolution",
            (col("resolved_at"), col("created_at")),
            made="resolution_seconds",
            less="paused",
        ),
        **spans.by_clock(
            inputs,
            "complaint",
            (col("resolved_at"), col("complained_at")),
            made="resolution_seconds",
            made_where=col("complained_at") == col("created_at"),
            less="paused_complaint",
        ),
    )


def _waited(tickets: pl.LazyFrame, inputs: Inputs) -> pl.LazyFrame:
    """Find how long a contact waited: the column where it is mapped, else from its instants."""
    col = pl.col
    queued = pl.coalesce("queued_at", "created_at")
    ended = pl.coalesce("answered_at", "abandoned_at")
    waited = spans.by_clock(inputs, "wait", (ended, queued))
    if inputs.has("tickets.wait_seconds"):
        del waited["wait_seconds"]
    tickets = tickets.with_columns(**waited)
    if inputs.has("tickets.answered_at"):
        served = col("answered_at").is_not_null()
    else:
        served = col("abandoned_at").is_null() & col("wait_seconds").is_not_null()
    began = queued if inputs.has("tickets.answered_at") else col("queued_at")
    done = col("status").is_in(DONE).fill_null(value=False) | col("resolved_at").is_not_null()
    return tickets.with_columns(
        is_served=served,
        is_waiting=began.is_not_null() & ended.is_null() & col("wait_seconds").is_null() & ~done,
        wait_ended_at=ended,
        served_at=pl.coalesce(ended, pl.when(col("wait_seconds").is_not_null()).then(queued)),
    )


def _came_again(inputs: Inputs) -> pl.Expr:
    col = pl.col
    days = inputs.option("fcr.repeat_days")
    if days is None:
        return pl.lit(value=False)
    who = ("customer_id", "category")
    # What counts nowhere, such as a duplicate that was merged, is no ticket that came again.
    counts = col("left_out").is_null()
    following = col("created_at").shift(-1).over(*who, counts, order_by="created_at")
    soon = following <= col("resolved_at").dt.offset_by(f"{days}d")
    known = pl.all_horizontal(col(name).is_not_null() for name in who)
    return (known & soon).fill_null(value=False)
