"""Needs: what must be there beside the columns that are read, as `orders.cost and $parameter`.

Alternatives are joined by "or", what an alternative is made of by "and".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kpicli.model import model


def misnamed(need: str, parameters: Iterable[str]) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Yield what a need names that is not there: what it would be, its name, those there are."""
    tables = model().tables
    for part in need.split(" and "):
        table, _, column = part.partition(".")
        if part.startswith("$"):
            if part[1:] not in parameters:
                yield "parameter", part[1:], parameters
        elif table not in tables:
            yield "table", table, tables
        elif column and column not in tables[table].columns:
            yield "column", column, tables[table].columns


def clear(need: str, all_of: str = "and", one_of: str = "or") -> str:
    """Return alternatives as text that reads in one way: in brackets where both words occur.

    The words are those of the language that the need is in; what quotes words of users is no list.
    """
    options = need.split(f" {one_of} ")
    if len(options) == 1 or f" {all_of} " not in need or _quotes(need):
        return need
    return f" {one_of} ".join(f"({one})" if f" {all_of} " in one else one for one in options)


def together(needs: Sequence[str]) -> list[str]:
    """Return needs as texts that read in one way where they are joined by "and"."""
    if len(needs) == 1:
        return [clear(needs[0])]
    return [f"({clear(need)})" if " or " in need and not _quotes(need) else need for need in needs]


def _quotes(need: str) -> bool:
    return any(sign in need for sign in "'«")
