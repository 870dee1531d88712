"""How frames are collected: what pays off for many rows is a waste of time for few."""

from __future__ import annotations

from typing import Literal, TypeAlias

import polars as pl

Engine: TypeAlias = Literal["in-memory", "streaming"]

_FEW = 200_000
_MANY = 3_000_000


def at_once(frame: pl.LazyFrame) -> pl.DataFrame:
    """Collect a frame with a row per cell: planning it would take longer than the work."""
    return frame.collect(engine="in-memory", optimizations=pl.QueryOptFlags.none())


def for_rows(rows: int) -> Engine:
    """Return the engine for what comes out as large as it went in.

    A stream is quicker, but takes milliseconds to set up.
    """
    return "in-memory" if rows < _FEW else "streaming"


def for_aggregates(rows: int) -> Engine:
    """Return the engine for sums and counts over groups of `rows` rows.

    In memory it is quicker, but holds every column in between.
    """
    return "in-memory" if rows < _MANY else "streaming"
