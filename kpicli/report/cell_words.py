"""The words that cells hold, and what may be said of them where another one was looked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import polars as pl

from kpicli.engine.wording import as_text
from kpicli.errors import did_you_mean
from kpicli.model import Relation, Type, model
from kpicli.views import Inputs

_MOST = 200  # different words, beyond which none is suggested
_SHORT = 15


def words_in(frame: pl.LazyFrame, name: str) -> Iterator[str]:
    """Yield the words of a column, once each; none where there is no such column."""
    if name in frame.collect_schema():
        words = frame.select(pl.col(name).unique()).select(as_text(frame, name))
        yield from words.collect().to_series().drop_nulls()


def entities(dimension: str, inputs: Inputs) -> Iterator[str]:
    """Yield those of whom a table that is read has a row each."""
    for table in model().tables.values():
        if table.entity == dimension and table.name in inputs.frames:
            yield from words_in(inputs.table(table.name), table.key[0])


def may_be_told(relation: Relation, name: str) -> bool:
    """Whether words of a column may stand in a message: those of people, and kept ones, may not.

    Nor may what employees wrote, unless it is a dimension.
    """
    columns = [relation.columns.get(name), model().base_of(relation).columns.get(name)]
    found = [column for column in columns if column is not None]
    open_ = relation.protected is None or name in relation.dimensions.values()
    return (
        bool(found)
        and (open_ or any(one.known for one in found))
        and not any(one.person or one.type is Type.ID for one in found)
    )


def few(known: Collection[str], *, told: bool) -> Collection[str]:
    """Return the words that may be suggested."""
    return known if told and len(known) <= _MOST else ()


def listed(words: Collection[str]) -> str:
    """Return words as a list, where it is a short one."""
    return ", ".join(sorted(words)) if len(words) <= _SHORT else ""


def absent(where: str, name: str, word: str, told: Iterable[str]) -> str:
    """Return that no row has a word, and which of those that may be told was perhaps meant."""
    advice = did_you_mean(word, told)
    return f"{where}: no row has {name} '{word}'" + (f"; {advice}" if advice else "")
