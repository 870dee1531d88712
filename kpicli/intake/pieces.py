"""Pieces: the rows of one file on their way, until they are whole and can be judged."""

from __future__ import annotations

import polars as pl
from msgspec import Struct

from kpicli.intake.exports import Export, File
from kpicli.intake.ledger import Reject
from kpicli.intake.values.judge import PLACE, Parsed


class Piece(Struct, frozen=True, kw_only=True):
    """A file and its sound rows: the columns in demand and PLACE."""

    file: File
    parsed: Parsed
    frame: pl.DataFrame


def completed(export: Export, piece: Piece) -> pl.DataFrame:
    """Return the rows in which what is needed is filled, with defaults in empty cells.

    For rows that were folded or completed by a lookup: only now is known what they lack.
    """
    frame, ledger = piece.frame, piece.file.ledger
    for name in export.table.required:
        if name not in frame.columns:
            continue
        empty = frame[name].is_null()
        if empty.any():
            header = piece.parsed.header(name) if name in piece.parsed.columns else name
            reason = f"{header}: empty"
            lacking = frame.filter(empty)[PLACE]
            first = lacking.head(lacking.len() if ledger.most is None else ledger.most).to_list()
            places = [
                Reject(line=piece.parsed.line_of(place), column=header, value=None, reason=reason)
                for place in first
            ]
            ledger.refuse(reason, places, int(empty.sum()))
            frame = frame.filter(~empty)
    defaults = [
        pl.col(name).fill_null(column.default)
        for name, column in export.table.columns.items()
        if name in frame.columns and column.default is not None
    ]
    return frame.with_columns(defaults)
