"""Narrowing: the rows that a pass and the question ask for, apart from those that are left out."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from kpicli.engine import steps
from kpicli.engine.names import OUT
from kpicli.engine.passes import Pass
from kpicli.engine.relations import with_dimensions
from kpicli.engine.workshop import Workshop


def split(
    shop: Workshop, shared: Pass, compiled: Callable[[str], pl.Expr]
) -> tuple[pl.LazyFrame, pl.LazyFrame | None]:
    """Return the rows of a relation that a pass asks for, and those of them that are left out.

    Of a row that is left out, what the condition reads may not be known: an impossible spell has no
    number. It is missing from the metric all the same, and so is told.
    """
    rows, name = shared.rows, shared.rows.table or ""
    kept = narrowed(shop, shared, shop.relations.counted(name).lazy(), compiled)
    gone = []
    left_out = shop.relations.left_out(name)
    if left_out is not None and not left_out.is_empty():
        frame = left_out.lazy().with_columns(pl.col(OUT).cast(pl.String))
        gone.append(narrowed(shop, shared, frame, compiled, unknown=not rows.exclude))
    if rows.exclude:
        reasons = [pl.when(compiled(text)).then(pl.lit(why)) for why, text in rows.exclude.items()]
        kept = kept.with_columns(pl.coalesce(reasons).alias(OUT))
        gone.append(kept.filter(pl.col(OUT).is_not_null()))
        kept = kept.filter(pl.col(OUT).is_null()).drop(OUT)
    return kept, pl.concat(gone, how="diagonal") if gone else None


def narrowed(
    shop: Workshop,
    shared: Pass,
    frame: pl.LazyFrame,
    compiled: Callable[[str], pl.Expr],
    *,
    unknown: bool = False,
) -> pl.LazyFrame:
    """Return the rows that a pass and the question ask for, with their dimensions.

    `unknown` says what becomes of rows for which the condition of the pass is not known.
    """
    rows = shared.rows
    if not rows.results:
        frame = with_dimensions(frame, shared.paths, shop.relations.lookups)
    if rows.where is not None:
        frame = frame.filter(compiled(rows.where).fill_null(value=unknown))
    if shop.cut.where is not None and not rows.results and not steps.leading_keeps(rows.then):
        frame = frame.filter(shop.cut.condition())
    return frame
