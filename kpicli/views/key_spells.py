"""Spells in which a customer is a key customer (definitions, "Key customers").

A flag or a segment is known as of today only: one spell, from acquisition on. A rank by revenue is
reviewed on the first of every month, on the twelve months before it, and holds until the next
review: whoever is key at the start of a period was so by what had happened before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import polars as pl

from kpicli.views import sales
from kpicli.views.inputs import Facts, Inputs
from kpicli.views.spells import joined, last_of_runs

Method = Literal["flag", "pareto", "top_n", "segment"]

_MONTHS = 12
_APART = 1 << 20  # more than any month: keeps customers apart in one number
_BEGUN = "customers.acquired_at or contracts or orders.customer_id"
_OPTIONS: dict[Method, str] = {
    "pareto": "key.share",
    "top_n": "key.top_n",
    "segment": "key.segment",
}


def facts(inputs: Inputs) -> Facts:
    """Tell the method that `auto` stands for, and what the method lacks."""
    method = method_of(inputs)
    ranked = method in {"pareto", "top_n"}
    lacking: dict[str, str] = {}
    censored = None
    if ranked and not inputs.has("orders.customer_id"):
        chosen = inputs.option("key.method") != "auto"
        lacking["customer_id"] = "orders.customer_id" if chosen else _any("orders.customer_id")
    elif ranked:
        first = inputs.table("orders").select(pl.col("ordered_at").min().dt.date())
        censored = first.select(pl.all().dt.offset_by(f"{_MONTHS}mo")).collect().item()
    else:
        column = "customers.is_key" if method == "flag" else "customers.segment"
        if not inputs.has(column):
            lacking["customer_id"] = column
        elif method == "segment" and not inputs.option("key.segment"):
            lacking["customer_id"] = "the parameter key.segment"
        elif not any(inputs.has(need) for need in _BEGUN.split(" or ")):
            lacking["since"] = _BEGUN
    return Facts(
        bases=("orders",) if ranked else ("customers",),
        lacking=lacking,
        settled={"key.method": method},
        idle=tuple(option for other, option in _OPTIONS.items() if other != method),
        censored_until=censored,
        single=frozenset() if ranked else frozenset({"customer_id"}),
    )


def variants(inputs: Inputs) -> tuple[Inputs, ...]:
    """Return the inputs under every method that `auto` may stand for."""
    if inputs.option("key.method") != "auto":
        return (inputs,)
    return tuple(inputs.with_option("key.method", method) for method in ("flag", "pareto"))


def method_of(inputs: Inputs) -> Method:
    """Return the method: the one chosen, or the flag where there is one, else the rank."""
    chosen = inputs.option("key.method")
    if chosen != "auto":
        method: Method = chosen
        return method
    return "flag" if inputs.has("customers.is_key") else "pareto"


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per spell."""
    customers = inputs.table("customers")
    match method_of(inputs):
        case "flag":
            return _since_acquired(customers.filter("is_key"), inputs)
        case "segment":
            segments = list(inputs.option("key.segment"))
            return _since_acquired(customers.filter(pl.col("segment").is_in(segments)), inputs)
        case "top_n":
            best = pl.int_range(pl.len()) < inputs.option("key.top_n")
            return _reviewed(lambda _: best, inputs)
        case "pareto":
            # By way of a text: a decimal of Python goes through numpy, which is slow to load.
            share = pl.lit(str(inputs.option("key.share"))).cast(pl.Decimal(38, 6))
            return _reviewed(lambda sums: sums.cum_sum() - sums < sums.sum() * share, inputs)


def _any(other: str) -> str:
    return f"customers.is_key or {other}"


def _since_acquired(customers: pl.LazyFrame, inputs: Inputs) -> pl.LazyFrame:
    """Return one spell per customer: from `acquired_at`, else from the first contract or sale."""
    col = pl.col
    begun = inputs.table("contracts").select("customer_id", day=col("started_at"))
    bought = _sales(inputs).filter("is_sale").select("customer_id", day=col("ordered_at").dt.date())
    first = pl.concat([begun, bought]).group_by("customer_id").agg(col("day").min())
    spells = customers.join(first, on="customer_id", how="left", maintain_order="left")
    return spells.select(
        "customer_id", since=pl.coalesce("acquired_at", "day"), until=pl.lit(None, dtype=pl.Date)
    )


def _reviewed(chosen: Callable[[pl.Expr], pl.Expr], inputs: Inputs) -> pl.LazyFrame:
    """Return the spells in which `chosen` holds at one review after the other.

    `chosen` judges the revenue of the customers of a review, from the greatest down; equals stand
    by id. A review holds to the day before the next. A spell holds at a boundary when it began
    before it, so it begins on the day before its first review.
    """
    col = pl.col
    sold = _sales(inputs)
    # The same customers over and over: as numbers, in the order of their ids, they cost least.
    ids = sold.select("customer_id").unique().sort("customer_id")
    ids = ids.with_row_index("who")
    day = col("ordered_at").dt.date()
    month = (day.dt.year() * _MONTHS + day.dt.month() - 1).cast(pl.Int32)
    bought = sold.join(ids, on="customer_id").group_by("who", month=month).agg(col("amount").sum())
    who, sums = (
        col(name).sort_by("amount", descending=True, maintain_order=True)
        for name in ("who", "amount")
    )
    held = (
        _trailing(bought, inputs.as_of.year * _MONTHS + inputs.as_of.month)
        .group_by("review")
        .agg(who.filter(chosen(sums) & (sums > 0)))
        .explode("who", empty_as_null=False)
        .with_columns(end="review")
    )
    spells = last_of_runs(joined(held, ["who"], "review", "end", gap=1), "review", "end")
    return spells.join(ids, on="who").select(
        "customer_id",
        since=_first_day(col("review")).dt.offset_by("-1d"),
        until=_first_day(col("end") + 1).dt.offset_by("-1d"),
    )


def _trailing(bought: pl.LazyFrame, last: int) -> pl.LazyFrame:
    """Return `amount` per `who` and `review`: that of the twelve months before; none where it is 0.

    `bought` has an amount per `who` and `month`. What is bought in a month comes in at the review
    behind it, and goes out twelve reviews later: all amounts of a customer add up to 0, so one
    running total does for all customers. Reviews end before `last`. Rows stand by `who`.
    """
    col = pl.col
    comes = bought.select("who", review=col("month") + 1, amount="amount")
    goes = bought.select("who", review=col("month") + 1 + _MONTHS, amount=-col("amount"))
    following = pl.when(col("who") == col("who").shift(-1)).then(col("review").shift(-1))
    return (
        pl.concat([comes, goes])
        .sort(col("who").cast(pl.Int64) * _APART + col("review"))
        .with_columns(col("amount").cum_sum(), following=following)
        .filter((col("amount") != 0) & (col("following") > col("review")) & (col("review") < last))
        .with_columns(pl.int_ranges("review", pl.min_horizontal("following", last), dtype=pl.Int32))
        .drop("following")
        .explode("review", empty_as_null=False)
    )


def _first_day(month: pl.Expr) -> pl.Expr:
    return pl.date(month // _MONTHS, month % _MONTHS + 1, 1)


def _sales(inputs: Inputs) -> pl.LazyFrame:
    known = pl.col("left_out").is_null() & pl.col("customer_id").is_not_null()
    return sales.build(inputs).filter(known)
