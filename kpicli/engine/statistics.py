"""Statistics: what stands beside a value, its interval and the quantiles of a duration."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl
from msgspec import Struct

from kpicli import stats
from kpicli.engine.cells import Cells
from kpicli.engine.context import Context
from kpicli.engine.measures import Shape
from kpicli.language.declaration import Declaration
from kpicli.language.declaration import Measured as Measure
from kpicli.language.texts import option

STATISTICS = ("median", "p90", "moe", "ci_low", "ci_high")
FACTOR = "__factor"
"""The column of what a value is multiplied by, so that it has the unit of its metric."""

_NUMBERS = frozenset({"num", "den", "plus", "minus", "squares"})


class Measured(Struct, frozen=True, kw_only=True):
    """The cells of one metric, what it declares, and what its values are judged by."""

    cells: Cells
    declaration: Declaration
    context: Context

    @property
    def headline(self) -> str:
        """Which figure of a duration is its value; nothing for other measures."""
        return headline(self.declaration, self.context)


def headline(measure: Measure, context: Context) -> str:
    """Return which figure of a duration is its value; nothing for other measures."""
    duration = measure.duration
    return option(duration.headline, context.params) if duration is not None else ""


def with_statistics(frame: pl.LazyFrame, one: Measured, sizes: pl.Series) -> pl.LazyFrame:
    """Add what the shape of the values has of STATISTICS; `sizes` are the bases that occur."""
    col, n, factor = pl.col, pl.col("n"), pl.col(FACTOR)
    cells, context = one.cells, one.context
    number = {key: col(key).cast(pl.Float64) for key in cells.frame.columns if key in _NUMBERS}
    level = context.level
    there = col("value").is_not_null()
    match cells.shape:
        case Shape.DURATION:
            return _with_quantiles(frame, one, sizes, factor)
        case Shape.SHARE if (context.sample or context.on_rates) and "den" in number:
            low, high = stats.wilson(number["num"], number["den"], level)
            margin = (high - low) / 2
        case Shape.SCORE if context.sample:
            counts = number["plus"], number["minus"], number["den"]
            margin = stats.nps_margin(*counts, level)
            low, high = stats.nps_interval(*counts, level)
        case Shape.MEAN if context.sample:
            return _with_student(frame, one, sizes, level)
        case _:
            return frame
    shown = there & (n > 0)
    return frame.with_columns(
        moe=pl.when(shown).then(margin * factor),
        ci_low=pl.when(shown).then(low * factor),
        ci_high=pl.when(shown).then(high * factor),
    )


def _with_student(
    frame: pl.LazyFrame, one: Measured, sizes: pl.Series, level: float
) -> pl.LazyFrame:
    """Add the t interval of a mean, cut to the scale; one value has none."""
    col = pl.col
    n, total, squares = (col(name).cast(pl.Float64) for name in ("n", "num", "squares"))
    quantiles = _per_n(sizes, {"t": lambda k: _t_or_none(level, k)}, pl.Float64())
    frame = frame.join(quantiles, on="n", how="left", maintain_order="left")
    variance = ((squares - total**2 / n) / (n - 1)).clip(0, None)
    half = pl.when((col("n") > 1) & col("value").is_not_null()).then(
        col("t") * (variance / n).sqrt()
    )
    low, high = col("value") - half, col("value") + half
    if one.declaration.within is not None:
        low, high = pl.max_horizontal(low, "low"), pl.min_horizontal(high, "high")
    shown = half.is_not_null()
    return frame.with_columns(
        moe=half, ci_low=pl.when(shown).then(low), ci_high=pl.when(shown).then(high)
    )


def _t_or_none(level: float, n: int) -> float | None:
    return stats.student_t(level, n - 1) if n > 1 else None


def _with_quantiles(
    frame: pl.LazyFrame, one: Measured, sizes: pl.Series, factor: pl.Expr
) -> pl.LazyFrame:
    """Add median, its interval and p90 of a duration; the median may be the headline."""
    values = pl.col("values")

    def quantile(share: float) -> pl.Expr:
        place = (pl.col("n") - 1).cast(pl.Float64) * share
        below = values.list.get(place.floor().cast(pl.Int64), null_on_oob=True)
        above = values.list.get(place.ceil().cast(pl.Int64), null_on_oob=True)
        low = below.cast(pl.Float64)
        return (low + (above.cast(pl.Float64) - low) * (place - place.floor())) * factor

    level = one.context.level
    ranks = _per_n(
        sizes,
        {
            "low_rank": lambda k: _rank(level, k, 0),
            "high_rank": lambda k: _rank(level, k, 1),
        },
        pl.Int64(),
    )
    frame = frame.join(ranks, on="n", how="left", maintain_order="left")

    def at_rank(name: str) -> pl.Expr:
        return values.list.get(pl.col(name) - 1, null_on_oob=True).cast(pl.Float64) * factor

    some = pl.col("n") > 0
    frame = frame.with_columns(
        median=pl.when(some).then(quantile(0.5)),
        p90=pl.when(pl.col("n") >= stats.P90_NEEDS).then(quantile(0.9)),
        ci_low=at_rank("low_rank"),
        ci_high=at_rank("high_rank"),
    )
    if one.headline == "median":
        frame = frame.with_columns(value=pl.col("median"))
    return frame


def _rank(level: float, n: int, end: int) -> int | None:
    ranks = stats.median_ranks(level, n) if n > 0 else None
    return ranks[end] if ranks else None


def _per_n(
    sizes: pl.Series, functions: Mapping[str, Callable[[int], float | None]], dtype: pl.DataType
) -> pl.LazyFrame:
    """Return a row per size of a base, and what the functions say of it."""
    sizes = sizes.unique()
    columns = {name: [function(size) for size in sizes] for name, function in functions.items()}
    return pl.LazyFrame(
        {"n": sizes, **columns}, schema={"n": pl.Int64(), **dict.fromkeys(columns, dtype)}
    )
