"""Wrong values of every kind in every place of a config: nothing breaks, and words stay plain."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.errors import ConfigError, Problem
from kpicli.locales import locale

WHOLE: dict[str, Any] = {
    "timezone": "UTC",
    "currency": "RUB",
    "language": "en",
    "sources": {
        "o": {
            "table": "orders",
            "files": ["o.csv"],
            "columns": {
                "order_id": {"from": "ID", "nulls": ["-"]},
                "ordered_at": {"from": ["A", "B"], "format": "%d.%m.%Y"},
                "amount": {"from": "S", "decimal": ",", "thousands": " ", "scale": 0.5},
                "status": {"from": "T", "values": {"a": "completed"}, "other": "pending"},
                "cost": {"const": 1},
                "channel": {"from": "C", "values": {"a": "b"}, "pass": True},
                "product": {"expr": 'upper("C")'},
            },
            "keep": {"area": {"from": "R", "values": {"a": "b"}}},
            "where": "\"C\" = 'x'",
            "fold": {"by": "order_id", "sum": ["amount"], "order": {"from": "A", "format": "%Y"}},
            "encoding": "utf-8",
            "delimiter": ",",
            "quote": "none",
            "header": [1, 2],
            "decimal": ",",
            "thousands": " ",
            "nulls": ["?"],
            "timezone": "UTC",
            "lookup": [{"files": "o.csv", "match": {"order_id": "ID"}, "keep": ["plan"]}],
            "covers": {"from": "2025-01-01", "to": "2025-02-01"},
            "max_age": {"warn": "2d", "fail": "7d"},
        },
        "t": {
            "table": "tickets",
            "files": "o.csv",
            "columns": {
                "resolution_seconds": {"from": "x", "unit": "hours"},
                "ticket_id": {"row": True},
            },
        },
    },
    "periods": {
        "grain": "month",
        "last": 12,
        "week_start": "monday",
        "fiscal_start": 1,
        "fiscal_label": "end_year",
    },
    "as_of": "2025-06-30",
    "metrics": ["revenue", "NPS"],
    "params": {
        "churn.count": "gross",
        "turnover.types": ["voluntary"],
        "csat.positive_from": 0.75,
        "membership.inactivity_days": 60,
    },
    "intake": {
        "max_rejected": "1%",
        "on_bad_value": "empty",
        "duplicates": "last",
        "max_age": "3d",
        "strict": False,
    },
    "calendars": {
        "default": {
            "timezone": "UTC",
            "hours": {"mon-fri": ["09:00-13:00"]},
            "holidays": {"country": "DE", "subdivision": "BY", "add": ["2025-05-02"], "remove": []},
            "teams": ["a"],
        }
    },
    "fx": {"USD": {"2025-01-01": 90}},
    "custom": {
        "mine": {
            "title": "x",
            "family": "x",
            "answers": "x",
            "formula": "y",
            "unit": "percent",
            "better": "higher",
            "source": ["S0"],
            "decision": "x",
            "aliases": ["own"],
            "helper": False,
            "needs": ["orders.cost"],
            "rows": {
                "table": "sales",
                "at": "ordered_at",
                "lag": "previous",
                "where": "is_sale",
                "exclude": {"small": "amount < 1"},
                "then": [
                    {"keep": {"per": ["customer_id"], "by": "ordered_at", "take": "latest"}},
                    {"where": "amount > 0"},
                    {"per": "customer_id", "with": {"n": "count(*)", "r": {"of": "1", "to": "1"}}},
                ],
            },
            "share": "n > 1",
            "beside": {"more": {"title": "x", "count": "rows", "where": "n > 2", "unit": "count"}},
            "same": ["n"],
            "within": ["0", "100"],
            "dimensions": {"customer": "customer_id"},
            "matures_in": "30",
            "flags": {"few": "n < 3"},
            "when_empty": "none",
            "choices": {"aov.refunds": {"net": {"share": "n > 2"}}},
        },
        "spell": {
            "title": "spell of x",
            "formula": "y",
            "unit": "count",
            "rows": {
                "table": "employments",
                "since": "hired_at",
                "until": "left_at",
                "take": "opening",
                "per": "employee_id",
                "among": {"metric": "headcount_start", "actor": "employee_id"},
            },
            "score": {"plus": "true", "minus": "false"},
        },
        "lasting": {
            "title": "lasting of x",
            "formula": "y",
            "unit": "seconds",
            "rows": {"table": "sales", "at": "ordered_at", "window": "12 months"},
            "duration": {"from": "ordered_at", "to": "ordered_at", "headline": "mean"},
        },
        "summed": {"title": "summed of x", "formula": "y", "unit": "count", "value": "revenue * 2"},
        "divided": {
            "title": "divided of x",
            "formula": "y",
            "unit": "count",
            "ratio": {"of": "revenue", "to": "sales_count"},
        },
        "told": {
            "title": "told of x",
            "formula": "y",
            "unit": "count",
            "rows": {"results": ["sales_count"], "per": "customer_id"},
            "count": "distinct customer_id",
        },
    },
}
"""A config in which every key has its place, right or nearly so."""

WRONG: tuple[Any, ...] = (
    None,
    "zz",
    "",
    5,
    -1.5,
    10**30,
    True,
    [],
    ["zz"],
    [5],
    [None],
    {},
    {"zz": 5},
    {"a": {}},
)
PYTHON = re.compile(
    r"\b(?:tuple|dictionary|dict|None|True|False|[Vv]alue error|valid|[Ii]nput should|validation|"
    r"instance|NoneType|str|int|Decimal|function)\b"
)


def parts() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield small configs which together have every key, by the name of what is in them."""
    top = {"timezone": "UTC", "sources": {"z": {"table": "orders", "files": "o.csv"}}}
    inner = {key: body for key, body in WHOLE.items() if key not in {"sources", "custom"}}
    yield "top", {**top, **inner}
    for name, source in WHOLE["sources"].items():
        yield name, {**top, "sources": {name: source}}
    for name, metric in WHOLE["custom"].items():
        yield name, {**top, "custom": {name: metric}}


