"""Validation: config and files are read, nothing is computed, everything is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping

from msgspec import Struct

from kpicli.config import Config
from kpicli.engine.accounts import Account
from kpicli.engine.relations import relation_of
from kpicli.engine.slices import Slice
from kpicli.errors import Problem
from kpicli.intake import Accounted, Depth, FileLedger, Freshness, Linked, read
from kpicli.model import model
from kpicli.periods import Grid, Span
from kpicli.report import surveys
from kpicli.report.accounts import accounts, whole_range
from kpicli.report.evaluation import Weighed, weighed, with_relations
from kpicli.report.horizon import up_to
from kpicli.report.last_day import LastDay, last_day
from kpicli.report.question import Question, catalogue_of, parameters, shown
from kpicli.report.today import today
from kpicli.views.differences import differences


class Feasible(Struct, frozen=True, kw_only=True):
    """Whether the config and its files can feed a metric, and what it lacks.

    `account` tells what it could use of the rows of its relation, over all that the data cover;
    where there is none, `why` says so in words. `operands` are the metrics that it is made of.
    """

    metric: str
    title: str
    family: str
    lacks: tuple[str, ...]
    account: Account | None
    why: str
    operands: tuple[str, ...]
    tables: frozenset[str]


class Validation(Struct, frozen=True, kw_only=True):
    """What was found: files with their ledgers, tables, metrics, and what must not be used.

    `parts` are the helpers that metrics are made of. `warnings` are worth knowing, `refused` is
    what `compute` would end for.
    """

    ledgers: tuple[FileLedger, ...]
    mapped: Mapping[str, frozenset[str]]
    covered: Mapping[str, Span]
    links: tuple[Linked, ...]
    freshness: tuple[Freshness, ...]
    as_of: dt.date | None
    as_of_from: str
    range: Span | None
    metrics: tuple[Feasible, ...]
    parts: tuple[Feasible, ...]
    warnings: tuple[str, ...]
    refused: tuple[Problem, ...]


def validate(
    config: Config,
    question: Question,
    told: Callable[[str], None] = lambda _: None,
    *,
    accounted: Accounted | None = None,
    counted: bool = True,
) -> Validation:
    """Read every column of every source of `config` and tell what became of it.

    Of the question `as_of`, `params` and `language` matter. Where `accounted` is given it is
    called with the ledgers, and they hold every place that could not be used as it stands, not only
    the first ones. Metrics have accounts of their rows only where these are to be `counted`.

    Raises:
        KpiError: a file is missing or unreadable, a header is not there, a format cannot be told.
    """
    zone = config.written.timezone
    said = question.as_of or config.written.as_of
    tables = {source.table: None for source in config.written.sources.values()}
    depth = Depth(places=accounted is not None, references=True, on=said or today(zone))
    loaded = read(config, tables, enforce=False, depth=depth, told=told, accounted=accounted)
    refused = list(loaded.refused)
    last = LastDay(day=said, told_by=_said_by(question)) if said else last_day(loaded, zone)
    refused += [last.problem] if last.problem else []
    catalogue = catalogue_of(config, question.language)
    params = parameters(question, config, catalogue)
    names = shown(catalogue)
    known = said is not None or loaded.latest is None
    data = up_to(config, loaded, last.day, params, tables, said=known)
    as_of = last.day if last.told_by else None
    told("looking at what metrics can use")
    metrics = weighed(catalogue, names, data.inputs, Slice(kept=config.kept()))
    lacks = _lacks(metrics, config)
    parts = _parts(metrics, lacks)
    grid = whole_range(config, data)
    found: dict[str, Account | str] = {}
    if as_of and counted:  # where nothing says up to which day rows count, the clock must not
        made = with_relations(metrics, data.inputs)
        found = dict(accounts(made, (*names, *parts), data.covered, grid))
    return Validation(
        ledgers=loaded.ledgers,
        mapped=loaded.mapped,
        covered=loaded.covered,
        links=loaded.links,
        freshness=loaded.freshness,
        as_of=as_of,
        as_of_from=last.told_by,
        range=_days(grid) if as_of else None,
        metrics=tuple(_feasible(metrics, name, found, lacks) for name in names),
        parts=tuple(_feasible(metrics, name, found, lacks) for name in parts),
        warnings=(*last.warnings, *data.warnings, *map(str, differences(data.inputs))),
        refused=tuple(refused),
    )


def _days(grid: Grid) -> Span:
    return Span(first=grid.periods[0].start, last=grid.periods[0].end - dt.timedelta(1))


def _lacks(metrics: Weighed, config: Config) -> dict[str, tuple[str, ...]]:
    """Return what metrics lack: tables and columns, or the survey that they ask about."""
    held = surveys.held(config)
    found = {
        name: metrics.lacks[name].needs
        if name in metrics.lacks
        else surveys.lacking(metrics.settled, name, held)
        for name in metrics.names
    }
    return {name: lacks for name, lacks in found.items() if lacks}


def _feasible(
    metrics: Weighed,
    name: str,
    found: Mapping[str, Account | str],
    lacks: Mapping[str, tuple[str, ...]],
) -> Feasible:
    account = found.get(name)
    return Feasible(
        metric=name,
        title=metrics.settled[name].title,
        family=metrics.settled.catalogue.metrics[name].family,
        lacks=lacks.get(name, ()),
        account=account if isinstance(account, Account) else None,
        why=account if isinstance(account, str) else "",
        operands=_operands(metrics, name),
        tables=frozenset(_tables(metrics, name)),
    )


def _tables(metrics: Weighed, name: str) -> Iterator[str]:
    """Yield the tables whose rows a metric counts, itself or by what it is made of."""
    for one in metrics.settled.closure([name]):
        rows = metrics.settled[one].rows
        if rows is not None and rows.table is not None:
            yield model().base_of(relation_of(rows.table)).name


def _operands(metrics: Weighed, name: str) -> tuple[str, ...]:
    rows = metrics.settled[name].rows
    return tuple(dict.fromkeys((*metrics.settled.operands(name), *(rows.results if rows else ()))))


def _parts(metrics: Weighed, lacks: Collection[str]) -> tuple[str, ...]:
    """Return what the metrics are made of, as far as it is no metric of theirs."""
    found: dict[str, None] = {}
    waiting = [name for name in metrics.names if name not in lacks and name not in metrics.lacks]
    while waiting:
        operands = _operands(metrics, waiting.pop(0))
        new = [name for name in operands if name not in found and name not in metrics.names]
        found.update(dict.fromkeys(new))
        waiting += new
    return tuple(found)


def _said_by(question: Question) -> str:
    """Return what says up to which day the data go, where it is said."""
    return "--as-of" if question.as_of else "the config"
