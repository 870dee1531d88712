"""The market by day: a size spread evenly, and exactly (definitions, `market_share`)."""

from __future__ import annotations

import polars as pl

from kpicli.views.inputs import Inputs, mentioned
from kpicli.views.spreading import by_day


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per size and day that it covers.

    Where a day lies in several sizes of a segment, that of the shortest period is the finest, the
    latest of equally short ones. Sizes by segment stand for the whole, not beside it.
    """
    col = pl.col
    sizes = inputs.table("market").with_columns(
        left_out=mentioned(col("period_end") <= col("period_start"), "invalid"),
    )
    days = by_day(sizes, "period_start", "period_end", "market_size")
    counted = col("left_out").is_null()
    by_segment = counted & col("segment").is_not_null()
    finest_first = days.sort(
        counted, "day_length", "period_start", descending=[True, False, True], maintain_order=True
    )
    return finest_first.with_columns(
        is_finest=counted & pl.struct("segment", "day").is_first_distinct(),
        period_has_segments=by_segment.any().over("period_start", "period_end"),
        day_has_segments=by_segment.any().over("day"),
    ).drop("day_length")
