"""Recommendations: leads and customers that other customers brought (definitions, trap T18)."""

from __future__ import annotations

import polars as pl

from kpicli.views import lead_touches, memberships
from kpicli.views.inputs import Facts, Inputs, mentioned

REFERRAL = "referral"


def facts(inputs: Inputs) -> Facts:
    """Tell which of the two tables there are, and how customers become members."""
    known = memberships.facts(inputs)
    bases = tuple(name for name in ("customers", "leads") if inputs.has(name))
    return Facts(bases=bases or ("customers", "leads"), settled=known.settled, idle=known.idle)


def variants(inputs: Inputs) -> tuple[Inputs, ...]:
    """Return the inputs under every mode of membership: it tells when a customer was won."""
    return memberships.variants(inputs)


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per recommended customer and per recommended lead.

    The attributes beside it are those of the customer who recommended. A lead whose source is
    `referral` counts also where nobody knows who recommended it.
    """
    col = pl.col
    won = (
        memberships.build(inputs)
        .filter((col("spell") == 1) & col("left_out").is_null())
        .select("customer_id", "since")
    )
    customers = (
        of_customers(inputs)
        .join(won, on="customer_id", how="left", maintain_order="left")
        .with_columns(
            referred_at=pl.coalesce("since", "acquired_at"),
            lead_id=pl.lit(None, dtype=pl.String),
        )
    )
    leads = of_leads(inputs).with_columns(referred_at=col("created_at").dt.date())
    columns = ("referred_at", "referrer_id", "lead_id", "customer_id", "source", "left_out")
    found = pl.concat([customers.select(columns), leads.select(columns)])
    attributes = ["owner_id", "segment", "region", *inputs.kept("customers")]
    referrers = inputs.table("customers").select(
        col("customer_id").alias("referrer_id"), *attributes
    )
    return found.join(referrers, on="referrer_id", how="left", maintain_order="left")


def of_customers(inputs: Inputs) -> pl.LazyFrame:
    """Return the customers whom another one recommended."""
    col = pl.col
    customers = inputs.table("customers").rename(
        {"referred_by_customer_id": "referrer_id", "acquisition_source": "source"}
    )
    named = customers.filter(col("referrer_id").is_not_null())
    return named.with_columns(
        left_out=pl.coalesce(
            mentioned(_affiliate(col("source"), inputs), "affiliate"),
            mentioned(col("referrer_id") == col("customer_id"), "self_referral"),
        )
    )


def of_leads(inputs: Inputs) -> pl.LazyFrame:
    """Return the leads that a recommendation brought; those of affiliates' customers are none."""
    col = pl.col
    origins = inputs.table("customers").select(
        "customer_id", col("acquisition_source").alias("origin")
    )
    leads = lead_touches.leads(inputs).rename({"referred_by_customer_id": "referrer_id"})
    told = col("source").str.to_lowercase() == REFERRAL
    named = leads.filter(col("referrer_id").is_not_null() | told).join(
        origins, on="customer_id", how="left", maintain_order="left"
    )
    paid = _affiliate(col("source"), inputs) | _affiliate(col("origin"), inputs)
    return named.with_columns(
        left_out=pl.coalesce(
            "left_out",
            mentioned(paid, "affiliate"),
            mentioned(col("referrer_id") == col("customer_id"), "self_referral"),
        )
    )


def _affiliate(source: pl.Expr, inputs: Inputs) -> pl.Expr:
    sources = [one.lower() for one in inputs.option("referral.affiliate_sources")]
    return source.str.to_lowercase().is_in(sources).fill_null(value=False)
