"""Validation: config and files are read, nothing is computed, everything is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kpicli import views
from kpicli.config import Config
from kpicli.errors import Problem
from kpicli.intake import FileLedger, read
from kpicli.language.catalogue import Settled
from kpicli.periods import Span
from kpicli.report.needs import lacking
from kpicli.report.question import catalogue_of, shown
from kpicli.views import Inputs


@dataclass(frozen=True, kw_only=True)
class Feasible:
    """Whether the config and its files can feed a metric, and what it lacks."""

    metric: str
    title: str
    family: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What was found: files with their ledgers, tables, metrics, and what exceeds the budget."""

    ledgers: tuple[FileLedger, ...]
    mapped: Mapping[str, frozenset[str]]
    covered: Mapping[str, Span]
    as_of: dt.date | None
    as_of_from: str
    metrics: tuple[Feasible, ...]
    warnings: tuple[str, ...]
    over_budget: tuple[Problem, ...]


def validate(
    config: Config, language: str | None, told: Callable[[str], None] = lambda _: None
) -> Validation:
    """Read every column of every source of `config` and tell what became of it.

    Raises:
        KpiError: a file is missing or unreadable, a header is not there, a format cannot be told.
    """
    tables = {source.table: None for source in config.written.sources.values()}
    loaded = read(config, tables, enforce=False, told=told)
    catalogue = catalogue_of(config, language)
    settled = Settled(catalogue=catalogue, params=config.params)
    names = shown(catalogue)
    latest = loaded.latest
    as_of = config.written.as_of or (latest.day if latest else None)
    inputs = Inputs(
        frames={table: frame.lazy() for table, frame in loaded.frames.items()},
        mapped=loaded.mapped,
        params=settled.params,
        as_of=as_of or dt.date.min,
        zone=config.written.timezone,
    )
    relations = {rows.table for n in settled.closure(names) if (rows := settled[n].rows)}
    facts = {name: views.facts(name, inputs) for name in sorted(r for r in relations if r)}
    lacks = lacking(settled, names, inputs, facts)
    return Validation(
        ledgers=loaded.ledgers,
        mapped=loaded.mapped,
        covered=loaded.covered,
        as_of=as_of,
        as_of_from="the config" if config.written.as_of else (latest.column if latest else ""),
        metrics=tuple(
            Feasible(
                metric=name,
                title=settled[name].title,
                family=catalogue.metrics[name].family,
                lacks=lacks[name].needs if name in lacks else (),
            )
            for name in names
        ),
        warnings=loaded.warnings,
        over_budget=loaded.over_budget,
    )
