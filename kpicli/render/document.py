"""The JSON document of a report, as types: the published schema is made from them.

Numbers are finite; a value that is not there is null, and `status` says why.
"""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict

from kpicli.engine.values import Status

SCHEMA_VERSION: Literal[1] = 1
Number = int | float


class RowCounts(TypedDict):
    """read = used + folded + filtered + rejected + duplicate."""

    read: int
    used: int
    folded: int
    filtered: int
    rejected: int
    duplicate: int


class Input(TypedDict):
    """One file that was read for one source."""

    source: str
    table: str
    file: str
    bytes: int
    sha256: str
    encoding: str
    delimiter: str
    rows: RowCounts


class OptionUsed(TypedDict):
    """A parameter that the numbers depend on; a judgement default is settled by no authority."""

    name: str
    value: Any
    default: Any
    judgement: bool


class RunInfo(TypedDict):
    """What the report was made from."""

    tool_version: str
    as_of: str
    timezone: str
    currency: str | None
    period: Literal["day", "week", "month", "quarter", "year", "total"]
    config_sha256: str
    options: list[OptionUsed]
    inputs: list[Input]


class MetricUsed(TypedDict):
    """A metric of the report."""

    id: str
    title: str
    family: str
    unit: str
    better: Literal["higher", "lower", "neutral"]
    formula: str
    source: list[str]


class PeriodOf(TypedDict):
    """A period; `end` is exclusive."""

    label: str
    start: str
    end: str
    complete: bool


class Stats(TypedDict):
    """Quantiles of a duration; linear (type 7)."""

    median: Number | None
    p90: Number | None


class Result(TypedDict):
    """One value; its status is not that of what stands beside it."""

    metric: str
    period: PeriodOf
    dims: dict[str, str]
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    n: int | None
    moe: Number | None
    ci_low: Number | None
    ci_high: Number | None
    stats: Stats
    beside: dict[str, Number | None]
    excluded: dict[str, int]
    status: Status
    flags: list[str]


class SkippedMetric(TypedDict):
    """A metric without results."""

    metric: str
    reason: str
    needs: list[str]


class Document(TypedDict):
    """A report."""

    schema_version: Literal[1]
    run: RunInfo
    metrics: list[MetricUsed]
    results: list[Result]
    skipped: list[SkippedMetric]
    warnings: list[str]


class RunLine(TypedDict):
    """First line of JSON Lines."""

    kind: Literal["run"]
    schema_version: Literal[1]
    run: RunInfo


class MetricLine(TypedDict):
    """A line per metric."""

    kind: Literal["metric"]
    metric: MetricUsed


class ResultLine(TypedDict):
    """A line per value."""

    kind: Literal["result"]
    result: Result


class SkippedLine(TypedDict):
    """A line per metric without results."""

    kind: Literal["skipped"]
    skipped: SkippedMetric


class WarningLine(TypedDict):
    """A line per warning."""

    kind: Literal["warning"]
    warning: str


Line = RunLine | MetricLine | ResultLine | SkippedLine | WarningLine
