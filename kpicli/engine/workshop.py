"""What every pass works with: the metrics, their relations, the grid and the slice."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from msgspec import Struct, field

from kpicli.engine.relations import Relations
from kpicli.engine.slices import Slice
from kpicli.language.rows import Rows
from kpicli.language.settled import Settled
from kpicli.language.sql import expression
from kpicli.periods import Grid


class Workshop(Struct, frozen=True, kw_only=True):
    """The parts that a pass is made of.

    `results` returns the rows of `rows: {results: …}`: one per actor and period. `populations`
    keeps the runs of the actors whom a metric counts, by metric.
    """

    settled: Settled
    relations: Relations
    grid: Grid
    cut: Slice
    results: Callable[[Rows, tuple[str, ...]], pl.LazyFrame]
    populations: dict[str, pl.DataFrame] = field(default_factory=dict)

    def compiler(self, *, trusted: bool) -> Callable[[str], pl.Expr]:
        """Return the function that compiles a text under the parameters."""
        return lambda text: expression(text, self.settled.params, trusted=trusted)

    def single(self, rows: Rows) -> bool:
        """Whether no actor of `rows` has two of them."""
        facts = self.relations.facts.get(rows.table or "")
        return facts is not None and rows.per in facts.single
