"""Columns of tickets that say otherwise than the messages and events beside them.

A filled column counts, and what would be derived does not (definitions, section D); where the two
differ, one of them is wrong. No view: `kpi validate` tells it.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from msgspec import Struct

from kpicli.views import ticket_history
from kpicli.views.inputs import Inputs

_TOLD = "told:"
_MINUTE = pl.duration(minutes=1)
_OF_EVENTS = {
    "resolved_at": "event_last",
    "first_resolved_at": "event_first",
    "reopened_count": "event_reopened",
}


class Difference(Struct, frozen=True, kw_only=True):
    """In how many of the rows that have both a `column` differs from what a table says."""

    column: str
    table: str
    rows: int
    differing: int

    def __str__(self) -> str:
        return (
            f"tickets.{self.column}: {self.differing:,} of {self.rows:,} differ from what "
            f"{self.table} say; the column counts"
        )


def differences(inputs: Inputs) -> Iterator[Difference]:
    """Yield what differs, by more than a minute where it is a time."""
    derived = []
    if inputs.has("messages"):
        derived.append(
            ("messages", ticket_history.with_replies, {"first_response_at": "replied_at"})
        )
    if inputs.has("ticket_events"):
        derived.append(("ticket_events", ticket_history.with_solutions, _OF_EVENTS))
    for table, derive, pairs in derived:
        there = {column: by for column, by in pairs.items() if inputs.has(f"tickets.{column}")}
        if there:
            tickets = inputs.table("tickets").with_columns(
                pl.col(column).alias(_TOLD + column) for column in there
            )
            yield from _compared(derive(tickets, inputs), table, there)


def _compared(tickets: pl.LazyFrame, table: str, pairs: dict[str, str]) -> Iterator[Difference]:
    schema = tickets.collect_schema()
    counts = []
    for column, by in pairs.items():
        told, said = pl.col(_TOLD + column), pl.col(by)
        apart = (told - said).abs() > _MINUTE if schema[by].is_temporal() else told != said
        both = told.is_not_null() & said.is_not_null()
        counts += [both.sum().alias(f"{column}|rows"), (both & apart).sum().alias(f"{column}|off")]
    found = tickets.select(counts).collect(engine="streaming").row(0, named=True)
    for column in pairs:
        rows, off = found[f"{column}|rows"], found[f"{column}|off"]
        if off:
            yield Difference(column=column, table=table, rows=rows, differing=off)
