"""What a view is made of, and what it tells about itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from kpicli.language.parameters import Params
from kpicli.model import model
from kpicli.periods.clock import Clock


class Part(Struct, frozen=True, kw_only=True):
    """What one source fills of its table, and the columns that hold one value in all its rows."""

    columns: frozenset[str]
    constants: Mapping[str, Any]


class Inputs(Struct, frozen=True, kw_only=True):
    """Canonical frames and the parameters they are read with.

    `frames` holds a frame per loaded table; `mapped` the columns that the config fills, of tables
    that are not loaded too; columns that are not mapped read as their default. `parts` tells what
    of `mapped` each source fills. Nothing lies after `as_of`. `clock` has the working hours, where
    the config has calendars. `rows` tells how many rows the frames hold together.
    """

    frames: Mapping[str, pl.LazyFrame]
    mapped: Mapping[str, frozenset[str]]
    params: Params
    as_of: dt.date
    zone: str
    clock: Clock | None = None
    rows: int = 0
    parts: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether a table (`orders`) is loaded, or a column (`orders.cost`) mapped."""
        table, _, column = name.partition(".")
        return table in self.frames and (not column or column in self.mapped[table])

    def table(self, name: str) -> pl.LazyFrame:
        """Return a table with all its canonical columns and the kept ones; empty if not loaded."""
        columns = model().tables[name].columns
        types = {key: column.type.dtype(self.zone) for key, column in columns.items()}
        if name not in self.frames:
            return pl.LazyFrame(schema=types)
        frame = self.frames[name]
        there = frame.collect_schema()
        words = [key for key, dtype in there.items() if isinstance(dtype, pl.Enum)]
        frame = frame.with_columns(pl.col(words).cast(pl.String)) if words else frame
        absent = [
            pl.lit(columns[key].default, dtype=dtype).alias(key)
            for key, dtype in types.items()
            if key not in there
        ]
        return frame.with_columns(absent) if absent else frame

    def kept(self, name: str) -> list[str]:
        """Return the columns that the config keeps beside the canonical ones of a table."""
        if name not in self.frames:
            return []
        known = model().tables[name].columns
        return [key for key in self.frames[name].collect_schema().names() if key not in known]

    def with_frames(self, frames: Mapping[str, pl.LazyFrame]) -> Inputs:
        """Return the same inputs over other frames."""
        return replace(self, frames=frames)

    def without(self, name: str) -> Inputs:
        """Return the inputs as if a column (`leads.first_response_at`) were not mapped."""
        table, _, column = name.partition(".")
        mapped = {**self.mapped, table: self.mapped.get(table, frozenset()) - {column}}
        return replace(self, mapped=mapped)

    def with_option(self, name: str, value: Any) -> Inputs:  # noqa: ANN401 (of any type)
        """Return the same inputs with one parameter changed."""
        return replace(self, params={**self.params, name: value})

    def option(self, name: str) -> Any:  # noqa: ANN401 (a parameter of any type)
        """Return the value of a parameter."""
        return self.params[name]

    @property
    def on_working_hours(self) -> bool:
        """Whether durations count working hours alone."""
        return bool(self.option("clock") == "business")

    def seconds(self, later: pl.Expr, earlier: pl.Expr, team: pl.Expr) -> pl.Expr:
        """Whole seconds between two instants, on the clock that `clock` asks for."""
        if self.on_working_hours:
            return self.business_seconds(later, earlier, team)
        return seconds(later, earlier)

    def business_seconds(self, later: pl.Expr, earlier: pl.Expr, team: pl.Expr) -> pl.Expr:
        """Whole seconds between two instants within the working hours of a team."""
        if self.clock is None:
            # Nothing to count by; what would be read must show all the same.
            return pl.when(team.is_null() & team.is_not_null()).then(seconds(later, earlier))
        return self.clock.seconds(later, earlier, team, self.zone)

    @property
    def covered_until(self) -> dt.datetime:
        """Local midnight after `as_of`, without a zone."""
        return dt.datetime.combine(self.as_of + dt.timedelta(1), dt.time())


class Facts(Struct, frozen=True, kw_only=True):
    """What a view found out about its inputs.

    `bases` are the tables whose coverage is the view's; `lacking` names, per column, what would
    have to be there for it to have values; `settled` the parameters that `auto` stood for;
    `idle` those that make no difference; `censored_until` the first day from which spells are known
    to be complete on their left. `single` are columns in which no value stands twice, among the
    rows that are not left out.
    """

    bases: tuple[str, ...]
    lacking: Mapping[str, str] = field(default_factory=dict)
    settled: Mapping[str, Any] = field(default_factory=dict)
    idle: tuple[str, ...] = ()
    censored_until: dt.date | None = None
    single: frozenset[str] = frozenset()


def seconds(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
    """Whole seconds between two instants, cut off, not rounded."""
    return (later - earlier).dt.total_seconds()


def mentioned(condition: pl.Expr, reason: str) -> pl.Expr:
    """`reason` where `condition` holds, else null: a branch of `left_out`."""
    return pl.when(condition).then(pl.lit(reason))
