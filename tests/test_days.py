"""Instants without a time of day: durations that are counted from midnight are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.intake.values.formats import without_time
from kpicli.model import Type, model
from kpicli.report import Question, compute
from tests.shop import write

TIMED, DATED = "2025-01-0{} 10:00", "2025-01-0{}"


def told(folder: Path, *metrics: str, tables: dict[str, str], **params: Any) -> list[str]:
    """Return what is warned of; tables are given by the text of their files."""
    for table, text in tables.items():
        (folder / f"{table}.csv").write_text(text)
    sources = {table: {"table": table, "files": f"{table}.csv"} for table in tables}
    config = load(write(folder, sources, as_of="2025-01-31"))
    report = compute(config, Question(metrics=metrics, params=params))
    return [warning for warning in report.warnings if "time of day" in warning]


def tickets(created: str, answered: str, resolved: str, **more: str) -> str:
    """Return two tickets, and a third that is open; `more` are further columns."""
    names = ["ticket_id", "created_at", "first_response_at", "resolved_at", "status", *more]
    lines = [",".join(names)]
    for day in (2, 4):
        cells = [form.format(day + n) for n, form in enumerate((created, answered, resolved))]
        lines.append(
            ",".join([str(day), *cells, "solved", *(m.format(day) for m in more.values())])
        )
    lines.append(",".join(["9", created.format(9), "", "", "open", *("" for _ in more)]))
    return "\n".join(lines) + "\n"


def test_an_answer_without_its_time_is_told(tmp_path: Path) -> None:
    tables = {"tickets": tickets(TIMED, DATED, TIMED)}
    (warning,) = told(tmp_path, "first_response_time", tables=tables)
    assert warning == (
        "tickets.csv: no time of day in first_response_at, so midnight counts, and durations are "
        "true to whole days only: first_response_time; export the time too"
    )


@pytest.mark.parametrize(
    ("forms", "metric", "headers"),
    [
        ((TIMED, TIMED, TIMED), "first_response_time", ""),
        ((DATED, TIMED, TIMED), "first_response_time", "created_at"),
        ((DATED, DATED, TIMED), "first_response_time", "created_at, first_response_at"),
        ((TIMED, TIMED, DATED), "first_response_time", ""),
        ((TIMED, DATED, TIMED), "ticket_volume", ""),
        ((TIMED, TIMED, DATED), "average_resolution_time", "resolved_at"),
        ((TIMED, DATED, TIMED), "average_resolution_time", ""),
        # From day to day, what is long is true to the day.
        ((DATED, DATED, DATED), "average_resolution_time", ""),
    ],
)
def test_what_a_metric_counts_between_is_told(
    tmp_path: Path, forms: tuple[str, str, str], metric: str, headers: str
) -> None:
    found = told(tmp_path, metric, tables={"tickets": tickets(*forms)})
    assert [f"in {headers}, so" in warning for warning in found] == [True] * bool(headers)


def test_a_duration_that_is_ready_made_is_none_that_is_counted(tmp_path: Path) -> None:
    text = tickets(DATED, DATED, DATED, first_response_seconds="60")
    assert not told(tmp_path, "first_response_time", tables={"tickets": text})


def test_a_column_of_times_in_which_few_are_days_is_one_of_times(tmp_path: Path) -> None:
    text = tickets(TIMED, TIMED, TIMED) + "10,2025-01-05,2025-01-06,,open\n"
    assert not told(tmp_path, "first_response_time", tables={"tickets": text})


def test_times_beyond_the_first_cells_are_seen(tmp_path: Path) -> None:
    rows = "".join(f"x{n},2025-01-05,2025-01-06,,open\n" for n in range(9_000))
    text = tickets(DATED, DATED, DATED) + rows
    assert told(tmp_path, "first_response_time", tables={"tickets": text})
    late = "10,2025-01-05 10:00,2025-01-06 10:00,,open\n"
    assert not told(tmp_path, "first_response_time", tables={"tickets": text + late})


def test_answers_in_messages_are_looked_at(tmp_path: Path) -> None:
    said = "message_id,ticket_id,sent_at,author_type\n1,2,{},customer\n2,2,{},agent\n"
    tables = {
        "tickets": "ticket_id,created_at\n2,2025-01-02 10:00\n",
        "messages": said.format("2025-01-02", "2025-01-03"),
    }
    both = ("first_response_time", "average_response_time")
    (warning,) = told(tmp_path, *both, tables=tables)
    assert warning.startswith("messages.csv: no time of day in sent_at")
    assert ": first_response_time, average_response_time;" in warning
    tables["messages"] = said.format("2025-01-02 10:00", "2025-01-03 10:00")
    assert not told(tmp_path, *both, tables=tables)


def test_leads_are_answered_by_their_own_column_first(tmp_path: Path) -> None:
    touches = (
        "interaction_id,lead_id,occurred_at,direction,type,employee_id\n"
        "1,1,2025-01-03,outbound,call,E\n"
    )
    leads = "lead_id,created_at,first_response_at\n1,2025-01-02 10:00,2025-01-02 11:00\n"
    tables = {"leads": leads, "interactions": touches}
    found = told(tmp_path, tables=tables)
    assert not any("lead_response_time" in warning for warning in found)
    tables["leads"] = "lead_id,created_at\n1,2025-01-02 10:00\n"
    (warning,) = told(tmp_path, tables=tables)
    assert "interactions.csv: no time of day in occurred_at" in warning
    assert "lead_response_time" in warning


def test_a_queue_has_its_own_beginning(tmp_path: Path) -> None:
    text = tickets(DATED, TIMED, TIMED, queued_at=TIMED, answered_at=TIMED)
    assert not told(tmp_path, "average_wait_time", tables={"tickets": text})
    text = tickets(TIMED, TIMED, TIMED, queued_at=DATED, answered_at=TIMED)
    (warning,) = told(tmp_path, "average_wait_time", tables={"tickets": text})
    assert "in queued_at, so" in warning


def test_a_column_that_is_empty_has_no_form(tmp_path: Path) -> None:
    text = "ticket_id,created_at,first_response_at\n1,2025-01-05,\n"
    assert not told(tmp_path, "first_response_time", tables={"tickets": text})


@pytest.mark.parametrize(
    ("formats", "wanted"),
    [
        (("%d.%m.%Y",), True),
        (("%d.%m.%Y", "%Y-%m-%d"), True),
        (("%d.%m.%Y", "%d.%m.%Y %H:%M"), False),
        (("%m/%d/%Y %I:%M %p",), False),
        (("%Y-%m-%dT%T",), False),
        (("excel",), False),
        (("unix_ms",), False),
        ((), False),
    ],
)
def test_formats_without_a_time(formats: tuple[str, ...], wanted: bool) -> None:
    assert without_time(formats) is wanted


def test_the_model_names_instants() -> None:
    named = {
        end
        for view in model().views.values()
        for column in view.columns.values()
        for either in column.between
        for end in either.split(" or ")
    }
    assert named
    for end in named:
        table, _, column = end.partition(".")
        assert model().tables[table].columns[column].type is Type.TS
