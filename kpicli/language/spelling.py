"""Words that a text compares a column with, where its cells never hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from sqlglot import exp

from kpicli.errors import did_you_mean, nearest
from kpicli.language.gate import full_name, tree
from kpicli.language.nulls import check_nulls_of
from kpicli.language.parameters import Params
from kpicli.language.sql import expand, without_parameters
from kpicli.model import Column, Type, model

_NONE: Params = MappingProxyType({})
_DIFFERENT = (exp.NEQ, exp.NullSafeNEQ)
_SAME = (exp.EQ, exp.NullSafeEQ, *_DIFFERENT)


def words_of(name: str) -> dict[str, Column]:
    """Return the columns of a table or view that list their words, or know the spelling of some."""
    relation = model().relation(name)
    if relation is None:
        return {}
    base = model().base_of(relation)
    found = {}
    for key, column in relation.columns.items():
        # The table that a view's column comes from tells more of its words.
        source = base.columns.get(key, column)
        if source.known or (column.type is Type.ENUM and source.type is Type.ENUM):
            found[key] = source
    return found


def words_of_dimensions() -> dict[str, Column]:
    """Return the same by the names of dimensions.

    Of columns that list their words only those with a table before the dot: `category` alone is a
    list of costs, and any text of tickets.
    """
    found: dict[str, Column] = {}
    for relation in (*model().tables.values(), *model().views.values()):
        columns = words_of(relation.name)
        found |= {f"{relation.name}.{name}": column for name, column in columns.items()}
        for dimension, name in relation.dimensions.items():
            if name in columns and columns[name].type is not Type.ENUM:
                found[dimension] = columns[name]
    return found


def check_words(text: str, columns: Mapping[str, Column], params: Params = _NONE) -> None:
    """Check that words are those that cells are read as, where `text` does not ask for both.

    Nothing is compared with null either, which no cell equals.

    Of columns that list their words, parameters may bring in others: an option such as `all` need
    not be a word of the column that it is compared with.

    Raises:
        ValueError: no cell is ever read as a word that it names, or it compares with null.
    """
    check_nulls_of(text, params)
    for column, words in _compared(expand(text, params), columns).items():
        for word in words if columns[column].known else ():
            spelled = columns[column].spelled(word)
            if spelled not in words:
                raise ValueError(f"'{word}' is read as '{spelled}': write {column} = '{spelled}'")
    for column, words in _compared(without_parameters(text, params), columns).items():
        listed = columns[column].words
        for word in words if listed else ():
            if word and word not in listed and nearest(word, listed) not in words:
                raise ValueError(f"{column} is never '{word}'; {did_you_mean(word, listed)}")


def compared(text: str, *, wanted: bool = False) -> dict[str, list[str]]:
    """Return which words each column is compared with anywhere in `text`.

    Where only those `wanted` are asked for, what a comparison keeps out is left out.
    """
    found: dict[str, list[str]] = {}
    for node, others in _comparisons(tree(text)):
        column, instead = _read(node)
        if column is not None and not (wanted and _keeps_out(node)):
            words = [word for word in _words(others) if word not in instead]
            found.setdefault(full_name(column), []).extend(words)
    return found


def _keeps_out(node: exp.Expr) -> bool:
    """Whether a side of a comparison is to differ from the other, or the whole is denied."""
    above = node.parent
    while above is not None and not isinstance(above, (exp.Not, *_DIFFERENT)):
        above = above.parent
    return above is not None


def _read(node: exp.Expr) -> tuple[exp.Column | None, list[str]]:
    """Return the one column that a side of a comparison reads, and words where that has none."""
    parts = [node]
    if isinstance(node, exp.Coalesce):
        parts = [one.unnest() for one in (node.this, *node.expressions)]
    columns = [one for one in parts if isinstance(one, exp.Column)]
    return (columns[0] if len(columns) == 1 else None), _words(parts)


def _words(nodes: Iterable[exp.Expr]) -> list[str]:
    return [one.name for one in nodes if isinstance(one, exp.Literal) and one.is_string]


def _compared(text: str, columns: Mapping[str, Column]) -> dict[str, list[str]]:
    if not any(name in text for name in columns):
        return {}
    return {name: words for name, words in compared(text).items() if name in columns}


def _comparisons(root: exp.Expr) -> Iterator[tuple[exp.Expr, list[exp.Expr]]]:
    """Yield what is asked to be the same as one of others, brackets left out."""
    for node in root.find_all(exp.In, exp.Case, *_SAME):
        match node:
            case exp.In():
                yield node.this.unnest(), [one.unnest() for one in node.expressions]
            case exp.Case():
                if node.this is not None:
                    yield node.this.unnest(), [one.this.unnest() for one in node.args["ifs"]]
            case _:
                left, right = node.this.unnest(), node.expression.unnest()
                yield left, [right]
                yield right, [left]
