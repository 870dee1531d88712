"""Breakdowns by what nothing fills: the metric is skipped, and says what to map or to ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.periods import Grain
from kpicli.report import Question, compute
from tests.cases import computed
from tests.console import inside as kpi
from tests.shop import orders, write

MARCH = {"as_of": "2025-03-31", "period": "2025-03"}
ORDERS = "order_id ordered_at amount customer_id\n1 2025-03-01 1 A\n"
CUSTOMERS = "customer_id acquired_at segment\nA 2025-03-01 smb\n"
COSTS = "incurred_at amount category\n2025-03-01 5 acquisition\n"
TICKETS = "ticket_id created_at first_response_at assignee_id\n1 2025-03-01 2025-03-02 Ann\n"
ANSWERS = "response_id survey_type responded_at score respondent_id scale_min scale_max\n"
MARKET = "period_start period_end market_size\n2025-03-01 2025-04-01 100\n"


def reason(metric: str, by: Sequence[str], tables: dict[str, str], **more: Any) -> str:
    with pytest.raises(AssertionError, match="Skipped") as caught:
        computed({**MARCH, "tables": tables, "by": by, **more}, [metric])
    return str(caught.value)


@pytest.mark.parametrize(
    ("metric", "by", "tables", "said"),
    [
        (
            "customer_acquisition_cost",
            "customers.segment",
            {"orders": ORDERS, "customers": CUSTOMERS, "costs": COSTS},
            "acquisition_cost has no dimension customers.segment without costs.customer_id'",
        ),
        (
            "revenue",
            "customers.segment",
            {"orders": ORDERS, "customers": "customer_id acquired_at\nA 2025-03-01\n"},
            "revenue has no dimension customers.segment without customers.segment'",
        ),
        (
            "revenue",
            "customers.segment",
            {"orders": "order_id ordered_at amount\n1 2025-03-01 1\n"},
            "without orders.customer_id, customers.segment'",
        ),
        (
            "first_response_time",
            "employee",
            {"tickets": TICKETS},
            "without tickets.first_responder_id or messages.author_id; ask for tickets.employee'",
        ),
        ("ticket_volume", "team", {"tickets": TICKETS}, "no dimension team without tickets.team'"),
        (
            "nps",
            "project",
            {"responses": ANSWERS + "1 nps 2025-03-01 9 A 0 10\n"},
            "nps has no dimension project without responses.project_id'",
        ),
        (
            "nps",
            "tickets.channel",
            {"responses": ANSWERS + "1 nps 2025-03-01 9 A 0 10\n", "tickets": TICKETS},
            "without responses.ticket_id, tickets.channel'",
        ),
        (
            "market_share",
            "segment",
            {"orders": ORDERS, "customers": CUSTOMERS, "market": MARKET},
            "has no dimension segment without market.segment'",
        ),
        (
            "revenue",
            "segment",
            {"orders": ORDERS, "customers": CUSTOMERS},
            "revenue has no dimension segment: ask for customers.segment'",
        ),
        ("revenue", "department", {"orders": ORDERS}, "revenue has no dimension department'"),
    ],
)
def test_a_dimension_that_nothing_fills_is_none(
    metric: str, by: str, tables: dict[str, str], said: str
) -> None:
    assert said in reason(metric, [by], tables)
    assert said in reason(metric, [], tables, where=f"{by} = 'x'")


def test_a_dimension_that_is_mapped_is_one_whatever_occurs() -> None:
    costs = "incurred_at amount category customer_id\n2025-03-01 5 acquisition -\n"
    body = {"tables": {"orders": ORDERS, "customers": CUSTOMERS, "costs": costs}}
    found = computed({**MARCH, **body, "by": ["customers.segment"]}, ["customer_acquisition_cost"])
    assert {row.dims.get("customers.segment") for row in found} == {None, "smb", "(none)"}


def test_messages_tell_who_answered() -> None:
    messages = "message_id ticket_id sent_at author_type author_id\n1 1 2025-03-02 agent Bob\n"
    body = {"tables": {"tickets": TICKETS, "messages": messages}, "by": ["employee"]}
    found = computed({**MARCH, **body}, ["first_response_time"])
    assert {row.dims.get("employee") for row in found} == {None, "Bob"}


def test_a_companion_without_the_dimension_does_not_stand_beside() -> None:
    body = {"tables": {"tickets": TICKETS.replace("assignee_id", "first_responder_id")}}
    found = computed({**MARCH, **body, "by": ["employee"]}, ["first_response_time"])
    assert {row.dims.get("employee") for row in found} == {None, "Ann"}


def surveys(tmp_path: Path) -> Path:
    header = "response_id,responded_at,score,via\n"
    (tmp_path / "nps.csv").write_text(f"{header}1,2025-03-01,9,\n2,2025-03-01,10,\n")
    (tmp_path / "csat.csv").write_text(f"{header}3,2025-03-01,5,mail\n")
    sources = {}
    for survey, low, high in (("nps", 0, 10), ("csat", 1, 5)):
        columns: dict[str, Any] = {
            "survey_type": {"const": survey},
            "scale_min": {"const": low},
            "scale_max": {"const": high},
        }
        if survey == "csat":
            columns["channel"] = {"from": "via"}
        sources[survey] = {"table": "responses", "files": f"{survey}.csv", "columns": columns}
    return write(tmp_path, sources)


def test_a_source_of_another_survey_fills_nothing_of_this_one(tmp_path: Path) -> None:
    surveys(tmp_path)
    done = kpi("compute", "nps", "csat", "--by", "channel", "-f", "csv", cwd=tmp_path)
    assert done.code == 0
    assert "nps has no dimension channel without responses.channel" in done.err
    assert {line.split(",")[0] for line in done.out.splitlines()[1:]} == {"csat"}
    assert "mail" in done.out


def test_where_nothing_is_computed_it_is_said(tmp_path: Path) -> None:
    orders(tmp_path)
    done = kpi("compute", "revenue", "--by", "department", cwd=tmp_path)
    assert done.code == 0  # a metric that is skipped is a result
    assert "nothing was computed: every metric that was asked for is left out" in done.err
    done = kpi("compute", "revenue", "--by", "department", "--strict", cwd=tmp_path)
    assert done.code == 3
    done = kpi("compute", "revenue", "nps", cwd=tmp_path)
    assert "nothing was computed" not in done.err


def test_a_table_that_is_not_read_is_named_as_well(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer_id,acquired_at,tier\nA,2025-01-01,smb\n")
    (tmp_path / "orders.csv").write_text(
        "order_id,ordered_at,amount,customer_id\n1,2025-03-01,1,A\n"
    )
    write(
        tmp_path,
        {
            "orders": {"table": "orders", "files": "orders.csv"},
            "customers": {
                "table": "customers",
                "files": "customers.csv",
                "columns": {"segment": "tier"},
            },
        },
    )
    done = kpi("compute", "revenue", "--by", "segment", "--as-of", "2025-03-31", cwd=tmp_path)
    assert "revenue has no dimension segment: ask for customers.segment" in done.err


def test_a_time_that_a_source_says_of_all_its_rows_hides_no_dimension(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("lead_id,created_at,source\n1,2025-01-02,ads\n")
    columns = {"converted_at": {"const": "2025-01-05"}}
    write(tmp_path, {"l": {"table": "leads", "files": "l.csv", "columns": columns}})
    done = kpi(
        "compute", "new_leads", "conversion_rate", "--by", "source", "-f", "csv", cwd=tmp_path
    )
    assert (done.code, done.err) == (0, "")
    assert "new_leads,,ads,2025-01" in done.out


def test_a_companion_without_the_dimension_stands_beside_the_total() -> None:
    config = load(Path(__file__).parents[1] / "config.example.yaml")

    def beside(*by: str) -> list[Mapping[str, float | None]]:
        question = Question(metrics=("key_customer_revenue_share",), grain=Grain.TOTAL, by=by)
        return [row.beside for row in compute(config, question).rows()]

    (alone,) = beside()
    total, *parts = beside("channel")
    assert alone == total == {"customers": 26}
    assert parts
    assert not any(parts)
