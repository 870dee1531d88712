"""Memberships of regular customers: from the day of their n-th order on (definitions, section A1).

The stock of these spells at the end of a period are the members with `regular.min_orders` orders.
"""

from __future__ import annotations

import polars as pl

from kpicli.views import memberships, sales
from kpicli.views.inputs import Facts, Inputs


def facts(inputs: Inputs) -> Facts:
    """Tell what the memberships tell."""
    return memberships.facts(inputs)


def variants(inputs: Inputs) -> tuple[Inputs, ...]:
    """Return the inputs under every mode of membership that `auto` may stand for."""
    return memberships.variants(inputs)


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return the spells of members who are regular customers, each from when they are."""
    col = pl.col
    orders = inputs.option("regular.min_orders")
    regular = (
        sales.build(inputs)
        .filter(col("order_number") == orders)
        .select("customer_id", regular_since=col("ordered_at").dt.date())
    )
    spells = memberships.build(inputs).join(
        regular, on="customer_id", how="inner", maintain_order="left"
    )
    began = pl.max_horizontal("since", "regular_since").alias("since")
    reached = col("until").is_null() | (col("until") >= col("regular_since"))
    wrong = col("left_out").is_not_null()
    return spells.filter(reached | wrong).with_columns(began).drop("regular_since", "spell")
