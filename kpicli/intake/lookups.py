"""Lookups: columns that a second export brings to the rows of the first, matched by a key."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from msgspec.structs import replace

from kpicli.config import Lookup
from kpicli.errors import InputError, Problem
from kpicli.intake.exports import Export
from kpicli.intake.ledger import Note, Reject, shown
from kpicli.intake.pieces import Piece
from kpicli.intake.values.judge import PLACE

_PIECE, _HIT = "__piece", "__hit"
_ELSEWHERE = "its key stands elsewhere, and the latest row counts"


def looked_up(
    export: Export, second: Export, rows: Sequence[Piece], found: Sequence[Piece]
) -> list[Piece]:
    """Return the pieces of `export` with the columns that `second` brings, read as `found`.

    Empty keys match nothing. What matched, and what did not, is told in the ledgers.

    Raises:
        InputError: a key stands twice in one file of `second`, with different contents.
    """
    lookup = second.source
    if not isinstance(lookup, Lookup):
        raise TypeError(lookup)
    keys = list(lookup.match)
    brought = [name for name in lookup.brought if any(name in p.frame.columns for p in found)]
    table = _unique(second, keys, brought, found)
    pieces = []
    hits = 0
    for piece in rows:
        joined = piece.frame.join(
            table.drop(_PIECE).with_columns(pl.lit(value=True).alias(_HIT)),
            on=keys,
            how="left",
            maintain_order="left",
        )
        hits += joined[_HIT].count()
        pieces.append(replace(piece, frame=joined.drop(_HIT)))
    _tell(export, second, keys, table, rows, hits)
    return pieces


def _unique(
    second: Export, keys: list[str], brought: list[str], found: Sequence[Piece]
) -> pl.DataFrame:
    """Return keys, brought columns and the piece of the rows that can be matched, one per key.

    Of rows alike, and of a key in several files, the later one counts; the others are duplicates.
    """
    whole = pl.concat(
        [
            piece.frame.select(*keys, *brought, PLACE, pl.lit(n, dtype=pl.UInt32).alias(_PIECE))
            for n, piece in enumerate(found)
        ],
        how="diagonal",
    ).drop_nulls(keys)
    contents = whole.unique([*keys, *brought, _PIECE], keep="last", maintain_order=True)
    repeated = contents.filter(pl.struct(*keys, _PIECE).is_duplicated())
    if repeated.height:
        _refuse(second, keys, found, repeated)
    last = contents.unique(keys, keep="last", maintain_order=True)
    losers = whole.join(last, on=[PLACE, _PIECE], how="anti")
    for number, piece in enumerate(found):
        rows = losers.filter(pl.col(_PIECE) == number).sort(PLACE)
        if rows.height:
            ledger = piece.file.ledger
            first = rows.head(rows.height if ledger.most is None else ledger.most)
            places = [
                Reject(
                    line=piece.parsed.line_of(place),
                    column=", ".join(map(piece.parsed.header, keys)),
                    value=_said(second, keys, cells),
                    reason=_ELSEWHERE,
                )
                for place, *cells in first.select(PLACE, *keys).iter_rows()
            ]
            ledger.double(_ELSEWHERE, places, rows.height)
    return last.drop(PLACE)


def _said(second: Export, keys: list[str], cells: Sequence[object]) -> str | None:
    """Return a key as messages may show it: a kept column may name people as well."""
    columns = second.table.columns
    person = any(name not in columns or columns[name].person for name in keys)
    return shown(", ".join(map(str, cells)), person=person)


def _refuse(
    second: Export, keys: list[str], found: Sequence[Piece], repeated: pl.DataFrame
) -> None:
    """Raise for the first key that stands twice, with its lines."""
    first = repeated.sort(_PIECE, PLACE).row(0, named=True)
    alike = repeated.filter(
        pl.all_horizontal(pl.col(name) == pl.lit(first[name]) for name in [*keys, _PIECE])
    )
    piece = found[first[_PIECE]]
    lines = [str(piece.parsed.line_of(place)) for place in alike[PLACE].sort().head(3).to_list()]
    said = _said(second, keys, [first[name] for name in keys])
    number = repeated.select(*keys, _PIECE).unique().height
    raise InputError(
        problems=[
            Problem(
                where=second.where("match"),
                message=f"{piece.file.ledger.file}: the key {said} stands in "
                f"lines {', '.join(lines)}, and keys must be unique there (such keys: {number:,})",
                hint=f"make one row per key: fold: {{by: [{', '.join(keys)}]}}, or leave rows out "
                "with where:",
            )
        ]
    )


def _tell(
    export: Export,
    second: Export,
    keys: list[str],
    table: pl.DataFrame,
    rows: Sequence[Piece],
    hits: int,
) -> None:
    """Tell how many rows found theirs, and how many wait for nobody."""
    total = sum(piece.frame.height for piece in rows)
    seen = pl.concat([piece.frame.select(keys) for piece in rows], how="vertical_relaxed").unique()
    used = table.join(seen, on=keys, how="semi").height
    by = ", ".join(keys)
    names = ", ".join(dict.fromkeys(file.ledger.file for file in second.files))
    notes = [
        Note(
            what=f"rows of {export.name} that found theirs here: {hits:,} of {total:,}",
            evidence=f"matched by {by}",
        ),
        Note(
            what=f"keys here that no row of {export.name} has: {table.height - used:,} of "
            f"{table.height:,}",
            evidence=f"matched by {by}",
        ),
    ]
    second.files[0].ledger.notes += notes
    if total and table.height and not hits:
        export.warnings.append(
            f"{second.where('match')}: no row of {export.name} found its row in {names} by {by}"
        )
