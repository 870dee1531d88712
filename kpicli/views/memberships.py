"""Memberships of customers: by contracts, by the dates of the customers table, or by activity.

Definitions, section 1, "Membership of customers", and rule R3.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import polars as pl

from kpicli.model import model
from kpicli.views import sales
from kpicli.views.inputs import Facts, Inputs
from kpicli.views.spells import merged

Mode = Literal["contracts", "dates", "activity"]

_BASES: dict[Mode, tuple[str, ...]] = {
    "contracts": ("contracts",),
    "dates": ("customers",),
    "activity": ("orders",),
}
_OF_ACTIVITY = ("membership.inactivity_days", "membership.activity", "churn.event_date")
_REASONS: dict[Mode, str] = {
    "contracts": "contracts.end_reason",
    "dates": "customers.churn_type",
    "activity": "contracts.end_reason or customers.churn_type",
}
_ANY = "contracts or customers.acquired_at or orders.customer_id"


def facts(inputs: Inputs) -> Facts:
    """Tell the mode that `auto` stands for, and what the mode lacks."""
    mode = mode_of(inputs)
    lacking: dict[str, str] = {}
    censored = None
    if mode == "contracts" and not inputs.has("contracts"):
        lacking = dict.fromkeys(("since", "until"), "contracts")
    elif mode == "dates":
        needed = {"since": "customers.acquired_at", "until": "customers.churned_at"}
        lacking = {column: need for column, need in needed.items() if not inputs.has(need)}
    elif mode == "activity":
        if not inputs.has("orders.customer_id"):
            chosen = inputs.option("membership.mode") != "auto"
            need = "orders.customer_id" if chosen else _ANY
            lacking = dict.fromkeys(("since", "until"), need)
        else:
            first = inputs.table("orders").select(pl.col("ordered_at").min().dt.date()).collect()
            if (day := first.item()) is not None:
                censored = day + dt.timedelta(inputs.option("membership.inactivity_days"))
    if not lacking and (mode == "activity" or not inputs.has(_REASONS[mode])):
        lacking["end_reason"] = _REASONS[mode]
    return Facts(
        bases=tuple(base for base in _BASES[mode] if inputs.has(base)) or ("customers",),
        lacking=lacking,
        settled={"membership.mode": mode},
        idle=() if mode == "activity" else _OF_ACTIVITY,
        censored_until=censored,
        single=frozenset({"customer_id"} if mode == "dates" else ()),
    )


def variants(inputs: Inputs) -> tuple[Inputs, ...]:
    """Return the inputs under every mode that `auto` may stand for.

    `dates` reads orders where a customer has no date, as `activity` does.
    """
    match inputs.option("membership.mode"):
        case "auto":
            modes = ("auto", *_BASES)
        case "dates":
            modes = ("dates", "activity")
        case _:
            return (inputs,)
    return tuple(inputs.with_option("membership.mode", mode) for mode in modes)


def mode_of(inputs: Inputs) -> Mode:
    """Return the membership mode: the one chosen, or the first that the data support."""
    chosen = inputs.option("membership.mode")
    if chosen != "auto":
        mode: Mode = chosen
        return mode
    if inputs.has("contracts") and _every_buyer_has_a_contract(inputs):
        return "contracts"
    dated = inputs.has("customers.acquired_at")
    if dated and (inputs.has("customers.churned_at") or not inputs.has("orders.customer_id")):
        return "dates"
    return "activity"


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per spell of membership, with the customer's attributes of today."""
    mode = mode_of(inputs)
    match mode:
        case "contracts":
            spells = _from_contracts(inputs)
        case "dates":
            spells = _from_dates(inputs)
        case "activity":
            spells = _from_activity(inputs)
    gap = inputs.option("membership.merge_gap_days")
    if gap is None:
        gap = 1 if mode == "contracts" else 0
    runs = merged(
        spells,
        actor="customer_id",
        since="since",
        until="until",
        gap=None if mode == "dates" else gap,
    )
    customers = inputs.table("customers").select(
        "customer_id",
        "owner_id",
        "segment",
        "region",
        *inputs.kept("customers"),
        source=pl.col("acquisition_source"),
    )
    return runs.join(customers, on="customer_id", how="left", maintain_order="left")


def _every_buyer_has_a_contract(inputs: Inputs) -> bool:
    if not inputs.has("orders.customer_id"):
        return True
    buyers = (
        inputs.table("orders").select("customer_id").filter(pl.col("customer_id").is_not_null())
    )
    without = buyers.join(inputs.table("contracts"), on="customer_id", how="anti")
    return without.limit(1).collect().is_empty()


def _from_contracts(inputs: Inputs) -> pl.LazyFrame:
    return inputs.table("contracts").select(
        "customer_id", "end_reason", since=pl.col("started_at"), until=pl.col("ended_at")
    )


def _from_dates(inputs: Inputs) -> pl.LazyFrame:
    customers = inputs.table("customers").select(
        "customer_id",
        end_reason=pl.col("churn_type"),
        since=pl.col("acquired_at"),
        until=pl.col("churned_at"),
    )
    undated = customers.select(pl.col("since").is_null().any())
    if not inputs.has("orders.customer_id") or not undated.collect().item():
        return customers
    first = _sales(inputs).group_by("customer_id").agg(first=pl.col("ordered_at").min().dt.date())
    return (
        customers.join(first, on="customer_id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("since", "first").alias("since"))
        .drop("first")
    )


def _from_activity(inputs: Inputs) -> pl.LazyFrame:
    col = pl.col
    days = inputs.option("membership.inactivity_days")
    orders = _sales(inputs).select("customer_id", day=col("ordered_at").dt.date())
    if inputs.option("membership.activity") == "orders+inbound" and inputs.has("interactions"):
        first = orders.group_by("customer_id").agg(first=col("day").min())
        inbound = (
            inputs.table("interactions")
            .filter(col("direction") == "inbound")
            .select("customer_id", day=col("occurred_at").dt.date())
            .join(first, on="customer_id")
            .filter(col("day") >= col("first"))
            .drop("first")
        )
        orders = pl.concat([orders, inbound])
    active = orders.unique().sort("customer_id", "day")
    gap = (col("day") - col("day").shift().over("customer_id")).dt.total_days()
    last = col("day").max()
    confirmed = last.dt.offset_by(f"{days}d")
    lost = last if inputs.option("churn.event_date") == "last_activity" else confirmed
    types = model().views["memberships"].columns["end_reason"].type.dtype(inputs.zone)
    return (
        active.with_columns(run=(gap.is_null() | (gap > days)).cum_sum())
        .group_by("run")
        .agg(
            col("customer_id").first(),
            pl.lit(None, dtype=types).alias("end_reason"),
            since=col("day").min(),
            until=pl.when(confirmed <= inputs.as_of).then(lost),
        )
        .drop("run")
    )


def _sales(inputs: Inputs) -> pl.LazyFrame:
    return sales.build(inputs).filter(
        pl.col("is_sale") & pl.col("left_out").is_null() & pl.col("customer_id").is_not_null()
    )
