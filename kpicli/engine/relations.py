"""Relations: the tables and views that metrics read, each made once with the columns in demand."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from threading import Lock

import polars as pl
from msgspec import Struct, field

from kpicli import views
from kpicli.engine.collecting import collected
from kpicli.engine.names import ACTOR, OUT, ROW, dimension
from kpicli.engine.wording import as_text
from kpicli.language.declaration import Declaration
from kpicli.language.parameters import Params
from kpicli.language.rows import FoldStep, KeepStep, Rows
from kpicli.language.settled import Settled
from kpicli.language.sql import columns_in
from kpicli.language.texts import sql_of
from kpicli.model import Relation, View, model
from kpicli.views import Facts, Inputs


class Relations(Struct, kw_only=True):
    """Frames by name of table or view, what the views found out, and tables to look up in.

    Rows that a reason (the column OUT) leaves out are set apart once, since every metric would have
    to leave them out anew: when a relation is first read, by when the tables that it was made of
    have gone.
    """

    made: dict[str, pl.DataFrame]
    facts: Mapping[str, Facts]
    lookups: Inputs
    _apart: dict[str, tuple[pl.DataFrame, pl.DataFrame | None]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def counted(self, name: str) -> pl.DataFrame:
        """Return the rows of a relation that no reason leaves out."""
        return self._set_apart(name)[0]

    def left_out(self, name: str) -> pl.DataFrame | None:
        """Return the rows that reasons leave out; None of a relation that knows no reasons."""
        return self._set_apart(name)[1]

    def _set_apart(self, name: str) -> tuple[pl.DataFrame, pl.DataFrame | None]:
        with self._lock:  # passes run side by side
            if name not in self._apart:
                frame = self.made.pop(name)
                self._apart[name] = _apart(frame) if OUT in frame.columns else (frame, None)
            return self._apart[name]


def _apart(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows that count, and those that a reason leaves out."""
    if frame[OUT].null_count() == frame.height:
        return frame.drop(OUT), frame.clear()
    counts = frame[OUT].is_null()
    return frame.drop(OUT).filter(counts), frame.filter(~counts)


class Path(Struct, frozen=True, kw_only=True):
    """How a relation reaches a dimension: its own column, or one of a table it points to.

    `column` is the relation's; `table` and `attribute` are set where it only points there.
    `current` says that the value is that of today, not of the period.
    """

    column: str
    table: str | None = None
    attribute: str | None = None
    current: bool = False


def relation_of(name: str) -> Relation:
    """Return the table or view called `name`; a declaration that passed its check names one."""
    found = model().relation(name)
    if found is None:
        raise KeyError(name)
    return found


def path_to(
    name: str, declaration: Declaration, relation: Relation, kept: Mapping[str, tuple[str, ...]]
) -> Path | None:
    """Return how rows of `relation` reach dimension `name`, or None where they do not.

    `kept` lists the columns that the config keeps, by table; those of a relation's base table are
    its own.
    """
    own = {**relation.dimensions, **declaration.dimensions}
    base = model().base_of(relation).name
    column = own.get(name)
    if column is not None and "." in column:
        return path_to(column, declaration, relation, kept)
    if column is not None:
        current = isinstance(relation, View) and name in relation.current
        return Path(column=column, current=current)
    if name in own:
        return None  # the metric says that it has none
    if name in kept.get(base, ()):
        return Path(column=name, current=isinstance(relation, View) and bool(relation.current))
    table, dot, attribute = name.partition(".")
    if not dot or table not in model().tables:
        return None
    target = model().tables[table]
    attribute = target.dimensions.get(attribute, attribute)
    if attribute not in (*target.columns, *kept.get(table, ())):
        return None
    link = own.get(target.entity) if target.entity else None
    if target.entity not in own and len(target.key) == 1 and target.key[0] in relation.columns:
        link = target.key[0]
    if link is None:
        return None
    return Path(column=link, table=table, attribute=attribute, current=target.spells)


