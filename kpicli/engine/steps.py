"""Steps: what happens to the rows of a period before they are measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import polars as pl

from kpicli.engine.measures import EXACT
from kpicli.engine.names import PERIOD, ROW, WHO
from kpicli.engine.privacy import behind
from kpicli.language.parameters import Params
from kpicli.language.rows import FoldStep, Keep, KeepStep, Ratio, Step, WhereStep
from kpicli.language.sql import FACTS, fact
from kpicli.language.texts import option
from kpicli.periods import Grid


@lru_cache(maxsize=8)
def facts_frame(grid: Grid, dtype: pl.DataType) -> pl.DataFrame:
    """Return PERIOD and the facts of each period; its bounds as `dtype`, dates or instants."""
    periods = grid.periods
    columns = {
        "start": grid.bounds([p.start for p in periods], dtype),
        "end": grid.bounds([p.end for p in periods], dtype),
        "until": grid.bounds([p.until for p in periods], dtype),
        "as_of": pl.Series([grid.as_of] * len(periods), dtype=pl.Date),
        "days": pl.Series([p.days for p in periods], dtype=pl.Int64),
        # By way of texts: polars takes decimals of Python through numpy, which is slow to load.
        "months": pl.Series([str(p.months) for p in periods]).cast(pl.Decimal(38, 16)),
        "working_days": pl.Series([p.working_days for p in periods], dtype=pl.Int64),
        "per_year": pl.Series([grid.per_year(p) for p in periods], dtype=pl.Float64),
    }
    named = {fact(name): columns[name] for name in FACTS}
    places = pl.Series(range(len(periods)), dtype=pl.Int32)
    return pl.DataFrame({PERIOD: places, **named})


def keep(frame: pl.LazyFrame, rule: Keep, params: Params) -> pl.LazyFrame:
    """Keep one row per actor and period; rows without an actor stay."""
    take = option(rule.take, params)
    if take == "all":
        return frame
    names = frame.collect_schema().names()
    keys = [PERIOD, *dict.fromkeys(rule.per)]
    ties = [ROW] if ROW in names else sorted(set(names) - {*keys, *rule.by, WHO})
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in rule.per)
    ordered = frame.filter(known).sort(*rule.by, *ties)
    kept = ordered.unique(keys, keep="first" if take == "first" else "last")
    return pl.concat([kept, frame.filter(~known)])


def fold(
    frame: pl.LazyFrame, step: FoldStep, by: Sequence[str], compiled: Callable[[str], pl.Expr]
) -> pl.LazyFrame:
    """Fold the rows of an actor in a period into one row."""
    keys = list(dict.fromkeys([PERIOD, *by, *step.per]))
    columns = [
        (_divided(found, compiled) if isinstance(found, Ratio) else compiled(found)).alias(name)
        for name, found in step.with_.items()
    ]
    if WHO in frame.collect_schema():
        columns.append(behind())
    folded = frame.group_by(keys).agg(columns)
    return folded.filter(compiled(step.where)) if step.where is not None else folded


def _divided(ratio: Ratio, compiled: Callable[[str], pl.Expr]) -> pl.Expr:
    """Divide in double precision and round to what sums are added in: they stay exact."""
    above, below = (compiled(text).cast(pl.Float64) for text in (ratio.of, ratio.to))
    return pl.when(below != 0).then(above / below).round(EXACT.scale).cast(EXACT)


def walk(
    frame: pl.LazyFrame,
    steps: Sequence[Step],
    *,
    by: Sequence[str],
    params: Params,
    compiled: Callable[[str], pl.Expr],
) -> pl.LazyFrame:
    """Return the rows after all `steps`."""
    for step in steps:
        match step:
            case KeepStep():
                frame = keep(frame, step.keep, params)
            case FoldStep():
                frame = fold(frame, step, by, compiled)
            case WhereStep():
                frame = frame.filter(compiled(step.where))
    return frame


def leading_keeps(steps: Sequence[Step]) -> int:
    """Return how many steps at the beginning only choose rows.

    The answer that counts is chosen before `--where` and `--by`, so that buckets add up.
    """
    count = 0
    while count < len(steps) and isinstance(steps[count], KeepStep):
        count += 1
    return count
