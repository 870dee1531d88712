"""Takes the cells of metrics out of the passes that aggregate them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from kpicli.engine import exposure, frames
from kpicli.engine.cells import Cells, cut_out, with_whole
from kpicli.engine.collecting import for_aggregates
from kpicli.engine.names import HIGH, OUT, dimension
from kpicli.engine.passes import Mode, Pass
from kpicli.engine.placement import spread
from kpicli.engine.workshop import Workshop
from kpicli.periods import Grid


class Taken(Struct, frozen=True, kw_only=True):
    """The cells of one metric, and the pass that they were taken from.

    `atoms` are the cells of protected answers without the condition that was asked for, broken down
    by what it reads: what of them it takes must not tell of a small group.
    """

    metric: str
    shared: Pass
    cells: Cells
    atoms: Cells | None = None


def taken(shop: Workshop, shared: Pass) -> list[Taken]:
    """Aggregate a pass and return the cells of its metrics.

    Raises:
        PolarsError, PanicException: one of the metrics cannot be aggregated.
    """
    if shared.mode is Mode.TIME:
        plan = exposure.plan(shop, shared).collect(engine="in-memory")
        cells = exposure.cells(plan, shop, shared)
        return [Taken(metric=one.name, shared=shared, cells=cells) for one in shared.members]
    plans = frames.plans(shop, shared)
    rows = shop.relations.counted(shared.rows.table).height if shared.rows.table else 0
    collected = pl.collect_all(list(plans.values()), engine=for_aggregates(rows))
    found = _cut_apart(shop, shared, dict(zip(plans, collected, strict=True)))
    if frames.PEOPLE not in plans or shop.cut.where is None:
        return found
    read = [name for name in shop.cut.filtered_by() if name not in shared.by]
    whole = taken(
        replace(shop, cut=replace(shop.cut, where=None)),
        replace(shared, by=(*shared.by, *read)),
    )
    return [replace(one, atoms=of.cells) for one, of in zip(found, whole, strict=True)]


def _cut_apart(shop: Workshop, shared: Pass, collected: dict[str, pl.DataFrame]) -> list[Taken]:
    by = [dimension(name) for name in shared.by]
    mix = dimension(shared.mix) if shared.mix is not None else None
    left_out = collected.pop(frames.LEFT_OUT, None)
    spans = {
        key: spread(frame, by, shop.grid) if HIGH in frame.columns else frame
        for key, frame in collected.items()
    }
    cells = cut_out(
        spans[frames.MAIN],
        _spread_reasons(left_out, by, shop.grid) if mix is None else None,
        spans.get(frames.PEOPLE),
        by=by if mix is None else [*by, mix],
        parts={one.name: frames.measured_parts(shop, shared, one) for one in shared.members},
        grid=shop.grid,
    )
    return [
        Taken(metric=name, shared=shared, cells=own if mix is None else with_whole(own, mix))
        for name, own in cells.items()
    ]


def _spread_reasons(
    left_out: pl.DataFrame | None, by: Sequence[str], grid: Grid
) -> pl.DataFrame | None:
    if left_out is None or left_out.is_empty():
        return None
    return spread(left_out, [*by, OUT], grid)
