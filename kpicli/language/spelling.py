"""Words that a text compares a column with, where its cells are never spelled so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from kpicli.language.gate import COMPARISONS, full_name, tree
from kpicli.model import Column, View, model


def words_of(name: str) -> dict[str, Column]:
    """Return the columns of a table or view that are read in the spelling of known words."""
    relation = model().relation(name)
    if relation is None:
        return {}
    base = model().tables[relation.base] if isinstance(relation, View) else relation
    return {key: base.columns[key] for key in relation.columns if _knows(base.columns.get(key))}


def words_of_dimensions() -> dict[str, Column]:
    """Return the same by the names of dimensions."""
    found: dict[str, Column] = {}
    for relation in (*model().tables.values(), *model().views.values()):
        columns = words_of(relation.name)
        found |= {f"{relation.name}.{name}": column for name, column in columns.items()}
        for dimension, name in relation.dimensions.items():
            if name in columns:
                found[dimension] = columns[name]
    return found


def check_words(text: str, columns: Mapping[str, Column]) -> None:
    """Check that words are spelled as they are read, where `text` does not ask for both.

    Raises:
        ValueError: no cell is ever read as a word that it names.
    """
    if not any(name in text for name in columns):
        return
    for column, words in _compared(tree(text)):
        for word in words if column in columns else ():
            spelled = columns[column].spelled(word)
            if spelled not in words:
                raise ValueError(f"'{word}' is read as '{spelled}': write {column} = '{spelled}'")


def _knows(column: Column | None) -> bool:
    return column is not None and bool(column.known)


def _compared(root: exp.Expr) -> Iterator[tuple[str, list[str]]]:
    """Yield the columns that are compared with words, and the words."""
    for node in root.find_all(exp.In, *COMPARISONS):
        sides = list(node.iter_expressions())
        columns = [side for side in sides if isinstance(side, exp.Column)]
        if len(columns) == 1:
            words = (side for side in sides if isinstance(side, exp.Literal) and side.is_string)
            yield full_name(columns[0]), [word.name for word in words]