PARTS = dict(parts())


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield every place of a config."""
    if path:
        yield path
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from places(value, (*path, key))


def spoilt(whole: dict[str, Any], path: tuple[str | int, ...]) -> Iterator[dict[str, Any]]:
    """Yield a config with other values in one place, without it, and with a key more beside it."""
    for value in (*WRONG, "left out", "beside"):
        data = copy.deepcopy(whole)
        inside: Any = data
        for part in path[:-1]:
            inside = inside[part]
        if value == "left out":
            del inside[path[-1]]
        elif value == "beside" and isinstance(inside, dict):
            inside["zzz"] = 1
        else:
            inside[path[-1]] = value
        yield data


def problems(folder: Path, data: Any) -> tuple[Problem, ...]:
    """Return what is wrong with a config."""
    path = folder / "kpi.yaml"
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")  # YAML too
    try:
        load(path)
    except ConfigError as error:
        return error.problems
    return ()


@pytest.mark.parametrize("part", PARTS)
def test_whatever_stands_somewhere_is_told_in_plain_words(part: str, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("a\n1\n", encoding="utf-8")
    assert problems(tmp_path, PARTS[part]) == ()
    russian = locale("ru").message
    told: set[str] = set()
    for path in places(PARTS[part]):
        for data in spoilt(PARTS[part], path):
            told |= {t for one in problems(tmp_path, data) for t in (one.message, one.hint or "")}
    assert told
    assert sorted(text for text in told if PYTHON.search(text)) == []
    assert sorted(text for text in told if PYTHON.search(russian(text))) == []
    assert sorted(text for text in told if text and russian(text) == text) == []
