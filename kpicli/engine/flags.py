"""Flags: what is worth knowing of a value beside its status."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from kpicli import stats
from kpicli.engine.cells import Cells
from kpicli.engine.context import RAISED, Context
from kpicli.engine.measures import Compile, Shape
from kpicli.language.declaration import Declaration

_NOTHING = pl.lit(None, dtype=pl.Float64)
_SHOWN = "__shown"


def flags(cells: Cells, declaration: Declaration, context: Context) -> pl.Expr:
    """Return the list of flags that each cell raises, in a fixed order."""
    col = pl.col
    raised: list[tuple[pl.Expr, str]] = []
    if declaration.same:
        raised.append((col("kinds") > 1, "mixed"))
    if declaration.when_empty is not None:
        raised.append(((col("den") == 0) & (col("num") > 0), declaration.when_empty))
    there = [name for name in declaration.flags if f"f:{name}" in cells.frame.columns]
    raised += [(col(f"f:{name}") > 0, name) for name in there]
    raised += small_base(cells.shape, context)
    return flag_list(raised, col(RAISED))


def small_base(shape: Shape, context: Context) -> list[tuple[pl.Expr, str]]:
    """Return when a base is small: of samples and durations, or of ratios of complete counts."""
    n = pl.col("n")
    some = pl.col("value").is_not_null() & (n > 0)
    if context.sample or shape is Shape.DURATION:
        low = int(str(context.params["stats.low_n"]))
        return [
            (some & (n < low) & (n >= stats.VERY_LOW_N), "low_n"),
            (some & (n < stats.VERY_LOW_N), "very_low_n"),
        ]
    return [] if shape is Shape.TOTAL else [(some & (n < stats.LOW_BASE), "low_n")]


def beside_flags(
    frame: pl.DataFrame, declaration: Declaration, compiled: Compile, beside: str
) -> pl.DataFrame:
    """Return `frame` with the flags that its companions, the columns `beside` + name, raise.

    They may be compared with `n`, the base of the value itself.
    """
    if not declaration.beside_flags:
        return frame
    columns = {name: f"{beside}{name}" for name in declaration.beside}
    companions = frame.select(
        pl.col("value").is_not_null().alias(_SHOWN),
        *(["n"] if "n" not in columns else []),
        *(
            (pl.col(column) if column in frame.columns else _NOTHING).alias(name)
            for name, column in columns.items()
        ),
    )
    raised = [
        (pl.col(_SHOWN) & compiled(text), flag) for flag, text in declaration.beside_flags.items()
    ]
    theirs = companions.select(flag_list(raised))
    return frame.with_columns(pl.concat_list("flags", pl.lit(theirs.to_series())).alias("flags"))


def flag_list(raised: Sequence[tuple[pl.Expr, str]], *before: pl.Expr) -> pl.Expr:
    """Return a list column of the names whose condition holds, after those of `before`."""
    if not raised and not before:
        return pl.lit([], dtype=pl.List(pl.String)).alias("flags")
    chosen = [
        pl.when(condition.fill_null(value=False)).then(pl.lit(name)).otherwise(None)
        for condition, name in raised
    ]
    every = pl.concat_list(*before, *chosen)
    return every.list.drop_nulls().list.unique(maintain_order=True).alias("flags")
