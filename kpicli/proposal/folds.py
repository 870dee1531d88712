"""Keys that repeat: whether the rows of a sheet are lines, events or snapshots of an entity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl
from msgspec.structs import replace

from kpicli.model import Type
from kpicli.model.synonyms import synonyms
from kpicli.proposal.types import Draft, Option
from kpicli.proposal.words import likeness

_SUMMED = ("amount", "cost", "quantity", "base_amount")
_NEWEST = "updated_at"
_LEAST = 0.02
_LEAST_OF_FEW = 0.2
_FEW = 3
_ALIKE = 0.9


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
    lines = _tell_lines(draft, key)
    listed = (*key, *(header for feed in amounts for header in feed.headers), *lines)
    chosen = list(dict.fromkeys(listed))
    rows = keys = repeated = varied = lined = 0
    for frame in draft.sheet.per_file(*chosen):
        told = (
            frame.drop_nulls(key)
            .group_by(key)
            .agg(
                pl.len().alias("rows"),
                *(pl.col(feed.headers[0]).n_unique().alias(f"n:{feed.column}") for feed in amounts),
                *(pl.col(header).n_unique().alias(f"l:{header}") for header in lines),
            )
        )
        amount_varies = (
            pl.col("n:amount") > 1 if any(f.column == "amount" for f in amounts) else False
        )
        lines_vary = pl.any_horizontal(pl.lit(False), *(pl.col(f"l:{one}") > 1 for one in lines))  # noqa: FBT003
        counted = (
            told.select(
                pl.col("rows").sum().alias("rows"),
                pl.len().alias("keys"),
                (pl.col("rows") > 1).sum().alias("repeated"),
                ((pl.col("rows") > 1) & amount_varies).sum().alias("varied"),
                ((pl.col("rows") > 1) & lines_vary).sum().alias("lined"),
            )
            .collect(engine="streaming")
            .row(0)
        )
        rows, keys, repeated = rows + counted[0], keys + counted[1], repeated + counted[2]
        varied, lined = varied + counted[3], lined + counted[4]
    newest = _NEWEST in draft.fed and draft.table.name != "orders"
    if not repeated or not (newest or 2 * lined > repeated or _is_much(repeated, keys)):
        return draft  # a row that was corrected or copied: reading it warns of the key
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
    if newest:
        fold["order"] = _NEWEST
    option = Option(value=fold, because=because, doubtful=True)
    return replace(draft, options={**draft.options, "fold": option})


def _is_much(repeated: int, keys: int) -> bool:
    """Whether so many keys repeat that it is how the file is made, and no slip.

    Slips are rare: less than one of fifty keys, and three at the most. Where there are but a few
    keys, one in five must repeat.
    """
    return repeated >= _LEAST * keys and (repeated > _FEW or repeated >= _LEAST_OF_FEW * keys)


def _tell_lines(draft: Draft, key: Iterable[str]) -> list[str]:
    """Return headers that differ from line to line of an order: its product, the number of it."""
    if draft.table.name != "orders":
        return []
    products = [
        feed.headers[0] for feed in draft.feeds if feed.column == "product" and feed.headers
    ]
    numbers = [
        name
        for name in draft.sheet.names
        if name and any(likeness(name, line) >= _ALIKE for line in synonyms().lines.all)
    ]
    return [name for name in dict.fromkeys((*products, *numbers)) if name not in key]


def _headers_of_key(draft: Draft) -> list[str]:
    """Return the headers that make the key; nothing where it is made otherwise."""
    found: list[str] = []
    for name in draft.table.key:
        feed = next((feed for feed in draft.feeds if feed.column == name), None)
        if feed is None or len(feed.headers) != 1:
            return []
        found.append(feed.headers[0])
    return found
