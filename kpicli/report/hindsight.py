"""Hindsight: what an export of a later day says of a row, and nobody could know at `as_of`.

A ticket that was solved after `as_of` was open then, though its status says otherwise by now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Container, Iterator, Mapping

import polars as pl

from kpicli.model import model
from kpicli.views.ticket_history import DONE

_TICKETS, _STATUS, _SOLVED = "tickets", "status", "resolved_at"
_EVENTS, _ID, _AT, _TO = "ticket_events", "ticket_id", "at", "to_status"


def told_by(
    wanted: Mapping[str, Container[str]], tables: Container[str]
) -> dict[str, Collection[str]]:
    """Return what must be read besides, so that a status is the same whatever else is asked."""
    if _EVENTS not in tables or _STATUS not in wanted.get(_TICKETS, ()):
        return {}
    return {_EVENTS: (_ID, _AT, _TO)}


def without(
    name: str, rows: pl.DataFrame, frames: Mapping[str, pl.DataFrame], as_of: dt.date
) -> Iterator[pl.Expr]:
    """Yield the columns of the table `name` as they were at `as_of`, where they differ.

    `rows` and `frames`, which are whole tables, still have the times that lie after it.
    """
    if name != _TICKETS or _STATUS not in rows.columns:
        return
    late = pl.lit(value=False)
    if _SOLVED in rows.columns:
        late |= (pl.col(_SOLVED).dt.date() > as_of).fill_null(value=False)
    events = frames.get(_EVENTS)
    if events is not None:
        solved = pl.col(_TO).is_in(DONE) & (pl.col(_AT).dt.date() > as_of)
        late |= pl.col(_ID).is_in(events.filter(solved)[_ID].implode())
    status = pl.col(_STATUS)
    before = model().tables[_TICKETS].columns[_STATUS].default
    undone = pl.lit(before).cast(rows[_STATUS].dtype)
    yield pl.when(status.is_in(DONE) & late).then(undone).otherwise(status).alias(_STATUS)
