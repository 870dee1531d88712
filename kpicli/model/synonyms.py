"""What exports call our tables, columns and values: names in English and Russian, as data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kpicli.model.types import Strict
from kpicli.packaged import data

_FILE = Path(__file__).parent / "synonyms.yaml"


class Names(Strict):
    """Names by language."""

    en: tuple[str, ...] = ()
    ru: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """The names in every language."""
        return (*self.en, *self.ru)


class Synonyms(Strict):
    """Names of tables (in names of files), of columns (in headers) and of values (in cells).

    `short` are names that any table might have, so that they count only where it is known. `also`
    says that cells of a column may be words of another one, and what its values mean there. `lines`
    are headers that number the lines of an order.
    """

    tables: dict[str, Names]
    shared: dict[str, Names]
    own: dict[str, dict[str, Names]]
    short: dict[str, dict[str, Names]]
    values: dict[str, dict[str, tuple[str, ...]]]
    also: dict[str, dict[str, dict[str, str]]]
    lines: Names

    def headers(self, table: str, column: str) -> tuple[str, ...]:
        """Return what exports call a column, its own name first."""
        own = self.own.get(table, {}).get(column, Names()).all
        shared = self.shared.get(column, Names()).all
        return tuple(dict.fromkeys((column, *own, *shared)))

    def shorter(self, table: str, column: str) -> tuple[str, ...]:
        """Return what exports call a column where the table is known otherwise."""
        return self.short.get(table, {}).get(column, Names()).all

    def cells(self, table: str, column: str) -> Mapping[str, tuple[str, ...]]:
        """Return what exports write for each value of a column; nothing where it takes any text."""
        own = self.values.get(f"{table}.{column}") or self.values.get(column) or {}
        found = {value: list(words) for value, words in own.items()}
        told = {word for words in own.values() for word in words}
        for other, meant in self.also.get(f"{table}.{column}", {}).items():
            for value, words in self.values[other].items():
                more = (word for word in words if word not in told)
                found.setdefault(meant[value], []).extend(more)
        return {value: tuple(words) for value, words in found.items()}


@cache
def synonyms() -> Synonyms:
    """Return the names that are known."""
    return Synonyms.model_validate(data(_FILE))
