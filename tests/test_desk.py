"""A help desk from its export to its values: what it lacks, and rules of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.errors import ConfigError, UsageError
from kpicli.report import Question, Report, compute
from tests.shop import write

TICKETS = """ticket_id,created_at,resolved_at,status,tag
1,2025-01-06,2025-01-08,solved,claim
2,2025-01-06,2025-01-07,solved,question
3,2025-01-20,,open,
"""
MESSAGES = "message_id,ticket_id,sent_at,author_type\n1,1,2025-01-06,customer\n"
TOUCHES = "interaction_id,occurred_at,type,customer_id\n1,2025-01-06,email,A\n"


def desk(folder: Path, tables: dict[str, str], **rest: Any) -> Path:
    sources: dict[str, Any] = {}
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text)
        sources[name] = {"table": name, "files": f"{name}.csv"}
    if "tickets" in sources:
        sources["tickets"]["keep"] = ["tag"]
    return write(folder, sources, as_of="2025-01-31", **rest)


def asked(path: Path, *metrics: str, **question: Any) -> Report:
    return compute(load(path), Question(metrics=metrics, **question))


def test_a_rule_of_the_config_may_read_a_kept_column(tmp_path: Path) -> None:
    path = desk(tmp_path, {"tickets": TICKETS}, params={"complaint.rule": "tag = 'claim'"})
    report = asked(path, "complaint_resolution_time")
    (row,) = report.rows()
    assert (row.value, row.n, row.beside) == (172_800, 1, {"open_at_end": 0})
    (option,) = [option for option in report.options if option.name == "complaint.rule"]
    assert (option.chosen, option.judgement) == (True, True)


def test_what_does_not_ask_for_complaints_can_do_without_that_column(tmp_path: Path) -> None:
    path = desk(tmp_path, {"tickets": TICKETS}, params={"complaint.rule": "tag = 'claim'"})
    report = asked(path, "ticket_volume")
    assert (report.skipped, len([*report.rows()])) == ((), 1)


def test_a_rule_of_the_question_too(tmp_path: Path) -> None:
    path = desk(tmp_path, {"tickets": TICKETS})
    rule = {"complaint.rule": "tag is not null"}
    (row,) = asked(path, "complaint_resolution_time", params=rule).rows()
    assert (row.value, row.n) == (129_600, 2)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("tga = 'claim'", "did you mean 'tag'"),
        ("tag", "'tag' is text"),
        ("exists (select 1)", "there is no select here"),
    ],
)
def test_a_wrong_rule_is_told_before_any_file_is_read(
    tmp_path: Path, rule: str, message: str
) -> None:
    path = desk(tmp_path, {"tickets": TICKETS}, params={"complaint.rule": rule})
    with pytest.raises(ConfigError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert ":" in (problem.where or "")
    path = desk(tmp_path, {"tickets": TICKETS})
    with pytest.raises(UsageError, match=r"--param complaint.rule"):
        asked(path, "complaint_resolution_time", params={"complaint.rule": rule})


_COMPLAINT = "tickets.escalated_at or tickets.is_complaint"
_INBOUND = "interactions.direction and interactions"
_TURN = f"messages or ({_INBOUND}.customer_id) or ({_INBOUND}.lead_id)"
_CHANNEL = f"tickets.channel or ({_INBOUND}.channel)"


@pytest.mark.parametrize(
    ("tables", "metric", "needs"),
    [
        ({"tickets": TICKETS}, "complaint_resolution_time", _COMPLAINT),
        ({"tickets": TICKETS}, "average_response_time", "messages or interactions"),
        ({"interactions": TOUCHES}, "average_response_time", _TURN),
        ({"interactions": TOUCHES}, "channel_preference", _CHANNEL),
        ({"tickets": TICKETS}, "channel_preference", _CHANNEL),
    ],
)
def test_what_a_metric_lacks_is_told(
    tmp_path: Path, tables: dict[str, str], metric: str, needs: str
) -> None:
    (skipped,) = asked(desk(tmp_path, tables), metric).skipped
    assert skipped.reason == f"needs {needs}"


def test_a_question_without_an_answer_waits(tmp_path: Path) -> None:
    (row,) = asked(desk(tmp_path, {"messages": MESSAGES}), "average_response_time").rows()
    assert (row.value, row.status, row.beside) == (None, "no_data", {"waiting_now": 1})
