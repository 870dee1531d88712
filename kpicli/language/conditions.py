"""Conditions that a user gives as parameters: SQL over the columns of a table or view."""

from __future__ import annotations

from collections.abc import Mapping

from kpicli.language.gate import admitted
from kpicli.language.kinds import Kind, judge, kind_of
from kpicli.model import View, model


def condition(text: str, over: str, kept: Mapping[str, tuple[str, ...]]) -> str:
    """Return a condition over the rows of `over` as it may run.

    Raises:
        ValueError: it is not SQL, reads what is not there, or is neither true nor false.
    """
    found = judge(text, columns_of(over, kept), aggregate=False)
    if found is not Kind.TRUTH:
        raise ValueError(f"true or false is needed, and '{text}' is {found}")
    return admitted(text)


def columns_of(name: str, kept: Mapping[str, tuple[str, ...]]) -> dict[str, Kind]:
    """Return the columns of a table or view, those that the config keeps among them."""
    relation = model().relation(name)
    if relation is None:
        return {}
    base = relation.base if isinstance(relation, View) else relation.name
    columns = {key: kind_of(column.type) for key, column in relation.columns.items()}
    return {**dict.fromkeys(kept.get(base, ()), Kind.TEXT), **columns}
