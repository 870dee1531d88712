"""Joins the files of all sources into canonical tables: keys, duplicates, coverage, budgets."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from kpicli.config import Config, Source
from kpicli.errors import InputError, Problem
from kpicli.intake import files, keys, money
from kpicli.intake.exports import Export
from kpicli.intake.judge import PLACE
from kpicli.intake.keys import PIECE
from kpicli.intake.ledger import FileLedger
from kpicli.intake.mapping import headers, mapped
from kpicli.intake.opening import opened
from kpicli.intake.reader import Reader, Told
from kpicli.intake.sniff import sniff
from kpicli.intake.structure import header_of
from kpicli.model import Table, model
from kpicli.periods import Span


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """Canonical tables and what became of every row.

    `mapped` holds, per table, the columns that its sources fill; `covered` the days that it covers;
    `latest` the last day in an event column of any table, and which column that is; `over_budget`
    why too many rows were rejected, where that was not an error.
    """

    frames: Mapping[str, pl.DataFrame]
    mapped: Mapping[str, frozenset[str]]
    covered: Mapping[str, Span]
    latest: Latest | None
    ledgers: tuple[FileLedger, ...]
    warnings: tuple[str, ...]
    over_budget: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True, order=True)
class Latest:
    """The last day on which anything happened, and the column that says so."""

    day: dt.date
    column: str


def read(
    config: Config,
    wanted: Mapping[str, Iterable[str] | None],
    *,
    enforce: bool = True,
    told: Told = lambda _: None,
) -> Loaded:
    """Return the tables of `wanted`, each with the columns in demand; None takes all there are.

    Every table's keys, needed columns and events are read anyway, so that what is used never
    depends on the question. Without `enforce` the budget for rejected rows is not applied. `told`
    is called with what is being done.

    Raises:
        InputError: a file is missing, unreadable, or holds more bad rows than the budget allows.
        ConfigError: a header is missing.
    """
    with tempfile.TemporaryDirectory(prefix="kpi-") as scratch:
        reader = Reader(config=config, scratch=Path(scratch), told=told)
        try:
            exports = opened(reader, wanted, lambda table: _demanded(table, wanted[table.name]))
            pieces = reader.read(exports)
            parts = [part for export in exports for part in (export, *export.lookups)]
            over = [problem for part in parts for problem in _over_budget(part)]
            if over and enforce:
                raise InputError(problems=over)
            loaded = replace(_joined(exports, pieces), over_budget=tuple(over))
            for export in exports:
                for file in export.all_files:
                    file.ledger.sha256 = reader.prints.of(config.folder / file.ledger.file)
            return loaded
        finally:
            reader.close()


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
            dialect = sniff(
                path, source.encoding, source.delimiter, quote=source.quote, header=source.header
            )
            names = headers(header_of(path, dialect))
            columns, _ = mapped(source, table, names)
            filled.update(column.name for column in columns)
    return {table: frozenset(columns) for table, columns in found.items()}


def _demanded(table: Table, wanted: Iterable[str] | None) -> set[str] | None:
    if wanted is None:
        return None
    always = (*table.required, *table.key, *table.begins, *table.events)
    return {*wanted, *always, "updated_at", "currency"}


def _over_budget(export: Export) -> list[Problem]:
    """Return why a source has more bad rows than the budget allows; nothing where it has not."""
    budget = export.config.written.intake.max_rejected
    ledgers = [file.ledger for file in export.files]
    rejected = sum(ledger.rejected for ledger in ledgers)
    total = sum(ledger.read for ledger in ledgers)
    if budget.allows(rejected, total):
        return []
    problems = [
        Problem(
            where=".".join(map(str, export.path)),
            message=f"{rejected:,} of {total:,} rows cannot be used, and intake.max_rejected "
            f"allows {budget}",
            hint="kpi validate lists them; mend the export, or raise intake.max_rejected",
        )
    ]
    for ledger in ledgers:
        for reason, number in ledger.reasons.most_common():
            first = next(reject for reject in ledger.rejects if reject.reason == reason)
            cell = f": '{first.value}'" if first.value is not None else ""
            problems.append(
                Problem(
                    where=f"{ledger.file}:{first.line}",
                    message=f"{reason}{cell} (rows: {number:,})",
                )
            )
    return problems


def _joined(exports: list[Export], pieces: Mapping[str, list[pl.DataFrame]]) -> Loaded:
    frames: dict[str, pl.DataFrame] = {}
    covered: dict[str, Span] = {}
    fills: dict[str, set[str]] = {}
    warnings: list[str] = []
    latest: Latest | None = None
    for table in dict.fromkeys(export.table.name for export in exports):
        alike = [export for export in exports if export.table.name == table]
        ledgers = [file.ledger for export in alike for file in export.files]
        parts = [frame for export in alike for frame in pieces[export.name]]
        numbered = [
            frame.with_columns(pl.lit(number, dtype=pl.UInt32).alias(PIECE))
            for number, frame in enumerate(parts)
        ]
        whole = pl.concat(numbered, how="diagonal") if len(numbered) > 1 else numbered[0]
        duplicates = keys.without_duplicates(
            whole, alike[0].table, ledgers, alike[0].config.written.intake.duplicates
        )
        warnings += duplicates.warnings
        frames[table] = money.in_one_currency(
            duplicates.frame.drop(PLACE, PIECE), alike[0].table, alike[0].config.written
        )
        fills[table] = {name for export in alike for name in export.fills}
        warnings += [warning for export in alike for warning in export.warnings]
        span, last = _coverage(alike, pieces)
        if span is not None:
            covered[table] = span
        latest = max((found for found in (latest, last) if found), default=None)
    return Loaded(
        frames=frames,
        mapped={table: frozenset(names) for table, names in fills.items()},
        covered=covered,
        latest=latest,
        ledgers=tuple(file.ledger for export in exports for file in export.all_files),
        warnings=tuple(warnings),
    )


def _coverage(
    exports: list[Export], pieces: Mapping[str, list[pl.DataFrame]]
) -> tuple[Span | None, Latest | None]:
    """Return the days that a table covers, and the last day on which anything happened."""
    whole: Span | None = None
    latest: list[Latest] = []
    for export in exports:
        days: list[dt.date] = []
        for frame in pieces[export.name]:
            for name in export.table.events:
                if name in frame.columns and frame[name].null_count() < frame.height:
                    column = pl.col(name)
                    first, last = frame.select(
                        column.min().dt.date().alias("first"), column.max().dt.date().alias("last")
                    ).row(0)
                    days += [first, last]
                    latest.append(Latest(day=last, column=f"{export.table.name}.{name}"))
        span = Span(first=min(days), last=max(days)) if days else None
        covers = export.source.covers if isinstance(export.source, Source) else None
        if covers is not None:
            span = Span(first=covers.from_, last=covers.to)
        if span is not None:
            whole = span if whole is None else whole.union(span)
    return whole, max(latest, default=None)
