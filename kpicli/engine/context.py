"""What values are judged by: coverage, completeness, maturity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import polars as pl
from msgspec import Struct

from kpicli.engine.names import PERIOD
from kpicli.engine.passes import Pass
from kpicli.engine.placement import window_months
from kpicli.engine.relations import Relations, relation_of
from kpicli.language.declaration import Declaration
from kpicli.language.parameters import Params
from kpicli.language.rows import Rows
from kpicli.language.settled import Settled
from kpicli.language.sql import expression
from kpicli.model import View
from kpicli.periods import Grid, Span

METRIC, OUTSIDE, RAISED = "__metric", "__outside", "__raised"
_DAY = dt.timedelta(1)
_Verdicts = list[tuple[str, list[bool]]]


class Context(Struct, frozen=True, kw_only=True):
    """What the values of one metric are judged by.

    `covered` is the span of days that its rows come from, None where there are no rows; `lag` says
    that the rows of a period lie in an earlier one; `sample` that they are a sample; `everywhere`
    are flags that every cell raises, `by_period` those that single periods raise.
    """

    grid: Grid
    params: Params
    covered: Span | None
    sample: bool
    lag: str | None = None
    everywhere: tuple[str, ...] = ()
    by_period: tuple[tuple[str, tuple[bool, ...]], ...] = ()

    @property
    def level(self) -> float:
        """Confidence level of intervals."""
        return float(str(self.params["stats.level"]))

    @property
    def on_rates(self) -> bool:
        """Whether shares of complete counts take intervals too."""
        return self.params["stats.ci_on_rates"] is True

    def outside(self) -> list[bool]:
        """Whether the rows of each period lie outside of what the data cover.

        So do those of a period that has not begun, whatever they are compared with.
        """
        covered, begun = self.covered, self.grid.begun
        return [
            covered is None or place >= begun or not covered.touches(start, end)
            for place, (start, end) in enumerate(zip(*self._spans(), strict=True))
        ]

    def raised(self) -> list[tuple[str, ...]]:
        """Return the flags that each period raises whatever its value is."""
        return [
            (*(flag for flag, verdicts in self.by_period if verdicts[place]), *self.everywhere)
            for place in range(len(self.grid))
        ]

    def _spans(self) -> tuple[list[dt.date], list[dt.date]]:
        grid = self.grid
        return grid.before(self.lag) if self.lag is not None else (grid.starts, grid.ends)


def in_periods(verdicts: Iterable[bool]) -> pl.Expr:
    """Whether a cell's period is one of those for which the verdict holds."""
    places = [place for place, verdict in enumerate(verdicts) if verdict]
    return pl.col(PERIOD).is_in(pl.lit(pl.Series(places, dtype=pl.Int32)).implode())


def judged(contexts: Sequence[Context]) -> pl.DataFrame:
    """Return, per metric (its place) and period, whether it lies outside, and the flags raised."""
    periods = len(contexts[0].grid)
    raised = [flags for context in contexts for flags in context.raised()]
    kinds = {flags: place for place, flags in enumerate(dict.fromkeys(raised))}
    lists = pl.Series([list(flags) for flags in kinds], dtype=pl.List(pl.String))
    return pl.DataFrame(
        {
            METRIC: [place for place in range(len(contexts)) for _ in range(periods)],
            PERIOD: [*range(periods)] * len(contexts),
            OUTSIDE: [verdict for context in contexts for verdict in context.outside()],
        },
        schema={METRIC: pl.UInt32(), PERIOD: pl.Int32(), OUTSIDE: pl.Boolean()},
    ).hstack([lists.gather([kinds[flags] for flags in raised]).alias(RAISED)])


class Judge(Struct, frozen=True, kw_only=True):
    """Gives the context of a metric's values."""

    settled: Settled
    relations: Relations
    grid: Grid
    covered: Mapping[str, Span]

    def context(self, name: str, shared: Pass | None) -> Context:
        """Return what the values of metric `name` are judged by; formulas have no pass."""
        declaration = self.settled[name]
        rows = declaration.rows
        verdicts: _Verdicts = [
            ("incomplete_period", [not period.complete for period in self.grid.periods])
        ]
        verdicts += self._immature(name, declaration)
        everywhere: list[str] = []
        covered = None
        sample = False
        if rows is not None and rows.table is not None:
            relation = relation_of(rows.table)
            sample = isinstance(relation, View) and relation.sample
            covered = self._covered(rows.table)
            verdicts += self._shortened(rows, covered)
            verdicts += self._partial(rows, covered)
            among = self._tables_of([rows.among.metric]) if rows.among else []
            verdicts += self._censored([rows.table, *among])
            if shared is not None and any(path.current for path in shared.paths.values()):
                everywhere.append("current_attributes")
        elif rows is not None:
            tables = self._tables_of(rows.results)
            covered = _union(span for table in tables if (span := self._covered(table)))
            verdicts += self._censored(tables)
        return Context(
            grid=self.grid,
            params=self.settled.params,
            covered=covered,
            sample=sample,
            lag=rows.lag if rows is not None else None,
            everywhere=tuple(everywhere),
            by_period=tuple((flag, tuple(periods)) for flag, periods in verdicts),
        )

    def _covered(self, relation: str) -> Span | None:
        bases = self.relations.facts[relation].bases
        return _union(self.covered[table] for table in bases if table in self.covered)

    def _tables_of(self, names: Iterable[str]) -> list[str]:
        """Return the tables and views that metrics and all they refer to read."""
        read = (self.settled[name].rows for name in self.settled.closure(names))
        return sorted({rows.table for rows in read if rows is not None and rows.table is not None})

    def _censored(self, tables: Iterable[str]) -> _Verdicts:
        """Return the periods that begin before the spells of a table are known to be whole."""
        facts = [self.relations.facts[table].censored_until for table in tables]
        latest = max((day for day in facts if day is not None), default=None)
        if latest is None:
            return []
        return [("left_censored", [period.start < latest for period in self.grid.periods])]

    def _immature(self, name: str, declaration: Declaration) -> _Verdicts:
        if declaration.matures_in is None:
            return []
        trusted = self.settled.trusted(name)
        text = expression(declaration.matures_in, self.settled.params, trusted=trusted)
        days = pl.select(text).item()
        if days is None:
            return []
        mature = [period.end - _DAY + dt.timedelta(int(days)) for period in self.grid.periods]
        return [("immature_cohort", [day > self.grid.as_of for day in mature])]

    def _partial(self, rows: Rows, covered: Span | None) -> _Verdicts:
        """Return the periods of which the data cover a part only."""
        if covered is None or rows.lag is not None or rows.window is not None:
            return []
        partly = [covered.partly(period.start, period.until) for period in self.grid.periods]
        return [("partial_coverage", partly)]

    def _shortened(self, rows: Rows, covered: Span | None) -> _Verdicts:
        if covered is None:
            return []
        if rows.lag is not None:
            spans = zip(*self.grid.before(rows.lag), strict=True)
            partly = [start < covered.first < end for start, end in spans]
            return [("short_window", partly)]
        if rows.window is None:
            return []
        months = window_months(rows, self.settled.params)
        if months is None:
            return []
        return [("short_window", [covered.first > day for day in self.grid.trailing(months)])]


def _union(spans: Iterable[Span]) -> Span | None:
    whole: Span | None = None
    for span in spans:
        whole = span if whole is None else whole.union(span)
    return whole
