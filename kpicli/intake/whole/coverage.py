"""Coverage: the days that tables cover, and the last day on which anything happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl
from msgspec import Struct

from kpicli.config import Source
from kpicli.intake.exports import Export
from kpicli.intake.whole import rules
from kpicli.periods import Span


class Latest(Struct, frozen=True, kw_only=True, order=True):
    """The last day on which anything happened, and the column that says so."""

    day: dt.date
    column: str


def coverage(
    exports: Iterable[Export], pieces: Mapping[str, Sequence[pl.DataFrame]]
) -> tuple[Span | None, Latest | None]:
    """Return the days that a table covers, and the last day on which anything happened.

    What a rule calls impossible begins no range: a solution in 1900 of a ticket of this year. Rows
    of events that lie outside of the days which their source declares are told: no default range
    holds them.
    """
    whole: Span | None = None
    latest: list[Latest] = []
    for export in exports:
        days: list[dt.date] = []
        for frame in pieces[export.name]:
            for name in export.table.events:
                if name in frame.columns and frame[name].null_count() < frame.height:
                    column = pl.col(name)
                    sound = column.filter(~rules.impossible(export.table, name, frame.columns))
                    first, last = frame.select(
                        sound.min().dt.date().alias("first"), column.max().dt.date().alias("last")
                    ).row(0)
                    days += [] if first is None else [first, last]
                    latest.append(Latest(day=last, column=f"{export.table.name}.{name}"))
        span = Span(first=min(days), last=max(days)) if days else None
        source = export.source
        if isinstance(source, Source) and (covers := source.covers):
            span = Span(first=covers.from_, last=covers.to)
            export.warnings.extend(_outside(export, pieces[export.name], span))
        if span is not None:
            whole = span if whole is None else whole.union(span)
    return whole, max(latest, default=None)


def _outside(export: Export, frames: Iterable[pl.DataFrame], span: Span) -> Iterator[str]:
    table = export.table
    begins = [name for name in table.begins if name in table.events]
    if table.spells or len(begins) < len(table.begins):
        return  # who is there may have come before; what is planned lies ahead
    number = 0
    for frame in frames:
        if there := [pl.col(name).dt.date() for name in begins if name in frame.columns]:
            inside = pl.coalesce(there).is_between(span.first, span.last)
            number += frame.select((~inside).sum()).item()
    if number:
        yield (
            f"{export.name}: rows outside of the days that covers says, {span.first} to "
            f"{span.last}: {number:,}; widen covers, or leave them out with where"
        )
