"""What `kpi validate -f json` holds."""

from __future__ import annotations

from typing import Any

from kpicli.intake import FileLedger, Outcome
from kpicli.intake.ledger import SHOWN
from kpicli.render.columns import COUNTS
from kpicli.render.json import input_of
from kpicli.report.validation import Feasible, Validation

_OUT = (Outcome.REJECTED, Outcome.DUPLICATE)


def as_json(found: Validation) -> dict[str, Any]:
    """Return a validation as JSON holds it."""
    return {
        "rows": {name: sum(getattr(ledger, name) for ledger in found.ledgers) for name in COUNTS},
        "inputs": [_input(ledger) for ledger in found.ledgers],
        "tables": {
            table: {
                "columns": sorted(columns),
                "first": span.first.isoformat() if (span := found.covered.get(table)) else None,
                "last": span.last.isoformat() if span else None,
            }
            for table, columns in found.mapped.items()
        },
        "references": [
            {
                "table": link.table,
                "column": link.column,
                "to": link.to,
                "rows": link.rows,
                "unknown": link.unknown,
                "first": [{"file": file, "line": line} for file, line in link.first],
            }
            for link in found.links
        ],
        "freshness": [
            {
                "source": age.source,
                "newest": age.newest.isoformat() if age.newest else None,
                "on": age.on.isoformat(),
                "days": age.age,
                "warn": age.limit.warn,
                "fail": age.limit.fail,
            }
            for age in found.freshness
        ],
        "as_of": found.as_of.isoformat() if found.as_of else None,
        "range": {"first": found.range.first.isoformat(), "last": found.range.last.isoformat()},
        "metrics": [_metric(metric) for metric in found.metrics],
        "warnings": list(found.warnings),
        "errors": [str(problem) for problem in found.refused],
    }


def _metric(metric: Feasible) -> dict[str, Any]:
    account = metric.account
    return {
        "id": metric.metric,
        "ok": not metric.lacks,
        "lacks": list(metric.lacks),
        "rows": account
        and {
            "of": account.relation,
            "read": account.rows,
            "counted": account.counted,
            "excluded": dict(account.excluded),
        },
    }


def _input(ledger: FileLedger) -> dict[str, Any]:
    kinds = dict.fromkeys((reject.reason, reject.outcome) for reject in ledger.rejects)
    return {
        **input_of(ledger),
        "blank": ledger.blank,
        "reasons": dict(sorted(ledger.reasons.items())),
        "changed": dict(sorted(ledger.changed.items())),
        "doubled": dict(sorted(ledger.doubled.items())),
        "impossible": dict(sorted(ledger.impossible.items())),
        "rejects": [
            {
                "line": reject.line,
                "column": reject.column,
                "value": reject.value,
                "reason": reject.reason,
                "outcome": reject.outcome.value,
                "row": "rejected" if reject.outcome in _OUT else "used",
            }
            for reason, outcome in kinds
            for reject in ledger.first(reason, outcome)[:SHOWN]
        ],
        "guesses": [{"what": note.what, "evidence": note.evidence} for note in ledger.notes],
    }
