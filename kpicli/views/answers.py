"""Answers of surveys on their scale (definitions, rule R12 and section A6)."""

from __future__ import annotations

import polars as pl

from kpicli.model import model
from kpicli.model.types import POSITION_DIGITS
from kpicli.views.inputs import Inputs, mentioned

_NPS = ("nps", "enps")
_WITHOUT_SCORE = ("p2p",)


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per answer; those without one, or off their scale, are marked left out.

    A scale comes from the row, for NPS from `nps.scale`, never from the scores seen. The employee
    surveys are those of employees by their type or by the respondent's.
    """
    col = pl.col
    is_nps = col("survey_type").is_in(_NPS)
    low, high = (int(edge) for edge in inputs.option("nps.scale").split("-"))
    kind = pl.Decimal(38, 6)
    answers = inputs.table("responses").filter(col("responded_at").is_not_null())
    answers = answers.with_columns(
        scale_min=pl.coalesce("scale_min", pl.when(is_nps).then(pl.lit(low, dtype=kind))),
        scale_max=pl.coalesce("scale_max", pl.when(is_nps).then(pl.lit(high, dtype=kind))),
        is_protected=of_employee(),
        question=pl.coalesce("item_id", "survey_type"),
        voice=pl.coalesce("respondent_id", "response_id"),
    )
    return answers.with_columns(
        left_out=_left_out(),
        position=_position(),
        scale=pl.concat_str(_whole("scale_min"), _whole("scale_max"), separator="-"),
        customer_id=pl.when(~col("is_protected")).then("respondent_id"),
        employee_id=pl.when("is_protected").then("respondent_id"),
    )


def of_employee() -> pl.Expr:
    """Whether an answer is that of an employee, by the respondent's type or the survey's."""
    return pl.sql_expr(model().tables["responses"].protected or "false")


def is_empty() -> pl.Expr:
    """Whether an answer says nothing, though its survey asks for a score or words."""
    col = pl.col
    silent = col("score").is_null() & col("answer").is_null()
    return silent & ~col("survey_type").is_in(_WITHOUT_SCORE)


def _left_out() -> pl.Expr:
    col = pl.col
    score = col("score")
    is_nps = col("survey_type").is_in(_NPS)
    off = (score < col("scale_min")) | (score > col("scale_max"))
    not_nps = is_nps & ((score != score.floor()) | (col("scale_max") != 10))  # noqa: PLR2004
    return pl.coalesce(mentioned(is_empty(), "null"), mentioned(off | not_nps, "invalid"))


def _position() -> pl.Expr:
    col = pl.col
    fine = pl.Decimal(38, POSITION_DIGITS)
    span = col("scale_max") - col("scale_min")
    place = (col("score") - col("scale_min")).cast(fine) / pl.when(span > 0).then(span)
    one = pl.lit(1, dtype=fine)
    return pl.when("is_reversed").then(one - place).otherwise(place).cast(fine)


def _whole(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int64)
