"""What every pass works with: the metrics, their relations, the grid and the slice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from kpicli.engine.relations import Relations
from kpicli.engine.slices import Slice
from kpicli.language.catalogue import Settled
from kpicli.language.declaration import Rows
from kpicli.language.sql import expression
from kpicli.periods import Grid


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """The parts that a pass is made of.

    `results` returns the rows of `rows: {results: …}`: one per actor and period.
    """

    settled: Settled
    relations: Relations
    grid: Grid
    cut: Slice
    results: Callable[[Rows, tuple[str, ...]], pl.LazyFrame]

    def compiler(self, *, trusted: bool) -> Callable[[str], pl.Expr]:
        """Return the function that compiles a text under the parameters."""
        return lambda text: expression(text, self.settled.params, trusted=trusted)

    def single(self, rows: Rows) -> bool:
        """Whether no actor of `rows` has two of them."""
        facts = self.relations.facts.get(rows.table or "")
        return facts is not None and rows.per in facts.single
