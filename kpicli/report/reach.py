"""Which metrics lack a dimension that is asked for: by what is mapped, not by what occurs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl
from msgspec.structs import replace

from kpicli.engine.relations import Path, path_to, relation_of
from kpicli.engine.slices import Slice
from kpicli.language.declaration import Declaration
from kpicli.language.needs import clear
from kpicli.language.rows import Rows
from kpicli.language.settled import Settled
from kpicli.language.sql import expression
from kpicli.model import Relation, View, model
from kpicli.report.needs import Lack, of_column
from kpicli.views import Facts, Inputs, Part


def undivided(
    settled: Settled,
    names: Iterable[str],
    inputs: Inputs,
    facts: Mapping[str, Facts],
    cut: Slice,
) -> dict[str, Lack]:
    """Return the metrics of `names` (and all they refer to) that lack a dimension of the slice.

    A metric lacks what its own rows lack, and what its operands do, or the results that it reads;
    a population is never broken down.
    """
    found: dict[str, Lack] = {}
    if not (cut.by or cut.filtered_by()):
        return found
    for name in settled.closure(names):
        rows = settled[name].rows
        if rows is not None and rows.table is not None:
            fed = _fed_for(settled, name, rows, inputs)
            reach = _Reach(settled[name], fed, facts.get(rows.table, Facts(bases=())), cut)
            lack = next(reach.lacks(name), None)
        else:
            others = (*settled.operands(name), *(rows.results if rows is not None else ()))
            lack = next((found[other] for other in others if other in found), None)
        if lack is not None:
            found[name] = lack
    return found


def _fed_for(settled: Settled, name: str, rows: Rows, inputs: Inputs) -> Inputs:
    """Return inputs whose sources may hold rows of a metric; where none may, all of them.

    A source whose constants contradict the condition of the rows holds none: one of CSAT feeds no
    dimension of NPS.
    """
    relation = relation_of(rows.table or "")
    base = model().base_of(relation).name
    parts = inputs.parts.get(base, ())
    if rows.where is None or not any(part.constants for part in parts):
        return inputs
    condition = expression(rows.where, settled.params, trusted=settled.trusted(name))
    possible = [part for part in parts if _may_hold(condition, relation, base, part)]
    if not possible:
        return inputs
    columns = frozenset[str]().union(*(part.columns for part in possible))
    return replace(inputs, mapped={**inputs.mapped, base: columns})


def _may_hold(condition: pl.Expr, relation: Relation, base: str, part: Part) -> bool:
    """Whether a condition may hold for a row of a source: what is no constant is not known."""
    own = model().tables[base].columns
    cells = {}
    try:
        for name in condition.meta.root_names():
            column = relation.columns.get(name)
            dtype = column.type.dtype("UTC") if column is not None else pl.Null()
            value = part.constants.get(name) if name in own else None
            cells[name] = pl.Series([value], strict=False).cast(dtype, strict=False)
        return pl.DataFrame(cells).select(condition).item() is not False
    except pl.exceptions.PolarsError:
        return True  # of facts of a period, and of constant times, nothing is known


class _Reach:
    """How the rows of one metric reach dimensions, and what that takes."""

    def __init__(self, declaration: Declaration, inputs: Inputs, facts: Facts, cut: Slice) -> None:
        rows = declaration.rows
        self._declaration = declaration
        self._relation = relation_of((rows.table if rows is not None else None) or "")
        self._inputs, self._facts, self._cut = inputs, facts, cut

    def lacks(self, name: str) -> Iterator[Lack]:
        """Yield what is lacking for each dimension of the slice that the rows do not reach."""
        for wanted in (*self._cut.by, *self._cut.filtered_by()):
            path = self._path(wanted)
            needs = tuple(self._needs(path, self._inputs)) if path is not None else ()
            if path is not None and not needs:
                continue
            instead, lacking = ", ".join(self._instead(wanted)), ", ".join(map(clear, needs))
            match bool(needs), bool(instead):
                case False, False:
                    said = f"{name} has no dimension {wanted}"
                case False, True:
                    said = f"{name} has no dimension {wanted}: ask for {instead}"
                case True, False:
                    said = f"{name} has no dimension {wanted} without {lacking}"
                case _:
                    said = f"{name} has no dimension {wanted} without {lacking}; ask for {instead}"
            yield Lack(needs=needs, refused=said)

    def _path(self, wanted: str) -> Path | None:
        if wanted in self._cut.by and wanted == self._declaration.mix:
            return None  # each of its values is one already
        return path_to(wanted, self._declaration, self._relation, self._cut.kept)

    def _needs(self, path: Path, inputs: Inputs) -> Iterator[str]:
        """Yield what the columns on the way to a dimension lack."""
        if path.column in self._facts.lacking:
            yield self._facts.lacking[path.column]
        else:
            yield from _of_rows(self._relation, path.column, inputs)
        if path.table is not None and path.attribute is not None:
            target = model().tables[path.table]
            if path.attribute in target.columns:
                yield from of_column(target, path.attribute, target.columns[path.attribute], inputs)

    def _instead(self, wanted: str) -> Iterator[str]:
        """Yield dimensions of the same name that the rows reach in other tables, read or not."""
        there = self._inputs.with_frames(dict.fromkeys(self._inputs.mapped, pl.LazyFrame()))
        for table in model().tables:
            other = f"{table}.{wanted}"
            if "." not in wanted and wanted in model().tables[table].dimensions:
                path = self._path(other)
                if path is not None and not any(self._needs(path, there)):
                    yield other


def _of_rows(relation: Relation, name: str, inputs: Inputs) -> Iterator[str]:
    """Yield what a column of a relation lacks.

    A column of a view that no metric needs stands for that of its base table.
    """
    column = relation.columns.get(name)
    if column is None:
        return  # a kept one
    if isinstance(relation, View) and not column.needs:
        base = model().tables[relation.base]
        own = base.columns.get(name)
        if own is not None and not own.required:
            yield from of_column(base, name, own, inputs)
        return
    yield from of_column(relation, name, column, inputs)
