"""Companions: metrics that stand beside another one, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl
from msgspec.structs import replace

from kpicli.engine.cells import complete
from kpicli.engine.context import in_periods
from kpicli.engine.flags import beside_flags
from kpicli.engine.measures import Shape
from kpicli.engine.names import PERIOD, per_actor
from kpicli.engine.results import BESIDE, STATUS_BESIDE, Result
from kpicli.engine.taking import Taken
from kpicli.engine.values import Status
from kpicli.language.declaration import Declaration
from kpicli.periods import Grid

_THERE = "__there"
Outside = Callable[[str], Sequence[bool]]


def named(declaration: Declaration) -> dict[str, str]:
    """Return the companions that are metrics, by the name they stand under."""
    return {name: one for name, one in declaration.beside.items() if isinstance(one, str)}


def with_groups_of_counts(
    one: Taken, declaration: Declaration, others: Sequence[Taken], grid: Grid
) -> Taken:
    """Return the cells of a metric with those in which only a count beside it is.

    A group that has nothing but unanswered tickets does not vanish from their response time.
    """
    cells = one.cells
    if not cells.by or per_actor(cells.by):
        return one
    wanted = set(named(declaration).values())
    groups = [
        other.cells.frame.select(cells.by)
        for other in others
        if other.metric in wanted
        and other.cells.by == cells.by
        and other.cells.shape is Shape.TOTAL
    ]
    if not groups:
        return one

    def widened(frame: pl.DataFrame) -> pl.DataFrame:
        return complete(frame, cells.by, grid, groups)

    beside = {
        name: replace(other, frame=widened(other.frame)) for name, other in cells.beside.items()
    }
    return replace(one, cells=replace(cells, frame=widened(cells.frame), beside=beside))


def groups_of_counts(
    declaration: Declaration, by: Sequence[str], done: Mapping[str, Result]
) -> list[pl.DataFrame]:
    """Return the groups in which the counts beside a formula are."""
    found = [done[other] for other in named(declaration).values() if other in done]
    return [one.frame.select(by) for one in found if one.by == tuple(by) and one.adds_up]


def with_companions(
    result: Result,
    declaration: Declaration,
    done: Mapping[str, Result],
    outside: Outside,
    compiled: Callable[[str], pl.Expr],
) -> Result:
    """Add the companions that are metrics, with their status.

    Where a value is suppressed, they are. A count that is absent from a cell is 0 there, where its
    data cover the period.
    """
    if not declaration.beside:
        return result
    frame = result.frame
    for name, companion in named(declaration).items():
        column = f"{BESIDE}{name}"
        other = done.get(companion)
        if column in frame.columns or other is None or other.by != result.by:
            continue
        status = f"{STATUS_BESIDE}{name}"
        values = [other.frame["value"].alias(column), other.frame["status"].alias(status)]
        if not result.by:  # both have every period, in order
            frame = frame.hstack(values)
            continue
        keys = [*result.by, PERIOD]
        theirs = other.frame[keys].hstack(values).with_columns(pl.lit(value=True).alias(_THERE))
        frame = frame.join(theirs, on=keys, how="left", nulls_equal=True, maintain_order="left")
        absent, outside_of = pl.col(_THERE).is_null(), in_periods(outside(companion))
        if other.adds_up:
            none = absent & ~outside_of
            frame = frame.with_columns(pl.when(none).then(0.0).otherwise(column).alias(column))
        there = Status.OK if other.adds_up else Status.NO_DATA
        instead = (
            pl.when(outside_of).then(pl.lit(Status.OUTSIDE.value)).otherwise(pl.lit(there.value))
        )
        frame = frame.with_columns(pl.when(absent).then(instead).otherwise(status).alias(status))
        frame = frame.drop(_THERE)
    frame = _hidden(frame)
    flagged = beside_flags(frame, declaration, compiled, BESIDE)
    return replace(result, frame=flagged)


def _hidden(frame: pl.DataFrame) -> pl.DataFrame:
    suppressed = frame["status"] == Status.SUPPRESSED.value
    if not suppressed.any():
        return frame
    shown = pl.lit(~suppressed)
    return frame.with_columns(
        pl.when(shown).then(pl.col(name)).otherwise(pl.lit(instead)).alias(name)
        for prefix, instead in ((BESIDE, None), (STATUS_BESIDE, Status.SUPPRESSED.value))
        for name in frame.columns
        if name.startswith(prefix)
    )
