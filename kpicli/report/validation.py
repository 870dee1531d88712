"""Validation: config and files are read, nothing is computed, everything is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kpicli.config import Config
from kpicli.engine.accounts import Account
from kpicli.engine.slices import Slice
from kpicli.errors import Problem
from kpicli.intake import Depth, FileLedger, Freshness, Linked, Loaded, read
from kpicli.periods import Span
from kpicli.report.accounts import accounts, whole_range
from kpicli.report.evaluation import prepared
from kpicli.report.horizon import HINT_AS_OF, up_to, yet_to_come
from kpicli.report.question import Question, catalogue_of, parameters, shown
from kpicli.report.today import today


@dataclass(frozen=True, kw_only=True)
class Feasible:
    """Whether the config and its files can feed a metric, and what it lacks.

    `account` tells what it could use of the rows of its relation, over all that the data cover;
    where there is none, `why` says so in words.
    """

    metric: str
    title: str
    family: str
    lacks: tuple[str, ...]
    account: Account | None
    why: str


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What was found: files with their ledgers, tables, metrics, and what must not be used.

    `warnings` are worth knowing, `refused` is what `compute` would end for.
    """

    ledgers: tuple[FileLedger, ...]
    mapped: Mapping[str, frozenset[str]]
    covered: Mapping[str, Span]
    links: tuple[Linked, ...]
    freshness: tuple[Freshness, ...]
    as_of: dt.date | None
    as_of_from: str
    range: Span
    metrics: tuple[Feasible, ...]
    warnings: tuple[str, ...]
    refused: tuple[Problem, ...]


def validate(
    config: Config,
    question: Question,
    told: Callable[[str], None] = lambda _: None,
    *,
    places: bool = False,
) -> Validation:
    """Read every column of every source of `config` and tell what became of it.

    Of the question `as_of`, `params` and `language` matter. With `places` the ledgers hold every
    place that could not be used as it stands, not only the first ones.

    Raises:
        KpiError: a file is missing or unreadable, a header is not there, a format cannot be told.
    """
    zone = config.written.timezone
    said = question.as_of or config.written.as_of
    tables = {source.table: None for source in config.written.sources.values()}
    depth = Depth(places=places, references=True, on=said or today(zone))
    loaded = read(config, tables, enforce=False, depth=depth, told=told)
    refused = list(loaded.refused)
    if said is None and (problem := yet_to_come(loaded, zone)):
        refused.append(Problem(message=problem, hint=HINT_AS_OF))
    catalogue = catalogue_of(config, question.language)
    params = parameters(question, config, catalogue)
    names = shown(catalogue)
    as_of = said or (min(loaded.latest.day, today(zone)) if loaded.latest else None)
    data = up_to(config, loaded, as_of or today(zone), params, tables)
    told("looking at what metrics can use")
    ready = prepared(catalogue, names, data.inputs, Slice(kept=config.kept()))
    grid = whole_range(config, data)
    found = dict(accounts(ready, data, grid))
    return Validation(
        ledgers=loaded.ledgers,
        mapped=loaded.mapped,
        covered=loaded.covered,
        links=loaded.links,
        freshness=loaded.freshness,
        as_of=as_of,
        as_of_from=_told_by(question, config, loaded),
        range=Span(first=grid.periods[0].start, last=grid.periods[0].end - dt.timedelta(1)),
        metrics=tuple(
            Feasible(
                metric=name,
                title=ready.settled[name].title,
                family=catalogue.metrics[name].family,
                lacks=ready.lacks[name].needs if name in ready.lacks else (),
                account=one if isinstance(one := found.get(name), Account) else None,
                why=one if isinstance(one, str) else "",
            )
            for name in names
        ),
        warnings=data.warnings,
        refused=tuple(refused),
    )


def _told_by(question: Question, config: Config, loaded: Loaded) -> str:
    """Return what says up to which day the data go."""
    if question.as_of:
        return "--as-of"
    if config.written.as_of:
        return "the config"
    return loaded.latest.column if loaded.latest else ""
