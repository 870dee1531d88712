"""What customers did: completed orders and inbound contacts (definitions, `active_customer_rate`).

Outbound contacts are what our staff did.
"""

from __future__ import annotations

import polars as pl

from kpicli.views import sales
from kpicli.views.inputs import Facts, Inputs


def facts(inputs: Inputs) -> Facts:
    """Tell which of the two tables the option asks for, and which is missing."""
    wanted = _wanted(inputs)
    there = tuple(name for name in wanted if _usable(inputs, name))
    lacking = (
        {} if there else {"happened_at": " or ".join(wanted), "customer_id": " or ".join(wanted)}
    )
    return Facts(bases=there or wanted[:1], lacking=lacking)


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per completed order or inbound interaction of a known customer."""
    col = pl.col
    wanted = [name for name in _wanted(inputs) if _usable(inputs, name)]
    parts = []
    if "orders" in wanted or not wanted:
        parts.append(
            sales.build(inputs)
            .filter(col("is_sale") & col("left_out").is_null())
            .select("customer_id", "channel", happened_at=col("ordered_at"))
        )
    if "interactions" in wanted:
        parts.append(
            inputs.table("interactions")
            .filter(col("direction") == "inbound")
            .select("customer_id", "channel", happened_at=col("occurred_at"))
        )
    return pl.concat(parts).filter(col("customer_id").is_not_null())


def _wanted(inputs: Inputs) -> tuple[str, ...]:
    match inputs.option("active.events"):
        case "orders":
            return ("orders",)
        case "inbound":
            return ("interactions",)
        case _:
            return ("orders", "interactions")


def _usable(inputs: Inputs, name: str) -> bool:
    direction = name == "orders" or inputs.has("interactions.direction")
    return inputs.has(f"{name}.customer_id") and direction
