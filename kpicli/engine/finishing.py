"""Finishes what passes gave: cells become results, and what small groups tell is hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from kpicli.engine import privacy
from kpicli.engine.cells import Cells
from kpicli.engine.context import Judge
from kpicli.engine.measures import Shape
from kpicli.engine.names import PERIOD, dimension
from kpicli.engine.passes import Pass
from kpicli.engine.relations import relation_of
from kpicli.engine.results import BESIDE, STATUS_BESIDE, Result, natural_unit
from kpicli.engine.statistics import Measured
from kpicli.engine.taking import Taken
from kpicli.engine.values import Status, companion_values, valued
from kpicli.language.declaration import Companion
from kpicli.language.settled import Settled


def finished(
    taken: Sequence[Taken], settled: Settled, judge: Judge, condition: Callable[[], pl.Expr]
) -> Iterator[Result]:
    """Value the cells of metrics, with their companions, and yield the results in that order.

    `condition` is what `--where` asks of the dimensions.
    """
    measured = [
        Measured(
            cells=one.cells,
            declaration=settled[one.metric],
            context=judge.context(one.metric, one.shared),
        )
        for one in taken
    ]
    for one, own, frame in zip(taken, measured, valued(measured), strict=True):
        yield _result(one, own, frame, settled, condition)


def _result(
    one: Taken,
    own: Measured,
    frame: pl.DataFrame,
    settled: Settled,
    condition: Callable[[], pl.Expr],
) -> Result:
    cells, shared = one.cells, one.shared
    mix = dimension(shared.mix) if shared.mix is not None else None

    def torn(cells: Cells, atoms: Cells | None, least: int) -> pl.Series | None:
        if atoms is None or privacy.PEOPLE not in atoms.frame.columns:
            return None
        whole = _with_asked(atoms, one.atoms)
        mixed = mix if mix in atoms.by else None
        hidden = privacy.too_few(whole, atoms.by, least, mixed)
        units = [name for name in cells.by if name != mix]
        return privacy.tearing(cells.frame, whole, units, hidden, condition())

    columns = []
    for companion, measured in cells.beside.items():
        declared = own.declaration.beside[companion]
        if isinstance(declared, Companion):
            unit = declared.unit or natural_unit(declared, own.declaration.unit)
            values, status = companion_values(measured, declared, unit, own.context)
            least = _least(shared, settled, partial=declared.where is not None)
            atoms = one.atoms.beside[companion] if one.atoms is not None else None
            hidden = _hidden(measured, cells, least, torn(measured, atoms, least))
            if hidden is not None:
                values = values.set(hidden, None)
                status = status.set(hidden, Status.SUPPRESSED.value)
            columns.append(values.alias(f"{BESIDE}{companion}"))
            columns.append(status.alias(f"{STATUS_BESIDE}{companion}"))
    least = _least(shared, settled)
    broken = torn(cells, one.atoms, least)
    shown = privacy.suppressed(frame.hstack(columns), cells.by, least, mix, broken)
    adds_up = cells.shape is Shape.TOTAL
    return Result(metric=one.metric, by=cells.by, frame=shown, adds_up=adds_up)


def _least(shared: Pass, settled: Settled, *, partial: bool = False) -> int:
    """Return how many people a cell of protected answers must have."""
    relation = relation_of(shared.rows.table) if shared.rows.table else None
    return privacy.least_of(relation, settled.params, trusted=shared.trusted, partial=partial)


def _hidden(measured: Cells, cells: Cells, least: int, torn: pl.Series | None) -> pl.Series | None:
    """Return which cells of a companion are of too few people; they may be fewer here."""
    if privacy.PEOPLE not in measured.frame.columns:
        return None
    counted = _with_asked(measured, cells)
    return privacy.too_few(counted, cells.by, least, torn=torn)


def _with_asked(measured: Cells, cells: Cells | None) -> pl.DataFrame:
    """Return who is behind the cells of a measure, and who was asked in those of its metric."""
    if cells is None:
        raise AssertionError(measured)
    asked = cells.frame.select(privacy.PROTECTED, privacy.RESPONDENTS)
    return measured.frame.select(*cells.by, PERIOD, privacy.PEOPLE).hstack(asked)
