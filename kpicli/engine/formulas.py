"""Formulas: metrics computed from the values of other metrics, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import polars as pl

from kpicli import stats
from kpicli.engine.context import Context
from kpicli.engine.flags import flag_list, small_base
from kpicli.engine.measures import Shape
from kpicli.engine.names import PERIOD, per_actor
from kpicli.engine.steps import facts_frame
from kpicli.engine.values import BY_WEIGHT, Status, tidy
from kpicli.language.declaration import Declaration
from kpicli.language.settled import Settled
from kpicli.language.sql import columns_in, expression, in_years
from kpicli.units import Quantity, Unit, multiplier

_ABOUT_SIZE = ("low_n", "very_low_n")


def formula(
    settled: Settled,
    name: str,
    operands: Mapping[str, tuple[tuple[str, ...], pl.DataFrame, bool]],
    context: Context,
    groups: Callable[[tuple[str, ...]], Sequence[pl.DataFrame]] = lambda _: (),
) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Return the dimensions and the valued frame of a formula.

    `operands` gives, per metric, its dimensions, its valued frame, and whether it is a count or a
    sum, which is 0 where it does not occur. Cells are the union over the operands; an operand
    without dimensions (a constant) holds for all. `groups` gives further groups to tell of.
    """
    declaration = settled[name]
    trusted, params = settled.trusted(name), in_years(settled.params)
    by, frame = _table(operands, context, groups)
    compiled = {
        part: expression(text, params, trusted=trusted)
        for part, text in (
            ("of", declaration.ratio.of if declaration.ratio else None),
            ("to", declaration.ratio.to if declaration.ratio else None),
            ("value", declaration.value),
        )
        if text is not None
    }
    if declaration.ratio is not None:
        based_on = columns_in(declaration.ratio.to, params, trusted=trusted) or columns_in(
            declaration.ratio.of, params, trusted=trusted
        )
        frame = _ratio(frame, compiled["of"], compiled["to"], declaration.unit)
        if context.on_rates and _is_share(settled, name, operands):
            frame = _with_interval(frame, context.level)
    else:
        based_on = tuple(operands)
        value = compiled["value"].cast(pl.Float64)
        frame = frame.with_columns(
            value=pl.when(value.is_finite()).then(value),
            num=pl.lit(None, dtype=pl.Float64),
            den=pl.lit(None, dtype=pl.Float64),
            missing=pl.lit(Status.UNDEFINED.value),
        )
    frame = frame.with_columns(
        n=_base(declaration, [f"n:{operand}" for operand in based_on]), status=_status(operands)
    )
    raised = [
        (expression(text, params, trusted=trusted), flag)
        for flag, text in declaration.flags.items()
    ]
    if declaration.when_empty is not None:
        raised.append(((pl.col("den") == 0) & (pl.col("num") > 0), declaration.when_empty))
    shape = Shape.RATIO if declaration.ratio is not None else Shape.TOTAL
    raised += small_base(shape, context)
    marks = flag_list([]) if per_actor(by) else _inherited(operands, raised)
    return by, tidy(frame.with_columns(marks), by)


def _base(declaration: Declaration, sizes: Sequence[str]) -> pl.Expr:
    """How many a formula rests on: itself for a count, what a ratio divides by, else the least."""
    if declaration.unit in {Unit.COUNT, Unit.PEOPLE} and declaration.ratio is None:
        return pl.col("value").round().cast(pl.Int64)
    if not sizes:
        return pl.lit(None, dtype=pl.Int64)
    known = [pl.col(size).fill_null(0) for size in sizes]
    return pl.max_horizontal(known) if declaration.ratio else pl.min_horizontal(known)


