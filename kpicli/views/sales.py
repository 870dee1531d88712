"""Sales: completed orders and refunds, with signs, refunds matched to their sales, and ranks.

Definitions, rule R9 and sections A1 to A3.
"""

from __future__ import annotations

import polars as pl

from kpicli.views.inputs import Inputs, mentioned

_OF_THE_SALE = ("customer_id", "owner_id", "sale_type", "channel", "product", "lead_id")
_MONEY = pl.Decimal(38, 6)
_SIGNED = ("amount", "cost", "base_amount")


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per order; a refund bears negative amounts and the attributes of its sale."""
    col = pl.col
    orders = inputs.table("orders").with_columns(
        is_sale=(col("type") != "refund") & (col("amount") >= 0)
    )
    orders = _with_costs(orders, inputs).with_columns(
        pl.when("is_sale").then(col(name)).otherwise(-col(name).abs()).alias(name)
        for name in _SIGNED
    )
    orders = orders.with_columns(left_out=_left_out(inputs))
    orders = _with_refunds(orders, inputs)
    counted = col("is_sale") & col("left_out").is_null() & col("customer_id").is_not_null()
    buyer = pl.when(counted).then("customer_id")
    rank = col("ordered_at").rank("ordinal").over(buyer).cast(pl.Int64)
    first = col("ordered_at").filter(counted).min().over("customer_id")
    return orders.with_columns(
        order_number=pl.when(counted).then(rank),
        bought_since=first,
        added_amount=col("amount") - col("base_amount").fill_null(0),
        has_base=col("base_amount").is_not_null(),
    )


def _left_out(inputs: Inputs) -> pl.Expr:
    status = pl.col("status")
    reasons = [
        mentioned(status == "unknown", "unknown_status"),
        pl.when(status != "completed").then(status),
    ]
    least = inputs.option("orders.min_amount")
    if least is not None:
        small = pl.col("is_sale") & (pl.col("amount") < pl.lit(least, dtype=pl.Decimal(38, 6)))
        reasons.append(mentioned(small, "below_min_amount"))
    return pl.coalesce(reasons)


def _with_costs(orders: pl.LazyFrame, inputs: Inputs) -> pl.LazyFrame:
    margin = inputs.option("margin.default")
    if margin is None:
        return orders
    part = pl.lit(1 - margin, dtype=pl.Decimal(38, 6))
    estimate = (pl.col("amount") * part).cast(pl.Decimal(38, 6))
    return orders.with_columns(pl.coalesce("cost", estimate).alias("cost"))


def _with_refunds(orders: pl.LazyFrame, inputs: Inputs) -> pl.LazyFrame:
    """Give refunds the attributes of their sale, and sales what was paid back of them."""
    col = pl.col
    if not inputs.has("orders.refund_of"):
        none = pl.lit(None, dtype=pl.Decimal(38, 6))
        return orders.with_columns(net_amount=none, is_repaid=pl.lit(None, dtype=pl.Boolean))
    sold = orders.filter("is_sale").select(
        col("order_id").alias("refund_of"),
        *(col(name).alias(f"sold_{name}") for name in (*_OF_THE_SALE, "amount", "base_amount")),
    )
    paid_back = (
        orders.filter(~col("is_sale") & col("left_out").is_null() & col("refund_of").is_not_null())
        .group_by(col("refund_of").alias("order_id"))
        .agg(paid_back=-col("amount").sum())
    )
    own = pl.when(~col("is_sale")).then(col("refund_of")).alias("refund_of")
    joined = (
        orders.with_columns(own)
        .join(sold, on="refund_of", how="left", maintain_order="left")
        .join(paid_back, on="order_id", how="left", maintain_order="left")
    )
    net = col("amount") - col("paid_back").fill_null(0)
    # A refund that names no base takes back its part of the base of the sale.
    whole = pl.when(col("sold_amount") > 0).then("sold_amount")
    base = (col("sold_base_amount") * col("amount")).cast(_MONEY) / whole
    return joined.with_columns(
        pl.coalesce("base_amount", base.cast(_MONEY)).alias("base_amount"),
        *(pl.coalesce(f"sold_{name}", name).alias(name) for name in _OF_THE_SALE),
        net_amount=pl.when("is_sale").then(net),
        is_repaid=pl.when("is_sale").then(col("paid_back").is_not_null() & (net <= 0)),
    )
