"""Examples of the articles in their own numbers, where a table by hand would be long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.cases import compare, computed

JANUARY = {"as_of": "2025-01-31", "period": "2025-01"}


def table(header: str, rows: Iterable[str]) -> str:
    return "\n".join([header, *(f"{number} {row}" for number, row in enumerate(rows))])


def leads(won: int, lost: int) -> str:
    rows = ["2025-01-05 2025-01-06 ann"] * won + ["2025-01-05 - ann"] * lost
    return table("lead_id created_at converted_at owner_id", rows)


def check(metric: str, tables: dict[str, str], wanted: Any, **params: Any) -> None:
    body = {**JANUARY, "tables": tables, "params": params}
    rows = [row for row in computed(body, [metric]) if row.metric == metric]
    if not isinstance(wanted, dict):
        wanted = {"": wanted}
    assert {" ".join(row.dims.values()) for row in rows} == set(wanted)
    for row in rows:
        name = " ".join(row.dims.values())
        compare(row, wanted[name], name)


@pytest.mark.parametrize("attribution", ["cohort", "event", "pool"])
def test_480_of_1500_leads_are_exactly_32_percent(attribution: str) -> None:
    """TV-01 and trap T20."""
    tables = {"leads": leads(480, 1020)}
    check("customer_acquisition_rate", tables, 32, **{"conversion.attribution": attribution})


def test_shares_of_200_conversions_by_method() -> None:
    """TV-09."""
    methods = ["cold_call"] * 10 + ["personal"] * 170 + ["email"] * 20
    rows = [f"2025-01-05 2025-01-06 {method}" for method in methods]
    tables = {"leads": table("lead_id created_at converted_at outreach_method", rows)}
    wanted = {"cold_call": 5, "personal": 85, "email": 10}
    check("conversion_share_by_method", tables, wanted)


def test_200_calls_for_8_conversions() -> None:
    """TV-09."""
    calls = table("interaction_id occurred_at type employee_id", ["2025-01-07 call ann"] * 200)
    check("effort_per_conversion", {"leads": leads(8, 0), "interactions": calls}, 25)


def test_forty_larger_coffees_at_25_cents() -> None:
    """TV-11."""
    coffees = ["2025-01-05 3.25 3.00 upsell"] * 40
    tables = {"orders": table("order_id ordered_at amount base_amount sale_type", coffees)}
    check("upsell_revenue", tables, 10)
