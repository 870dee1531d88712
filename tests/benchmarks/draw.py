"""Rows drawn by chance, in order of time, and how their cells are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

SEED = 7
START = dt.datetime(2024, 1, 1)  # noqa: DTZ001 (exports hold naive times)
DAY = 86_400
DAYS = (dt.datetime(2026, 1, 1) - START).days  # noqa: DTZ001
SPAN = DAYS * DAY
PIECE = 250_000

Numbers = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some rows of a table: their numbers, their times (rising) and a source of chance."""

    rng: np.random.Generator
    rows: Numbers
    seconds: Numbers

    @property
    def size(self) -> int:
        """How many rows."""
        return len(self.rows)

    def chance(self, share: float) -> Marks:
        """Mark about `share` of the rows."""
        return self.rng.random(self.size) < share

    def pick(self, values: Sequence[str], shares: Sequence[float] | None = None) -> pl.Series:
        """Pick a text per row."""
        return pl.Series(np.array(values)[self.rng.choice(len(values), self.size, p=shares)])

    def waits(self, mean: float) -> Numbers:
        """Draw seconds, many short and few long."""
        return self.rng.exponential(mean, self.size).astype(np.int64)

    def below(self, limits: Numbers) -> Numbers:
        """Draw a number from 0 to below the limit of each row."""
        return (self.rng.random(self.size) * limits).astype(np.int64)


def pieces(table: str, count: int) -> Iterator[Piece]:
    """Cut a table of `count` rows into pieces in order of time; times never repeat in a piece."""
    for low in range(0, count, PIECE):
        high = min(low + PIECE, count)
        rng = np.random.default_rng([SEED, *table.encode(), low])
        begin, end = SPAN * low // count, SPAN * high // count
        rows = np.arange(low, high)
        steps = np.sort(rng.integers(begin, end - len(rows), len(rows)))
        yield Piece(rng=rng, rows=rows, seconds=steps + np.arange(len(rows)))


def ids(letter: str, numbers: Numbers, empty: Marks | None = None) -> pl.Series:
    """Write numbers as ids: C0000017."""
    texts = pl.select(pl.format("{}{}", pl.lit(letter), pl.lit(numbers).cast(str).str.zfill(7)))
    return hidden(texts.to_series(), empty)


def times(seconds: Numbers, empty: Marks | None = None) -> pl.Series:
    """Turn seconds since START into times."""
    instants = pl.select(pl.lit(START) + pl.duration(seconds=pl.lit(seconds))).to_series()
    return hidden(instants, empty)


def dates(days: Numbers, empty: Marks | None = None) -> pl.Series:
    """Turn days since START into dates."""
    return times(days * DAY, empty).dt.date()


def hidden(values: pl.Series, empty: Marks | None) -> pl.Series:
    """Empty the cells that are marked."""
    if empty is None:
        return values
    return pl.select(pl.when(pl.Series(~empty)).then(values)).to_series()
