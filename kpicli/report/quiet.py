"""Days without rows: how many are usual in a table, and which are a sign that something is amiss.

A date with a wrong year stretches a report over years, and an export that nobody renewed lets a
shop look deserted. Neither can be known from a row; both show in how far it lies from the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import pairwise

import polars as pl

from kpicli.config import Config
from kpicli.intake import Loaded
from kpicli.model import Table, model
from kpicli.periods import Grid, Span

_DAY = dt.timedelta(1)
_LEAST = 7  # days that any export may lack at its ends
_LONG = 31  # days from which on silence is worth telling
_TIMES = 10  # as many times as days with rows lie apart on average
_ENOUGH = 10  # days with rows that show what is usual


def usual(days: pl.Series) -> int | None:
    """Return how many days without rows are nothing to wonder at; None where too few are known.

    `days` are the days with rows, each as often as it has some.
    """
    places: list[int] = days.drop_nulls().unique().sort().cast(pl.Int32).to_list()
    if len(places) < _ENOUGH:
        return None
    longest = max(after - before for before, after in pairwise(places))
    on_average = -(-_TIMES * (places[-1] - places[0]) // (len(places) - 1))
    return max(_LEAST, on_average, longest)


def told(
    loaded: Loaded, covered: Mapping[str, Span], as_of: dt.date, config: Config, *, said: bool
) -> Iterator[str]:
    """Yield what is worth telling of days without rows.

    `said` tells that somebody has said `as_of`, and it was not taken from the data.
    """
    if loaded.latest is not None and not said:
        table, _, column = loaded.latest.column.partition(".")
        yield from _far_ahead(loaded.frames[table][column].dt.date(), loaded.latest.column)
    for name, frame in loaded.frames.items():
        days = _days(model().tables[name], frame)
        if days is None:
            continue
        yield from _far_behind(days, name)
        if (
            name in covered
            and not _may_age(name, config)
            and (as_of - covered[name].last).days > _LONG
        ):
            most = 0 if _declared(name, config) else usual(days)
            yield from _ended_early(most, name, covered[name].last, as_of)


def with_quiet(
    covered: Mapping[str, Span], loaded: Loaded, grid: Grid, config: Config
) -> dict[str, Span]:
    """Return what tables cover, with the days without rows at the ends that mean nothing.

    They are counted only where a period lies partly outside, since that takes a while.
    """
    found = dict(covered)
    for name, span in covered.items():
        least = Span(first=span.first, last=span.last, quiet=_LEAST)
        if not any(least.partly(period.start, period.until) for period in grid.periods):
            continue
        days = _days(model().tables[name], loaded.frames[name])
        if days is not None:
            quiet = 0 if _declared(name, config) else usual(days)
            found[name] = Span(first=span.first, last=span.last, quiet=quiet)
    return found


def _days(table: Table, frame: pl.DataFrame) -> pl.Series | None:
    """Return the days on which rows of events begin; None where they say nothing of each other."""
    begins = [name for name in table.begins if name in frame.columns and name in table.events]
    if table.spells or table.waves or not begins or frame.is_empty():
        return None
    return frame.select(pl.coalesce(begins).dt.date().alias("day")).to_series()


def _declared(name: str, config: Config) -> bool:
    """Whether a source says which days a table covers."""
    sources = config.written.sources.values()
    return any(source.table == name and source.covers is not None for source in sources)


def _may_age(name: str, config: Config) -> bool:
    """Whether the config says how old the rows of a table may be: that is told elsewhere."""
    sources = [one for one in config.written.sources.values() if one.table == name]
    return config.written.intake.max_age is not None or any(
        source.max_age is not None for source in sources
    )


def _far_ahead(days: pl.Series, column: str) -> Iterator[str]:
    last = days.max()
    if not isinstance(last, dt.date):
        return
    others = days.filter(days < last)
    before = others.max()
    if isinstance(before, dt.date) and _is_apart(others, (last - before).days):
        yield (
            f"as_of is {last} because of rows of {column} alone (rows: "
            f"{days.len() - others.len() - days.null_count():,}); all others lie "
            f"{(last - before).days:,} days or more before; is that date right? as_of or --as-of "
            "says another day"
        )


def _far_behind(days: pl.Series, name: str) -> Iterator[str]:
    first = days.min()
    if not isinstance(first, dt.date):
        return
    others = days.filter(days > first)
    after = others.min()
    if isinstance(after, dt.date) and _is_apart(others, (after - first).days):
        yield (
            f"{name}: rows of {first}: {days.len() - others.len() - days.null_count():,}; all "
            f"others lie {(after - first).days:,} days or more after; is that date right?"
        )


def _ended_early(most: int | None, name: str, last: dt.date, as_of: dt.date) -> Iterator[str]:
    missing = (as_of - last).days
    if most is not None and missing > most:
        yield (
            f"{name}: the last rows are of {last}, {missing:,} days before {as_of}, up to which "
            "numbers go: who does nothing any more may only lack rows; renew the export, or say "
            "--as-of, or max_age: never where that is meant so"
        )


def _is_apart(others: pl.Series, days: int) -> bool:
    if days <= _LONG:
        return False
    most = usual(others)
    return most is not None and days > most
