"""Sales that recommendations brought (definitions, `referral_sales` and `organic_growth`)."""

from __future__ import annotations

import polars as pl

from kpicli.views import referrals, sales
from kpicli.views.inputs import Inputs

_MARKS = ("recommended", "recommended_since", "by_lead")


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per order of the view `sales`.

    The first sale to a customer came by recommendation where the customer names who recommended,
    or where a recommended lead of the customer, or the lead of the sale, came in before it.
    """
    col = pl.col
    customers = referrals.of_customers(inputs).filter(col("left_out").is_null())
    leads = referrals.of_leads(inputs).filter(col("left_out").is_null())
    known = leads.filter(col("customer_id").is_not_null())
    joined = (
        sales.build(inputs)
        .join(
            customers.select("customer_id", recommended=pl.lit(value=True)),
            on="customer_id",
            how="left",
            maintain_order="left",
        )
        .join(
            known.group_by("customer_id").agg(recommended_since=col("created_at").min()),
            on="customer_id",
            how="left",
            maintain_order="left",
        )
        .join(
            leads.select("lead_id", by_lead=col("created_at")),
            on="lead_id",
            how="left",
            maintain_order="left",
        )
    )
    brought = pl.any_horizontal(
        "recommended",
        col("recommended_since") <= col("ordered_at"),
        col("by_lead") <= col("ordered_at"),
    )
    first = (brought & (col("order_number") == 1)).fill_null(value=False)
    marked = joined.with_columns(is_referral=first).drop(_MARKS)
    return _with_refunds(marked) if inputs.has("orders.refund_of") else marked


def _with_refunds(marked: pl.LazyFrame) -> pl.LazyFrame:
    """Mark refunds of marked sales."""
    brought = marked.filter("is_referral").select(
        refund_of="order_id", of_referral=pl.lit(value=True)
    )
    return (
        marked.join(brought, on="refund_of", how="left", maintain_order="left")
        .with_columns(
            is_referral=pl.col("is_referral") | pl.col("of_referral").fill_null(value=False)
        )
        .drop("of_referral")
    )