def columns_read(settled: Settled, name: str, *, flags: bool = True) -> set[str]:
    """Return the columns of its relation that metric `name` reads, dimensions left out.

    Without `flags` those are left out that only its flags read: it can do without them.
    """
    declaration = settled[name]
    rows = declaration.rows
    if rows is None or rows.table is None:
        return set()
    relation = relation_of(rows.table)
    read: set[str] = {OUT}
    trusted = settled.trusted(name)
    needed = declaration if flags else declaration.model_copy(update={"flags": {}})
    for text in sql_of(needed):
        read.update(columns_in(text, settled.params, trusted=trusted))
    read.update(_named(declaration, rows))
    if rows.among is not None:
        population = settled[rows.among.metric].rows
        read.add(rows.among.actor or (population.per if population else None) or "")
    if flags:
        read.update(_told_apart_by(relation, settled.params))
    return read


def _told_apart_by(relation: Relation, params: Params) -> set[str]:
    """Columns that privacy needs; a table may lack some of them."""
    texts = [relation.protected, relation.question, relation.groups and relation.groups.exempt]
    found = {*(relation.groups.per if relation.groups else ())}
    found.update(name for name in (relation.respondent,) if name)
    for text in texts:
        found.update(columns_in(text, params, trusted=True) if text else ())
    return found


def _named(declaration: Declaration, rows: Rows) -> set[str]:
    """Columns that are named outside of SQL."""
    found = {*declaration.same}
    found.update(name for name in (rows.per, declaration.mix) if name)
    if declaration.count:
        found.add(declaration.count.removeprefix("distinct "))
    for companion in declaration.beside.values():
        if not isinstance(companion, str) and companion.count:
            found.add(companion.count.removeprefix("distinct "))
    for step in rows.then:
        if isinstance(step, KeepStep):
            found.update(step.keep.per, step.keep.by)
        elif isinstance(step, FoldStep):
            found.update(step.per)
    return found


def make(
    inputs: Inputs, wanted: Mapping[str, Iterable[str]], looked_up: Container[str]
) -> Relations:
    """Return the relations of `wanted` (name → columns), all collected together.

    Of the tables themselves only those of `looked_up` are held on to.

    Every frame has the column `ROW`, the place of a row; columns that a relation lacks are left
    out of it.
    """
    names = sorted(wanted)
    facts = {name: views.facts(name, inputs) for name in names}
    plans = []
    for name in names:
        plan = views.build(name, inputs)
        there = plan.collect_schema().names()
        columns = [column for column in there if column in set(wanted[name])]
        if OUT in columns:
            # A few words, and nearly always none: as categories they take a quarter of the room.
            plan = plan.with_columns(pl.col(OUT).cast(pl.Categorical))
        plans.append(plan.select(columns))
    frames = collected(plans, inputs.rows)
    numbered = {name: frame.with_row_index(ROW) for name, frame in zip(names, frames, strict=True)}
    tables = {name: frame for name, frame in inputs.frames.items() if name in looked_up}
    return Relations(made=numbered, facts=facts, lookups=inputs.with_frames(tables))


def with_dimensions(
    frame: pl.LazyFrame, paths: Mapping[str, Path], lookups: Inputs
) -> pl.LazyFrame:
    """Return `frame` with a text column per dimension; rows are neither lost nor multiplied.

    Actors come as categories: there are many, and they are grouped and joined again and again.
    """
    for name, path in paths.items():
        column = dimension(name)
        if path.table is None:
            kind = pl.Categorical() if name.startswith(ACTOR) else pl.String()
            text = as_text(frame, path.column)
            frame = frame.with_columns(text.cast(kind).alias(column))
            continue
        target = model().tables[path.table]
        key = target.key[0]
        table = lookups.table(path.table)
        looked_up = (
            table.select(
                pl.col(key).alias(path.column),
                as_text(table, path.attribute or "").alias(column),
                *(pl.col(other) for other in target.key[1:]),
            )
            .sort(*target.key[1:] or [path.column], maintain_order=True)
            .unique(path.column, keep="last", maintain_order=True)
            .select(path.column, column)
        )
        frame = frame.join(looked_up, on=path.column, how="left", maintain_order="left")
    return frame
