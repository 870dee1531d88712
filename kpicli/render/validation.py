"""What `kpi validate` tells: a section per file, then tables, then metrics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpicli.intake import FileLedger
from kpicli.intake.sniff import delimiter_name
from kpicli.locales import Locale
from kpicli.render.json import input_of
from kpicli.report.validation import Validation

_COUNTS = ("read", "used", "folded", "filtered", "rejected", "duplicate")


def as_text(found: Validation, locale: Locale) -> Iterator[str]:
    """Yield a validation as text, line by line."""
    for ledger in found.ledgers:
        yield from _file(ledger, locale)
    yield from _tables(found, locale)
    yield from _metrics(found, locale)
    for warning in found.warnings:
        yield f"{locale('warning')}: {warning}\n"
    for problem in found.over_budget:
        yield f"{locale('error')}: {problem}\n"


def as_json(found: Validation) -> dict[str, Any]:
    """Return a validation as JSON holds it."""
    return {
        "inputs": [_input(ledger) for ledger in found.ledgers],
        "tables": {
            table: {
                "columns": sorted(columns),
                "first": span.first.isoformat() if (span := found.covered.get(table)) else None,
                "last": span.last.isoformat() if span else None,
            }
            for table, columns in found.mapped.items()
        },
        "as_of": found.as_of.isoformat() if found.as_of else None,
        "metrics": [
            {"id": metric.metric, "ok": not metric.lacks, "lacks": list(metric.lacks)}
            for metric in found.metrics
        ],
        "warnings": list(found.warnings),
        "errors": [str(problem) for problem in found.over_budget],
    }


def _input(ledger: FileLedger) -> dict[str, Any]:
    return {
        **input_of(ledger),
        "blank": ledger.blank,
        "reasons": dict(sorted(ledger.reasons.items())),
        "changed": dict(sorted(ledger.changed.items())),
        "rejects": [
            {
                "line": reject.line,
                "column": reject.column,
                "value": reject.value,
                "reason": reject.reason,
                "row": "used" if reject.kept else "rejected",
            }
            for reject in ledger.rejects
        ],
        "guesses": [{"what": note.what, "evidence": note.evidence} for note in ledger.notes],
    }


def _file(ledger: FileLedger, locale: Locale) -> Iterator[str]:
    yield f"{ledger.source}: {ledger.file} → {ledger.table}\n"
    kind = f"{ledger.encoding}, {locale(delimiter_name(ledger.delimiter))}"
    yield f"  {kind}, {locale.count(ledger.bytes)} {locale('bytes')}\n"
    counts = [f"{locale(name)} {locale.count(getattr(ledger, name))}" for name in _COUNTS]
    blank = f" ({locale('and blank lines')} {locale.count(ledger.blank)})" if ledger.blank else ""
    yield f"  {counts[0]} = {' + '.join(counts[1:])}{blank}\n"
    for note in ledger.notes:
        yield f"  {locale('found out')}: {note.what} ({note.evidence})\n"
    for reason, count in ledger.reasons.most_common():
        yield f"  {locale('rejected')} {locale.count(count)}: {reason}\n"
        yield from _places(ledger, reason, kept=False, locale=locale)
    for reason, count in ledger.changed.most_common():
        yield f"  {locale('cells changed')} {locale.count(count)}: {reason}\n"
        yield from _places(ledger, reason, kept=True, locale=locale)
    yield "\n"


def _places(ledger: FileLedger, reason: str, *, kept: bool, locale: Locale) -> Iterator[str]:
    for reject in ledger.rejects:
        if reject.reason == reason and reject.kept is kept:
            cell = f": '{reject.value}'" if reject.value is not None else ""
            yield f"    {locale('line')} {reject.line}{cell}\n"


def _tables(found: Validation, locale: Locale) -> Iterator[str]:
    size = max((len(table) for table in found.mapped), default=0)
    for table in found.mapped:
        span = found.covered.get(table)
        days = f"{span.first} … {span.last}" if span else locale("no events")
        yield f"{table:<{size}}  {days}\n"
    if found.as_of is not None:
        yield f"{locale('as of')} {found.as_of} ({found.as_of_from})\n"
    yield "\n"


def _metrics(found: Validation, locale: Locale) -> Iterator[str]:
    able = [metric for metric in found.metrics if not metric.lacks]
    unable = [metric for metric in found.metrics if metric.lacks]
    yield locale("metrics that can be computed: {count}", count=len(able)) + "\n"
    for family in dict.fromkeys(metric.family for metric in able):
        names = ", ".join(metric.metric for metric in able if metric.family == family)
        yield f"  {family}: {names}\n"
    if unable:
        yield locale("metrics that cannot: {count}", count=len(unable)) + "\n"
        for metric in unable:
            yield f"  {metric.metric}: {locale('needs')} {'; '.join(metric.lacks)}\n"
