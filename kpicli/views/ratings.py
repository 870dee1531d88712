"""Quality reviews, their criteria weighed up (definitions, `internal_quality_score`)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from kpicli.model.types import POSITION_DIGITS
from kpicli.views.inputs import Inputs, mentioned

_FINE = pl.Decimal(38, POSITION_DIGITS)
_WEIGHT = pl.Decimal(38, 6)
_ATTRIBUTES = ("reviewed_at", "ticket_id", "employee_id", "reviewer_id")


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per review with its weighted mean, 0 where a critical criterion failed.

    Criteria that do not apply, and those without a weight where others have one, leave both sums;
    without any weights all criteria of a review weigh alike. A review counts nowhere where nothing
    was rated (`null`), or where a score is off its scale, a weight negative, or all weights zero
    (`invalid`).
    """
    col = pl.col
    threshold = pl.lit(str(inputs.option("iqs.critical_threshold"))).cast(_FINE)
    span = col("scale_max") - col("scale_min")
    off = (col("score") < col("scale_min")) | (col("score") > col("scale_max"))
    rated = col("score").is_not_null()
    place = (col("score") - col("scale_min")).cast(_FINE) / pl.when(span > 0).then(span)
    criteria = (
        inputs.table("quality_reviews")
        .with_columns(position=place.cast(_FINE), weight=_weight(inputs))
        .with_columns(
            bad=(rated & (col("position").is_null() | off)) | (col("weight") < 0),
            failed=col("is_critical") & (col("position") < threshold),
            weight=pl.when(rated).then("weight"),
        )
    )
    reviews = criteria.group_by("review_id", maintain_order=True).agg(
        *(col(name).max() for name in (*_ATTRIBUTES, *inputs.kept("quality_reviews"))),
        bad=col("bad").any(),
        failed=col("failed").any(),
        rated=rated.any(),
        weights=col("weight").sum(),
        points=(col("weight") * col("position")).sum(),
    )
    mean = col("points").cast(_FINE) / pl.when(col("weights") > 0).then("weights")
    invalid = col("bad") | (col("weights") <= 0)
    return reviews.with_columns(
        quality=pl.when("failed").then(pl.lit(0, dtype=_FINE)).otherwise(mean.cast(_FINE)),
        left_out=pl.coalesce(mentioned(~col("rated"), "null"), mentioned(invalid, "invalid")),
    )


def _weight(inputs: Inputs) -> pl.Expr:
    """The weight of a criterion: of the row, else of the config; without any in a review, alike."""
    given: Mapping[str, object] = inputs.option("iqs.weights")
    if not (given or inputs.has("quality_reviews.weight")):
        return pl.lit(1, dtype=_WEIGHT)
    of_config = [
        pl.when(pl.col("criterion") == name).then(pl.lit(str(weight)).cast(_WEIGHT))
        for name, weight in given.items()
    ]
    weight = pl.coalesce("weight", *of_config)
    alike = pl.when(weight.is_null().all().over("review_id")).then(pl.lit(1, dtype=_WEIGHT))
    return pl.coalesce(alike, weight)
