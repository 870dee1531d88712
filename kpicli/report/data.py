"""Gets the data for a question: which tables and columns, read once, cut at `as_of`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from kpicli.config import Config
from kpicli.engine.relations import Path, columns_read, path_to, relation_of
from kpicli.engine.slices import Slice
from kpicli.errors import InputError
from kpicli.intake import Accounted, Depth, read
from kpicli.language.settled import Settled
from kpicli.model import model
from kpicli.report import hindsight
from kpicli.report.horizon import Data, up_to
from kpicli.report.last_day import last_day
from kpicli.report.today import today
from kpicli.views import Inputs
from kpicli.views.demand import demanded

_ANY_DAY = dt.date(2000, 1, 1)  # which columns a view reads does not depend on the day


def load(
    config: Config,
    settled: Settled,
    names: Iterable[str],
    cut: Slice,
    *,
    as_of: dt.date | None,
    fallback: dt.date | None,
    told: Callable[[str], None],
    accounted: Accounted | None,
) -> Data:
    """Return the data that the metrics `names` and the slice need.

    Without `as_of` it is the last day in an event column of any table; where no table has one, what
    `last_day` says, which may be `fallback`. Where `accounted` is given it is called with the
    ledgers, and they hold every place that could not be used as it stands, not only the first ones.

    Raises:
        InputError: `as_of` would be later than today, or nothing tells it.
    """
    as_of = as_of or config.written.as_of
    names = tuple(names)
    # Every table's events may set the day; their other columns are not needed.
    every = {source.table: set[str]() for source in config.written.sources.values()}
    sure = _bases(settled, names) if as_of is not None else every
    wanted: dict[str, set[str]] = {}

    def asked() -> dict[str, set[str]]:
        wanted.update(_wanted(config, settled, names, cut))
        needed = {table: columns for table, columns in wanted.items() if columns}
        if as_of is None:
            return every | needed
        for table, columns in hindsight.told_by(needed, wanted).items():
            needed[table] = {*columns, *needed.get(table, ())}
        return needed

    depth = Depth(places=accounted is not None, on=as_of or today(config.written.timezone))
    loaded = read(config, asked, sure=sure, depth=depth, told=told, accounted=accounted)
    ranging = [table for table in wanted if wanted[table]]
    if as_of is not None:
        return up_to(config, loaded, as_of, settled.params, ranging, said=True)
    last = last_day(loaded, config.written.timezone, fallback)
    if last.problem is not None:
        raise InputError(problems=[last.problem])
    data = up_to(config, loaded, last.day, settled.params, ranging, said=loaded.latest is None)
    return replace(data, warnings=(*last.warnings, *data.warnings))


def relation_columns(settled: Settled, names: Iterable[str], cut: Slice) -> dict[str, set[str]]:
    """Return the columns that each relation needs: read by metrics, or by dimensions."""
    found: dict[str, set[str]] = {}
    order = settled.closure(names)
    for name in order:
        rows = settled[name].rows
        if rows is None or rows.table is None:
            continue
        columns = found.setdefault(rows.table, set())
        columns.update(columns_read(settled, name))
        columns.update(path.column for path in _paths(settled, name, cut))
    for name in order:
        rows = settled[name].rows
        if rows is None or not rows.results or rows.per is None:
            continue
        # What is broken down per actor must name the actor.
        for operand in settled.closure(rows.results):
            of_operand = settled[operand].rows
            if of_operand is not None and of_operand.table is not None:
                found[of_operand.table].add(rows.per)
    return found


def tables_looked_up(settled: Settled, names: Iterable[str], cut: Slice) -> set[str]:
    """Return the tables in which dimensions are looked up."""
    return {
        path.table
        for name in settled.closure(names)
        if (rows := settled[name].rows) is not None and rows.table is not None
        for path in _paths(settled, name, cut)
        if path.table is not None
    }


def _paths(settled: Settled, name: str, cut: Slice) -> list[Path]:
    """Return the ways to the dimensions that the metric's rows reach."""
    declaration = settled[name]
    relation = relation_of((declaration.rows.table if declaration.rows else None) or "")
    sought = (*cut.by, *cut.filtered_by())
    found = [path_to(dimension, declaration, relation, cut.kept) for dimension in sought]
    return [path for path in found if path is not None]


def _bases(settled: Settled, names: Iterable[str]) -> set[str]:
    """Return the tables that the metrics `names` certainly read: those that their rows are of."""
    rows = (settled[name].rows for name in settled.closure(names))
    return {_base(found.table) for found in rows if found is not None and found.table is not None}


def _base(relation: str) -> str:
    return model().base_of(relation_of(relation)).name


def _wanted(
    config: Config, settled: Settled, names: Iterable[str], cut: Slice
) -> dict[str, set[str]]:
    """Return the columns per table that the question reads; tables it does not read have none."""
    tables = {source.table for source in config.written.sources.values()}
    mapped = {name: frozenset(model().tables[name].columns) for name in tables}
    inputs = Inputs(
        frames={},
        mapped=mapped,
        params=settled.params,
        as_of=_ANY_DAY,
        zone=config.written.timezone,
    )
    chosen = list(names)
    relations = relation_columns(settled, chosen, cut)
    wanted = demanded(relations, inputs, config.kept())
    for name in settled.closure(chosen):
        rows = settled[name].rows
        if rows is None or rows.table is None:
            continue
        base = _base(rows.table)
        if base in wanted:
            wanted[base].update(model().tables[base].required)
        for path in _paths(settled, name, cut):
            if path.table in wanted:
                target = model().tables[path.table or ""]
                wanted[target.name].update((*target.key, path.attribute or ""))
    return wanted
