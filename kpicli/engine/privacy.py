"""Privacy: answers of employees are not shown for small groups (definitions, rule R15).

It belongs to the data: every metric that reads protected answers is treated alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from kpicli.engine.names import PERIOD
from kpicli.engine.values import STATISTICS, Status

HIDDEN = ("value", "num", "den", "n", *STATISTICS)
_PROTECTED, _RESPONDENTS = "protected", "respondents"


def suppressed(frame: pl.DataFrame, by: Sequence[str], least: int) -> pl.DataFrame:
    """Return `frame` without what small groups of protected answers would tell.

    A cell with protected answers of fewer than `least` respondents is suppressed. In a breakdown
    further cells of the period are, the smallest first, until at least two are and together hold
    `least` respondents: so neither one of them nor all can be had by subtraction from the total.
    """
    if _PROTECTED not in frame.columns:
        return frame
    col = pl.col
    protected = col(_PROTECTED).fill_null(0) > 0
    small = protected & (col(_RESPONDENTS).fill_null(0) < least)
    marked = frame.with_columns(__small=small)
    if by:
        marked = _widened(marked, protected, least)
    hidden = mask(marked, pl.col("__small"))
    return hidden.drop("__small", _PROTECTED, _RESPONDENTS)


def mask(frame: pl.DataFrame, condition: pl.Expr) -> pl.DataFrame:
    """Return `frame` with status suppressed and no figures where `condition` holds."""
    figures = [name for name in frame.columns if name in HIDDEN or name.startswith("x:")]
    return frame.with_columns(
        *(pl.when(~condition).then(pl.col(name)).alias(name) for name in figures),
        pl.when(condition)
        .then(pl.lit(Status.SUPPRESSED.value))
        .otherwise("status")
        .alias("status"),
        pl.when(condition)
        .then(pl.lit([], dtype=pl.List(pl.String)))
        .otherwise("flags")
        .alias("flags"),
    )


def _widened(frame: pl.DataFrame, protected: pl.Expr, least: int) -> pl.DataFrame:
    """Suppress further cells of a period until what is hidden is large enough."""
    col = pl.col
    people = col(_RESPONDENTS).fill_null(0)
    hidden_cells = col("__small").sum().over(PERIOD)
    # The smallest cells first, those already hidden before all others.
    order = pl.struct(~col("__small"), people, pl.int_range(pl.len()))
    candidate = protected & (people > 0)
    ranked = frame.with_columns(__order=order.rank("ordinal").over(PERIOD, candidate))
    ranked = ranked.sort(PERIOD, candidate, "__order")
    before = people.cum_sum().over(PERIOD, candidate) - people
    place = pl.int_range(pl.len()).over(PERIOD, candidate)
    needed = candidate & (hidden_cells > 0) & ((place < 2) | (before < least))  # noqa: PLR2004
    widened = ranked.with_columns(__small=col("__small") | needed)
    return widened.sort(*[name for name in frame.columns if name.startswith("@")], PERIOD).drop(
        "__order"
    )
