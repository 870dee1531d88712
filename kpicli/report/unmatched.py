"""Words of `--where` that stand in no row: they may be meant otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from kpicli.engine.relations import Path, path_to, relation_of
from kpicli.report.cell_words import absent, entities, few, may_be_told, words_in
from kpicli.report.evaluation import Ready
from kpicli.views import Inputs


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
        known.update(entities(dimension, inputs))
        told = few(known, told=all(map(_may_be_told, places)))
        for word in dict.fromkeys(words):
            if word and word not in known:
                yield absent("--where", dimension, word, told)


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
    return words_in(frame, name)


def _may_be_told(place: _Place) -> bool:
    path = place.path
    return may_be_told(relation_of(path.table or place.relation), path.attribute or path.column)
