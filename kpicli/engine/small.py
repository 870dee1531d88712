"""Collects what is small without the effort that pays off for what is large."""

from __future__ import annotations

from typing import Literal

import polars as pl

_FEW = 200_000


def at_once(frame: pl.LazyFrame) -> pl.DataFrame:
    """Collect a frame with a row per cell: planning it would take longer than the work."""
    return frame.collect(engine="in-memory", optimizations=pl.QueryOptFlags.none())


def engine_for(rows: int) -> Literal["in-memory", "streaming"]:
    """Return the engine that is quicker over `rows` rows: to set up a stream takes milliseconds."""
    return "in-memory" if rows < _FEW else "streaming"
