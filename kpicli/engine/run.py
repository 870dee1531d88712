"""The run: every metric that is asked for, in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from kpicli.engine import exposure, formulas, frames, privacy
from kpicli.engine.cells import Cells, cut_out, with_whole
from kpicli.engine.context import Judge
from kpicli.engine.flags import beside_flags
from kpicli.engine.measures import Shape
from kpicli.engine.names import ACTOR, HIGH, OUT, PERIOD, dimension
from kpicli.engine.passes import Mode, Pass, group
from kpicli.engine.placement import spread
from kpicli.engine.relations import Relations, relation_of
from kpicli.engine.results import BESIDE, FailedError, Result, natural_unit
from kpicli.engine.slices import LackingError, Slice
from kpicli.engine.values import Status, companion_values, valued
from kpicli.engine.workshop import Workshop
from kpicli.language.catalogue import Settled
from kpicli.language.declaration import Companion
from kpicli.language.rows import Rows
from kpicli.periods import Grid, Span

_BROKEN = (pl.exceptions.PolarsError, pl.exceptions.PanicException)


@dataclass(kw_only=True)
class Run:
    """One report: metrics over relations on a grid.

    `covered` is the span of days that each table covers; tables without rows have none. `failures`
    collects why metrics could not be computed: the others stand.
    """

    settled: Settled
    relations: Relations
    grid: Grid
    cut: Slice
    covered: Mapping[str, Span]
    failures: dict[str, str] = field(default_factory=dict)
    _done: dict[tuple[str, tuple[str, ...]], Result] = field(default_factory=dict)

    @cached_property
    def _judge(self) -> Judge:
        return Judge(
            settled=self.settled,
            relations=self.relations,
            grid=self.grid,
            covered=self.covered,
        )

    @cached_property
    def _shop(self) -> Workshop:
        return Workshop(
            settled=self.settled,
            relations=self.relations,
            grid=self.grid,
            cut=self.cut,
            results=self._result_rows,
        )

    def results(self, names: Iterable[str], by: tuple[str, ...]) -> dict[str, Result]:
        """Return the results of `names` broken down by the dimensions `by`; failed ones are left.

        Metrics with rows are computed together, then the others in the order of their references.
        """
        wanted = tuple(names)
        read = self._read_with(wanted)
        order = [
            name
            for name in self.settled.closure(wanted)
            if name in read and (name, by) not in self._done and name not in self.failures
        ]
        direct = [name for name in order if self._reads_rows(name)]
        self._collect(direct, by)
        for name in order:
            if name in self.failures or (name, by) in self._done:
                continue
            try:
                self._derive(name, by)
            except (FailedError, LackingError) as error:
                self.failures[name] = str(error)
            except _BROKEN as error:
                self.failures[name] = _told(name, error)
        found = {name: self._done[name, by] for name in wanted if (name, by) in self._done}
        return {name: self._with_companions(result, by) for name, result in found.items()}

    def _read_with(self, names: Iterable[str]) -> set[str]:
        """Return `names` and what is read beside them, cell by cell: operands and companions.

        Populations and results per actor are made where they are needed, each in its breakdown.
        """
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                companions = self.settled[name].beside.values()
                waiting += [other for other in companions if isinstance(other, str)]
                waiting += self.settled.operands(name)
        return found

    def _reads_rows(self, name: str) -> bool:
        rows = self.settled[name].rows
        return rows is not None and not rows.results

    # --- metrics with rows

    def _collect(self, names: Sequence[str], by: tuple[str, ...]) -> None:
        """Compute metrics with rows; when a pass fails, its metrics one by one."""
        reachable = []
        for name in names:
            try:
                self.cut.paths(self.settled, name, by)
            except LackingError as error:
                self.failures[name] = str(error)
            else:
                reachable.append(name)
        for shared in group(self.settled, reachable, self.cut, by):
            try:
                self._collect_pass(shared)
            except _BROKEN:
                for member in shared.members:
                    self._collect_alone(member.name, by)

    def _collect_alone(self, name: str, by: tuple[str, ...]) -> None:
        try:
            self._collect_pass(group(self.settled, [name], self.cut, by)[0])
        except _BROKEN as error:
            self.failures[name] = _told(name, error)

    def _collect_pass(self, shared: Pass) -> None:
        plans = self._plans(self._shop, shared)
        collected = pl.collect_all(list(plans.values()), engine="in-memory")
        self._take(self._shop, shared, dict(zip(plans, collected, strict=True)))

    def _plans(self, shop: Workshop, shared: Pass) -> dict[str, pl.LazyFrame]:
        if shared.mode is not Mode.TIME:
            return frames.plans(shop, shared)
        return {frames.MAIN: exposure.plan(shop, shared)}

    def _take(self, shop: Workshop, shared: Pass, collected: dict[str, pl.DataFrame]) -> None:
        """Cut the cells of every metric out of what its pass collected, and value them."""
        by = [dimension(name) for name in shared.by]
        if shared.mode is Mode.TIME:
            for member in shared.members:
                cells = exposure.cells(collected[frames.MAIN], shop, shared)
                self._finish(member.name, shared, cells)
            return
        if shared.mix is not None:
            mixed = dimension(shared.mix)
            collected[frames.MAIN] = collected[frames.MAIN].rename({shared.mix: mixed})
        spans = {
            key: spread(frame, by, self.grid)
            if HIGH in frame.columns and key != frames.LEFT_OUT
            else frame
            for key, frame in collected.items()
        }
        left_out = self._spread_reasons(spans.get(frames.LEFT_OUT), by)
        for member in shared.members:
            keys = [*by, dimension(shared.mix)] if shared.mix is not None else by
            cells = cut_out(
                spans[frames.MAIN],
                left_out if shared.mix is None else None,
                spans.get(frames.PEOPLE),
                metric=member.name,
                by=keys,
                parts=frames.measured_parts(shop, shared, member),
                grid=self.grid,
            )
            if shared.mix is not None:
                cells = with_whole(cells, dimension(shared.mix))
            self._finish(member.name, shared, cells)

    def _spread_reasons(
        self, left_out: pl.DataFrame | None, by: Sequence[str]
    ) -> pl.DataFrame | None:
        if left_out is None or left_out.is_empty():
            return None
        return spread(left_out, [*by, OUT], self.grid)

    def _finish(self, name: str, shared: Pass, cells: Cells) -> None:
        declaration = self.settled[name]
        context = self._judge.context(name, shared)
        frame = valued(cells, declaration, context)
        for companion, measured in cells.beside.items():
            declared = declaration.beside[companion]
            if isinstance(declared, Companion):
                unit = declared.unit or natural_unit(declared, declaration.unit)
                values = companion_values(measured, unit, context)
                values = self._guarded(values, measured, cells, declared, shared)
                frame = frame.with_columns(values.alias(f"{BESIDE}{companion}"))
        mix = dimension(shared.mix) if shared.mix is not None else None
        frame = privacy.suppressed(frame, cells.by, self._least(shared), mix)
        self._done[name, shared.by] = Result(
            metric=name, by=cells.by, frame=frame, adds_up=cells.shape is Shape.TOTAL
        )

    def _least(self, shared: Pass, *, partial: bool = False) -> int:
        """Return how many people a cell of protected answers must have."""
        relation = relation_of(shared.rows.table) if shared.rows.table else None
        params = self.settled.params
        return privacy.least_of(relation, params, trusted=shared.trusted, partial=partial)

    def _guarded(
        self, values: pl.Series, measured: Cells, cells: Cells, companion: Companion, shared: Pass
    ) -> pl.Series:
        """Return a companion's values without those of too few people; they may be fewer here."""
        if privacy.PEOPLE not in measured.frame.columns:
            return values
        asked = cells.frame.select(privacy.PROTECTED, privacy.RESPONDENTS)
        counted = measured.frame.select(*cells.by, PERIOD, privacy.PEOPLE).hstack(asked)
        least = self._least(shared, partial=companion.where is not None)
        hidden = privacy.too_few(counted, cells.by, least)
        return values.set(hidden, None)

    # --- metrics over metrics

    def _derive(self, name: str, by: tuple[str, ...]) -> None:
        rows = self.settled[name].rows
        if rows is not None:
            self._collect_pass(group(self.settled, [name], self.cut, by)[0])
            return
        operands = {}
        for operand in self.settled.operands(name):
            if (operand, by) not in self._done:
                reason = self.failures.get(operand, f"{operand} is not there")
                raise FailedError(reason)
            result = self._done[operand, by]
            operands[operand] = (result.by, result.frame, result.adds_up)
        context = self._judge.context(name, None)
        columns, frame = formulas.formula(self.settled, name, operands, context)
        frame = privacy.mask(frame, pl.col("status") == Status.SUPPRESSED.value)
        sums = all(adds_up for _, _, adds_up in operands.values())
        adds_up = bool(operands) and sums and self.settled[name].value is not None
        self._done[name, by] = Result(metric=name, by=columns, frame=frame, adds_up=adds_up)

    def _result_rows(self, rows: Rows, by: tuple[str, ...]) -> pl.LazyFrame:
        """Return one row per actor and period in which any of the metrics `results` has a base.

        The columns are the values of the metrics, by their ids; null where one has no base.
        """
        actor = f"{ACTOR}{rows.per}"
        operands = self.results(rows.results, (*by, actor))
        keys = [*map(dimension, by), dimension(actor), PERIOD]
        table: pl.LazyFrame | None = None
        for name in rows.results:
            if name not in operands:
                raise FailedError(self.failures.get(name, f"{name} is not there"))
            based = pl.col("value").is_not_null() & (pl.col("n") > 0)
            known = pl.col(dimension(actor)).is_not_null()
            values = operands[name].frame.filter(based & known)
            columns = values.select(*keys, pl.col("value").alias(name)).lazy()
            if table is None:
                table = columns
            else:
                table = table.join(columns, on=keys, how="full", coalesce=True, nulls_equal=True)
        if table is None:
            raise FailedError("no results to read")
        return table.rename({dimension(actor): rows.per or ""})

    # --- companions

    def _with_companions(self, result: Result, by: tuple[str, ...]) -> Result:
        """Add the companions that are metrics; where a value is suppressed, they are."""
        declaration = self.settled[result.metric]
        frame = result.frame
        for name, companion in declaration.beside.items():
            column = f"{BESIDE}{name}"
            if column in frame.columns or not isinstance(companion, str):
                continue
            other = self._done.get((companion, by))
            if other is None or other.by != result.by:
                continue
            values = other.frame.select(*other.by, PERIOD, pl.col("value").alias(column))
            frame = frame.join(
                values, on=[*result.by, PERIOD], how="left", nulls_equal=True, maintain_order="left"
            )
        ordered = [f"{BESIDE}{name}" for name in declaration.beside]
        present = [name for name in ordered if name in frame.columns]
        shown = pl.col("status") != Status.SUPPRESSED.value
        frame = frame.with_columns(
            pl.when(shown).then(pl.col(name)).alias(name) for name in present
        )
        compiled = self._shop.compiler(trusted=self.settled.trusted(result.metric))
        frame = beside_flags(frame, declaration, compiled, BESIDE)
        return Result(metric=result.metric, by=result.by, frame=frame, adds_up=result.adds_up)


def _told(name: str, error: BaseException) -> str:
    return f"{name} failed: {str(error).strip().splitlines()[0]}"
