"""Hindsight: what an export of a later day says of a row, and nobody could know at `as_of`.

A ticket that was solved after `as_of` was open then, though its status says otherwise by now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from kpicli.model import model
from kpicli.views.ticket_history import DONE


def status_at(tickets: pl.DataFrame, frames: Mapping[str, pl.DataFrame], as_of: dt.date) -> pl.Expr:
    """Return the status of tickets without the solutions that lie after `as_of`.

    `tickets` still have the times of such solutions, and `frames` the events.
    """
    status = pl.col("status")
    late = pl.lit(value=False)
    if "resolved_at" in tickets.columns:
        late |= (pl.col("resolved_at").dt.date() > as_of).fill_null(value=False)
    events = frames.get("ticket_events")
    if events is not None and {"at", "to_status"} <= set(events.columns):
        solved = pl.col("to_status").is_in(DONE) & (pl.col("at").dt.date() > as_of)
        late |= pl.col("ticket_id").is_in(events.filter(solved)["ticket_id"].implode())
    before = model().tables["tickets"].columns["status"].default
    undone = pl.lit(before).cast(tickets["status"].dtype)
    return pl.when(status.is_in(DONE) & late).then(undone).otherwise(status).alias("status")
