"""What each metric could use: its account over all that the data cover."""

from __future__ import annotations

from collections.abc import Iterator

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

MADE_OF_OTHERS = "made of other metrics"
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


def accounts(ready: Ready, data: Data, grid: Grid) -> Iterator[tuple[str, Account | str]]:
    """Yield the account of every metric that can be computed, or why it has none.

    Accounts of protected answers are left out where their values are: too few people are behind
    them.
    """
    run = Run(
        settled=ready.settled,
        relations=ready.relations,
        grid=grid,
        cut=ready.cut,
        covered=data.covered,
    )
    shop = Workshop(
        settled=ready.settled,
        relations=ready.relations,
        grid=grid,
        cut=ready.cut,
        results=_of_tables,
    )
    for name in ready.names:
        if name in ready.lacks:
            continue
        rows = ready.settled[name].rows
        if rows is None or rows.table is None:
            yield name, MADE_OF_OTHERS
        elif relation_of(rows.table).protected is not None and _is_hidden(run, name):
            yield name, HIDDEN
        else:
            try:
                yield name, account(shop, name)
            except _BROKEN:
                yield name, FAILED


def _of_tables(rows: Rows, by: tuple[str, ...]) -> pl.LazyFrame:
    raise AssertionError(rows, by)  # only rows of tables and views have an account


def _is_hidden(run: Run, name: str) -> bool:
    found = run.results([name], ()).get(name)
    return found is None or bool((found.frame["status"] == Status.SUPPRESSED.value).any())
