"""Exports: a source and its files, opened, their columns found by their headers."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

import polars as pl

from kpicli.config import Config, Source
from kpicli.intake import cells
from kpicli.intake.judge import PLACE
from kpicli.intake.ledger import FileLedger
from kpicli.intake.mapping import Lack, Mapped, absent, headers, mapped
from kpicli.intake.structure import Text
from kpicli.model import Table


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of a source, ready to be read.

    `names` are its headers, `fills` the canonical and kept columns it has, `columns` those to read.
    """

    text: Text
    ledger: FileLedger
    names: tuple[str, ...]
    fills: frozenset[str]
    columns: tuple[Mapped, ...]

    def raw(self, mapped: Mapped, source: str) -> pl.Expr:
        """Return the raw cell of a column: of its header, the first filled one, or made up."""
        if mapped.spec.row:
            return self._row_key(source)
        if mapped.spec.const is not None:
            const = mapped.spec.const
            return pl.lit(str(const).lower() if isinstance(const, bool) else str(const))
        found = [pl.col(f"c{place}") for place in mapped.places]
        return found[0] if len(found) == 1 else pl.coalesce(map(cells.trimmed, found))

    def _row_key(self, source: str) -> pl.Expr:
        place = pl.col(PLACE).cast(pl.Int64)
        if self.text.lines is None:
            line = place + self.text.skip + 1
        else:
            line = pl.lit(self.text.lines).gather(place)
        return pl.format("{}:{}:{}", pl.lit(source), pl.lit(self.ledger.file), line)


@dataclass(frozen=True, kw_only=True)
class Export:
    """A source with its files."""

    name: str
    source: Source
    table: Table
    config: Config
    files: tuple[File, ...]


def open_file(
    source: Source, table: Table, text: Text, ledger: FileLedger, wanted: Container[str] | None
) -> tuple[File, list[Lack]]:
    """Return a file with its columns found by their headers, and the headers that it lacks.

    `wanted` limits the columns that are read; None reads all.
    """
    names = headers(text.header)
    found, lacks = mapped(source, table, names)
    lacks += [
        absent(name, ("where",), names) for name in _read_by_where(source) if name not in names
    ]
    file = File(
        text=text,
        ledger=ledger,
        names=tuple(names),
        fills=frozenset(column.name for column in found),
        columns=tuple(column for column in found if wanted is None or column.name in wanted),
    )
    return file, lacks


def _read_by_where(source: Source) -> tuple[str, ...]:
    """Return the headers that the condition of a source reads."""
    if source.where is None:
        return ()
    from kpicli.language.gate import names_of  # noqa: PLC0415 (a parser, for a user's text)

    return names_of(source.where)
