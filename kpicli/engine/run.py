"""The run: every metric that is asked for, in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TypeAlias

import polars as pl
from msgspec import Struct, field

from kpicli.engine import companions, formulas, privacy
from kpicli.engine.context import Judge
from kpicli.engine.finishing import finished
from kpicli.engine.names import ACTOR, PERIOD, dimension
from kpicli.engine.passes import Pass, group
from kpicli.engine.relations import Relations
from kpicli.engine.results import FailedError, Result
from kpicli.engine.slices import Slice
from kpicli.engine.taking import Taken, taken
from kpicli.engine.values import Status
from kpicli.engine.workshop import Workshop
from kpicli.language.rows import Rows
from kpicli.language.settled import Settled
from kpicli.periods import Grid, Span

_AT_ONCE = 3
_UNFIT = "conversion"  # how polars begins to tell that cells do not fit a cast
_BROKEN = (pl.exceptions.PolarsError, pl.exceptions.PanicException)

_Asked: TypeAlias = tuple[tuple[str, ...], str, tuple[str, ...]]  # results, their actor, dimensions


class Run(Struct, kw_only=True, dict=True):
    """One report: metrics over relations on a grid.

    `covered` is the span of days that each table covers; tables without rows have none. `failures`
    collects why metrics could not be computed, beginning with those that lack a dimension of the
    slice: the others stand.
    """

    settled: Settled
    relations: Relations
    grid: Grid
    cut: Slice
    covered: Mapping[str, Span]
    failures: dict[str, str] = field(default_factory=dict)
    _done: dict[tuple[str, tuple[str, ...]], Result] = field(default_factory=dict)
    _per_actor: dict[_Asked, pl.DataFrame] = field(default_factory=dict)

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
            except FailedError as error:
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
        found = self._taken(group(self.settled, names, self.cut, by))
        try:
            self._finish(found, by)
        except _BROKEN:
            for one in found:
                self._finish_alone(one, by)

    def _taken(self, passes: Iterable[Pass]) -> list[Taken]:
        """Aggregate some passes at a time: what one does alone fills the gaps of the others."""
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            return [one for some in pool.map(self._taken_together, passes) for one in some]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _taken_together(self, shared: Pass) -> list[Taken]:
        try:
            return taken(self._shop, shared)
        except _BROKEN:
            alone = [self._taken_alone(member.name, shared.by) for member in shared.members]
            return [one for some in alone for one in some]

    def _taken_alone(self, name: str, by: tuple[str, ...]) -> list[Taken]:
        try:
            return taken(self._shop, group(self.settled, [name], self.cut, by)[0])
        except _BROKEN as error:
            self.failures[name] = _told(name, error)
            return []

    def _finish(self, found: Sequence[Taken], by: tuple[str, ...]) -> None:
        widened = [
            companions.with_groups_of_counts(one, self.settled[one.metric], found, self.grid)
            for one in found
        ]
        for result in finished(widened, self.settled, self._judge, self.cut.condition):
            self._done[result.metric, by] = result

    def _finish_alone(self, one: Taken, by: tuple[str, ...]) -> None:
        try:
            self._finish([one], by)
        except _BROKEN as error:
            self.failures[one.metric] = _told(one.metric, error)

    # --- metrics over metrics

    def _derive(self, name: str, by: tuple[str, ...]) -> None:
        rows = self.settled[name].rows
        if rows is not None:
            self._finish(taken(self._shop, group(self.settled, [name], self.cut, by)[0]), by)
            return
        operands = {}
        for operand in self.settled.operands(name):
            if (operand, by) not in self._done:
                reason = self.failures.get(operand, f"{operand} is not there")
                raise FailedError(reason)
            result = self._done[operand, by]
            operands[operand] = (result.by, result.frame, result.adds_up)
        context = self._judge.context(name, None)
        found = self._by_name(by)
        columns, frame = formulas.formula(
            self.settled,
            name,
            operands,
            context,
            lambda dims: companions.groups_of_counts(self.settled[name], dims, found),
        )
        if (frame["status"] == Status.SUPPRESSED.value).any():
            frame = privacy.mask(frame, pl.col("status") == Status.SUPPRESSED.value)
        sums = all(adds_up for _, _, adds_up in operands.values())
        adds_up = bool(operands) and sums and self.settled[name].value is not None
        self._done[name, by] = Result(metric=name, by=columns, frame=frame, adds_up=adds_up)

    def _result_rows(self, rows: Rows, by: tuple[str, ...]) -> pl.LazyFrame:
        """Return one row per actor and period in which any of the metrics `results` has a base.

        The columns are the values of the metrics, by their ids; null where one has no base. Made
        once: several metrics read the same rows.
        """
        asked = (tuple(rows.results), rows.per or "", by)
        if asked not in self._per_actor:
            self._per_actor[asked] = self._joined(rows, by).collect(engine="in-memory")
        return self._per_actor[asked].lazy()

    def _joined(self, rows: Rows, by: tuple[str, ...]) -> pl.LazyFrame:
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
        return companions.with_companions(
            result,
            self.settled[result.metric],
            self._by_name(by),
            lambda name: self._judge.context(name, None).outside(),
            self._shop.compiler(trusted=self.settled.trusted(result.metric)),
        )

    def _by_name(self, by: tuple[str, ...]) -> dict[str, Result]:
        return {name: result for (name, cut), result in self._done.items() if cut == by}


def _told(name: str, error: BaseException) -> str:
    said = str(error).strip().splitlines()[0]
    if said.startswith(_UNFIT):  # goes on with cells, which may be names of people
        return f"{name} failed: some cells do not fit a cast; try_cast makes them null"
    return f"{name} failed: {said}"
