"""What a report holds. Renderers see this and compute nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
from msgspec import Struct, field

from kpicli.engine.names import PERIOD
from kpicli.engine.results import BESIDE, STATUS_BESIDE
from kpicli.intake import FileLedger
from kpicli.periods import Grid, Period
from kpicli.units import Better, Unit

NONE = "(none)"
"""The bucket of rows that have no value in a dimension."""


class MetricInfo(Struct, frozen=True, kw_only=True):
    """A metric as reports name it.

    `shown_beside` has the titles and units of the companions that tables show, `parameters` the
    names of those that it depends on.
    """

    id: str
    title: str
    family: str
    unit: Unit
    better: Better
    formula: str
    source: tuple[str, ...]
    parameters: frozenset[str] = frozenset()
    shown_beside: Mapping[str, tuple[str, Unit]] = field(default_factory=dict)


class Option(Struct, frozen=True, kw_only=True):
    """A parameter that the numbers depend on; `chosen` says that the user set it."""

    name: str
    value: Any
    default: Any
    judgement: bool
    chosen: bool


class Skipped(Struct, frozen=True, kw_only=True):
    """A metric without results, and why."""

    metric: str
    reason: str
    needs: tuple[str, ...] = ()


class Row(Struct, frozen=True, kw_only=True):
    """One value: a metric in a period for one combination of dimensions.

    `status` is that of the value; what stands beside it has a status of its own.
    """

    metric: str
    period: Period
    dims: Mapping[str, str]
    value: float | None
    numerator: int | float | None
    denominator: int | float | None
    n: int | None
    moe: float | None
    ci_low: float | None
    ci_high: float | None
    median: float | None
    p90: float | None
    beside: Mapping[str, float | None]
    status_beside: Mapping[str, str]
    excluded: Mapping[str, int]
    status: str
    flags: tuple[str, ...]


class Values(Struct, frozen=True, kw_only=True):
    """The values of one metric at one breakdown: `dims` names the columns `by` of the frame."""

    metric: str
    by: tuple[str, ...]
    dims: tuple[str, ...]
    frame: pl.DataFrame

    def rows(self, grid: Grid) -> Iterator[Row]:
        """Yield the values in order of dimensions, then time."""
        columns = self.frame.columns
        beside = [name.removeprefix(BESIDE) for name in columns if name.startswith(BESIDE)]
        excluded = sorted(name for name in columns if name.startswith("x:"))
        for cell in self.frame.iter_rows(named=True):
            yield Row(
                metric=self.metric,
                period=grid.periods[cell[PERIOD]],
                dims={
                    name: NONE if cell[column] is None else cell[column]
                    for name, column in zip(self.dims, self.by, strict=True)
                },
                value=cell["value"],
                numerator=_number(cell["num"]),
                denominator=_number(cell["den"]),
                n=cell["n"],
                moe=cell["moe"],
                ci_low=cell["ci_low"],
                ci_high=cell["ci_high"],
                median=cell["median"],
                p90=cell["p90"],
                beside={name: cell[f"{BESIDE}{name}"] for name in beside},
                status_beside={name: cell[f"{STATUS_BESIDE}{name}"] for name in beside},
                excluded={name.removeprefix("x:"): cell[name] for name in excluded if cell[name]},
                status=cell["status"],
                flags=tuple(cell["flags"]),
            )


class Report(Struct, frozen=True, kw_only=True):
    """An answer: values, what they rest on, and what could not be said.

    `whole_range` says that no range was asked for: the periods are all that the data cover.
    `whole_catalogue` says that no metric was named: they are all that the data can feed.
    """

    tool_version: str
    timezone: str
    currency: str | None
    config_sha256: str
    options: tuple[Option, ...]
    inputs: tuple[FileLedger, ...]
    grid: Grid
    by: tuple[str, ...]
    whole_range: bool
    whole_catalogue: bool
    metrics: tuple[MetricInfo, ...]
    values: tuple[Values, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...] = field(default=())

    def rows(self) -> Iterator[Row]:
        """Yield every value: by metric, the total before its parts, then dimensions and time."""
        for values in self.values:
            yield from values.rows(self.grid)


def _number(value: Any) -> int | float | None:  # noqa: ANN401 (decimal, integer or double)
    """Return an exact number as an integer where it is one, else as a double."""
    if value is None or isinstance(value, int):
        return value
    return int(value) if value == int(value) else float(value)
