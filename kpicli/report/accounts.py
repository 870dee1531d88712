"""What each metric could use: its account over all that the data cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from kpicli.config import Config
from kpicli.engine.accounts import Account, account
from kpicli.engine.relations import relation_of
from kpicli.engine.results import FailedError
from kpicli.engine.run import Run
from kpicli.engine.values import Status
from kpicli.engine.workshop import Workshop
from kpicli.language.rows import Rows
from kpicli.periods import Grain, Grid, Span
from kpicli.report.evaluation import Ready
from kpicli.report.horizon import Data

_BROKEN = (pl.exceptions.PolarsError, pl.exceptions.PanicException, FailedError)

MADE_OF = "made of {names}"
HIDDEN = "too few answers of employees to be shown"
FAILED = "fails: kpi compute says why"


def whole_range(config: Config, data: Data) -> Grid:
    """Return the grid whose one period is all that the data cover."""
    span = data.span or Span(first=data.as_of, last=data.as_of)
    periods = config.written.periods
    return Grid.over(
        Grain.TOTAL,
        span.first,
        span.last,
        as_of=data.as_of,
        zone=config.written.timezone,
        calendar=periods.calendar,
        days_off=(),
    )


def accounts(
    ready: Ready, names: Iterable[str], covered: Mapping[str, Span], grid: Grid
) -> Iterator[tuple[str, Account | str]]:
    """Yield the account of every metric of `names` that can be computed, or why it has none.

    Accounts of protected answers are left out where their values are: too few people are behind
    them.
    """
    run = Run(
        settled=ready.settled,
        relations=ready.relations,
        grid=grid,
        cut=ready.cut,
        covered=covered,
    )
    shop = Workshop(
        settled=ready.settled,
        relations=ready.relations,
        grid=grid,
        cut=ready.cut,
        results=_of_tables,
    )
    able = [name for name in names if name not in ready.lacks]
    tables = {name: rows.table for name in able if (rows := ready.settled[name].rows) is not None}
    protected = [n for n, of in tables.items() if of and relation_of(of).protected is not None]
    hidden = _hidden(run, protected)
    for name in able:
        if tables.get(name) is None:
            yield name, MADE_OF
        elif name in hidden:
            yield name, HIDDEN
        else:
            try:
                yield name, account(shop, name)
            except _BROKEN:
                yield name, FAILED


def _of_tables(rows: Rows, by: tuple[str, ...]) -> pl.LazyFrame:
    raise AssertionError(rows, by)  # only rows of tables and views have an account


def _hidden(run: Run, names: Sequence[str]) -> set[str]:
    """Return the metrics whose values are hidden, or not there."""
    found = run.results(names, ())
    shown = {
        name
        for name, result in found.items()
        if not (result.frame["status"] == Status.SUPPRESSED.value).any()
    }
    return {*names} - shown
