"""What stands beside a value, in CSV: each row says of its own value why it is not there."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.console import inside as kpi
from tests.shop import write

TICKETS = (
    "ticket_id,created_at,first_response_at,channel\n"
    "1,2025-01-05 10:00,2025-01-05 10:30,mail\n2,2025-02-05 10:00,,chat\n"
)
ANSWERS = "response_id,survey_type,responded_at,score,respondent_id,team\n" + "".join(
    f"{at},esat,2025-01-0{at},{at % 5 + 1},P{at},{'a' if at < 7 else 'b'}\n" for at in range(1, 9)
)


def rows(folder: Path, *arguments: str) -> list[dict[str, str]]:
    done = kpi("compute", *arguments, "-f", "csv", "--as-of", "2025-02-28", cwd=folder)
    assert done.code == 0, done.err
    return list(csv.DictReader(done.out.splitlines()))


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "t.csv").write_text(TICKETS)
    (tmp_path / "r.csv").write_text(ANSWERS)
    scale = {"scale_min": {"const": 1}, "scale_max": {"const": 5}}
    answers = {"table": "responses", "files": "r.csv", "columns": scale, "keep": ["team"]}
    write(tmp_path, {"desk": {"table": "tickets", "files": "t.csv"}, "people": answers})
    return tmp_path


def test_a_count_beside_no_value_is_ok(desk: Path) -> None:
    found = {
        (row["part"], row["period"]): (row["value"], row["status"])
        for row in rows(desk, "frt", "-p", "month")
    }
    assert found["", "2025-02"] == ("", "no_data")
    assert found["unanswered", "2025-02"] == ("1", "ok")
    assert found["unanswered", "2025-01"] == ("0", "ok")
    assert found["oldest_unanswered", "2025-01"] == ("", "no_data")


@pytest.mark.parametrize("by", [(), ("--by", "channel"), ("--by", "team")])
def test_a_value_is_there_where_its_status_is_ok(desk: Path, by: tuple[str, ...]) -> None:
    found = rows(desk, "-p", "month", *by)
    assert any(row["part"] for row in found)
    assert all((row["value"] != "") == (row["status"] == "ok") for row in found)


def test_what_stands_beside_a_hidden_value_is_hidden(desk: Path) -> None:
    found = rows(desk, "employee_satisfaction", "--by", "team", "-p", "total")
    hidden = [row for row in found if row["team"] == "b"]
    assert len(hidden) > 1
    assert {(row["value"], row["status"]) for row in hidden} == {("", "suppressed")}
