"""Measures: what to aggregate so that a metric's numerator and denominator come out exact.

A measure yields named aggregates of three kinds. `sums` add up over spans of periods; `wholes` do
not and need the rows of a period side by side; what a value is made of is told by `Shape`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

import polars as pl
from msgspec import Struct, field

from kpicli.language.declaration import Duration, Measured
from kpicli.language.parameters import Params
from kpicli.language.texts import option
from kpicli.units import Quantity

EXACT = pl.Decimal(38, 12)
"""What sums are added in: float sums differ from run to run, and sums at scale 6 may overflow."""

_ROOT = pl.Decimal(38, 9)  # squares of scores keep 18 digits
Compile: TypeAlias = Callable[[str], pl.Expr]


class Shape(StrEnum):
    """How a value is made of its aggregates, and which interval it takes."""

    TOTAL = "total"  # the numerator is the value: counts and sums
    MEAN = "mean"
    SHARE = "share"
    SCORE = "score"
    RATIO = "ratio"
    DURATION = "duration"


class Parts(Struct, frozen=True, kw_only=True):
    """Aggregates of one measure, by the name of the column they fill.

    `num` is the numerator, `den` the denominator where there is one, `n` the rows that counted;
    `x:reason` counts rows left out. `counted` tells the rows that counted, as `n` does.
    """

    shape: Shape
    quantity: Quantity
    counted: pl.Expr | None = None
    sums: dict[str, pl.Expr] = field(default_factory=dict)
    wholes: dict[str, pl.Expr] = field(default_factory=dict)


def parts(
    measured: Measured, mask: pl.Expr, compiled: Compile, params: Params, *, sample: bool
) -> Parts:
    """Return the aggregates of a measure over the rows for which `mask` holds.

    A null in what is measured takes the row out of both sides and is counted as `x:null`. A mean
    over a sample also sums squares, for its interval. A mix counts rows, per value; what they are
    a part of is known only with all values. `time` is measured by `engine.exposure`.
    """
    match measured:
        case Measured(mix=str()):
            rows = _counted(mask)
            sums = {"num": rows, "n": rows}
            return Parts(shape=Shape.SHARE, quantity=Quantity.SHARE, counted=mask, sums=sums)
        case Measured(count=str(count)):
            return _count(count, mask)
        case Measured(sum=str(text)):
            return _sum(compiled(text), mask)
        case Measured(mean=str(text)):
            return _mean(compiled(text), mask, sample=sample)
        case Measured(median=str(text)):
            return _median(compiled(text), mask)
        case Measured(share=str(text)):
            return _share(compiled(text), mask)
        case Measured(score=score) if score is not None:
            return _score(compiled(score.plus), compiled(score.minus), mask)
        case Measured(ratio=ratio) if ratio is not None:
            whole = {
                "num": compiled(ratio.of),
                "den": compiled(ratio.to),
                "n": pl.len().cast(pl.Int64),
            }
            return Parts(shape=Shape.RATIO, quantity=Quantity.SHARE, wholes=whole)
        case Measured(duration=duration) if duration is not None:
            return _duration(duration, mask, compiled, params)
    raise AssertionError(measured)


def _counted(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False).sum().cast(pl.Int64)


def _exact(value: pl.Expr) -> pl.Expr:
    return value.cast(EXACT)


def _count(count: str, mask: pl.Expr) -> Parts:
    if count == "rows":
        rows = _counted(mask)
        sums = {"num": rows, "n": rows}
        return Parts(shape=Shape.TOTAL, quantity=Quantity.NUMBER, counted=mask, sums=sums)
    column = pl.col(count.removeprefix("distinct "))
    there = mask & column.is_not_null()
    distinct = column.filter(there).n_unique().cast(pl.Int64)
    return Parts(
        shape=Shape.TOTAL,
        quantity=Quantity.NUMBER,
        counted=there,
        sums={"x:null": _counted(mask & column.is_null())},
        wholes={"num": distinct, "n": distinct},
    )


def _sum(value: pl.Expr, mask: pl.Expr) -> Parts:
    return Parts(
        shape=Shape.TOTAL,
        quantity=Quantity.NUMBER,
        counted=mask & value.is_not_null(),
        sums={
            "num": pl.when(mask).then(_exact(value)).sum(),
            "n": _counted(mask & value.is_not_null()),
            "x:null": _counted(mask & value.is_null()),
        },
    )


def _mean(value: pl.Expr, mask: pl.Expr, *, sample: bool) -> Parts:
    counted = mask & value.is_not_null()
    rows = _counted(counted)
    sums = {
        "num": pl.when(mask).then(_exact(value)).sum(),
        "den": rows,
        "n": rows,
        "x:null": _counted(mask & value.is_null()),
    }
    if sample:
        root = value.cast(_ROOT)
        sums["squares"] = pl.when(mask).then(root * root).sum()
    return Parts(shape=Shape.MEAN, quantity=Quantity.NUMBER, counted=counted, sums=sums)


def _median(value: pl.Expr, mask: pl.Expr) -> Parts:
    known = value.filter(mask & value.is_not_null()).cast(pl.Float64)
    return Parts(
        shape=Shape.RATIO,
        quantity=Quantity.NUMBER,
        sums={
            "n": _counted(mask & value.is_not_null()),
            "x:null": _counted(mask & value.is_null()),
        },
        wholes={"num": known.median(), "den": (known.len() > 0).cast(pl.Int64)},
    )


def _share(holds: pl.Expr, mask: pl.Expr) -> Parts:
    rows = _counted(mask & holds.is_not_null())
    return Parts(
        shape=Shape.SHARE,
        quantity=Quantity.SHARE,
        counted=mask & holds.is_not_null(),
        sums={
            "num": _counted(mask & holds),
            "den": rows,
            "n": rows,
            "x:null": _counted(mask & holds.is_null()),
        },
    )


def _score(plus: pl.Expr, minus: pl.Expr, mask: pl.Expr) -> Parts:
    known = plus.is_not_null() & minus.is_not_null()
    rows = _counted(mask & known)
    ups, downs = _counted(mask & plus), _counted(mask & minus)
    return Parts(
        shape=Shape.SCORE,
        quantity=Quantity.SHARE,
        counted=mask & known,
        sums={
            "num": ups - downs,
            "den": rows,
            "n": rows,
            "plus": ups,
            "minus": downs,
            "x:null": _counted(mask & ~known),
        },
    )


def _duration(duration: Duration, mask: pl.Expr, compiled: Compile, params: Params) -> Parts:
    """Seconds that are there and not negative; open ones and impossible ones are counted apart."""
    taken, missing = _seconds(duration, compiled)
    valid = mask & (taken >= 0)
    rows = _counted(valid)
    sums = {
        "num": pl.when(valid).then(taken).sum(),
        "den": rows,
        "n": rows,
        "x:invalid": _counted(mask & (taken < 0)),
        "x:open": _counted(mask & taken.is_null() & missing),
        "x:null": _counted(mask & taken.is_null() & ~missing),
    }
    values = taken.filter(valid).sort().implode()
    if option(duration.headline, params) == "longest":
        longest = taken.filter(valid).max()
        return Parts(
            shape=Shape.RATIO,
            quantity=Quantity.SECONDS,
            counted=valid,
            sums={name: value for name, value in sums.items() if name not in {"num", "den"}},
            wholes={"num": longest, "den": longest.is_not_null().cast(pl.Int64)},
        )
    return Parts(
        shape=Shape.DURATION,
        quantity=Quantity.SECONDS,
        counted=valid,
        sums=sums,
        wholes={"values": values},
    )


def _seconds(duration: Duration, compiled: Compile) -> tuple[pl.Expr, pl.Expr]:
    """Return the whole seconds, and whether they are missing because the end is."""
    ready = compiled(duration.ready) if duration.ready is not None else None
    if duration.from_ is None or duration.to is None:
        taken = ready if ready is not None else pl.lit(None, dtype=pl.Int64)
        still = pl.lit(value=False) if duration.open is None else compiled(duration.open)
        return taken.cast(pl.Int64), still
    start, end = compiled(duration.from_), compiled(duration.to)
    taken = (end - start).dt.total_seconds()
    if ready is not None:
        taken = pl.coalesce(taken, ready.cast(pl.Int64))
    return taken, end.is_null()
