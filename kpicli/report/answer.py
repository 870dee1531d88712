"""The answer: from a question and a config to a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import kpicli
from kpicli import views
from kpicli.config import Config
from kpicli.engine.names import PERIOD, dimension
from kpicli.engine.relations import make
from kpicli.engine.run import Result, Run
from kpicli.engine.slices import Slice
from kpicli.language.catalogue import Catalogue, Settled
from kpicli.periods import Grid, Span, parse, resolve
from kpicli.report import dimensions
from kpicli.report.data import Data, load, relation_columns
from kpicli.report.needs import lacking
from kpicli.report.question import Question, catalogue_of, named, options, parameters, selected
from kpicli.report.types import MetricInfo, Option, Report, Skipped, Values
from kpicli.views import Facts, Inputs

_NOT_OF_A_METRIC = ("privacy.min_n", "stats.level", "stats.low_n")
"""Parameters that every metric depends on."""


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """Metrics evaluated on given tables: their values, and those that have none.

    `idle` are parameters that made no difference, since the data took another way.
    """

    settled: Settled
    names: tuple[str, ...]
    values: tuple[Values, ...]
    skipped: tuple[Skipped, ...]
    idle: frozenset[str]


def compute(
    config: Config, question: Question, told: Callable[[str], None] = lambda _: None
) -> Report:
    """Return the report that answers `question`.

    `told` is called with what is being done.

    Raises:
        KpiError: the question names what is not there, or the inputs cannot be used.
    """
    catalogue = catalogue_of(config, question.language)
    params = parameters(question, config, catalogue)
    settled = Settled(catalogue=catalogue, params=params)
    names = selected(question, config, catalogue)
    cut = Slice(by=tuple(dict.fromkeys(question.by)), where=question.where, kept=config.kept())
    dimensions.check(cut, config)
    data = load(
        config,
        settled,
        names,
        cut,
        as_of=question.as_of,
        fallback=_last_day_asked(question, config),
        told=told,
    )
    last = _last(question, config)
    grid = _grid(question, config, data, last)
    told("computing")
    found = evaluate(catalogue, names, data.inputs, data.covered, grid, cut)
    return Report(
        tool_version=kpicli.__version__,
        timezone=config.written.timezone,
        currency=config.written.currency,
        config_sha256=config.sha256,
        options=_options(found, {*config.written.params, *question.params}),
        inputs=data.loaded.ledgers,
        grid=grid,
        by=cut.by,
        whole_range=last is None and question.since is None and question.until is None,
        whole_catalogue=not named(question, config),
        metrics=tuple(info(found.settled, name) for name in found.names),
        values=found.values,
        skipped=found.skipped,
        warnings=data.warnings,
    )


def evaluate(
    catalogue: Catalogue,
    names: Sequence[str],
    inputs: Inputs,
    covered: Mapping[str, Span],
    grid: Grid,
    cut: Slice,
) -> Evaluated:
    """Return the values of `names` on the tables of `inputs`, by period and breakdown."""
    settled = Settled(catalogue=catalogue, params=inputs.params)
    facts = _facts(settled, names, inputs)
    chosen = {key: value for fact in facts.values() for key, value in fact.settled.items()}
    settled = Settled(catalogue=catalogue, params={**inputs.params, **chosen})
    inputs = replace(inputs, params=settled.params)
    lacks = lacking(settled, names, inputs, facts)
    computable = [name for name in names if name not in lacks]
    relations = make(inputs, relation_columns(settled, computable, cut))
    run = Run(settled=settled, relations=relations, grid=grid, cut=cut, covered=covered)
    broken_down = run.results(computable, cut.by) if cut.by else {}
    whole = run.results([name for name in computable if name not in run.failures], ())
    answered = tuple(name for name in names if name in whole)
    skipped = [
        Skipped(metric=name, reason=lacks[name].reason, needs=lacks[name].needs)
        if name in lacks
        else Skipped(metric=name, reason=run.failures[name])
        for name in names
        if name in lacks or name in run.failures
    ]
    values = [
        _values(results[name])
        for name in answered
        for results in (whole, broken_down)
        if name in results
    ]
    return Evaluated(
        settled=settled,
        names=answered,
        values=tuple(values),
        skipped=tuple(skipped),
        idle=frozenset(name for fact in facts.values() for name in fact.idle),
    )


def info(settled: Settled, name: str) -> MetricInfo:
    """Return how reports name a metric, options chosen."""
    declaration = settled[name]
    return MetricInfo(
        id=name,
        title=declaration.title,
        family=settled.catalogue.metrics[name].family,
        unit=declaration.unit,
        better=declaration.better,
        formula=declaration.formula,
        source=declaration.source,
    )


def _facts(settled: Settled, names: Iterable[str], inputs: Inputs) -> dict[str, Facts]:
    relations = {
        rows.table
        for name in settled.closure(names)
        if (rows := settled[name].rows) is not None and rows.table is not None
    }
    return {relation: views.facts(relation, inputs) for relation in sorted(relations)}


def _last_day_asked(question: Question, config: Config) -> dt.date | None:
    bounds = parse(config.written.periods.calendar, question.until or "")
    return bounds[1] - dt.timedelta(1) if bounds else None


def _last(question: Question, config: Config) -> int | None:
    """Return how many periods are asked for; the config's number is for questions without any."""
    if question.last is not None or question.since is not None or question.until is not None:
        return question.last
    return config.written.periods.last


def _grid(question: Question, config: Config, data: Data, last: int | None) -> Grid:
    """Return the grid: the range asked for, else the periods that the data cover."""
    periods = config.written.periods
    grain = question.grain or periods.grain
    covered = data.span or Span(first=data.as_of, last=data.as_of)
    span = resolve(
        periods.calendar,
        grain,
        since=question.since,
        until=question.until,
        last=last,
        covered=covered,
    )
    return Grid.over(
        grain,
        span.first,
        span.last,
        as_of=data.as_of,
        zone=config.written.timezone,
        calendar=periods.calendar,
    )


def _options(found: Evaluated, chosen: Collection[str]) -> tuple[Option, ...]:
    """Return the parameters that the answered metrics depend on, with what `auto` stood for."""
    of_all = _NOT_OF_A_METRIC if found.names else ()
    used = {*found.settled.parameters_of(found.names), *of_all}
    idle = found.idle.difference(chosen)
    return options(found.settled, sorted(used - idle), chosen)


def _values(result: Result) -> Values:
    """Return a result in the order of reports: by dimensions, then time."""
    frame = result.frame.sort(*result.by, PERIOD, nulls_last=True)
    names = tuple(name.removeprefix(dimension("")) for name in result.by)
    return Values(metric=result.metric, by=result.by, dims=names, frame=frame)
