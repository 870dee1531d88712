"""Exports: a source and its files, opened, their columns found by their headers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path as FilePath

import polars as pl
from msgspec import Struct, field

from kpicli.config import Config, Origin
from kpicli.config.expressions import compiled, headers_in
from kpicli.intake.ledger import FileLedger, Note
from kpicli.intake.mapping import (
    Lack,
    Mapped,
    Path,
    absent,
    headers,
    mapped,
    normalised,
    places_of,
    read_anyway,
)
from kpicli.intake.text.structure import Text
from kpicli.intake.values import cells
from kpicli.intake.values.judge import PLACE
from kpicli.model import Table


class File(Struct, frozen=True, kw_only=True):
    """One file of a source, ready to be read.

    `fills` are the canonical and kept columns it has, `columns` those to read. `texts` are the
    headers that SQL reads, with their places.
    """

    path: FilePath
    text: Text
    ledger: FileLedger
    fills: frozenset[str]
    columns: tuple[Mapped, ...]
    texts: Mapping[str, int]
    nulls: tuple[str, ...]

    def rows(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Return raw rows with the cells that SQL reads as it reads them."""
        if not self.texts:
            return frame
        return frame.with_columns(
            cells.trimmed(pl.col(f"c{place}"), self.nulls).alias(_as_read(name))
            for name, place in self.texts.items()
        )

    def raw(self, mapped: Mapped, source: str, *, is_text: bool = True) -> pl.Expr:
        """Return the raw cell of a column: of its header, the first filled one, or made up."""
        spec = mapped.spec
        if spec.row:
            return self._row_key(source)
        if spec.const is not None:
            said = str(spec.const)
            return pl.lit(said.lower() if isinstance(spec.const, bool) else said)
        if spec.expr is not None:
            return condition(spec.expr).cast(pl.String)
        found = [pl.col(f"c{place}") for place in mapped.places]
        if len(found) == 1:
            return found[0]
        nulls = (*self.nulls, *spec.nulls)
        return pl.coalesce(cells.meant(cell, nulls, is_text=is_text) for cell in found)

    def _row_key(self, source: str) -> pl.Expr:
        place = pl.col(PLACE).cast(pl.Int64)
        if self.text.lines is None:
            line = place + self.text.skip + 1
        else:
            line = pl.lit(self.text.lines).gather(place)
        return pl.format("{}:{}:{}", pl.lit(source), pl.lit(self.ledger.file), line)


class Export(Struct, frozen=True, kw_only=True):
    """A source with its files, or one that it looks up.

    `path` is the key of the config that holds it; `lookups` are the exports that it looks up.
    `warnings` collects what is worth telling about it as a whole, and `dated` the instants that are
    written as days: by column, the first file that has them, and their header.
    """

    name: str
    path: Path
    source: Origin
    table: Table
    config: Config
    files: tuple[File, ...]
    lookups: tuple[Export, ...] = ()
    warnings: list[str] = field(default_factory=list)
    dated: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def all_files(self) -> tuple[File, ...]:
        """The files of the export, then those of the exports that it looks up."""
        return (*self.files, *(file for lookup in self.lookups for file in lookup.files))

    @property
    def fills(self) -> frozenset[str]:
        """The canonical and kept columns that it has."""
        return frozenset(name for file in self.all_files for name in file.fills)

    @property
    def late(self) -> frozenset[str]:
        """Columns that may still be filled by another row or export; empty where none is."""
        fold = self.source.fold
        if fold is None and not self.lookups:
            return frozenset()
        return frozenset(self.table.columns).difference(fold.by if fold else ())

    def where(self, *path: str | int) -> str:
        """Return `file:line: key` of a key in it."""
        return self.config.where(*self.path, *path)


def condition(text: str) -> pl.Expr:
    """Return the expression of an SQL text over the rows that `File.rows` gives."""
    return compiled(text, lambda name: _as_read(normalised(name)))


def open_file(
    origin: Origin,
    table: Table,
    path: FilePath,
    text: Text,
    ledger: FileLedger,
    wanted: Container[str] | None,
) -> tuple[File, list[Lack]]:
    """Return a file with its columns found by their headers, and the headers that it lacks.

    `wanted` limits the columns that are read; None reads all.
    """
    names = headers(text.header)
    places = places_of(names)
    found, _ = mapped(origin, table, names)
    by_where = _in_where(origin)
    always = read_anyway(origin)
    read = tuple(
        column
        for column in found
        if wanted is None or column.name in wanted or column.name in always
    )
    by_expr = [h for column in read if column.spec.expr for h in headers_in(column.spec.expr)]
    texts = dict.fromkeys([*by_where, *map(normalised, by_expr)])
    ledger.note(_repeated(text.header, read))
    file = File(
        path=path,
        text=text,
        ledger=ledger,
        fills=frozenset(column.name for column in found).intersection(
            (*table.columns, *origin.specs)
        ),
        columns=read,
        texts={name: places[name] for name in texts if name in places},
        nulls=origin.nulls,
    )
    return file, lacking(origin, table, text.header)


def lacking(origin: Origin, table: Table, raw: Sequence[str]) -> list[Lack]:
    """Return what a source asks for that a file with these headers does not have."""
    names = headers(raw)
    places = places_of(names)
    _, lacks = mapped(origin, table, names)
    return lacks + [
        absent(name, ("where",), names) for name in _in_where(origin) if name not in places
    ]


def _in_where(origin: Origin) -> list[str]:
    return [*map(normalised, headers_in(origin.where))] if origin.where is not None else []


def _repeated(raw: Sequence[str], read: Iterable[Mapped]) -> list[Note]:
    """Tell which headers that are read stand several times."""
    counts = Counter(map(normalised, raw))
    return [
        Note(
            what=f"header '{header}' stands several times: {counts[header]}",
            evidence=f"the first is read; the next is called {header}#2",
        )
        for header in dict.fromkeys(header for column in read for header in column.headers)
        if counts[header] > 1
    ]


def _as_read(header: str) -> str:
    return f"h:{header}"
