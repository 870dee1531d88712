"""Keys that repeat: whether the rows of a sheet are lines, events or snapshots of an entity."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from kpicli.model import Type
from kpicli.proposal.types import Draft, Option

_SUMMED = ("amount", "cost", "quantity", "base_amount")
_NEWEST = "updated_at"


def folded(draft: Draft) -> Draft:
    """Return a draft whose keys are unique: with a fold where they repeat within a file.

    Keys that repeat over files are later exports of the same rows: the later file wins anyway.
    """
    key = _headers_of_key(draft)
    if not key or "fold" in draft.options:
        return draft
    amounts = [
        feed
        for feed in draft.feeds
        if feed.column in _SUMMED and len(feed.headers) == 1 and draft.table.name == "orders"
    ]
    chosen = list(dict.fromkeys((*key, *(header for feed in amounts for header in feed.headers))))
    rows = repeated = varied = 0
    for frame in draft.sheet.per_file(*chosen):
        told = (
            frame.drop_nulls(key)
            .group_by(key)
            .agg(
                pl.len().alias("rows"),
                *(pl.col(feed.headers[0]).n_unique().alias(f"n:{feed.column}") for feed in amounts),
            )
        )
        amount_varies = (
            pl.col("n:amount") > 1 if any(f.column == "amount" for f in amounts) else False
        )
        counted = (
            told.select(
                pl.col("rows").sum().alias("rows"),
                (pl.col("rows") > 1).sum().alias("repeated"),
                ((pl.col("rows") > 1) & amount_varies).sum().alias("varied"),
            )
            .collect(engine="streaming")
            .row(0)
        )
        rows, repeated, varied = rows + counted[0], repeated + counted[1], varied + counted[2]
    if not repeated:
        return draft
    fold: dict[str, Any] = {
        "by": draft.table.key[0] if len(draft.table.key) == 1 else list(draft.table.key)
    }
    if draft.table.name == "orders" and varied:
        fold["sum"] = [feed.column for feed in amounts]
        because = (
            f"keys that stand on several of the {rows:,} rows: {repeated:,}; lines of orders, "
            "their amounts add up"
        )
    elif draft.table.name == "orders":
        because = (
            f"keys that stand on several of the {rows:,} rows: {repeated:,}; each time with the "
            "same amount, so it is the total of the order"
        )
    else:
        because = (
            f"keys that stand on several of the {rows:,} rows: {repeated:,}; the last row counts"
        )
        firsts = [
            feed.column
            for feed in draft.feeds
            if feed.column in draft.table.begins
            and draft.column(feed).type in {Type.TS, Type.DATE}
            and feed.column not in draft.table.key
        ]
        if firsts:
            fold["min"] = firsts
    if _NEWEST in draft.fed and draft.table.name != "orders":
        fold["order"] = _NEWEST
    option = Option(value=fold, because=because, doubtful=True)
    return replace(draft, options={**draft.options, "fold": option})


def _headers_of_key(draft: Draft) -> list[str]:
    """Return the headers that make the key; nothing where it is made otherwise."""
    found: list[str] = []
    for name in draft.table.key:
        feed = next((feed for feed in draft.feeds if feed.column == name), None)
        if feed is None or len(feed.headers) != 1:
            return []
        found.append(feed.headers[0])
    return found
