"""A table joined of all its files, in which every row still knows where it stood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

import polars as pl
from msgspec import Struct

from kpicli.intake.exports import Export, File
from kpicli.intake.ledger import FileLedger, Reject, shown
from kpicli.intake.values.judge import PLACE
from kpicli.model import Table

PIECE = "__piece"
"""Place of a file among those of its table; later files win."""


class Joined(Struct, frozen=True, kw_only=True):
    """The rows of a table, with PLACE and PIECE, and the files that they are from.

    `folded` are the places of those files of which a fold made the rows.
    """

    table: Table
    frame: pl.DataFrame
    files: tuple[File, ...]
    folded: frozenset[int] = frozenset()

    def by_file(self, rows: pl.DataFrame) -> Iterator[tuple[FileLedger, int, pl.DataFrame]]:
        """Yield the ledger of each file in `rows`, its number, and its rows in their order."""
        for piece in rows[PIECE].unique().sort():
            yield self.files[piece].ledger, piece, rows.filter(pl.col(PIECE) == piece).sort(PLACE)

    def places(self, piece: int, rows: pl.DataFrame, columns: Sequence[str]) -> list[Reject]:
        """Return where rows of one file stand, as many as its ledger keeps, and their `columns`."""
        file = self.files[piece]
        most = file.ledger.most
        first = rows.head(rows.height if most is None else most)
        headers = {mapped.name: mapped.shown for mapped in file.columns}
        person = any(
            name in self.table.columns and self.table.columns[name].person for name in columns
        )
        return [
            Reject(
                line=file.text.line_of(place),
                column=", ".join(headers.get(name) or name for name in columns),
                value=shown(", ".join(map(_said, cells)), person=person),
                reason="",
            )
            for place, *cells in first.select(PLACE, *columns).iter_rows()
        ]

    def bare(self) -> pl.DataFrame:
        """Return the rows as metrics see them."""
        return self.frame.drop(PLACE, PIECE)


def joined(exports: Sequence[Export], pieces: Sequence[pl.DataFrame]) -> Joined:
    """Return the table that `exports` feed, out of a frame per file, in their order.

    A column that only some of the files fill holds its default in the rows of the others.
    """
    table = exports[0].table
    numbered = [
        frame.with_columns(pl.lit(number, dtype=pl.UInt32).alias(PIECE))
        for number, frame in enumerate(pieces)
    ]
    whole = pl.concat(numbered, how="diagonal") if len(numbered) > 1 else numbered[0]
    partly = {name for frame in numbered for name in whole.columns if name not in frame.columns}
    defaults = [
        pl.col(name).fill_null(column.default)
        for name, column in table.columns.items()
        if name in partly and column.default is not None
    ]
    sources = [export.source for export in exports for _ in export.files]
    return Joined(
        table=table,
        frame=whole.with_columns(defaults),
        files=tuple(file for export in exports for file in export.files),
        folded=frozenset(n for n, source in enumerate(sources) if source.fold is not None),
    )


def _said(value: object) -> str:
    """Return a typed cell as people write it."""
    match value:
        case None:
            return ""
        case dt.datetime():
            return value.replace(tzinfo=None).isoformat(sep=" ")
        case Decimal():
            return format(value.normalize(), "f")
        case bool():
            return str(value).lower()
    return str(value)
