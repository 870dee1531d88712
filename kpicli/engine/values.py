"""Values: numerators and denominators become values with a status, statistics and flags.

The one division happens here, in double precision; values carry twelve significant digits.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from kpicli import stats
from kpicli.engine.cells import Cells
from kpicli.engine.context import METRIC, OUTSIDE, Context, in_periods, judged
from kpicli.engine.flags import flag_list, flags
from kpicli.engine.measures import Shape
from kpicli.engine.names import PERIOD, per_actor
from kpicli.engine.small import at_once
from kpicli.language.catalogue import option
from kpicli.language.declaration import Declaration
from kpicli.units import Unit, multiplier

DIGITS = 12
EXCLUDED = "x:"
FACTOR = "__factor"
_ROWS = "__rows"
_METRICS = {METRIC: pl.UInt32(), FACTOR: pl.Float64(), _ROWS: pl.UInt32()}
STATISTICS = ("median", "p90", "moe", "ci_low", "ci_high")


class Status(StrEnum):
    """Why a value is there, or is not; the later of two weighs more."""

    OK = "ok"
    NO_DATA = "no_data"
    UNDEFINED = "undefined"
    OUTSIDE = "outside_coverage"
    NOT_COMPUTABLE = "not_computable"
    SUPPRESSED = "suppressed"


WEIGHT = {status.value: weight for weight, status in enumerate(Status)}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The cells of one metric, what it declares, and what its values are judged by."""

    cells: Cells
    declaration: Declaration
    context: Context

    @property
    def headline(self) -> str:
        """Which figure of a duration is its value; nothing for other measures."""
        duration = self.declaration.duration
        return option(duration.headline, self.context.params) if duration is not None else ""


def valued(measured: Sequence[Measured]) -> list[pl.DataFrame]:
    """Return the cells of each metric with `value`, `status`, statistics and `flags`.

    Metrics of a kind are valued together: a frame of cells is small, and what it costs is asking.
    Columns: by, PERIOD, value, num, den, n, status, median, p90, moe, ci_low, ci_high, flags, and
    `x:reason` counts.
    """
    kinds: dict[Hashable, list[int]] = {}
    for place, one in enumerate(measured):
        # Cells of single actors are many: each metric for itself.
        kind = place if per_actor(one.cells.by) else _kind(one)
        kinds.setdefault(kind, []).append(place)
    found: dict[int, pl.DataFrame] = {}
    for places in kinds.values():
        found |= zip(places, _together([measured[place] for place in places]), strict=True)
    return [found[place] for place in range(len(measured))]


def _kind(one: Measured) -> Hashable:
    """Tell what metrics that are valued together have in common."""
    cells, declaration = one.cells, one.declaration
    columns = tuple(
        (name, str(dtype))
        for name, dtype in cells.frame.schema.items()
        if not name.startswith(EXCLUDED)
    )
    return (
        cells.by,
        cells.shape,
        columns,
        one.context.sample,
        one.headline,
        bool(declaration.same),
        declaration.when_empty,
    )


def _together(alike: Sequence[Measured]) -> Iterator[pl.DataFrame]:
    """Value the cells of metrics of one kind in one frame, and cut it apart again."""
    one = alike[0]
    frames = [other.cells.frame for other in alike]
    heights = [frame.height for frame in frames]
    metrics = pl.DataFrame(
        {METRIC: range(len(alike)), FACTOR: map(_factor, alike), _ROWS: heights}, schema=_METRICS
    )
    each = pl.col(METRIC, FACTOR).repeat_by(_ROWS).explode(empty_as_null=False)
    whole = pl.concat(frames, how="diagonal").hstack(metrics.select(each))
    facts = judged([other.context for other in alike])
    frame = whole.lazy().join(facts.lazy(), on=[METRIC, PERIOD], how="left", maintain_order="left")
    frame = _with_value(frame, one)
    if per_actor(one.cells.by):
        frame = frame.with_columns(flag_list([]))  # only values are read on
    else:
        frame = _with_statistics(frame, one, whole["n"])
        frame = frame.with_columns(flags(one.cells, one.declaration, one.context))
    result = tidy(frame, one.cells.by)
    start = 0
    for own in frames:
        names = [n for n in result.columns if n in own.columns or not n.startswith(EXCLUDED)]
        yield result.slice(start, own.height)[names]
        start += own.height


def _factor(one: Measured) -> float:
    return multiplier(one.declaration.unit, one.cells.quantity)


def companion_values(cells: Cells, unit: Unit, context: Context) -> pl.Series:
    """Return the values of a companion, in the order of its cells."""
    factor = pl.lit(multiplier(unit, cells.quantity))
    value = _value(cells.shape, factor, in_periods(context.outside()))
    return cells.frame.select(value.round_sig_figs(DIGITS).alias("value")).to_series()


def tidy(frame: pl.LazyFrame, by: Sequence[str]) -> pl.DataFrame:
    """Collect `frame`: the columns of a result in their order; absent statistics are null."""
    there = frame.collect_schema().names()
    absent = [
        pl.lit(None, dtype=pl.Float64).alias(name)
        for name in (*STATISTICS, "den")
        if name not in there
    ]
    reasons = [name for name in there if name.startswith("x:")]
    privacy = [name for name in ("protected", "respondents", "who") if name in there]
    ordered = frame.with_columns(absent).select(
        *by,
        PERIOD,
        pl.col("value").round_sig_figs(DIGITS),
        "num",
        "den",
        "n",
        "status",
        *(pl.col(name).round_sig_figs(DIGITS) for name in STATISTICS),
        "flags",
        *reasons,
        *privacy,
    )
    return at_once(ordered)


def _value(shape: Shape, factor: pl.Expr, outside: pl.Expr) -> pl.Expr:
    number = pl.col("num").cast(pl.Float64)
    if shape is Shape.TOTAL:
        there = ~outside | (pl.col("n") > 0)
        return pl.when(there).then(number.fill_null(0) * factor)
    base = pl.col("den").cast(pl.Float64)
    return pl.when(base > 0).then(number * factor / base)


def _with_value(frame: pl.LazyFrame, one: Measured) -> pl.LazyFrame:
    col, shape = pl.col, one.cells.shape
    value = _value(shape, col(FACTOR), col(OUTSIDE))
    if one.declaration.same:
        value = pl.when(col("kinds") <= 1).then(value)
    if shape is Shape.TOTAL:
        frame = frame.with_columns(col("num").fill_null(0))
        missing = pl.lit(Status.OUTSIDE.value)
    else:
        empty = (col("den").fill_null(0) == 0) & (col("num").fill_null(0) == 0)
        missing = (
            pl.when(empty & col(OUTSIDE))
            .then(pl.lit(Status.OUTSIDE.value))
            .when(empty)
            .then(pl.lit(Status.NO_DATA.value))
            .otherwise(pl.lit(Status.UNDEFINED.value))
        )
    frame = frame.with_columns(value=value)
    status = pl.when(col("value").is_not_null()).then(pl.lit(Status.OK.value)).otherwise(missing)
    return frame.with_columns(status=status)


def _with_statistics(frame: pl.LazyFrame, one: Measured, sizes: pl.Series) -> pl.LazyFrame:
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


_NUMBERS = frozenset({"num", "den", "plus", "minus", "squares"})


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
