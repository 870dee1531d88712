"""Where customers stand: the latest answer of each, as long as it holds (definitions, A4)."""

from __future__ import annotations

import datetime as dt

import polars as pl

from kpicli.views import answers
from kpicli.views.inputs import Facts, Inputs, mentioned

_LADDER = "partner_status"
_KEYS = ("survey_type", "customer_id")
_NAMED = 5  # labels off the ladder that a reason names


def facts(inputs: Inputs) -> Facts:
    """Tell which tables it rests on, and the labels that are on no step of the ladder."""
    sources = {"responses": "responses", "customers": f"customers.{_LADDER}"}
    bases = tuple(table for table, need in sources.items() if inputs.has(need))
    unknown = _unknown(inputs) if bases else []
    lacking = {}
    if unknown:
        found = ", ".join(f"'{label}'" for label in unknown[:_NAMED])
        steps = ", ".join(f"'{step}'" for step in inputs.option("partner_status.ladder"))
        lacking["rank"] = f"a step of partner_status.ladder ({steps}) for {found}"
    return Facts(bases=bases or ("responses",), lacking=lacking)


def build(inputs: Inputs) -> pl.LazyFrame:
    """Return one row per answer, from when it was given until the next one or its expiry.

    At any boundary between periods one answer of a customer holds at most; an anonymous one holds
    beside all others. Where nobody was asked for a partner status, the customers table tells that
    of today.
    """
    steps = len(inputs.option("partner_status.ladder"))
    number = pl.Decimal(38, 6)
    is_partner = pl.col("survey_type") == _LADDER
    both = pl.concat([_answered(inputs), _of_today(inputs)], how="diagonal")
    return both.with_columns(
        scale_min=pl.when(is_partner).then(pl.lit(1, dtype=number)).otherwise("scale_min"),
        scale_max=pl.when(is_partner).then(pl.lit(steps, dtype=number)).otherwise("scale_max"),
        partner_status=_named(pl.col("rank"), inputs),
    )


def _asked(inputs: Inputs) -> pl.LazyFrame:
    """Return the answers of customers to the surveys that say where they stand."""
    col = pl.col
    found = answers.build(inputs).filter(
        col("survey_type").is_in(["nps", _LADDER]) & ~col("is_protected")
    )
    rank = pl.when(col("survey_type") == _LADDER).then(_rank(inputs))
    off = (col("survey_type") == _LADDER) & rank.is_null()
    return found.with_columns(
        rank=rank, left_out=pl.coalesce("left_out", mentioned(off, "invalid"))
    )


def _answered(inputs: Inputs) -> pl.LazyFrame:
    col = pl.col
    ordered = (
        _asked(inputs)
        .with_columns(counts=col("left_out").is_null(), customer_id=col("respondent_id"))
        .sort("counts", *_KEYS, "responded_at", maintain_order=True)
    )
    same = pl.all_horizontal(
        *(col(name) == col(name).shift(-1) for name in ("counts", *_KEYS)), "counts"
    )
    following = pl.when(same).then(col("responded_at").shift(-1))
    days = inputs.option("relationship.validity_days")
    until = pl.min_horizontal(following, col("responded_at") + pl.duration(days=days))
    return ordered.select(
        "survey_type",
        "customer_id",
        "score",
        "rank",
        "scale_min",
        "scale_max",
        "channel",
        "left_out",
        *inputs.kept("responses"),
        since=col("responded_at"),
        until=pl.when(until.dt.date() <= inputs.as_of).then(until),
    )


def _of_today(inputs: Inputs) -> pl.LazyFrame:
    """Return the statuses of the customers table, unless any customer was asked for one."""
    col = pl.col
    today = dt.datetime.combine(inputs.as_of, dt.time(12))  # noon is there on any day
    asked = _labels(inputs).select(asked=pl.len())
    return (
        inputs.table("customers")
        .select("customer_id", answer=col("partner_status"))
        .filter(col("answer").is_not_null())
        .join(asked, how="cross")
        .filter(col("asked") == 0)
        .select(
            "customer_id",
            rank=_step(inputs),
            survey_type=pl.lit(_LADDER),
            since=pl.lit(today).dt.replace_time_zone(inputs.zone),
        )
    )


def _rank(inputs: Inputs) -> pl.Expr:
    """The step that the answer names; where it names none, the score."""
    score = pl.col("score")
    steps = len(inputs.option("partner_status.ladder"))
    whole = (score == score.floor()) & (score >= 1) & (score <= steps)
    return pl.coalesce(_step(inputs), pl.when(whole).then(score.cast(pl.Int64)))


def _step(inputs: Inputs) -> pl.Expr:
    """The place on the ladder of the label in `answer`, however it is capitalised."""
    ladder = inputs.option("partner_status.ladder")
    places = {_plain(step): place for place, step in enumerate(ladder, 1)}
    label = pl.col("answer").str.strip_chars().str.to_lowercase().str.replace_all("ё", "е")
    return label.replace_strict(
        list(places), list(places.values()), default=None, return_dtype=pl.Int64
    )


def _plain(label: str) -> str:
    return label.strip().lower().replace("ё", "е")


def _named(rank: pl.Expr, inputs: Inputs) -> pl.Expr:
    ladder = inputs.option("partner_status.ladder")
    places = list(range(1, len(ladder) + 1))
    return rank.replace_strict(places, list(ladder), default=None, return_dtype=pl.String)


def _unknown(inputs: Inputs) -> list[str]:
    """Return the labels that are on no step and come with no score, in order."""
    col = pl.col
    told = _labels(inputs).unique().collect()
    if told.is_empty():
        today = inputs.table("customers").select(answer=col("partner_status"))
        told = today.unique().collect()
    else:
        told = told.filter(~col("scored"))
    off = col("answer").is_not_null() & _step(inputs).is_null()
    return told.filter(off)["answer"].unique().sort().to_list()


def _labels(inputs: Inputs) -> pl.LazyFrame:
    """Return what customers answered when they were asked for a partner status."""
    col = pl.col
    is_asked = (col("survey_type") == _LADDER) & col("responded_at").is_not_null()
    given = inputs.table("responses").filter(is_asked & ~answers.of_employee())
    return given.select("answer", scored=col("score").is_not_null())
