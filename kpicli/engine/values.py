"""Values: numerators and denominators become values with a status, statistics and flags.

The one division happens here, in double precision; values carry twelve significant digits.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from enum import StrEnum

import polars as pl
import polars.selectors as cs

from kpicli.engine.cells import Cells
from kpicli.engine.collecting import at_once
from kpicli.engine.context import METRIC, OUTSIDE, Context, in_periods, judged
from kpicli.engine.flags import flag_list, flags
from kpicli.engine.measures import Shape
from kpicli.engine.names import PERIOD, per_actor
from kpicli.engine.statistics import FACTOR, STATISTICS, Measured, headline, with_statistics
from kpicli.language.declaration import Companion
from kpicli.units import Unit, multiplier

_DIGITS = 12  # of which no more are exact after some steps
_CENTS_FROM = 10 ** (_DIGITS - 2)  # numbers of which as many digits would cut off cents
EXCLUDED = "x:"
_NULLS = f"{EXCLUDED}null"
_ROWS = "__rows"
_OF_VALUES = ("value", "num", "den", "n", "status")
_METRICS = {METRIC: pl.UInt32(), FACTOR: pl.Float64(), _ROWS: pl.UInt32()}


class Status(StrEnum):
    """Why a value is there, or is not; the later of two weighs more."""

    OK = "ok"
    NO_DATA = "no_data"
    UNDEFINED = "undefined"
    OUTSIDE = "outside_coverage"
    NOT_COMPUTABLE = "not_computable"
    SUPPRESSED = "suppressed"


BY_WEIGHT = pl.Enum([status.value for status in Status])


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
        declaration.sum is not None,
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
        frame = with_statistics(frame, one, whole["n"])
        frame = frame.with_columns(flags(one.cells, one.declaration, one.context))
    result = tidy(frame, one.cells.by)
    start = 0
    for own in frames:
        names = [n for n in result.columns if n in own.columns or not n.startswith(EXCLUDED)]
        yield result.slice(start, own.height)[names]
        start += own.height


def _factor(one: Measured) -> float:
    return multiplier(one.declaration.unit, one.cells.quantity)


def companion_values(
    cells: Cells, companion: Companion, unit: Unit, context: Context
) -> tuple[pl.Series, pl.Series]:
    """Return the values of a companion and their status, in the order of its cells."""
    factor = pl.lit(multiplier(unit, cells.quantity))
    outside = in_periods(context.outside())
    value: pl.Expr = _value(cells.shape, factor, outside)
    if headline(companion, context) == "median":
        value = pl.col("values").list.median() * factor
    found = cells.frame.select(
        _rounded(value).alias("value"),
        pl.when(value.is_not_null())
        .then(pl.lit(Status.OK.value))
        .otherwise(_missing(cells.shape, outside))
        .alias("status"),
    )
    return found["value"], found["status"]


def _missing(shape: Shape, outside: pl.Expr) -> pl.Expr:
    """Return the status of cells without a value."""
    if shape is Shape.TOTAL:
        return pl.lit(Status.OUTSIDE.value)
    empty = (pl.col("den").fill_null(0) == 0) & (pl.col("num").fill_null(0) == 0)
    return (
        pl.when(empty & outside)
        .then(pl.lit(Status.OUTSIDE.value))
        .when(empty)
        .then(pl.lit(Status.NO_DATA.value))
        .otherwise(pl.lit(Status.UNDEFINED.value))
    )


def tidy(frame: pl.LazyFrame, by: Sequence[str]) -> pl.DataFrame:
    """Collect `frame`: the columns of a result in their order; absent statistics are null."""
    numbers = cs.by_name("value", *STATISTICS, require_all=False)
    found = at_once(frame.with_columns(_rounded(numbers)))
    there = found.columns
    nothing = pl.Series([None] * found.height, dtype=pl.Float64)
    absent = [nothing.alias(name) for name in (*STATISTICS, "den") if name not in there]
    reasons = [name for name in there if name.startswith(EXCLUDED)]
    privacy = [name for name in ("protected", "respondents", "who") if name in there]
    ordered = (*by, PERIOD, *_OF_VALUES, *STATISTICS, "flags", *reasons, *privacy)
    return found.hstack(absent)[[*ordered]]


def _rounded(number: pl.Expr) -> pl.Expr:
    """Cut off what arithmetic adds to a number, and no cents of large sums."""
    large = number.abs() >= _CENTS_FROM
    return pl.when(large).then(number.round(2)).otherwise(number.round_sig_figs(_DIGITS))


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
    missing = _missing(shape, col(OUTSIDE))
    if one.declaration.sum is not None:
        # Rows of which none has what is to be added up: their sum is not known, and not 0.
        unknown = (col("n") == 0) & (col(_NULLS).fill_null(0) > 0)
        value = pl.when(~unknown).then(value)
        missing = pl.when(unknown).then(pl.lit(Status.NOT_COMPUTABLE.value)).otherwise(missing)
    frame = frame.with_columns(value=value)
    status = pl.when(col("value").is_not_null()).then(pl.lit(Status.OK.value)).otherwise(missing)
    return frame.with_columns(status=status)
