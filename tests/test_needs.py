"""What a metric needs beside its columns: parameters, and labels that its ladder knows."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpicli.language.cases import shared
from kpicli.language.catalogue import built_in
from kpicli.language.check import check
from kpicli.language.sql import expand
from kpicli.locales import locale
from kpicli.report.needs import Lack
from tests.cases import computed, skipped
from tests.console import inside

MARCH = {"as_of": "2025-03-31", "period": "2025-03"}
ANSWERS = "response_id survey_type responded_at answer score respondent_id\n"
LABELS = "'постоянный поставщик', 'приоритетный партнёр', 'стратегический союзник'"


def reason(metric: str, tables: dict[str, str], **body: Any) -> str:
    return skipped({**MARCH, "tables": tables, **body}, metric)


@pytest.mark.parametrize("metric", ["customer_engagement_score", "relationship_level"])
def test_without_its_parameter_a_metric_means_nothing(metric: str) -> None:
    assert "needs the parameter engagement.full_score" in reason(metric, shared()["engaged"])


@pytest.mark.parametrize(
    ("metric", "made", "seconds"),
    [
        ("first_response_time", "first_response_seconds", 600),
        ("average_resolution_time", "resolution_seconds", 600),
    ],
)
def test_a_ready_duration_is_that_of_the_clock(metric: str, made: str, seconds: int) -> None:
    hours = {"default": {"hours": {"mon-fri": "09:00-18:00"}}}
    for column, clock, other in (
        (made, "calendar", "business"),
        (f"{made}_business", "business", "calendar"),
    ):
        rows = f"ticket_id created_at status {column}\n1 2025-03-03T10:00 solved {seconds}\n"
        body = {**MARCH, "tables": {"tickets": rows}, "calendars": hours}
        (found,) = computed({**body, "params": {"clock": clock}}, [metric])
        assert found.value == seconds
        needed = made if column != made else f"{made}_business"
        said = skipped({**body, "params": {"clock": other}}, metric)
        assert f" or tickets.{needed}'" in said


def test_an_unknown_label_is_told_with_those_that_are_known() -> None:
    rows = "1 partner_status 2025-03-01 Gold - a\n2 partner_status 2025-03-01 Silver - b\n"
    found = reason("partner_status", {"responses": ANSWERS + rows})
    assert f"a step of partner_status.ladder ({LABELS}) for 'Gold', 'Silver'" in found
    statuses = {"customers": "customer_id partner_status\nA Gold\nB -\n"}
    assert f"({LABELS}) for 'Gold'" in reason("partner_status", statuses)


def test_an_unknown_label_harms_nothing_else() -> None:
    rows = "1 partner_status 2025-03-01 Gold - a\n2 nps 2025-03-01 - 7 b\n"
    body = {**MARCH, "tables": {"responses": ANSWERS + rows}}
    assert [row.value for row in computed(body, ["loyalty"])] == [70]


def test_a_score_is_a_step_whatever_the_label() -> None:
    rows = "1 partner_status 2025-03-01 Gold 2 a\n"
    body = {**MARCH, "tables": {"responses": ANSWERS + rows}}
    assert [row.value for row in computed(body, ["partner_rank_end"])] == [2]


@pytest.mark.parametrize(
    ("metric", "tables", "wanted"),
    [
        ("ticket_volume", {}, "needs tickets'"),
        ("open_tickets_end", {}, "needs tickets'"),
        (
            "complaint_response_time",
            {},
            "needs tickets.escalated_at or tickets.is_complaint'",
        ),
        (
            "complaint_response_time",
            {"tickets": "ticket_id created_at first_response_at\n1 2025-03-01 2025-03-02"},
            "needs tickets.escalated_at or tickets.is_complaint'",
        ),
        (
            "contact_rate",
            {"orders": "order_id ordered_at amount customer_id\n1 2025-03-01 1 A"},
            "needs tickets'",
        ),
        (
            "profit_per_customer",
            {"orders": "order_id ordered_at amount customer_id\n1 2025-03-01 1 A"},
            "needs orders.cost or the parameter margin.default'",
        ),
    ],
)
def test_a_metric_needs_the_table_or_the_columns_that_it_reads(
    metric: str, tables: dict[str, str], wanted: str
) -> None:
    assert f"reason='{wanted}" in reason(metric, tables)


@pytest.mark.parametrize(
    ("need", "message"),
    [
        ("$engagement.full", "unknown parameter 'engagement.full'"),
        ("order.cost", "unknown table 'order'"),
        ("orders.costs and $margin.default", "unknown column 'costs'"),
        ("orders.cost and $margin.default", None),
        ("orders", None),
    ],
)
def test_needs_are_checked(need: str, message: str | None) -> None:
    own = {"title": "x", "formula": "y", "unit": "count", "value": "buyers", "needs": need}
    catalogue = built_in().with_own({"own": own})
    found = [finding.message for finding in check("own", catalogue, catalogue.defaults(), {})]
    assert found == ([message] if message else [])


def test_a_number_of_a_map_is_read_by_its_key() -> None:
    params = {"m": {"a": Decimal("0.5")}}
    assert expand("lookup($m, 'a', 1) * x + lookup($m, 'b', 1)", params) == "0.5 * x + (1)"


def test_maps_hold_what_they_may() -> None:
    weights = built_in().parameter("relationship.weights")
    assert weights.accept({"loyalty": 1}) == {"loyalty": Decimal(1)}
    with pytest.raises(ValueError, match="'loyalti' is not a choice; did you mean 'loyalty'"):
        weights.accept({"loyalti": 1})
    with pytest.raises(ValueError, match="-1 is less than 0"):
        weights.accept({"loyalty": -1})


@pytest.mark.parametrize(
    ("needs", "read", "russian"),
    [
        (("a.b and c.d",), "a.b and c.d", "a.b и c.d"),
        (("a.b or c.d",), "a.b or c.d", "a.b или c.d"),
        (("a.b or c.d and e.f",), "a.b or (c.d and e.f)", "a.b или (c.d и e.f)"),
        (("a.b or c", "d.e or f"), "(a.b or c) and (d.e or f)", "(a.b или c) и (d.e или f)"),
        (("a and b or c", "d.e"), "((a and b) or c) and d.e", "((a и b) или c) и d.e"),
        (
            ("a.b or the parameter x.y", "the parameter z", "c"),
            "(a.b or the parameter x.y) and the parameter z and c",
            "(a.b или параметр x.y) и параметр z и c",
        ),
        (("a step for 'x or y'", "c"), "a step for 'x or y' and c", None),
    ],
)
def test_needs_read_in_one_way(needs: tuple[str, ...], read: str, russian: str | None) -> None:
    said = Lack(needs=needs).reason
    assert said == f"needs {read}"
    if russian is not None:
        assert locale("ru").message(said) == f"нужно: {russian}"


def test_needs_read_in_one_way_where_they_are_listed(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("ticket_id,created_at\n1,2025-01-05\n")
    config = "timezone: UTC\nas_of: 2025-01-31\nsources:\n  t: {table: tickets, files: t.csv}\n"
    (tmp_path / "kpi.yaml").write_text(config)
    for lang, lack in (
        ("en", "tickets.channel or (interactions.direction and interactions.channel)"),
        ("ru", "tickets.channel или (interactions.direction и interactions.channel)"),
    ):
        for asked in (("validate",), ("explain", "channel_preference")):
            said = inside(*asked, "--lang", lang, cwd=tmp_path).out
            assert lack in " ".join(said.split())
    found = inside("compute", "fcr", "channel_preference", "-f", "json", cwd=tmp_path)
    by_name = {skip["metric"]: skip for skip in json.loads(found.out)["skipped"]}
    assert by_name["channel_preference"]["reason"] == (
        "needs tickets.channel or (interactions.direction and interactions.channel)"
    )
    assert by_name["channel_preference"]["needs"] == [
        "tickets.channel or interactions.direction and interactions.channel"
    ]
