"""What an export of a later day says of a ticket does not reach back before `as_of`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.report import Question, compute
from tests.shop import write

TICKETS = """\
ticket_id,created_at,status,resolved_at
1,2025-01-10,solved,2025-01-12
2,2025-01-20,closed,2025-02-05
3,2025-01-25,open,
4,2025-01-26,spam,2025-02-05
"""
EVENTS = """\
ticket_id,at,from_status,to_status
1,2025-01-12,open,solved
2,2025-02-05,open,closed
"""


def open_in_january(folder: Path, tables: dict[str, str], as_of: str) -> dict[str, Any]:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    sources = {name: {"table": name, "files": f"{name}.csv"} for name in tables}
    question = Question(
        metrics=("open_tickets_end",),
        since="2025-01",
        until="2025-01",
        as_of=dt.date.fromisoformat(as_of),
    )
    (row,) = compute(load(write(folder, sources)), question).rows()
    return {"value": row.value, **row.excluded}


def without_times(text: str) -> str:
    return "\n".join(line.rpartition(",")[0] for line in text.splitlines())


@pytest.mark.parametrize("as_of", ["2025-01-31", "2025-02-28"])
@pytest.mark.parametrize(
    "tables",
    [
        {"tickets": TICKETS},
        {"tickets": TICKETS, "ticket_events": EVENTS},
        {"tickets": without_times(TICKETS), "ticket_events": EVENTS},
    ],
)
def test_a_ticket_that_was_solved_later_was_open(
    tmp_path: Path, tables: dict[str, str], as_of: str
) -> None:
    assert open_in_january(tmp_path, tables, as_of) == {"value": 2, "spam": 1}


def test_the_status_does_not_depend_on_what_else_is_asked(tmp_path: Path) -> None:
    (tmp_path / "tickets.csv").write_text(without_times(TICKETS), encoding="utf-8")
    (tmp_path / "ticket_events.csv").write_text(EVENTS, encoding="utf-8")
    sources = {
        name: {"table": name, "files": f"{name}.csv"} for name in ("tickets", "ticket_events")
    }
    rows = {"table": "tickets", "at": "created_at", "where": "status = 'open'"}
    own = {"title": "x", "formula": "y", "unit": "count", "count": "rows", "rows": rows}
    config = load(write(tmp_path, sources, custom={"own": own}))
    for names in (("own",), ("own", "open_tickets_end")):
        question = Question(metrics=names, as_of=dt.date(2025, 1, 31))
        found = {row.metric: row.value for row in compute(config, question).rows()}
        assert found["own"] == 2, names
