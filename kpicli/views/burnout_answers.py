"""Answers to items about burnout, turned so that 1 is the worst (definitions, section A7)."""

from __future__ import annotations

import re

import polars as pl

from kpicli.model.types import POSITION_DIGITS
from kpicli.views import answers
from kpicli.views.inputs import Inputs, mentioned

_NUMBER = re.compile(r"\d{1,4}")  # of items; what is longer is the id of one


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per answer; items that the instrument does not list are left out.

    The instrument is neutral: which items it has, which are reversed, and the scale of answers that
    bring none are parameters. Without a list, its items are those that the answers name.
    """
    col = pl.col
    scale = inputs.option("burnout.scale")
    low, high = scale.split("-") if scale is not None else (None, None)
    kind = pl.Decimal(38, 6)
    is_burnout = col("survey_type") == "burnout"
    of_burnout = inputs.table("responses").filter(is_burnout)
    of_burnout = of_burnout.with_columns(
        pl.coalesce("scale_min", pl.lit(low).cast(kind)),
        pl.coalesce("scale_max", pl.lit(high).cast(kind)),
        is_reversed=col("is_reversed").fill_null(value=False)
        | col("item_id").is_in(list(inputs.option("burnout.reversed"))).fill_null(value=False),
    )
    placed = answers.build(inputs.with_frames({**inputs.frames, "responses": of_burnout}))
    listed = list(inputs.option("burnout.items"))
    number = int(listed[0]) if len(listed) == 1 and _NUMBER.fullmatch(listed[0]) else None
    foreign = ~col("item_id").is_in(listed) if listed and number is None else pl.lit(value=False)
    named = col("item_id").filter(col("left_out").is_null()).n_unique()
    asked = pl.lit(number or len(listed)) if listed else named
    return placed.with_columns(
        is_protected=pl.lit(value=True),
        left_out=pl.coalesce(
            mentioned(foreign, "other_item"),
            "left_out",
            mentioned(col("score").is_null(), "null"),
        ),
        load=col("position").cast(pl.Decimal(38, POSITION_DIGITS)),
    ).with_columns(asked=asked.cast(pl.Int64))
