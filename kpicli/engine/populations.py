"""Populations: the actors whom a metric counts, for rows that are kept `among` them."""

from __future__ import annotations

import polars as pl

from kpicli.engine import placement
from kpicli.engine.names import HIGH, LOW, PERIOD
from kpicli.engine.workshop import Workshop
from kpicli.language.rows import Among, Rows

_ACTOR, _WHO = "__actor", "__who"
_LOW, _HIGH = "__own_lo", "__own_hi"


def among(frame: pl.LazyFrame, rule: Among, shop: Workshop) -> pl.LazyFrame:
    """Keep the rows of actors whom another metric counts in the row's period.

    An actor's runs do not touch, so a row meets at most one run that holds its period.
    """
    joined = _joined(frame, rule, shop)
    inside = (pl.col(PERIOD) >= pl.col(LOW)) & (pl.col(PERIOD) <= pl.col(HIGH))
    return joined.filter(inside).drop(LOW, HIGH)


def spans_among(frame: pl.LazyFrame, rule: Among, shop: Workshop) -> pl.LazyFrame:
    """Cut the spans of actors to the periods in which another metric counts them.

    Where an actor's runs do not touch, neither do the spans that come out.
    """
    own = frame.rename({LOW: _LOW, HIGH: _HIGH})
    cut = _joined(own, rule, shop).with_columns(
        pl.max_horizontal(LOW, _LOW).alias(LOW), pl.min_horizontal(HIGH, _HIGH).alias(HIGH)
    )
    return cut.filter(pl.col(LOW) <= pl.col(HIGH)).drop(_LOW, _HIGH)


def _joined(frame: pl.LazyFrame, rule: Among, shop: Workshop) -> pl.LazyFrame:
    rows = _rows(rule.metric, shop)
    if rule.metric not in shop.populations:
        shop.populations[rule.metric] = _members(rule.metric, shop).collect(engine="in-memory")
    actor = rule.actor or rows.per or ""
    kind = frame.collect_schema()[actor]
    members = shop.populations[rule.metric].lazy().with_columns(pl.col(_ACTOR).cast(kind))
    return frame.join(members, left_on=actor, right_on=_ACTOR, how="inner")


def _rows(name: str, shop: Workshop) -> Rows:
    rows = shop.settled[name].rows
    if rows is None or rows.table is None or rows.per is None:
        raise AssertionError(name)
    return rows


def _members(name: str, shop: Workshop) -> pl.LazyFrame:
    """Return the runs of the actors that a metric counts: `__actor`, LOW and HIGH."""
    rows = _rows(name, shop)
    table, actor = rows.table or "", rows.per or ""
    trusted = shop.settled.trusted(name)
    frame = shop.relations.counted(table).lazy()
    if rows.where is not None:
        frame = frame.filter(shop.compiler(trusted=trusted)(rows.where))
    frame = placement.place(frame, rows, shop.grid, shop.settled.params, trusted=trusted)
    # Numbers sort faster than ids.
    who = pl.col(actor).cast(pl.String).cast(pl.Categorical).to_physical().alias(_WHO)
    spans = frame.filter(pl.col(actor).is_not_null()).select(actor, who, LOW, HIGH)
    found = placement.runs(spans, [_WHO], rows.take, single=shop.single(rows))
    return placement.clipped(found, shop.grid).select(pl.col(actor).alias(_ACTOR), LOW, HIGH)
