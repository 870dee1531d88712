"""The answer: from a question and a config to a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator

import kpicli
from kpicli.config import Config, WorkCalendar
from kpicli.engine.results import natural_unit
from kpicli.engine.slices import Slice
from kpicli.intake import Accounted
from kpicli.language.declaration import Companion
from kpicli.language.settled import Settled
from kpicli.language.texts import sql_of
from kpicli.periods import Grid, Span, parse, resolve, widened
from kpicli.periods.clock import DEFAULT
from kpicli.report import dimensions
from kpicli.report.accounts import whole_range
from kpicli.report.data import load
from kpicli.report.days import whole_days
from kpicli.report.evaluation import Evaluated, evaluated, prepared
from kpicli.report.horizon import Data
from kpicli.report.own_words import own_words
from kpicli.report.question import Question, catalogue_of, named, options, parameters, selected
from kpicli.report.quiet import with_quiet
from kpicli.report.types import MetricInfo, Option, Report
from kpicli.report.uncounted import uncounted
from kpicli.report.unmatched import unmatched

_NOT_OF_A_METRIC = ("privacy.min_n", "stats.ci_on_rates", "stats.level", "stats.low_n")
"""Parameters that every metric depends on."""


def compute(
    config: Config,
    question: Question,
    told: Callable[[str], None] = lambda _: None,
    *,
    accounted: Accounted | None = None,
) -> Report:
    """Return the report that answers `question`.

    `told` is called with what is being done. Where `accounted` is given it is called with the
    ledgers, and they hold every place that could not be used as it stands, not only the first ones.

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
        accounted=accounted,
    )
    last = _last(question, config)
    told("computing")
    ready = prepared(catalogue, names, data.inputs, cut)
    grid = _grid(question, config, data, last, ready.settled, names)
    covered = with_quiet(data.covered, data.loaded, grid, config)
    ledgers, whole = data.loaded.ledgers, whole_range(config, data)
    slips = own_words(ready, data.inputs, config, question)
    warnings = (
        *data.warnings,
        *unmatched(ready, data.inputs),
        *whole_days(ready, data.inputs, data.loaded.dated),
        *(slip.told for slip in slips),
    )
    del data  # what is still needed of the tables is in the relations
    found = evaluated(ready, covered, grid)
    if named(question, config):
        told_by_word = {slip.metric for slip in slips}
        unexplained = [name for name in names if name not in told_by_word]
        warnings += tuple(uncounted(ready, found, unexplained, covered, whole))
    return Report(
        tool_version=kpicli.__version__,
        timezone=config.written.timezone,
        currency=config.written.currency,
        config_sha256=config.sha256,
        options=_options(found, {*config.written.params, *question.params}),
        inputs=ledgers,
        grid=grid,
        by=cut.by,
        whole_range=last is None and question.since is None and question.until is None,
        whole_catalogue=not named(question, config),
        metrics=tuple(info(found.settled, name) for name in found.names),
        values=found.values,
        skipped=found.skipped,
        warnings=(*warnings, *_widened(question, config, grid)),
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
        parameters=frozenset(settled.parameters_of([name])),
        shown_beside={
            name: (beside.title, beside.unit or natural_unit(beside, declaration.unit))
            for name, beside in declaration.beside.items()
            if isinstance(beside, Companion) and beside.title is not None
        },
    )


def _last_day_asked(question: Question, config: Config) -> dt.date | None:
    bounds = parse(config.written.periods.calendar, question.until or "")
    return bounds[1] - dt.timedelta(1) if bounds else None


def _last(question: Question, config: Config) -> int | None:
    """Return how many periods are asked for; the config's number is for questions without any."""
    if question.last is not None or question.since is not None or question.until is not None:
        return question.last
    return config.written.periods.last


def _grid(
    question: Question,
    config: Config,
    data: Data,
    last: int | None,
    settled: Settled,
    names: Iterable[str],
) -> Grid:
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
        days_off=_days_off(_working_days(config, settled, names), span),
    )


def _widened(question: Question, config: Config, grid: Grid) -> Iterator[str]:
    """Tell where days outside of those that were asked for are shown.

    What comes after `as_of` is not, whatever its period is called.
    """
    first, last = grid.periods[0].start, grid.periods[-1].end - dt.timedelta(1)
    shown = Span(first=first, last=max(first, min(last, grid.as_of)))
    calendar = config.written.periods.calendar
    since, until = question.since, question.until
    if widened(calendar, grid.grain, shown, since=since, until=until):
        yield (
            f"periods are whole: days from {shown.first} to {shown.last} are shown, more than were "
            "asked for; -p total keeps to the days"
        )


def _working_days(config: Config, settled: Settled, names: Iterable[str]) -> WorkCalendar | None:
    """Return the default calendar where metrics read working days: holidays take a while."""
    texts = [text for name in settled.closure(names) for text in sql_of(settled[name])]
    read = any("$working_days" in text for text in texts)
    return config.written.calendars.get(DEFAULT) if read else None


def _days_off(calendar: WorkCalendar | None, span: Span) -> Collection[dt.date]:
    """Return the holidays of a calendar around the range."""
    if calendar is None:
        return ()
    year = dt.timedelta(366)  # the grid may reach beyond the range by a period
    return calendar.holidays.between(span.first - year, span.last + year)


def _options(found: Evaluated, chosen: Collection[str]) -> tuple[Option, ...]:
    """Return the parameters that the answered metrics depend on, with what `auto` stood for."""
    of_all = _NOT_OF_A_METRIC if found.names else ()
    used = {*found.settled.parameters_of(found.names), *of_all}
    idle = found.idle.difference(chosen)
    return options(found.settled, sorted(used - idle), chosen)
