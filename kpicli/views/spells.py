"""Spells of an actor: touching ones joined, the rest numbered, impossible ones marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

_FAR = dt.date(9999, 12, 31)
_APART = 1 << 30  # more than any day or period number: keeps actors apart in one number
_RUN, _BEGINS, _REACH = "__run", "__begins", "__reach"


def joined(
    frame: pl.LazyFrame, actor: Sequence[str], low: str, high: str, *, gap: int
) -> pl.LazyFrame:
    """Return `frame` in order of actors and spells, with the run that each spell belongs to.

    `low` and `high` are days or integers. Two spells of one actor are one run when the next begins
    at most `gap` after the greatest end so far. Adds `__run` (counts runs), `__begins` (the `low`
    of the run) and `__reach` (the greatest `high` so far, as an integer).
    """
    col = pl.col
    ordered = _sorted(frame, actor, low, high)
    other = pl.any_horizontal(
        *(col(name).ne_missing(col(name).shift()) for name in actor),
        pl.int_range(pl.len()) == 0,
    )
    # One running maximum over all rows does for every actor when each has a range of its own.
    base = other.cum_sum().cast(pl.Int64) * _APART
    reach = (base + _number(high)).cum_max()
    new = other | (base + _number(low) > reach.shift() + gap)
    marked = ordered.with_columns(new.alias(_RUN), (reach - base).alias(_REACH))
    return marked.with_columns(
        pl.when(_RUN).then(col(low)).forward_fill().alias(_BEGINS), col(_RUN).cum_sum()
    )


def _sorted(frame: pl.LazyFrame, actor: Sequence[str], low: str, high: str) -> pl.LazyFrame:
    schema = frame.collect_schema()
    if len(actor) == 1 and schema[actor[0]].is_unsigned_integer() and schema[low].is_integer():
        # One number sorts several times faster than three columns.
        place = pl.col(actor[0]).cast(pl.Int64) * _APART + pl.col(low).cast(pl.Int64)
        return frame.sort(place)
    return frame.sort(*actor, low, high, nulls_last=True, maintain_order=True)


def last_of_runs(frame: pl.LazyFrame, low: str, high: str) -> pl.LazyFrame:
    """Return one row per run of `joined`: its bounds in `low` and `high`, the rest of its last row.

    The last row of a run is the one that begins last.
    """
    col = pl.col
    last = col(_RUN).ne_missing(col(_RUN).shift(-1))
    dtype = frame.collect_schema()[high]
    bounds = [
        col(_BEGINS).alias(low),
        col(_REACH).cast(pl.Int32).cast(dtype).alias(high),
    ]
    return frame.filter(last).with_columns(bounds).drop(_RUN, _BEGINS, _REACH)


def _number(name: str) -> pl.Expr:
    return pl.col(name).to_physical().cast(pl.Int64)


def merged(
    frame: pl.LazyFrame, *, actor: str, since: str, until: str, gap: int | None
) -> pl.LazyFrame:
    """Return one row per run of spells of an actor, with a column `spell` that numbers the runs.

    Two spells are one run when the next begins at most `gap` days after the latest end so far; an
    open end (null) touches everything after it. A `gap` of None says that every actor has but one
    spell. A run has the first `since`, the last `until`, and the other columns of the spell that
    begins last. A spell that ends before it begins is `left_out` as invalid; spells left out, for
    this or another reason, are never merged. Rows without an actor or `since` are dropped.
    """
    col = pl.col
    if "left_out" not in frame.collect_schema():
        frame = frame.with_columns(left_out=pl.lit(None, dtype=pl.String))
    invalid = pl.when(col(until) < col(since)).then(pl.lit("invalid"))
    known = frame.filter(col(actor).is_not_null() & col(since).is_not_null())
    judged = known.with_columns(pl.coalesce("left_out", invalid).alias("left_out"))
    if gap is None:
        one = pl.when(col("left_out").is_null()).then(pl.lit(1, dtype=pl.Int64))
        return judged.with_columns(spell=one)
    counted = judged.filter(col("left_out").is_null()).with_columns(col(until).fill_null(_FAR))
    spells = last_of_runs(joined(counted, [actor], since, until, gap=gap), since, until)
    first = pl.when(col(actor).ne_missing(col(actor).shift())).then(col("__n")).forward_fill()
    runs = (
        spells.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("__n"))
        .with_columns(
            pl.when(col(until) < _FAR).then(col(until)).alias(until), spell=col("__n") - first + 1
        )
        .drop("__n")
    )
    apart = judged.filter(col("left_out").is_not_null())
    apart = apart.with_columns(spell=pl.lit(None, dtype=pl.Int64))
    return pl.concat([runs, apart.select(runs.collect_schema().names())])
