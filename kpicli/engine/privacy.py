"""Privacy: answers of employees are not shown for small groups (definitions, rule R15).

It belongs to the data: every metric that reads protected answers is treated alike. From the rows on
the column `WHO` lists the people whose protected answers a row is made of; it follows them through
folds, so that what counts in the end are the people behind a value, not those asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from kpicli.engine.names import PERIOD, WHO
from kpicli.engine.statistics import STATISTICS
from kpicli.engine.values import Status
from kpicli.language.parameters import Params
from kpicli.model import Relation

HIDDEN = ("value", "num", "den", "n", *STATISTICS)
PROTECTED, RESPONDENTS, PEOPLE = "protected", "respondents", "who"
_FEW, _PLACE, _UNIT = "__few", "__place", "__unit"
_AT_LEAST_TWO = 2
Compile = Callable[[str], pl.Expr]


# --- rows


def marked(
    frame: pl.LazyFrame, relation: Relation, by: Sequence[str], compiled: Compile
) -> pl.LazyFrame:
    """Return `frame` with `WHO`: a list of the one person who answered, null if not protected.

    An anonymous answer is that of as many people as any one question has of them: whoever filled in
    a questionnaire of ten questions is one, not ten.
    """
    col = pl.col
    person = col(relation.respondent or "").cast(pl.String)
    question = compiled(relation.question or "null").alias("__question")
    frame = frame.with_columns(question, person.is_null().alias("__anonymous"))
    number = pl.int_range(pl.len()).over(PERIOD, *by, "__question", "__anonymous")
    cell = [col(name).fill_null("") for name in by]
    nobody = pl.concat_str(pl.lit("?"), *cell, number.cast(pl.String), separator="\0")
    protected = compiled(relation.protected or "false")
    who = pl.when(protected).then(pl.concat_list(pl.coalesce(person, nobody)))
    return frame.with_columns(who.alias(WHO)).drop("__question", "__anonymous")


def in_groups(
    relation: Relation, by: Sequence[str], params: Params, compiled: Compile
) -> pl.Expr | None:
    """Return which rows are of a group of raters that is large enough; None if there is no rule.

    A group that the breakdown cuts too small somewhere is left out everywhere: else its parts could
    be had by subtraction from the whole.
    """
    if relation.groups is None:
        return None
    per = relation.groups.per
    raters = pl.col(WHO).list.first().drop_nulls().n_unique().over(PERIOD, *by, *per)
    least = int(str(params[relation.groups.least]))
    return compiled(relation.groups.exempt).fill_null(value=False) | (
        raters.min().over(PERIOD, *per) >= least
    )


def people(frame: pl.LazyFrame, keys: Sequence[str], kept: pl.Expr | None) -> pl.LazyFrame:
    """Count, per cell, the protected answers, and the people of those that are `kept`."""
    who = pl.col(WHO).list.first()
    counted = who if kept is None else who.filter(kept)
    return (
        frame.filter(pl.col(WHO).is_not_null())
        .group_by(keys)
        .agg(
            pl.len().cast(pl.Int64).alias(PROTECTED),
            counted.drop_nulls().n_unique().cast(pl.Int64).alias(RESPONDENTS),
        )
    )


def behind(rows: pl.Expr | None = None) -> pl.Expr:
    """Return the people behind a group's rows, or those for which `rows` holds, each once."""
    who = pl.col(WHO)
    return (who if rows is None else who.filter(rows)).explode().drop_nulls().unique()


def least_of(relation: Relation | None, params: Params, *, trusted: bool, partial: bool) -> int:
    """Return how many people a cell must have.

    Where groups of raters have a rule of their own, the rows that passed it may be shown, except
    for a part that a companion (`partial`) or a metric of the user picks out of them.
    """
    if relation is None or relation.groups is None:
        return int(str(params["privacy.min_n"]))
    return 1 if trusted and not partial else int(str(params[relation.groups.least]))


# --- cells


def suppressed(
    frame: pl.DataFrame,
    by: Sequence[str],
    least: int,
    mix: str | None = None,
    torn: pl.Series | None = None,
) -> pl.DataFrame:
    """Return `frame` without what small groups of protected answers would tell."""
    if PEOPLE not in frame.columns:
        return frame
    hidden = too_few(frame, by, least, mix, torn)
    return mask(frame.drop(PROTECTED, RESPONDENTS, PEOPLE), pl.lit(hidden))


