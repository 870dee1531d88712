"""Exports as other systems write them, from their files to the values of metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kpicli.config import load
from kpicli.periods import Grain
from kpicli.report import Question, compute
from tests.shop import document, write


def values(
    folder: Path, source: dict[str, Any], *metrics: str, rest: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return the results over the whole range, by metric."""
    config = load(write(folder, {"s": source}, **(rest or {})))
    report = compute(config, Question(metrics=metrics, grain=Grain.TOTAL))
    return {result["metric"]: result for result in document(report)["results"]}


ZENDESK = (
    "Summation column,Id,Requester id,Status,Created at,Solved at,First reply time in minutes,"
    "First reply time in minutes within business hours,Full resolution time in minutes,"
    "Full resolution time in minutes within business hours\n"
    "1,101,1,Solved,2025-01-05,2025-01-07,30,10,120,60\n"
    "1,102,2,Solved,2025-01-06,2025-01-07,90.5,45,600,100\n"
    "1,103,1,Open,2025-01-06,,,,,\n"
)


def zendesk(folder: Path, **params: Any) -> dict[str, Any]:
    (folder / "tickets.csv").write_text(ZENDESK)
    reply, solved = "First reply time in minutes", "Full resolution time in minutes"
    columns = {
        "ticket_id": "Id",
        "created_at": "Created at",
        "status": {"from": "Status", "values": {"Solved": "solved", "Open": "open"}},
        "first_response_seconds": {"from": reply, "unit": "minutes"},
        "first_response_seconds_business": {
            "from": f"{reply} within business hours",
            "unit": "minutes",
        },
        "resolution_seconds": {"from": solved, "unit": "minutes"},
        "resolution_seconds_business": {
            "from": f"{solved} within business hours",
            "unit": "minutes",
        },
    }
    source = {"table": "tickets", "files": "tickets.csv", "columns": columns}
    rest = {"params": params} if params else {}
    return values(folder, source, "first_response_time", "average_resolution_time", rest=rest)


def test_ready_durations_feed_the_metrics(tmp_path: Path) -> None:
    found = zendesk(tmp_path)
    reply = found["first_response_time"]
    assert (reply["value"], reply["n"]) == (3615, 2)
    assert "placed_by_start" in reply["flags"]
    assert reply["beside"]["unanswered"] == 1
    solved = found["average_resolution_time"]
    assert (solved["value"], solved["n"]) == (21_600, 2)
    assert "placed_by_start" in solved["flags"]


def test_ready_durations_in_working_hours_need_no_calendar(tmp_path: Path) -> None:
    found = zendesk(tmp_path, clock="business")
    assert found["first_response_time"]["value"] == 1650
    assert found["average_resolution_time"]["value"] == 4800


def test_bitrix_deals_with_several_products_are_deals(tmp_path: Path) -> None:
    rows = [
        '"ID";"Сделка";"Стадия сделки";"Сумма";"Валюта";"Компания";"Дата создания";"Товар";',
        '"1";"Станок";"Сделка успешна";"1 000,50";"RUB";"Ромашка";"13.01.2025 10:00:00";"станок";',
        '"1";"Станок";"Сделка успешна";"500,25";"RUB";"Ромашка";"13.01.2025 10:00:00";"наладка";',
        '"2";"Пуск";"Сделка успешна";"99,25";"RUB";"Лютик";"14.01.2025 10:00:00";"пуск";',
        '"3";"Мимо";"Сделка проиграна";"7,00";"RUB";"Лютик";"15.01.2025 10:00:00";"мимо";',
    ]
    (tmp_path / "deals.csv").write_bytes("\r\n".join(rows).encode("cp1251") + b"\r\n")
    source = {
        "table": "orders",
        "files": "deals.csv",
        "columns": {
            "order_id": "ID",
            "ordered_at": "Дата создания",
            "amount": "Сумма",
            "currency": "Валюта",
            "customer_id": "Компания",
            "status": {
                "from": "Стадия сделки",
                "values": {"Сделка успешна": "completed", "Сделка проиграна": "cancelled"},
            },
        },
        "keep": {"товаров": "Товар"},
        "fold": {"by": "order_id", "sum": "amount", "count": "товаров"},
    }
    found = values(tmp_path, source, "revenue", "sales_count", rest={"currency": "RUB"})
    assert found["revenue"]["value"] == 1600
    assert found["sales_count"]["value"] == 2


def test_service_now_events_are_incidents(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "number,incident_state,sys_mod_count,opened_at,resolved_at,reopen_count\n"
        "INC1,New,0,13-01-2025 09:00,?,0\nINC1,Active,1,13-01-2025 09:00,?,0\n"
        "INC1,Resolved,2,13-01-2025 09:00,13-01-2025 11:00,0\n"
        "INC2,New,0,14-01-2025 09:00,?,0\nINC2,Resolved,1,14-01-2025 09:00,14-01-2025 10:00,1\n"
        "INC3,New,0,15-01-2025 09:00,?,0\n"
    )
    source = {
        "table": "tickets",
        "files": "log.csv",
        "nulls": "?",
        "columns": {
            "ticket_id": "number",
            "created_at": "opened_at",
            "resolved_at": "resolved_at",
            "reopened_count": "reopen_count",
            "status": {
                "from": "incident_state",
                "values": {"New": "new", "Active": "open", "Resolved": "solved"},
            },
        },
        "fold": {"by": "ticket_id", "max": "reopened_count", "order": "sys_mod_count"},
    }
    found = values(tmp_path, source, "average_resolution_time", "open_tickets_end")
    assert found["average_resolution_time"]["value"] == 5400
    assert found["open_tickets_end"]["value"] == 1


def test_one_file_feeds_tickets_and_answers(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "Id;Created;Score\n1;2025-01-05;5\n2;2025-01-06;\n3;2025-01-07;2\n"
    )
    answers = {
        "table": "responses",
        "files": "t.csv",
        "where": "Score is not null",
        "columns": {
            "response_id": {"expr": "'csat-' || Id"},
            "survey_type": {"const": "csat"},
            "ticket_id": "Id",
            "score": "Score",
            "scale_min": {"const": 1},
            "scale_max": {"const": 5},
            "responded_at": "Created",
        },
    }
    found = values(tmp_path, answers, "csat")
    assert (found["csat"]["value"], found["csat"]["n"]) == (50, 2)


def test_a_default_holds_in_files_that_do_not_fill_the_column(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("order_id,ordered_at,amount\n1,2025-01-05,10\n")
    (tmp_path / "back.csv").write_text("order_id,ordered_at,amount\n2,2025-01-06,4\n")
    refund = {"type": {"const": "refund"}}
    sources = {
        "sales": {"table": "orders", "files": "sales.csv"},
        "back": {"table": "orders", "files": "back.csv", "columns": refund},
    }
    for order in (["sales", "back"], ["back", "sales"]):
        config = load(write(tmp_path, {name: sources[name] for name in order}))
        found = compute(
            config, Question(metrics=("revenue", "sales_count"), grain=Grain.TOTAL)
        ).rows()
        assert {row.metric: row.value for row in found} == {"revenue": 6, "sales_count": 1}
