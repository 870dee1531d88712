"""Scales that a method takes for granted where none is declared: are the scores on them?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from kpicli.intake.exports import Export
from kpicli.intake.whole.joined import Joined
from kpicli.model.types import Scale

_SOME = 30
"""Scores from which on it is no chance that all of them are in the lower half."""


def doubts(whole: Joined, exports: Sequence[Export]) -> Iterator[str]:
    """Yield what is worth telling of scores all of which are in the lower half of their scale.

    A scale is judged where its scores are read, by the rows that do not say their own.
    """
    fills = frozenset[str]().union(*(export.fills for export in exports))
    there = set(whole.frame.columns)
    for scale in whole.table.scales:
        said = fills.intersection(scale.unless)
        if there.issuperset({scale.column, scale.per, *said}):
            yield from _low(whole, scale, sorted(said), exports)


def _low(
    whole: Joined, scale: Scale, said: Sequence[str], exports: Sequence[Export]
) -> Iterator[str]:
    score, half = pl.col(scale.column), scale.to // 2
    undeclared = pl.all_horizontal(pl.lit(value=True), *(pl.col(name).is_null() for name in said))
    scores = whole.frame.filter(pl.sql_expr(scale.where), score.is_not_null(), undeclared)
    found = scores.group_by(scale.per).agg(n=pl.len(), top=score.max()).sort(scale.per)
    sources = ", ".join(export.name for export in exports)
    for kind, n, _ in found.filter(pl.col("n") >= _SOME, pl.col("top") <= half).iter_rows():
        yield (
            f"{sources}: none of the {n:,} scores of {kind} is above {half}, and no scale is "
            f"declared: is it 0-{scale.to}? say which it is: {', '.join(scale.unless)}"
        )
