"""Reports as JSON and JSON Lines, and the JSON Schema of both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from kpicli.engine.values import Status
from kpicli.intake import FileLedger
from kpicli.locales import Locale
from kpicli.render.document import (
    SCHEMA_VERSION,
    Document,
    Input,
    Line,
    MetricUsed,
    Number,
    OptionUsed,
    Result,
    RunInfo,
    SkippedMetric,
)
from kpicli.report import MetricInfo, Option, Report, Row, Skipped


def as_json(report: Report) -> Iterator[str]:
    """Yield a report as one JSON document, with a line per metric and per value.

    Values are made one by one: there may be millions.
    """
    yield '{\n"schema_version": ' + dumps(SCHEMA_VERSION)
    yield ',\n"run": ' + dumps(run_info(report))
    yield from _listed("metrics", map(_metric, report.metrics))
    yield from _listed("results", map(_result, report.rows()))
    yield from _listed("skipped", map(_skipped, report.skipped))
    yield from _listed("warnings", report.warnings)
    yield "\n}\n"


def as_lines(report: Report) -> Iterator[str]:
    """Yield a report as JSON Lines."""
    for line in lines(report):
        yield dumps(line) + "\n"


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of a report; `$defs/Line` is that of a line of JSON Lines."""
    found = TypeAdapter(Document).json_schema()
    of_lines = TypeAdapter(Line).json_schema()
    definitions = {**found.get("$defs", {}), **of_lines.pop("$defs", {})}
    definitions["Line"] = of_lines
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **found,
        "title": "kpicli result",
        "$defs": dict(sorted(definitions.items())),
    }


def lines(report: Report) -> Iterator[Line]:
    """Yield a report line by line."""
    yield {"kind": "run", "schema_version": SCHEMA_VERSION, "run": run_info(report)}
    for metric in report.metrics:
        yield {"kind": "metric", "metric": _metric(metric)}
    for row in report.rows():
        yield {"kind": "result", "result": _result(row)}
    for skipped in report.skipped:
        yield {"kind": "skipped", "skipped": _skipped(skipped)}
    for warning in report.warnings:
        yield {"kind": "warning", "warning": warning}


def run_info(report: Report) -> RunInfo:
    """Return what a report was made from."""
    return {
        "tool_version": report.tool_version,
        "as_of": report.grid.as_of.isoformat(),
        "timezone": report.timezone,
        "currency": report.currency,
        "period": report.grid.grain.value,
        "config_sha256": report.config_sha256,
        "options": [_option(option) for option in report.options],
        "inputs": [input_of(ledger) for ledger in report.inputs],
    }


def input_of(ledger: FileLedger) -> Input:
    """Return a file as reports name it."""
    return {
        "source": ledger.source,
        "table": ledger.table,
        "file": ledger.file,
        "bytes": ledger.bytes,
        "sha256": ledger.sha256,
        "encoding": ledger.encoding,
        "delimiter": ledger.delimiter,
        "rows": {
            "read": ledger.read,
            "used": ledger.used,
            "folded": ledger.folded,
            "filtered": ledger.filtered,
            "rejected": ledger.rejected,
            "duplicate": ledger.duplicate,
        },
    }


def dumps(value: object) -> str:
    """Return one value as JSON on one line: text as it is, no NaN."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _listed(name: str, items: Iterable[object]) -> Iterator[str]:
    """Yield a list of a document under its name, with a line per item."""
    yield f',\n"{name}": ['
    end = "]"
    for place, item in enumerate(items):
        yield (",\n" if place else "\n") + dumps(item)
        end = "\n]"
    yield end


def _option(option: Option) -> OptionUsed:
    return {
        "name": option.name,
        "value": plain(option.value),
        "default": plain(option.default),
        "judgement": option.judgement,
    }


def plain(value: Any) -> Any:  # noqa: ANN401 (a parameter of any type)
    """Return a parameter's value as JSON holds it."""
    match value:
        case Decimal():
            return int(value) if value == int(value) else float(value)
        case tuple():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
    return value


def in_words(value: Any, locale: Locale) -> str:  # noqa: ANN401 (a parameter of any type)
    """Return a parameter's value as people write it."""
    found = plain(value)
    if found is None:
        return locale("none")
    if isinstance(found, list):
        return "[" + ", ".join(map(str, found)) + "]"
    if isinstance(found, dict):
        return "{" + ", ".join(f"{key}: {number}" for key, number in found.items()) + "}"
    return str(found).lower() if isinstance(found, bool) else str(found)


def _metric(metric: MetricInfo) -> MetricUsed:
    return {
        "id": metric.id,
        "title": metric.title,
        "family": metric.family,
        "unit": metric.unit.value,
        "better": metric.better.value,
        "formula": metric.formula,
        "source": list(metric.source),
    }


def _result(row: Row) -> Result:
    return {
        "metric": row.metric,
        "period": {
            "label": row.period.label,
            "start": row.period.start.isoformat(),
            "end": row.period.end.isoformat(),
            "complete": row.period.complete,
        },
        "dims": dict(row.dims),
        "value": number(row.value),
        "numerator": row.numerator,
        "denominator": row.denominator,
        "n": row.n,
        "moe": number(row.moe),
        "ci_low": number(row.ci_low),
        "ci_high": number(row.ci_high),
        "stats": {"median": number(row.median), "p90": number(row.p90)},
        "beside": {name: number(value) for name, value in row.beside.items()},
        "excluded": dict(row.excluded),
        "status": Status(row.status),
        "flags": list(row.flags),
    }


def number(value: float | None) -> Number | None:
    """Return a double as an integer where it is one: 90, not 90.0."""
    if value is None:
        return None
    return int(value) if value == int(value) else value


def _skipped(skipped: Skipped) -> SkippedMetric:
    return {"metric": skipped.metric, "reason": skipped.reason, "needs": list(skipped.needs)}
