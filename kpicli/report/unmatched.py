"""Words of `--where` that stand in no row: they may be meant otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from msgspec import Struct

from kpicli.engine.slices import Slice
from kpicli.errors import did_you_mean
from kpicli.model import Column, Type, model
from kpicli.views import Inputs

_MOST = 200  # different words, beyond which none is suggested


class _Place(Struct, frozen=True, kw_only=True):
    """A column of a loaded table that a dimension is read from; None of one that is kept."""

    table: str
    name: str
    column: Column | None


def unmatched(cut: Slice, inputs: Inputs) -> Iterator[str]:
    """Yield what is worth telling of the words that the condition compares dimensions with."""
    if cut.where is None:
        return
    from kpicli.language.spelling import compared  # noqa: PLC0415 (a parser, for a user's text)

    for dimension, words in compared(cut.where).items():
        places = [*_places(dimension, cut, inputs)]
        values = [_values(place, inputs) for place in places]
        known = {word for some in values for word in some or ()}
        if not places or None in values:
            continue  # it is made of more than one column, or of no words
        told = known if len(known) <= _MOST and all(map(_may_be_told, places)) else ()
        for word in dict.fromkeys(words):
            if word and word not in known:
                advice = did_you_mean(word, told)
                yield f"--where: no row has {dimension} '{word}'" + (
                    f"; {advice}" if advice else ""
                )


def _places(dimension: str, cut: Slice, inputs: Inputs) -> Iterator[_Place]:
    """Yield where a dimension may be read: in tables, and in views of them."""
    of_table, dot, attribute = dimension.partition(".")
    for relation in (*model().tables.values(), *model().views.values()):
        base = model().base_of(relation).name
        if base not in inputs.frames or (dot and of_table != relation.name):
            continue
        key = attribute if dot else dimension
        name = relation.dimensions.get(key)
        if name is None and (key in cut.kept.get(base, ()) or (dot and key in relation.columns)):
            name = key
        if name is not None and "." not in name:
            yield _Place(table=base, name=name, column=model().tables[base].columns.get(name))


def _values(place: _Place, inputs: Inputs) -> frozenset[str] | None:
    """Return the words of a column; none of one that is not read, None where it holds no words."""
    frame = inputs.frames[place.table]
    dtype = frame.collect_schema().get(place.name)
    if dtype is None:
        there = place.name in model().tables[place.table].columns
        return frozenset() if there else None
    if not isinstance(dtype, pl.String | pl.Enum | pl.Boolean):
        return None
    found = frame.select(pl.col(place.name).unique().cast(pl.String).drop_nulls()).collect()
    return frozenset(found.to_series())


def _may_be_told(place: _Place) -> bool:
    """Whether words of a column may stand in a message: those of people, and kept ones, may not."""
    column = place.column
    return column is not None and not column.person and column.type is not Type.ID
