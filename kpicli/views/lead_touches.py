"""Touches of leads (definitions, `touches_to_close`)."""

from __future__ import annotations

import polars as pl

from kpicli.views.inputs import Facts, Inputs

_NOT_LEADS = ("duplicate", "spam", "test")
_INVALID = "invalid_lead"  # a lead that is none is not a value that cannot be


def facts(inputs: Inputs) -> Facts:  # noqa: ARG001 (what every view is asked with)
    """Tell that the touches are covered as the interactions are, not as the leads."""
    return Facts(bases=("interactions",))


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per touch of a lead up to its conversion, with the attributes of the lead."""
    col = pl.col
    touches = pairs(inputs).filter(
        col("converted_at").is_null() | (col("occurred_at") <= col("converted_at"))
    )
    types = inputs.option("touches.types")
    return touches if "all" in types else touches.filter(col("type").is_in(list(types)))


def leads(inputs: Inputs) -> pl.LazyFrame:
    """Return the leads; those that are none are marked left out."""
    status = pl.col("status")
    return inputs.table("leads").with_columns(
        left_out=pl.when(status == "invalid")
        .then(pl.lit(_INVALID))
        .when(status.is_in(_NOT_LEADS))
        .then(status)
    )


def pairs(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per interaction and lead that it concerns.

    An interaction concerns the lead that it names; one that names none, every lead of its customer
    that was open when it happened.
    """
    col = pl.col
    ours = leads(inputs)
    touches = inputs.table("interactions").select(
        "interaction_id",
        "occurred_at",
        "type",
        "direction",
        "employee_id",
        "lead_id",
        "customer_id",
    )
    named = touches.drop("customer_id").join(ours, on="lead_id")
    of_customers = touches.filter(col("lead_id").is_null()).drop("lead_id")
    ended = pl.coalesce("converted_at", "closed_at")
    during = of_customers.join(ours, on="customer_id").filter(
        (col("occurred_at") >= col("created_at"))
        & (ended.is_null() | (col("occurred_at") <= ended))
    )
    return pl.concat([named, during.select(named.collect_schema().names())])
