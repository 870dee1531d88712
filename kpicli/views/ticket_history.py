"""What messages and status events say about tickets, joined to them.

A part of the views `ticket_clock` and `open_tickets`.
"""

from __future__ import annotations

import polars as pl

from kpicli.views.inputs import Inputs
from kpicli.views.spans import by_clock, ready

DONE = ("solved", "closed")
_PAUSES = ("paused", "paused_complaint")


def with_replies(tickets: pl.LazyFrame, inputs: Inputs) -> pl.LazyFrame:
    """Add `first_customer_at`, `replied_at`, `replier_id`; fill `agent_reply_count` where empty.

    A reply is a public message of a human agent after the clock of the ticket started.
    """
    col = pl.col
    bots = list(inputs.option("bot_authors"))
    public = inputs.table("messages").filter("is_public")
    human = (col("author_type") == "agent") & ~col("author_id").is_in(bots).fill_null(value=False)
    asked = (
        public.filter(col("author_type") == "customer")
        .group_by("ticket_id")
        .agg(first_customer_at=col("sent_at").min())
    )
    tickets = tickets.join(asked, on="ticket_id", how="left", maintain_order="left")
    by_agent = col("created_by") == "agent"
    start = pl.when(by_agent).then("first_customer_at").otherwise("created_at")
    if inputs.option("frt.agent_created") == "zendesk":
        start = col("created_at")
    # An agent's opening message carries the time of the ticket: it answers nothing.
    starts = tickets.select("ticket_id", "created_by", start=start)
    later = pl.when(by_agent).then(col("sent_at") > col("start"))
    replies = (
        public.filter(human)
        .join(starts, on="ticket_id")
        .filter(later.otherwise(col("sent_at") >= col("start")))
        .group_by("ticket_id")
        .agg(
            replied_at=col("sent_at").min(),
            replier_id=col("author_id").min_by("sent_at"),
        )
    )
    tickets = tickets.join(replies, on="ticket_id", how="left", maintain_order="left")
    counted = public.filter(human).group_by("ticket_id").agg(replies=pl.len().cast(pl.Int64))
    return tickets.join(counted, on="ticket_id", how="left", maintain_order="left").with_columns(
        agent_reply_count=pl.coalesce("agent_reply_count", col("replies").fill_null(0))
    )


def is_done(inputs: Inputs) -> pl.Expr:
    """Whether a ticket is solved: by its status, else by what there is of a solution."""
    if inputs.has("tickets.status") or inputs.has("ticket_events"):
        return pl.col("status").is_in(DONE)
    return pl.col("resolved_at").is_not_null() | ready(inputs, "resolution_seconds").is_not_null()


def with_solutions(tickets: pl.LazyFrame, inputs: Inputs) -> pl.LazyFrame:
    """Fill `resolved_at`, `first_resolved_at` and `reopened_count` where they are not mapped."""
    col = pl.col
    changes = _changes(inputs)
    done = col("to_status").is_in(DONE)
    was_done = col("to_status").shift().over("ticket_id").is_in(DONE).fill_null(value=False)
    solutions = (
        changes.with_columns(solved=done & ~was_done, reopened=~done & was_done)
        .group_by("ticket_id")
        .agg(
            event_first=col("at").filter("solved").min(),
            event_last=col("at").filter("solved").max(),
            event_reopened=col("reopened").sum().cast(pl.Int64),
        )
    )
    joined = tickets.join(solutions, on="ticket_id", how="left", maintain_order="left")
    pairs = (
        ("resolved_at", "event_last"),
        ("first_resolved_at", "event_first"),
        ("reopened_count", "event_reopened"),
    )
    return joined.with_columns(pl.coalesce(name, event).alias(name) for name, event in pairs)


def with_paused(tickets: pl.LazyFrame, inputs: Inputs) -> pl.LazyFrame:
    """Add the time spent in `resolution.exclude_status` before `resolved_at`, by both clocks.

    `paused_seconds` is all of it, `paused_complaint_seconds` what lies after `complained_at`;
    `…_business` are the same in working hours where both clocks are asked for. Up to its first
    event a ticket was in the state that the event took it from; of one from before the first day of
    the events nobody knows.
    """
    col = pl.col
    paused = list(inputs.option("resolution.exclude_status"))
    sums = [f"{name}_{clock}" for name in _PAUSES for clock in ("seconds", "business")]
    if not paused:
        return tickets.with_columns(pl.lit(0, dtype=pl.Int64).alias(name) for name in sums)
    ends = tickets.select("ticket_id", "resolved_at", "complained_at", "team")
    after = pl.min_horizontal("left", pl.max_horizontal("at", "complained_at"))
    changes = _changes(inputs)
    first = changes.unique("ticket_id", keep="first", maintain_order=True)
    created = tickets.select("ticket_id", "created_at")
    begun = (
        first.join(created, on="ticket_id")
        .filter(col("created_at").dt.date() >= col("at").min().dt.date())
        .select("ticket_id", at="created_at", state="from_status", left="at")
    )
    entered = changes.select(
        "ticket_id", "at", state="to_status", left=col("at").shift(-1).over("ticket_id")
    )
    stays = (
        pl.concat([begun, entered])
        .filter(col("state").is_in(paused))
        .join(ends, on="ticket_id")
        .with_columns(left=pl.min_horizontal("left", "resolved_at"))
        .filter(col("left") > col("at"))
        .with_columns(
            **by_clock(inputs, "paused", (col("left"), col("at"))),
            **by_clock(inputs, "paused_complaint", (col("left"), after)),
        )
        .group_by("ticket_id")
        .agg(col(sums).sum())
    )
    return tickets.join(stays, on="ticket_id", how="left", maintain_order="left").with_columns(
        col(sums).fill_null(0)
    )


def open_spells(inputs: Inputs) -> pl.LazyFrame:
    """Return `ticket_id, since, until` of every spell in which a ticket with events was open."""
    col = pl.col
    created = inputs.table("tickets").select("ticket_id", at="created_at")
    opened = created.with_columns(is_open=pl.lit(value=True))
    changes = _changes(inputs).select("ticket_id", "at", is_open=~col("to_status").is_in(DONE))
    timeline = pl.concat([opened, changes.join(created, on="ticket_id", how="semi")]).sort(
        "ticket_id", "at", maintain_order=True
    )
    switches = timeline.filter(col("is_open").ne_missing(col("is_open").shift().over("ticket_id")))
    return (
        switches.with_columns(until=col("at").shift(-1).over("ticket_id"))
        .filter("is_open")
        .select("ticket_id", "until", since="at")
    )


def _changes(inputs: Inputs) -> pl.LazyFrame:
    return inputs.table("ticket_events").sort("ticket_id", "at", maintain_order=True)
