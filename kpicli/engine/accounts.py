"""Accounts: what became of every row that a metric could have counted, over one long period.

The rows walk through the same steps as in a run; what each step leaves behind is counted under the
reason of the step. So rows = counted + those of all reasons, and `counted` is the n of the metric.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping

import polars as pl
from msgspec import Struct

from kpicli.engine import exposure, frames, narrowing, placement, populations, privacy, steps
from kpicli.engine.collecting import for_aggregates
from kpicli.engine.names import ALL, BEGAN, HIGH, LOW, OUT, PERIOD, ROW
from kpicli.engine.passes import Mode, Pass, group
from kpicli.engine.workshop import Workshop
from kpicli.language.rows import FoldStep, KeepStep, Rows, Step, Take
from kpicli.model import Relation

OTHER, UNDATED, INVALID, OUTSIDE = "other", "undated", "invalid", "outside"
NO_ACTOR, JOINED, NOT_AMONG, SUPERSEDED = "no_actor", "joined", "not_among", "superseded"
FEW = "few_raters"

REASONS = {
    OTHER: "not what the metric asks for",
    UNDATED: "without the date that says when it counts",
    OUTSIDE: "counts at another time",
    INVALID: "off its scale, negative, or ended before it began",
    "null": "without what is measured",
    "open": "not over yet",
    NO_ACTOR: "names nobody, where each counts once",
    JOINED: "counts in one with another row",
    NOT_AMONG: "of somebody who is not asked about",
    SUPERSEDED: "another answer or row of the same one counts",
    FEW: "of a group of raters that is too small",
}
"""What the reasons mean that are not those of a view or a declaration."""
_SETS = (Take.KEPT, Take.LOST, Take.GAINED)
_BY: tuple[str, ...] = ()


class Account(Struct, frozen=True, kw_only=True):
    """What became of the `rows` of a relation: `counted` by the metric, or not, by reason."""

    metric: str
    relation: str
    rows: int
    counted: int
    excluded: Mapping[str, int]


def account(shop: Workshop, name: str) -> Account:
    """Return the account of metric `name`, which has rows of a table or view.

    The grid of `shop` has one period.
    """
    shared = group(shop.settled, [name], shop.cut, _BY)[0]
    relation = shared.rows.table or ""
    relations = shop.relations
    parts = [relations.counted(relation), relations.left_out(relation)]
    whole = [part.lazy() for part in parts if part is not None]
    frame = pl.concat(whole, how="diagonal")
    compiled = shop.compiler(trusted=shared.trusted)
    walk = _Walk(shop=shop, shared=shared, frame=frame, stages=[("", frame)], compiled=compiled)
    kept, gone = narrowing.split(shop, shared, walk.compiled)
    if shared.rows.where is not None:
        walk.to(OTHER, kept if gone is None else pl.concat([kept, gone], how="diagonal"))
    walk.to("", kept)
    walk.dated()
    if shared.mode is Mode.TIME:
        walk.touching()
    else:
        walk.placed()
        walk.stepped()
    plans = [frame.select(pl.len()) for _, frame in walk.stages]
    plans.append(walk.measured())
    if gone is not None:
        within = placement.clipped(frames.placed_out(shop, gone, shared), shop.grid)
        plans += [
            gone.select(pl.len()),
            within.group_by(pl.col(OUT).cast(pl.String).alias(OUT)).agg(pl.len()).sort(OUT),
        ]
    rows = sum(part.height for part in parts if part is not None)
    found = pl.collect_all(plans, engine=for_aggregates(rows))
    return _summed(name, relation, walk, found)


def _summed(name: str, relation: str, walk: _Walk, found: list[pl.DataFrame]) -> Account:
    count = len(walk.stages)
    heights = [frame.item() for frame in found[:count]]
    excluded: Counter[str] = Counter()
    for (reason, _), before, after in zip(walk.stages[1:], heights, heights[1:], strict=False):
        if reason:  # else they are left out by name, below
            excluded[reason] += before - after
    if len(found) > count + 1:
        named = dict(found[count + 2].iter_rows())
        excluded.update(named)
        excluded[OUTSIDE] += found[count + 1].item() - sum(named.values())
    parts = found[count].row(0, named=True)
    counted = parts.pop("n")
    excluded.update({part.removeprefix("x:"): number for part, number in parts.items()})
    excluded[JOINED] += heights[-1] - counted - sum(parts.values())
    return Account(
        metric=name,
        relation=relation,
        rows=heights[0],
        counted=counted,
        excluded={reason: number for reason, number in sorted(excluded.items()) if number},
    )


class _Walk(Struct, kw_only=True):
    """The rows of a metric on their way; `stages` has what is left after each step."""

    shop: Workshop
    shared: Pass
    frame: pl.LazyFrame
    stages: list[tuple[str, pl.LazyFrame]]
    compiled: Callable[[str], pl.Expr]

    @property
    def rows(self) -> Rows:
        """Which rows count."""
        return self.shared.rows

    def to(self, reason: str, frame: pl.LazyFrame) -> None:
        """Go on with `frame`; the rows that are not in it are left for `reason`."""
        self.frame = frame
        self.stages.append((reason, frame))

    def dated(self) -> None:
        """Leave rows that do not say when they count, or say what cannot be."""
        begins = self.compiled(self.rows.at or self.rows.since or "")
        self.to(UNDATED, self.frame.filter(begins.is_not_null()))
        if self.rows.until is not None:
            ends = self.compiled(self.rows.until)
            self.to(INVALID, self.frame.filter(ends.is_null() | (ends >= begins)))

    def touching(self) -> None:
        """Leave spells that have no day in the period."""
        grid = self.shop.grid
        stop = pl.lit(grid.as_of + dt.timedelta(1))
        first = self.compiled(self.rows.since or "").cast(pl.Date)
        last = self.compiled(self.rows.until or "null").cast(pl.Date).fill_null(stop)
        last = pl.min_horizontal(last, stop)
        inside = (first < last) & (first < grid.periods[0].until)
        opens = exposure.opens(grid, self.rows, self.shop.settled.params)[0]
        if opens is not None:
            inside &= last > opens
        self.to(OUTSIDE, self.frame.filter(inside))

    def placed(self) -> None:
        """Leave rows that do not count in the period, and those that count with another."""
        shop, rows = self.shop, self.rows
        self.to(OUTSIDE, frames.placed(shop, self.frame, self.shared))
        if rows.per is None or self.shared.mode not in {Mode.RUNS, Mode.EXPLODED}:
            self.to(OUTSIDE, placement.clipped(self.frame, shop.grid))
        elif rows.take in _SETS:
            self._sets(rows.per)
        else:
            self.to(OUTSIDE, placement.clipped(self.frame, shop.grid))
            self.to(NO_ACTOR, self.frame.filter(pl.col(rows.per).is_not_null()))
            latest = pl.exclude(rows.per).max_by(_order(self.frame))
            self.to(JOINED, self.frame.group_by(rows.per).agg(latest))
        self.frame = self.frame.drop(LOW, HIGH).with_columns(pl.lit(0, pl.Int32).alias(PERIOD))
        if rows.among is not None:
            self.to(NOT_AMONG, populations.among(self.frame, rows.among, shop))

    def _sets(self, actor: str) -> None:
        """Leave spells that are joined with others, and those that the sets do not hold."""
        if self.shared.mode is Mode.RUNS:
            self.to(NO_ACTOR, self.frame.filter(pl.col(actor).is_not_null()))
        spans, single = self.frame, self.shop.single(self.rows)
        self.to(JOINED, placement.runs(spans, [actor], None, single=single))
        held = placement.runs(spans, [actor], self.rows.take, single=single)
        self.to(OUTSIDE, placement.clipped(held, self.shop.grid))

    def stepped(self) -> None:
        """Leave what the steps of the rows, and the rule of rater groups, do not keep."""
        then = self.rows.then
        guarded = frames.protected(self.shop, self.shared, self.compiled)
        keeps = steps.leading_keeps(then)
        for step in then[:keeps]:
            self._step(step)
        if guarded is not None:
            self._of_groups(guarded)
        for step in then[keeps:]:
            self._step(step)

    def _step(self, step: Step) -> None:
        match step:
            case KeepStep():
                self.to(SUPERSEDED, self._walked(step))
            case FoldStep():
                self.to(JOINED, self._walked(step.model_copy(update={"where": None})))
                if step.where is not None:
                    self.to(OTHER, self.frame.filter(self.compiled(step.where)))
            case _:
                self.frame = frames.joined_facts(self.shop, self.frame, self.shared)
                self.to(OTHER, self._walked(step))

    def _walked(self, step: Step) -> pl.LazyFrame:
        params = self.shop.settled.params
        return steps.walk(self.frame, [step], by=_BY, params=params, compiled=self.compiled)

    def _of_groups(self, guarded: Relation) -> None:
        self.frame = privacy.marked(self.frame, guarded, _BY, self.compiled)
        kept = privacy.in_groups(guarded, _BY, self.shop.settled.params, self.compiled)
        if kept is not None:
            self.to(FEW, self.frame.filter(kept))

    def measured(self) -> pl.LazyFrame:
        """Return how many of the rows at the end count, as `n`, and why others do not."""
        if self.shared.mode is Mode.TIME:
            return self.frame.select(n=pl.len().cast(pl.Int64))
        (member,) = self.shared.members
        parts = frames.measured_parts(self.shop, self.shared, member)[""]
        named = {**parts.sums, **parts.wholes}
        kept = [named[key].alias(key) for key in named if key == "n" or key.startswith("x:")]
        frame = frames.joined_facts(self.shop, self.frame, self.shared)
        return frame.with_columns(pl.lit(value=True).alias(ALL)).select(kept)


def _order(frame: pl.LazyFrame) -> pl.Expr:
    """What decides which row of an actor counts: the spell that begins last, else the last row."""
    return pl.struct(BEGAN, ROW) if BEGAN in frame.collect_schema() else pl.col(ROW)
