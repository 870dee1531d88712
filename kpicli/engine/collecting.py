"""How frames are collected: what pays off for many rows is a waste of time for few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import polars as pl

Engine: TypeAlias = Literal["in-memory", "streaming"]

_FEW = 200_000
_MANY = 3_000_000


def at_once(frame: pl.LazyFrame) -> pl.DataFrame:
    """Collect a frame with a row per cell: planning it would take longer than the work."""
    return frame.collect(engine="in-memory", optimizations=pl.QueryOptFlags.none())


def collected(plans: Sequence[pl.LazyFrame], rows: int) -> list[pl.DataFrame]:
    """Collect plans over the same `rows` rows, whose results may be as large.

    A stream is quicker, but takes milliseconds to set up; over many rows, streams side by side
    hold each other up.
    """
    if rows < _MANY:
        return pl.collect_all(plans, engine="in-memory" if rows < _FEW else "streaming")
    return [plan.collect(engine="streaming") for plan in plans]


def for_aggregates(rows: int) -> Engine:
    """Return the engine for sums and counts over groups of `rows` rows.

    In memory it is quicker, but holds every column in between.
    """
    return "in-memory" if rows < _MANY else "streaming"
