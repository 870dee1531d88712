"""Passes: metrics that share rows share one aggregation.

Metrics whose rows differ only in `where` share a pass when no step stands between: each then
counts under its own mask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from kpicli.engine import placement
from kpicli.engine.relations import Path, relation_of
from kpicli.engine.slices import Slice
from kpicli.language.declaration import Companion, Declaration, Measured
from kpicli.language.rows import Rows
from kpicli.language.settled import Settled
from kpicli.language.sql import reads_facts
from kpicli.language.texts import sql_of

_ROWS = Measured(count="rows")


class Mode(StrEnum):
    """How rows become rows in periods."""

    POINT = "point"  # each row counts in one period
    SPREAD = "spread"  # sums per span, spread over the periods
    RUNS = "runs"  # spans of an actor joined, then spread
    EXPLODED = "exploded"  # one row per row and period
    TIME = "time"  # days of a spell inside each period


class Member(Struct, frozen=True, kw_only=True):
    """One metric of a pass; `where` is the mask that is its own."""

    name: str
    declaration: Declaration
    measured: Measured
    where: str | None = None

    @property
    def companions(self) -> dict[str, Companion]:
        """Companions that are measures on the same rows."""
        beside = self.declaration.beside.items()
        return {name: found for name, found in beside if isinstance(found, Companion)}


class Pass(Struct, frozen=True, kw_only=True):
    """Rows that several metrics share, and those metrics.

    `paths` leads to every dimension that is asked for, `by` names those to break down by, and
    `mix` is the column whose values are broken down by beside them.
    """

    rows: Rows
    mode: Mode
    by: tuple[str, ...]
    paths: Mapping[str, Path]
    trusted: bool
    mix: str | None = None
    members: list[Member] = field(default_factory=list)


def group(settled: Settled, names: Iterable[str], cut: Slice, by: tuple[str, ...]) -> list[Pass]:
    """Return the passes of the metrics `names`, which all have rows and every dimension of `by`."""
    found: dict[str, Pass] = {}
    for name in names:
        rows, mode, member = _shared(settled, name)
        paths = cut.paths(settled, name, by)
        trusted = settled.trusted(name)
        mix = member.declaration.mix
        key = repr((rows, mode, sorted(paths.items()), trusted, mix))
        if key not in found:
            found[key] = Pass(rows=rows, mode=mode, by=by, paths=paths, trusted=trusted, mix=mix)
        found[key].members.append(member)
    return [_alone(shared) if len(shared.members) == 1 else shared for shared in found.values()]


def _alone(shared: Pass) -> Pass:
    """Let a single metric narrow the rows themselves, which is cheaper than a mask."""
    (member,) = shared.members
    if member.where is None:
        return shared
    rows = shared.rows.model_copy(update={"where": member.where})
    return replace(shared, rows=rows, members=[replace(member, where=None)])


def _shared(settled: Settled, name: str) -> tuple[Rows, Mode, Member]:
    """Return the rows that metric `name` shares with others, their mode, and what is its own."""
    declaration = settled[name]
    rows = declaration.rows
    if rows is None:
        raise AssertionError(name)
    measured: Measured = declaration
    if _counts_runs(declaration, rows):
        # A distinct count over spans is the count of the runs of its column.
        column = (declaration.count or "").removeprefix("distinct ")
        rows = rows.model_copy(update={"per": column})
        measured = _ROWS
    mode = _mode(declaration, rows, measured)
    # Respondents are counted per pass, so a metric on protected answers has one of its own.
    apart = rows.then or rows.among or rows.per or _is_protected(rows)
    masked = mode in {Mode.POINT, Mode.SPREAD} and not apart
    where = None
    if masked and declaration.ratio is None and rows.where is not None:
        where = rows.where
        rows = rows.model_copy(update={"where": None})
    member = Member(name=name, declaration=declaration, measured=measured, where=where)
    return rows, mode, member


def _counts_runs(declaration: Declaration, rows: Rows) -> bool:
    distinct = declaration.count is not None and declaration.count != "rows"
    plain = not (rows.then or rows.among or rows.results or rows.per or declaration.beside)
    return distinct and plain and not placement.is_point(rows) and not _is_protected(rows)


def _is_protected(rows: Rows) -> bool:
    """Whether rows may be answers of employees: people must be counted, and do not add up."""
    return rows.table is not None and relation_of(rows.table).protected is not None


def _mode(declaration: Declaration, rows: Rows, measured: Measured) -> Mode:
    if declaration.time is not None:
        return Mode.TIME
    if rows.results or placement.is_point(rows):
        return Mode.POINT
    runs = rows.per is not None and _is_bare(declaration, measured)
    stepped = bool(rows.then or (rows.among and not (runs and rows.among.actor is None)))
    beside = [found for found in declaration.beside.values() if isinstance(found, Companion)]
    adds_up = all(_adds_up(found) for found in (measured, *beside))
    if declaration.same or declaration.within:
        adds_up = False
    if (
        stepped
        or not adds_up
        or _is_protected(rows)
        or any(reads_facts(text) for text in sql_of(declaration))
    ):
        return Mode.EXPLODED
    if rows.per is None:
        return Mode.SPREAD
    return Mode.RUNS if runs else Mode.EXPLODED


def _is_bare(declaration: Declaration, measured: Measured) -> bool:
    """Whether nothing but how many actors there are is asked for."""
    return measured.count == "rows" and not (declaration.beside or declaration.flags)


def _adds_up(measured: Measured) -> bool:
    """Whether sums over spans of periods are enough for a measure."""
    if measured.ratio or measured.duration or measured.median or measured.mix:
        return False
    return measured.count in {None, "rows"}
