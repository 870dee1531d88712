"""Values as words: dimensions are text, whatever the columns hold that they are made of."""

from __future__ import annotations

import polars as pl


def as_text(frame: pl.LazyFrame, column: str) -> pl.Expr:
    """Return the values of a column as text: numbers without idle zeros, times as they are read."""
    value, dtype = pl.col(column), frame.collect_schema()[column]
    match dtype:
        case pl.Decimal(scale=scale) if scale:
            return value.cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
        case pl.Datetime():
            return value.dt.to_string("%Y-%m-%d %H:%M:%S%.f")
        case _:
            return value.cast(pl.String)
