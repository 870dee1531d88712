"""Explanation: the definition card of a metric."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from kpicli import views
from kpicli.config import Config
from kpicli.engine.relations import columns_read
from kpicli.language.cases import Case, example
from kpicli.language.catalogue import Catalogue
from kpicli.language.declaration import Declaration
from kpicli.language.settled import Settled
from kpicli.model import View, model
from kpicli.report import surveys
from kpicli.report.needs import lacking
from kpicli.report.question import options
from kpicli.report.types import Option
from kpicli.views import Inputs
from kpicli.views.demand import demanded


class Card(Struct, frozen=True, kw_only=True):
    """Everything that is known of a metric.

    `reads` lists canonical columns by table; `lacks` what the config does not provide, None where
    there is no config; `companions` has the titles of metrics that stand beside it; `left_out`
    names the view that leaves out rows, and why it does; `example` is a case that the tests prove.
    """

    id: str
    family: str
    declaration: Declaration
    raw: Mapping[str, Any]
    options: tuple[Option, ...]
    meanings: Mapping[str, str]
    reads: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, str] | None
    operands: tuple[tuple[str, str], ...]
    companions: Mapping[str, str]
    lacks: tuple[str, ...] | None
    example: Case | None


def explain(
    catalogue: Catalogue,
    name: str,
    config: Config | None,
    mapped: Mapping[str, frozenset[str]] | None,
) -> Card:
    """Return the card of the metric that `name` stands for, under the parameters of a config.

    `mapped` are the columns that the sources of a config fill, None where there is no config.

    Raises:
        UsageError: there is no such metric.
    """
    metric = catalogue.find(name)
    params = config.params if config else catalogue.defaults()
    chosen = config.written.params if config else ()
    settled = Settled(catalogue=catalogue, params=params)
    declaration = settled[metric.id]
    names = settled.parameters_of([metric.id])
    return Card(
        id=metric.id,
        family=metric.family,
        declaration=declaration,
        raw=metric.raw,
        options=options(settled, names, chosen),
        meanings={p: catalogue.parameters[p].meaning for p in names},
        reads=_reads(settled, metric.id),
        left_out=_left_out(declaration),
        companions={
            other: settled[other].title
            for other in declaration.beside.values()
            if isinstance(other, str)
        },
        operands=tuple((o, settled[o].title) for o in settled.operands(metric.id)),
        lacks=_lacks(settled, metric.id, config, mapped),
        example=example(metric.id) if metric.built_in else None,
    )


def _inputs(settled: Settled, mapped: Mapping[str, frozenset[str]]) -> Inputs:
    return Inputs(
        frames={name: _empty(name) for name in mapped},
        mapped=mapped,
        params=settled.params,
        as_of=dt.date(2000, 1, 1),  # what a view reads does not depend on the day
        zone="UTC",
    )


def _empty(table: str) -> Any:  # noqa: ANN401 (a lazy frame, without importing polars here)
    import polars as pl  # noqa: PLC0415 (only for a card)

    columns = model().tables[table].columns
    return pl.LazyFrame(schema={name: column.type.dtype("UTC") for name, column in columns.items()})


def _reads(settled: Settled, name: str) -> dict[str, tuple[str, ...]]:
    """Return the canonical columns that a metric and its operands read, by table."""
    relations: dict[str, set[str]] = {}
    for other in settled.closure([name]):
        rows = settled[other].rows
        if rows is not None and rows.table is not None:
            relations.setdefault(rows.table, set()).update(columns_read(settled, other))
    tables = {table: frozenset(body.columns) for table, body in model().tables.items()}
    found = demanded(relations, _inputs(settled, tables), {})
    return {table: tuple(sorted(columns)) for table, columns in found.items() if columns}


def _left_out(declaration: Declaration) -> tuple[str, str] | None:
    """Return the view that a metric reads, and why it leaves out rows."""
    rows = declaration.rows
    relation = model().relation(rows.table or "") if rows is not None else None
    if isinstance(relation, View) and "left_out" in relation.columns:
        return relation.name, relation.columns["left_out"].meaning
    return None


def _lacks(
    settled: Settled, name: str, config: Config | None, mapped: Mapping[str, frozenset[str]] | None
) -> tuple[str, ...] | None:
    if config is None or mapped is None:
        return None
    inputs = _inputs(settled, mapped)
    relations = {rows.table for n in settled.closure([name]) if (rows := settled[n].rows)}
    facts = {table: views.facts(table, inputs) for table in sorted(t for t in relations if t)}
    found = lacking(settled, [name], inputs, facts)
    if name in found:
        return found[name].needs
    return surveys.lacking(settled, name, surveys.held(config))
