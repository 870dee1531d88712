"""Words of `--where` that stand in no row: they may be meant otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from msgspec import Struct

from kpicli.engine.relations import Path, path_to, relation_of
from kpicli.engine.wording import as_text
from kpicli.errors import did_you_mean
from kpicli.model import Relation, Type, model
from kpicli.report.evaluation import Ready
from kpicli.views import Inputs

_MOST = 200  # different words, beyond which none is suggested


class _Place(Struct, frozen=True, kw_only=True):
    """Where rows that metrics read reach a dimension."""

    relation: str
    path: Path


def unmatched(ready: Ready, inputs: Inputs) -> Iterator[str]:
    """Yield what is worth telling of the words that the condition compares dimensions with.

    They are looked for in the rows that the metrics read, before any of those is left out. Whoever
    stands in the table of customers or employees is known, with rows or without.
    """
    if ready.cut.where is None:
        return
    from kpicli.language.spelling import compared  # noqa: PLC0415 (a parser, for a user's text)

    for dimension, words in compared(ready.cut.where).items():
        places = dict.fromkeys(_places(dimension, ready))
        if not places:
            continue
        known = {word for place in places for word in _values(place, ready)}
        known.update(_entities(dimension, inputs))
        told = known if len(known) <= _MOST and all(map(_may_be_told, places)) else ()
        for word in dict.fromkeys(words):
            if word and word not in known:
                advice = did_you_mean(word, told)
                yield f"--where: no row has {dimension} '{word}'" + (
                    f"; {advice}" if advice else ""
                )


def _places(dimension: str, ready: Ready) -> Iterator[_Place]:
    """Yield where the rows of metrics that can be computed, and of their operands, reach it."""
    computable = [name for name in ready.names if name not in ready.lacks]
    for name in ready.settled.closure(computable):
        declaration = ready.settled[name]
        if declaration.rows is None or declaration.rows.table is None:
            continue
        relation = relation_of(declaration.rows.table)
        path = path_to(dimension, declaration, relation, ready.cut.kept)
        if path is not None:
            yield _Place(relation=relation.name, path=path)


def _values(place: _Place, ready: Ready) -> Iterator[str]:
    """Yield the words of a dimension, as the condition sees them."""
    path = place.path
    if path.table is not None:
        frame, name = ready.relations.lookups.table(path.table), path.attribute or ""
    else:
        frame, name = ready.relations.made[place.relation].lazy(), path.column
    return _words(frame, name)


def _entities(dimension: str, inputs: Inputs) -> Iterator[str]:
    """Yield those of whom a table that is read has a row each."""
    for table in model().tables.values():
        if table.entity == dimension and table.name in inputs.frames:
            yield from _words(inputs.table(table.name), table.key[0])


def _words(frame: pl.LazyFrame, name: str) -> Iterator[str]:
    if name in frame.collect_schema():
        words = frame.select(pl.col(name).unique()).select(as_text(frame, name))
        yield from words.collect().to_series().drop_nulls()


def _may_be_told(place: _Place) -> bool:
    """Whether words of a column may stand in a message: those of people, and kept ones, may not."""
    path = place.path
    relation: Relation = relation_of(path.table or place.relation)
    name = path.attribute or path.column
    columns = [relation.columns.get(name), model().base_of(relation).columns.get(name)]
    found = [column for column in columns if column is not None]
    return bool(found) and not any(one.person or one.type is Type.ID for one in found)