def _table(
    operands: Mapping[str, tuple[tuple[str, ...], pl.DataFrame, bool]],
    context: Context,
    further: Callable[[tuple[str, ...]], Sequence[pl.DataFrame]],
) -> tuple[tuple[str, ...], pl.LazyFrame]:
    """Join the operands: a column per value, and `s:`, `n:`, `f:` for status, base and flags."""
    by = max((dims for dims, _, _ in operands.values()), key=len, default=())
    facts = facts_frame(context.grid, pl.Date())
    if not by:
        # Every operand has every period, in order.
        columns = [
            frame[name].alias(f"{short}{operand}")
            for operand, (_, frame, _) in operands.items()
            for name, short in (("value", ""), ("status", "s:"), ("n", "n:"), ("flags", "f:"))
        ]
        return by, facts.hstack(columns).lazy()
    if per_actor(by):
        cells = [frame.lazy().select(*by, PERIOD) for dims, frame, _ in operands.values() if dims]
        table = pl.concat(cells).unique().join(facts.lazy(), on=PERIOD)
    else:
        groups = [frame.lazy().select(d).unique() for d, frame, _ in operands.values() if d]
        groups += [frame.lazy().unique() for frame in further(by)]
        table = pl.concat(groups).unique().join(facts.lazy(), how="cross")
    for operand, (dims, frame, absent_is_zero) in operands.items():
        found = frame.lazy().select(
            *dims,
            PERIOD,
            pl.col("value").alias(operand),
            pl.col("status").alias(f"s:{operand}"),
            pl.col("n").alias(f"n:{operand}"),
            *([] if per_actor(by) else [pl.col("flags").alias(f"f:{operand}")]),
        )
        table = table.join(found, on=[*dims, PERIOD], how="left", nulls_equal=True)
        absent = pl.col(f"s:{operand}").is_null()
        status = Status.OK if absent_is_zero else Status.NO_DATA
        value = pl.col(operand)
        table = table.with_columns(
            pl.when(absent & absent_is_zero).then(0.0).otherwise(value).alias(operand),
            pl.col(f"s:{operand}").fill_null(status.value),
            *([] if per_actor(by) else [pl.col(f"f:{operand}").fill_null([])]),
        )
    return by, table if per_actor(by) else table.sort(*by, PERIOD, nulls_last=True)


def _ratio(frame: pl.LazyFrame, above: pl.Expr, below: pl.Expr, unit: Unit) -> pl.LazyFrame:
    col = pl.col
    quantity = Quantity.DAYS if unit is Unit.YEARS else Quantity.SHARE
    frame = frame.with_columns(num=above.cast(pl.Float64), den=below.cast(pl.Float64))
    value = pl.when(col("den") > 0).then(col("num") * multiplier(unit, quantity) / col("den"))
    empty = (col("den") == 0) & (col("num") == 0)
    missing = (
        pl.when(empty).then(pl.lit(Status.NO_DATA.value)).otherwise(pl.lit(Status.UNDEFINED.value))
    )
    return frame.with_columns(value=value, missing=missing)


def _is_share(settled: Settled, name: str, operands: Iterable[str]) -> bool:
    """Whether a ratio is a part of a count: averages and sums of money are none."""
    counts = all(settled[operand].unit is Unit.COUNT for operand in operands)
    return counts and settled[name].unit is Unit.PERCENT


def _with_interval(frame: pl.LazyFrame, level: float) -> pl.LazyFrame:
    """Add Wilson's interval to shares; a ratio that goes beyond its base is none."""
    num, den = pl.col("num"), pl.col("den")
    low, high = stats.wilson(num, den, level)
    shown = (den > 0) & num.is_between(0, den)
    factor = multiplier(Unit.PERCENT, Quantity.SHARE)
    return frame.with_columns(
        moe=pl.when(shown).then((high - low) / 2 * factor),
        ci_low=pl.when(shown).then(low * factor),
        ci_high=pl.when(shown).then(high * factor),
    )


def _status(operands: Mapping[str, object]) -> pl.Expr:
    """The weightiest status of the operands where one has no value; else that of the division."""
    fine = pl.lit(Status.OK.value)
    status = [pl.col(f"s:{operand}").cast(BY_WEIGHT) for operand in operands]
    worst = pl.max_horizontal(status).cast(pl.String) if status else fine
    return (
        pl.when(pl.col("value").is_not_null())
        .then(fine)
        .when(worst != fine)
        .then(worst)
        .otherwise(pl.col("missing"))
    )


def _inherited(operands: Mapping[str, object], raised: Sequence[tuple[pl.Expr, str]]) -> pl.Expr:
    """Flags of the formula, after those of its operands that do not speak of their size."""
    own = flag_list(raised)
    if not operands:
        return own
    theirs = pl.concat_list([pl.col(f"f:{operand}") for operand in operands])
    kept = theirs.list.eval(pl.element().filter(~pl.element().is_in(_ABOUT_SIZE)))
    return pl.concat_list(kept, own).list.unique(maintain_order=True).alias("flags")
