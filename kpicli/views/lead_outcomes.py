"""Leads and what became of them (definitions, `conversion_rate` and `new_leads`)."""

from __future__ import annotations

import polars as pl

from kpicli.views import lead_touches, sales
from kpicli.views.inputs import Inputs, seconds


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per lead with the sale that it became, if any.

    A lead becomes a sale with the first completed order of its customer, or that names the lead,
    from its creation on. Where no order can be linked, `converted_at` says when.
    """
    col = pl.col
    leads = _with_orders(lead_touches.leads(inputs), inputs)
    covered = pl.lit(inputs.covered_until).dt.replace_time_zone(
        inputs.zone, ambiguous="earliest", non_existent="null"
    )
    return leads.with_columns(
        won_after=seconds(col("won_at"), col("created_at")),
        age=seconds(covered, col("created_at")),
    )


def _with_orders(leads: pl.LazyFrame, inputs: Inputs) -> pl.LazyFrame:
    col = pl.col
    by_customer = inputs.has("leads.customer_id") and inputs.has("orders.customer_id")
    by_lead = inputs.has("orders.lead_id")
    if not (by_customer or by_lead):
        return leads.with_columns(won_at=col("converted_at"), was_customer=pl.lit(value=False))
    sold = sales.build(inputs).filter(col("is_sale") & col("left_out").is_null())
    linked = leads.select("lead_id", "customer_id", "created_at")
    hits = []
    if by_customer:
        hits.append(linked.join(sold.select("customer_id", "ordered_at"), on="customer_id"))
    if by_lead:
        hits.append(linked.join(sold.select("lead_id", "ordered_at"), on="lead_id"))
    after = col("ordered_at") >= col("created_at")
    outcome = (
        pl.concat([hit.select("lead_id", "ordered_at", "created_at") for hit in hits])
        .group_by("lead_id")
        .agg(ordered=col("ordered_at").filter(after).min(), earlier=(~after).any())
    )
    return leads.join(outcome, on="lead_id", how="left", maintain_order="left").with_columns(
        won_at=pl.when(col("customer_id").is_null() & col("ordered").is_null())
        .then(col("converted_at"))
        .otherwise(col("ordered")),
        was_customer=col("earlier").fill_null(value=False),
    )
