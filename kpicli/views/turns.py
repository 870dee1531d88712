"""Turns of a conversation: a customer asks, an employee answers (definitions, ART).

A turn begins with the first message of the customer after the last public answer of a human, and
ends with the next such answer. Notes and bots neither ask nor answer.
"""

from __future__ import annotations

import polars as pl

from kpicli.views.inputs import Facts, Inputs
from kpicli.views.spans import by_clock
from kpicli.views.ticket_clock import left_out

_NO_WORDS = ("ad", "login")  # types of interactions in which nobody speaks to anybody
_OF_TICKETS = ("customer_id", "assignee_id", "channel", "category", "priority", "team", "left_out")

_WORDS = ("ticket_id", "author_id", "thread", "at", "by_agent", "id", "contact_id", "to", "by")


def facts(inputs: Inputs) -> Facts:
    """Tell which table the turns come from: interactions only where there are no messages."""
    tables = ("messages", "interactions")
    there = tuple(table for table in tables if inputs.has(table))
    return Facts(bases=there[:1] or tables)


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per turn, answered or not, with the attributes of its ticket."""
    col = pl.col
    words = _messages(inputs) if inputs.has("messages") else _interactions(inputs)
    of_tickets = {*_OF_TICKETS, "ticket_id"}
    kept = [name for name in inputs.kept("messages") if name not in of_tickets]
    # What is said at the same instant is asked before it is answered.
    ordered = words.select(*_WORDS, *kept).sort("thread", "at", "by_agent", "id")
    goes_on = (col("thread") == col("thread").shift()).fill_null(value=False)
    after_agent = col("by_agent").shift()
    switches = ordered.with_columns(
        said_before=col("at").shift(),
        opens=~col("by_agent") & (~goes_on | after_agent),
        closes=col("by_agent") & goes_on & ~after_agent,
    ).filter(col("opens") | col("closes"))
    # What follows the opening of a turn in its thread, if anything does, closes it.
    answered = col("thread") == col("thread").shift(-1)
    turns = switches.with_columns(
        asked_at=col("at"),
        last_asked_at=pl.when(answered).then(col("said_before").shift(-1)),
        answered_at=pl.when(answered).then(col("at").shift(-1)),
        replier_id=pl.when(answered).then(col("author_id").shift(-1)),
    ).filter("opens")
    tickets = (
        inputs.table("tickets")
        .with_columns(left_out=left_out())
        .select("ticket_id", *(col(name).alias(name) for name in _OF_TICKETS))
    )
    began = col("last_asked_at" if inputs.option("art.clock_start") == "last" else "asked_at")
    return turns.join(tickets, on="ticket_id", how="left", maintain_order="left").with_columns(
        customer_id=pl.coalesce("contact_id", "customer_id"),
        assignee_id=pl.coalesce("to", "assignee_id"),
        channel=pl.coalesce("by", "channel"),
        **by_clock(inputs, "response", (col("answered_at"), began)),
    )


def _human(author: str, inputs: Inputs) -> pl.Expr:
    return ~pl.col(author).is_in(list(inputs.option("bot_authors"))).fill_null(value=False)


def _messages(inputs: Inputs) -> pl.LazyFrame:
    """Public messages of customers and human agents, by ticket."""
    col = pl.col
    by_agent = col("author_type") == "agent"
    nothing = pl.lit(None, dtype=pl.String)
    return (
        inputs.table("messages")
        .filter(
            "is_public",
            (col("author_type") == "customer") | (by_agent & _human("author_id", inputs)),
        )
        .with_columns(
            thread=col("ticket_id"),
            at=col("sent_at"),
            by_agent=by_agent,
            id=col("message_id"),
            contact_id=nothing,
            to=nothing,
            by=nothing,
        )
    )


def _interactions(inputs: Inputs) -> pl.LazyFrame:
    """Touches in either direction, by customer, or by lead where the customer is not known."""
    col = pl.col
    outbound = col("direction") == "outbound"
    inbound = col("direction") == "inbound"
    return (
        inputs.table("interactions")
        .filter(
            inbound | (outbound & _human("employee_id", inputs)),
            ~col("type").str.to_lowercase().is_in(_NO_WORDS),
        )
        .with_columns(
            thread=pl.coalesce("c:" + col("customer_id"), "l:" + col("lead_id")),
            at=col("occurred_at"),
            by_agent=outbound,
            id=col("interaction_id"),
            ticket_id=pl.lit(None, dtype=pl.String),
            author_id=col("employee_id"),
            contact_id=col("customer_id"),
            to=col("employee_id"),
            by=col("channel"),
        )
        .filter(col("thread").is_not_null())
    )
