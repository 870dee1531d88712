"""Words that a text compares a column with, where its cells are never spelled so."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from sqlglot import exp

from kpicli.errors import did_you_mean
from kpicli.language.gate import COMPARISONS, full_name, tree
from kpicli.language.sql import without_parameters
from kpicli.model import Column, Type, View, model


def words_of(name: str) -> dict[str, Column]:
    """Return the columns of a table or view that list their words, or know the spelling of some."""
    relation = model().relation(name)
    if relation is None:
        return {}
    base = model().tables[relation.base] if isinstance(relation, View) else relation
    # A view's column says less of its words than that of the table which it comes from.
    columns = {key: base.columns.get(key, column) for key, column in relation.columns.items()}
    return {
        key: column
        for key, column in columns.items()
        if column.known or column.type is relation.columns[key].type is Type.ENUM
    }


def words_of_dimensions() -> dict[str, Column]:
    """Return the same by the names of dimensions; a plain name may be any text elsewhere."""
    found: dict[str, Column] = {}
    for relation in (*model().tables.values(), *model().views.values()):
        columns = words_of(relation.name)
        found |= {f"{relation.name}.{name}": column for name, column in columns.items()}
        for dimension, name in relation.dimensions.items():
            if name in columns and columns[name].type is not Type.ENUM:
                found[dimension] = columns[name]
    return found


def check_words(text: str, columns: Mapping[str, Column]) -> None:
    """Check that words are those that cells are read as, where `text` does not ask for both.

    What parameters bring in is left out: an option such as `all` need not be a word of the column.

    Raises:
        ValueError: no cell is ever read as a word that it names.
    """
    if not any(name in text for name in columns):
        return
    for column, words in _compared(tree(without_parameters(text))):
        for word in words if column in columns else ():
            _check_word(word, words, column, columns[column])


def _check_word(word: str, words: Container[str], name: str, column: Column) -> None:
    if column.type is Type.ENUM:
        if word not in column.words:
            advice = did_you_mean(word, column.words)
            raise ValueError(f"{name} is never '{word}'" + (f"; {advice}" if advice else ""))
        return
    spelled = column.spelled(word)
    if spelled not in words:
        raise ValueError(f"'{word}' is read as '{spelled}': write {name} = '{spelled}'")


def _compared(root: exp.Expr) -> Iterator[tuple[str, list[str]]]:
    """Yield the columns that are compared with words, and the words."""
    for node in root.find_all(exp.In, *COMPARISONS):
        sides = list(node.iter_expressions())
        columns = [side for side in sides if isinstance(side, exp.Column)]
        if len(columns) == 1:
            words = (side for side in sides if isinstance(side, exp.Literal) and side.is_string)
            yield full_name(columns[0]), [word.name for word in words]
