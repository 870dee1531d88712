"""Joins the files of all sources into canonical tables: keys, checks, coverage, budgets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import polars as pl
from msgspec import Struct, field

from kpicli import leaving, stdin
from kpicli.config import Config, OnBadValue, Source
from kpicli.errors import InputError, Problem
from kpicli.intake import files
from kpicli.intake.exports import Export
from kpicli.intake.ledger import Accounted, FileLedger
from kpicli.intake.mapping import headers, mapped
from kpicli.intake.opening import opened, prepare
from kpicli.intake.reader import Reader, Told
from kpicli.intake.text.sniff import sniff
from kpicli.intake.text.structure import header_of
from kpicli.intake.whole import budget, copies, money, rules, scales
from kpicli.intake.whole.coverage import Latest, coverage
from kpicli.intake.whole.freshness import Freshness, freshness
from kpicli.intake.whole.joined import joined
from kpicli.intake.whole.keys import Unique, without_duplicates
from kpicli.intake.whole.references import Linked, linked
from kpicli.model import Table, Type, model
from kpicli.periods import Span

Wanted: TypeAlias = Mapping[str, Iterable[str] | None]
"""Tables, and the columns in demand of each; None takes all there are."""


class Depth(Struct, frozen=True, kw_only=True):
    """How closely the files are looked at, beyond what numbers need.

    `places` keeps the place of every rejected row, not only the first ones; `references` follows
    every reference between tables, not only those that a sample shows to lead nowhere. `on` is the
    last day on which anything can have happened, and against which freshness is judged.
    """

    places: bool = False
    references: bool = False
    on: dt.date | None = None


class Loaded(Struct, frozen=True, kw_only=True):
    """Canonical tables and what became of every row.

    `mapped` holds, per table, the columns that its sources fill, and `fills` those of each source;
    `covered` the days that a table covers; `latest` the last day in an event column of any table,
    and which column that is. `dated` are instants that are written as days (`tickets.created_at`):
    the first file that has them, and their header. `refused` tells why the files must not be used,
    where that was not an error.
    """

    frames: Mapping[str, pl.DataFrame]
    mapped: Mapping[str, frozenset[str]]
    fills: Mapping[str, frozenset[str]]
    covered: Mapping[str, Span]
    latest: Latest | None
    ledgers: tuple[FileLedger, ...]
    warnings: tuple[str, ...]
    links: tuple[Linked, ...] = ()
    freshness: tuple[Freshness, ...] = ()
    dated: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    refused: tuple[Problem, ...] = ()


def read(
    config: Config,
    wanted: Wanted | Callable[[], Wanted],
    *,
    sure: Container[str] = (),
    enforce: bool = True,
    depth: Depth = Depth(),  # noqa: B008 (frozen)
    told: Told = lambda _: None,
    accounted: Accounted | None = None,
) -> Loaded:
    """Return the tables of `wanted`, each with the columns in demand.

    Every table's keys, needed columns and events are read anyway, and where a bad value rejects its
    row, every column that can hold one: what is used never depends on the question. Without
    `enforce` nothing is refused for what it holds. `told` is called with what is being done, and
    `accounted` with the ledgers.

    Where it takes a while to tell what is wanted, the files of the tables that are `sure` to be are
    prepared meanwhile.

    Raises:
        InputError: a file is missing or unreadable, or the files hold more bad rows than the budget
            allows, or what must not be.
        ConfigError: a header is missing.
    """
    with leaving.scratch() as scratch:
        policy = config.written.intake.on_bad_value
        reader = Reader(config=config, scratch=scratch, told=told)
        try:
            prepare(reader, sure)
            wanted = wanted() if callable(wanted) else wanted
            with reader.steady():
                exports = opened(
                    reader,
                    wanted,
                    lambda table, source: _read(table, source, wanted[table.name], policy),
                    whole=depth.places,
                )
            pieces = reader.read(exports)
            for export in exports:
                for file in export.all_files:
                    file.ledger.sha256 = reader.prints.of(file.path)
            if accounted is not None:
                accounted(_ledgers(exports))
            parts = [part for export in exports for part in (export, *export.lookups)]
            problems = [problem for part in parts for problem in budget.problems(part)]
            if problems and enforce:
                raise InputError(problems=problems)
            return _loaded(reader, exports, pieces, problems, depth, enforce=enforce)
        finally:
            reader.close()


def _ledgers(exports: Iterable[Export]) -> tuple[FileLedger, ...]:
    return tuple(file.ledger for export in exports for file in export.all_files)


def peek(config: Config) -> dict[str, frozenset[str]]:
    """Return the columns that the sources fill, by table, from the headers of their files alone.

    Raises:
        InputError: a file is missing or unreadable.
    """
    found: dict[str, set[str]] = {}
    paths = files.found(config)
    for name, source in config.written.sources.items():
        table = model().tables[source.table]
        filled = found.setdefault(table.name, set())
        filled.update(source.brought)
        for path in paths[name,]:
            # Stdin is left to who reads rows: only what is declared is told.
            filled.update(source.columns if path == stdin.PATH else _fed(path, source, table))
    return {table: frozenset(columns) for table, columns in found.items()}


def _fed(path: Path, source: Source, table: Table) -> set[str]:
    """Return the columns of a table that a file feeds, from its header."""
    with files.there():
        dialect = sniff(
            path, source.encoding, source.delimiter, quote=source.quote, header=source.header
        )
        names = headers(header_of(path, dialect))
    columns, _ = mapped(source, table, names)
    return {column.name for column in columns}


def _demanded(table: Table, wanted: Iterable[str] | None) -> set[str] | None:
    """Return the columns of a table in demand, with those that always are; None for all."""
    if wanted is None:
        return None
    always = (*table.required, *table.key, *table.begins, *table.events)
    return {*wanted, *always, "updated_at", "currency"}


def _read(
    table: Table, origin: Source, wanted: Iterable[str] | None, policy: OnBadValue
) -> set[str] | None:
    """Return the columns to read of a source; None for all.

    Where a bad cell takes its row with it, no column that may hold one is left unread: else the
    rows that a metric sees would depend on what else was asked.
    """
    columns = _demanded(table, wanted)
    if columns is None or policy is OnBadValue.EMPTY:
        return columns
    listed = {name for name, spec in origin.columns.items() if spec.values is not None}
    parsed = {n for n, c in table.columns.items() if c.type not in {Type.ID, Type.TEXT}}
    return columns | listed | parsed


class _Whole(Struct, frozen=True, kw_only=True):
    """A table of all its files, and the days that it covers."""

    unique: Unique
    span: Span | None
    latest: Latest | None


def _whole(exports: list[Export], pieces: Mapping[str, list[pl.DataFrame]], depth: Depth) -> _Whole:
    """Join the files of a table, and check its keys and values."""
    parts = [frame for export in exports for frame in pieces[export.name]]
    policy = exports[0].config.written.intake.duplicates
    unique = without_duplicates(joined(exports, parts), policy, told=depth.references)
    rules.check(unique.rows, depth.on)
    span, latest = coverage(exports, pieces)
    return _Whole(unique=unique, span=span, latest=latest)


def _loaded(
    reader: Reader,
    exports: list[Export],
    pieces: Mapping[str, list[pl.DataFrame]],
    problems: list[Problem],
    depth: Depth,
    *,
    enforce: bool,
) -> Loaded:
    """Join the files of every table, and check what can be told only of the whole."""
    alike: dict[str, list[Export]] = {}
    for export in exports:
        alike.setdefault(export.table.name, []).append(export)
    joined_up = reader.pool.map(lambda of: _whole(of, pieces, depth), alike.values())
    with reader.steady():  # rows that are alike are read again
        found = dict(zip(alike, joined_up, strict=True))
    reader.prints.check()
    wholes = {table: whole.unique.rows for table, whole in found.items()}
    every = [part for export in exports for part in (export, *export.lookups)]
    warnings = [warning for part in every for warning in budget.warnings(part)]
    problems = [*problems]
    for table, whole in found.items():
        problems += whole.unique.problems
        warnings += whole.unique.warnings
        warnings += copies.warnings(alike[table])
        parts = [part for export in alike[table] for part in (export, *export.lookups)]
        warnings += [warning for part in parts for warning in part.warnings]
        warnings += scales.doubts(whole.unique.rows, alike[table])
    links = tuple(linked(wholes, thorough=depth.references))
    ages = () if depth.on is None else tuple(freshness(exports, pieces, depth.on))
    warnings += [warning for export in exports for warning in rules.warnings(export)]
    warnings += [str(link) for link in links if link.is_large]
    warnings += [str(age) for age in ages if age.warns]
    problems += [budget.stale(age) for age in ages if age.fails]
    if problems and enforce:
        raise InputError(problems=problems)
    written = reader.config.written
    return Loaded(
        frames={n: money.in_one_currency(w.bare(), w.table, written) for n, w in wholes.items()},
        mapped={
            table: frozenset[str]().union(*(e.fills for e in of)) for table, of in alike.items()
        },
        fills={export.name: export.fills for export in exports},
        covered={table: whole.span for table, whole in found.items() if whole.span is not None},
        latest=max((whole.latest for whole in found.values() if whole.latest), default=None),
        ledgers=_ledgers(exports),
        warnings=tuple(warnings),
        links=links,
        freshness=ages,
        dated={
            f"{part.table.name}.{name}": place
            for part in reversed(every)
            for name, place in part.dated.items()
        },
        refused=tuple(problems),
    )
