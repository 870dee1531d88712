"""The horizon of the data: what lies after `as_of` is cut off, and what is covered up to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import polars as pl
from msgspec import Struct

from kpicli.config import Config
from kpicli.intake import Loaded
from kpicli.language.parameters import Params
from kpicli.model import Table, model
from kpicli.periods import Span
from kpicli.periods.clock import Clock
from kpicli.report import hindsight, quiet
from kpicli.report.today import today
from kpicli.views import Inputs, Part


class Data(Struct, frozen=True, kw_only=True):
    """Tables up to `as_of`, and what is known of them.

    `covered` are the days that each table covers; `span` those of the tables that set the range of
    a report, None where they hold no rows.
    """

    inputs: Inputs
    loaded: Loaded
    as_of: dt.date
    covered: Mapping[str, Span]
    span: Span | None
    warnings: tuple[str, ...]


def up_to(
    config: Config,
    loaded: Loaded,
    as_of: dt.date,
    params: Params,
    ranging: Iterable[str],
    *,
    said: bool,
) -> Data:
    """Return the tables up to `as_of`; those of `ranging` may set the range of a report.

    `said` tells that somebody has said `as_of`, and it was not taken from the data.
    """
    frames, warnings = _cut(loaded, as_of)
    if not said:
        warnings += _ended_later(loaded, as_of, config.written.timezone)
    covered = _covered(loaded, as_of)
    warnings += quiet.told(loaded, covered, as_of, config, said=said)
    chosen = set(ranging)
    return Data(
        inputs=Inputs(
            frames={table: frame.lazy() for table, frame in frames.items()},
            mapped={**_named(config), **loaded.mapped},
            params=params,
            as_of=as_of,
            zone=config.written.timezone,
            clock=_clock(config, frames, as_of) if params["clock"] != "calendar" else None,
            rows=sum(frame.height for frame in frames.values()),
            parts=_parts(config, loaded),
        ),
        loaded=loaded,
        as_of=as_of,
        covered=covered,
        span=_span({table: covered[table] for table in covered if table in chosen}),
        warnings=(*loaded.warnings, *warnings),
    )


def _named(config: Config) -> dict[str, frozenset[str]]:
    """Return the columns that the config names, of tables that are not read too."""
    found: dict[str, frozenset[str]] = {}
    for source in config.written.sources.values():
        columns = found.get(source.table, frozenset())
        found[source.table] = columns.union(source.columns, source.brought)
    return found


def _parts(config: Config, loaded: Loaded) -> dict[str, tuple[Part, ...]]:
    """Return what each source fills of its table."""
    found: dict[str, tuple[Part, ...]] = {}
    for name, columns in loaded.fills.items():
        source = config.written.sources[name]
        constants = {
            column: spec.const for column, spec in source.columns.items() if spec.const is not None
        }
        part = Part(columns=columns, constants=constants)
        found[source.table] = (*found.get(source.table, ()), part)
    return found


def _cut(loaded: Loaded, as_of: dt.date) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """Return the tables without what lies after `as_of`, and how many rows began after it."""
    ends_only = loaded.latest is None or loaded.latest.day <= as_of
    frames: dict[str, pl.DataFrame] = {}
    warnings: list[str] = []
    for name, frame in loaded.frames.items():
        table = model().tables[name]
        cut = frame if ends_only else frame.filter(_begun(table, frame, as_of))
        if cut.height < frame.height:
            warnings.append(
                f"{name}: rows that begin after {as_of} are out: {frame.height - cut.height:,}"
            )
        later = table.ends if ends_only else (*table.ends, *table.events)
        known = [
            pl.when(pl.col(column).dt.date() <= as_of).then(pl.col(column)).alias(column)
            for column in dict.fromkeys(later)
            if column in cut.columns
        ]
        if not ends_only:
            known += hindsight.without(name, cut, loaded.frames, as_of)
        frames[name] = cut.with_columns(known)
    return frames, warnings


def _ended_later(loaded: Loaded, as_of: dt.date, zone: str) -> list[str]:
    """Return how many rows have ended by now, but after the latest event: they count as open.

    Ends that are yet to come are plans and nothing to wonder at.
    """
    found = []
    for name, frame in loaded.frames.items():
        for column in model().tables[name].ends:
            if column not in frame.columns:
                continue
            days = frame[column].dt.date()
            late = days.filter(days.is_between(as_of, today(zone), closed="right"))
            last = late.max()
            if isinstance(last, dt.date):
                found.append(
                    f"{name}: rows that end after {as_of}, the last event, count as not ended: "
                    f"{late.len():,}; say up to which day the data go, as_of or --as-of: "
                    f"{last} or later"
                )
    return found


def _clock(config: Config, frames: Mapping[str, pl.DataFrame], as_of: dt.date) -> Clock | None:
    """Return the working hours over all days on which anything happened."""
    if not config.written.calendars:
        return None
    firsts = [
        day
        for frame in frames.values()
        for column in frame.select(pl.selectors.datetime()).get_columns()
        if isinstance(day := column.dt.date().min(), dt.date)
    ]
    first, last = min(firsts, default=as_of), as_of + dt.timedelta(1)
    zone = config.written.timezone
    return Clock(
        hours={
            name: calendar.working_hours(name, zone, first, last)
            for name, calendar in config.written.calendars.items()
        },
        first=first,
        last=last,
    )


def _begun(table: Table, frame: pl.DataFrame, as_of: dt.date) -> pl.Expr:
    begins = [pl.col(name).dt.date() for name in table.begins if name in frame.columns]
    if not begins:
        return pl.lit(value=True)
    return (pl.coalesce(begins) <= as_of).fill_null(value=True)


def _covered(loaded: Loaded, as_of: dt.date) -> dict[str, Span]:
    """Return the days covered up to `as_of`; a table of spells covers all days up to it."""
    found = {}
    for name, span in loaded.covered.items():
        if span.first <= as_of:
            last = as_of if model().tables[name].spells else min(span.last, as_of)
            found[name] = Span(first=span.first, last=last)
    return found


def _span(covered: Mapping[str, Span]) -> Span | None:
    """Return the days that set the range: those of events; of spells only where there are none."""
    events = [span for name, span in covered.items() if not model().tables[name].spells]
    chosen = events or list(covered.values())
    if not chosen:
        return None
    whole = chosen[0]
    for span in chosen[1:]:
        whole = whole.union(span)
    return whole
