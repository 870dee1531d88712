"""Gets the data for a question: which tables and columns, read once, cut at `as_of`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl

from kpicli.config import Config
from kpicli.engine.relations import Path, columns_read, path_to, relation_of
from kpicli.engine.slices import Slice
from kpicli.errors import InputError
from kpicli.intake import Loaded, read
from kpicli.language.catalogue import Settled
from kpicli.model import Table, View, model
from kpicli.periods import Span
from kpicli.periods.clock import Clock
from kpicli.views import Inputs
from kpicli.views.demand import demanded

_ANY_DAY = dt.date(2000, 1, 1)  # which columns a view reads does not depend on the day


@dataclass(frozen=True, kw_only=True)
class Data:
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


def load(
    config: Config,
    settled: Settled,
    names: Iterable[str],
    cut: Slice,
    *,
    as_of: dt.date | None,
    fallback: dt.date | None,
    told: Callable[[str], None],
) -> Data:
    """Return the data that the metrics `names` and the slice need.

    Without `as_of` it is the last day in an event column of any table; where no table has one, it
    is `fallback`.

    Raises:
        InputError: `as_of` would be later than today, or nothing tells it.
    """
    as_of = as_of or config.written.as_of
    wanted = _wanted(config, settled, names, cut)
    needed = {table: columns for table, columns in wanted.items() if columns}
    if as_of is None:
        # Every table's events may set the day; their other columns are not needed.
        needed = {source.table: set() for source in config.written.sources.values()} | needed
    loaded = read(config, needed, told=told)
    day = as_of or _latest(loaded, config.written.timezone) or fallback
    if day is None:
        raise InputError(
            "no file holds an event, so nothing tells up to which day the data go",
            hint="say so: --as-of 2025-06-30, or as_of: in the config",
        )
    frames, warnings = _cut(loaded, day)
    covered = _covered(loaded, day)
    inputs = Inputs(
        frames={table: frame.lazy() for table, frame in frames.items()},
        mapped=loaded.mapped,
        params=settled.params,
        as_of=day,
        zone=config.written.timezone,
        clock=_clock(config, frames, day),
    )
    return Data(
        inputs=inputs,
        loaded=loaded,
        as_of=day,
        covered=covered,
        span=_span({table: covered[table] for table in covered if wanted.get(table)}),
        warnings=(*loaded.warnings, *warnings),
    )


def relation_columns(settled: Settled, names: Iterable[str], cut: Slice) -> dict[str, set[str]]:
    """Return the columns that each relation needs: read by metrics, or by dimensions."""
    found: dict[str, set[str]] = {}
    order = settled.closure(names)
    for name in order:
        rows = settled[name].rows
        if rows is None or rows.table is None:
            continue
        columns = found.setdefault(rows.table, set())
        columns.update(columns_read(settled, name))
        columns.update(path.column for path in _paths(settled, name, cut))
    for name in order:
        rows = settled[name].rows
        if rows is None or not rows.results or rows.per is None:
            continue
        # What is broken down per actor must name the actor.
        for operand in settled.closure(rows.results):
            of_operand = settled[operand].rows
            if of_operand is not None and of_operand.table is not None:
                found[of_operand.table].add(rows.per)
    return found


def tables_looked_up(settled: Settled, names: Iterable[str], cut: Slice) -> set[str]:
    """Return the tables in which dimensions are looked up."""
    return {
        path.table
        for name in settled.closure(names)
        if (rows := settled[name].rows) is not None and rows.table is not None
        for path in _paths(settled, name, cut)
        if path.table is not None
    }


def _paths(settled: Settled, name: str, cut: Slice) -> list[Path]:
    """Return the ways to the dimensions that the metric's rows reach."""
    declaration = settled[name]
    relation = relation_of((declaration.rows.table if declaration.rows else None) or "")
    sought = (*cut.by, *cut.filtered_by())
    found = [path_to(dimension, declaration, relation, cut.kept) for dimension in sought]
    return [path for path in found if path is not None]


def _wanted(
    config: Config, settled: Settled, names: Iterable[str], cut: Slice
) -> dict[str, set[str]]:
    """Return the columns per table that the question reads; tables it does not read have none."""
    tables = {source.table for source in config.written.sources.values()}
    mapped = {name: frozenset(model().tables[name].columns) for name in tables}
    inputs = Inputs(
        frames={},
        mapped=mapped,
        params=settled.params,
        as_of=_ANY_DAY,
        zone=config.written.timezone,
    )
    chosen = list(names)
    relations = relation_columns(settled, chosen, cut)
    wanted = demanded(relations, inputs, config.kept())
    for name in settled.closure(chosen):
        rows = settled[name].rows
        if rows is None or rows.table is None:
            continue
        relation = relation_of(rows.table)
        base = relation.base if isinstance(relation, View) else relation.name
        if base in wanted:
            wanted[base].update(model().tables[base].required)
        for path in _paths(settled, name, cut):
            if path.table in wanted:
                target = model().tables[path.table or ""]
                wanted[target.name].update((*target.key, path.attribute or ""))
    return wanted


def _latest(loaded: Loaded, zone: str) -> dt.date | None:
    """Return the last day on which anything happened; here alone the clock is read."""
    if loaded.latest is None:
        return None
    if loaded.latest.day > dt.datetime.now(ZoneInfo(zone)).date():
        raise InputError(
            f"the data go up to {loaded.latest.day} ({loaded.latest.column}), which is yet to come",
            hint="say which day is the last one covered: --as-of 2025-06-30",
        )
    return loaded.latest.day


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
        frames[name] = cut.with_columns(
            pl.when(pl.col(column).dt.date() <= as_of).then(pl.col(column)).alias(column)
            for column in dict.fromkeys(later)
            if column in cut.columns
        )
    return frames, warnings


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