def tearing(
    cells: pl.DataFrame, atoms: pl.DataFrame, by: Sequence[str], hidden: pl.Series, taken: pl.Expr
) -> pl.Series:
    """Return which cells hold some and not all of the atoms that are `hidden` in their period.

    Atoms are the groups that a condition takes or leaves: cells broken down by what it reads. What
    is hidden is large enough only together, so a condition takes all of it or nothing: else the
    answers to two questions, one with the condition and one without, tell of a small group.
    """
    col = pl.col
    keys = [*by, PERIOD]
    people = col(PEOPLE).list.len().fill_null(0) > 0
    of_atoms = atoms.select(
        *keys, taken=taken.fill_null(value=False), hidden=pl.lit(hidden) & people
    )
    found = (
        of_atoms.with_columns(all=col("hidden").sum().over(PERIOD))
        .group_by(keys)
        .agg(some=(col("hidden") & col("taken")).sum(), all=col("all").first())
        .select(*keys, torn=(col("some") > 0) & (col("some") < col("all")))
    )
    joined = cells.select(keys).join(
        found, on=keys, how="left", nulls_equal=True, maintain_order="left"
    )
    return joined["torn"].fill_null(value=False)


def too_few(
    frame: pl.DataFrame,
    by: Sequence[str],
    least: int,
    mix: str | None = None,
    torn: pl.Series | None = None,
) -> pl.Series:
    """Return which cells are not to be shown; those that are `torn` among them.

    Those with protected answers behind whose value stand fewer than `least` people. In a breakdown
    further cells of the period, the smallest first, until at least two are hidden and together have
    `least` people behind them: so neither one nor all can be had by subtraction from the total. The
    parts of a mix are hidden together: each is the rest of the others.
    """
    col = pl.col
    size = col(PEOPLE).list.len().fill_null(0).cast(pl.Int64)
    asked = col(RESPONDENTS).fill_null(0)
    there = col(PROTECTED).fill_null(0) > 0
    few = there & (size < least) & ~((size == 0) & (asked >= least))
    if torn is not None:
        few |= pl.lit(torn)
    units = [name for name in (*by, PERIOD) if name != mix]
    cells = frame.select(*units, PEOPLE, few.alias(_FEW), asked.alias(RESPONDENTS), size.alias("n"))
    if mix is not None:
        part = (col("n") > 0) & (col("n") < least)
        whole = col(PEOPLE).explode().drop_nulls().unique()
        cells = cells.with_row_index(_UNIT)
        united = cells.group_by(units, maintain_order=True).agg(
            whole, (part.any() | col(_FEW).all()).alias(_FEW), col(_UNIT)
        )
        hidden = _widened(united, [name for name in by if name != mix], least)
        spread = united.select(_UNIT).with_columns(hidden.alias(_FEW)).explode(_UNIT).sort(_UNIT)
        return spread[_FEW]
    return _widened(cells, by, least)


def _widened(cells: pl.DataFrame, by: Sequence[str], least: int) -> pl.Series:
    """Hide further cells of a period until what is hidden is large enough."""
    col = pl.col
    if not by:
        return cells[_FEW]
    size = col(PEOPLE).list.len().fill_null(0)
    found = cells.select(PERIOD, PEOPLE, _FEW, size.alias("n")).with_row_index("i")
    ranked = (
        found.filter(col("n") > 0)
        .filter(col(_FEW).any().over(PERIOD))
        .sort(PERIOD, ~col(_FEW), "n", "i")
        .with_columns(pl.int_range(pl.len()).over(PERIOD).alias(_PLACE))
    )
    seen = (
        ranked.explode(PEOPLE)
        .group_by(PERIOD, PEOPLE)
        .agg(col(_PLACE).min())
        .group_by(PERIOD, _PLACE)
        .agg(pl.len().alias("new"))
    )
    ranked = ranked.join(seen, on=[PERIOD, _PLACE], how="left", maintain_order="left")
    new = col("new").fill_null(0).cast(pl.Int64)
    before = (new.cum_sum() - new).over(PERIOD)
    needed = ranked.filter((col(_PLACE) < _AT_LEAST_TWO) | (before < least))["i"]
    return cells[_FEW] | found["i"].is_in(needed.implode())


def mask(frame: pl.DataFrame, condition: pl.Expr) -> pl.DataFrame:
    """Return `frame` with status suppressed and no figures where `condition` holds."""
    figures = [name for name in frame.columns if name in HIDDEN or name.startswith(("x:", "b:"))]
    return frame.with_columns(
        *(pl.when(~condition).then(pl.col(name)).alias(name) for name in figures),
        pl.when(condition)
        .then(pl.lit(Status.SUPPRESSED.value))
        .otherwise("status")
        .alias("status"),
        pl.when(condition)
        .then(pl.lit([], dtype=pl.List(pl.String)))
        .otherwise("flags")
        .alias("flags"),
    )
