"""Populations: the actors whom a metric counts, for rows that are kept `among` them."""

from __future__ import annotations

import polars as pl

from kpicli.engine import placement
from kpicli.engine.names import HIGH, LOW, OUT, PERIOD
from kpicli.engine.workshop import Workshop
from kpicli.language.declaration import Among

_ACTOR = "__actor"


def among(frame: pl.LazyFrame, rule: Among, shop: Workshop) -> pl.LazyFrame:
    """Keep the rows of actors whom another metric counts in the row's period.

    An actor's runs do not touch, so a row meets at most one run that holds its period.
    """
    rows = shop.settled[rule.metric].rows
    if rows is None or rows.table is None or rows.per is None:
        raise AssertionError(rule.metric)
    actor = rule.actor or rows.per
    members = _members(rule.metric, shop)
    joined = frame.join(members, left_on=actor, right_on=_ACTOR, how="inner")
    inside = (pl.col(PERIOD) >= pl.col(LOW)) & (pl.col(PERIOD) <= pl.col(HIGH))
    return joined.filter(inside).drop(LOW, HIGH)


def _members(name: str, shop: Workshop) -> pl.LazyFrame:
    """Return the runs of the actors that a metric counts: `__actor`, LOW and HIGH."""
    rows = shop.settled[name].rows
    if rows is None or rows.table is None or rows.per is None:
        raise AssertionError(name)
    trusted = shop.settled.trusted(name)
    frame = shop.relations.frames[rows.table].lazy()
    if rows.where is not None:
        frame = frame.filter(shop.compiler(trusted=trusted)(rows.where))
    frame = placement.place(frame, rows, shop.grid, shop.settled.params, trusted=trusted)
    if OUT in frame.collect_schema():
        frame = frame.filter(pl.col(OUT).is_null())
    spans = frame.select(rows.per, LOW, HIGH).filter(pl.col(rows.per).is_not_null())
    found = placement.runs(spans, [rows.per], rows.take, single=shop.single(rows))
    return placement.clipped(found, shop.grid).rename({rows.per: _ACTOR})
