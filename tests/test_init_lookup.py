"""`kpi init` on an entity in two files: when a second export is looked up, and when it is not."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpicli.config import Config, Lookup
from kpicli.model import model
from kpicli.proposal.keys import Keys
from tests.proposing import init, made, text, values

LEADS = "mql_id,first_contact_date,landing_page_id,origin\n" + "".join(
    f"{key},2025-01-{day},9f,{origin}\n"
    for key, day, origin in (
        ("dac32acd", 14, "social"),
        ("8c18d1de", 15, "paid_search"),
        ("b4bc852d", 16, "email"),
        ("6be030b8", 17, "email"),
    )
)
WON = (
    "mql_id;seller_id;won_date;business_segment\n"
    "8c18d1de;2c43;26.02.2025 19:58;pet\n6be030b8;bbb7;08.05.2025 20:17;car\n"
)
TICKETS = "Ticket ID,Created at,Priority,Agent\n" + "".join(
    f"{number},2025-01-{number - 1000:02} 10:00,High,Anna Kim\n" for number in range(1001, 1021)
)


def lookups(config: Config, source: str) -> tuple[Lookup, ...]:
    return config.written.sources[source].lookup


def tables(config: Config) -> dict[str, str]:
    return {name: source.table for name, source in config.written.sources.items()}


def headers(lookup: Lookup) -> dict[str, tuple[str, ...] | None]:
    return {name: spec.from_ for name, spec in lookup.specs.items()}


# --- what is looked up


def test_won_deals_are_looked_up_for_leads_in_a_form_of_their_own(tmp_path: Path) -> None:
    config = made(tmp_path, leads_csv=LEADS, won_csv=WON)
    assert tables(config) == {"leads": "leads"}
    (found,) = lookups(config, "leads")
    assert headers(found) == {"lead_id": ("mql_id",), "converted_at": ("won_date",)}
    said = 'match: {lead_id: "mql_id"}  # 2 of its 2 ids are among the 4 of leads.csv'
    assert said in text(tmp_path)
    assert values(config, "customer_acquisition_rate") == {"customer_acquisition_rate": 50}
    done = init(tmp_path, "--force", leads_csv=LEADS, won_csv=WON)
    assert "won.csv looks like" not in done.err
    assert "kpi: won.csv → leads, looked up: 2 of 4 columns used" in done.err


def test_what_happened_to_tickets_may_stand_elsewhere(tmp_path: Path) -> None:
    times = "ticket;resolved on\n1001;13.02.2025 10:00\n1004;14.02.2025 10:00\n"
    config = made(tmp_path, tickets_csv=TICKETS, times_csv=times)
    (found,) = lookups(config, "tickets")
    assert headers(found) == {"ticket_id": ("ticket",), "resolved_at": ("resolved on",)}


def test_who_left_is_looked_up_and_nobody_is_named(tmp_path: Path) -> None:
    staff = "Сотрудник;Дата приема;Отдел\n" + "".join(
        f"{who};1{day}.01.2024;Продажи\n"
        for day, who in enumerate(("Анна Ким", "Олег Ли", "Яна Цой"))
    )
    left = (
        "Сотрудник,Дата увольнения,Причина увольнения\n"
        "Анна Ким,2025-02-15,по собственному желанию\nОлег Ли,2025-03-15,сокращение\n"
    )
    config = made(tmp_path, staff_csv=staff, left_csv=left)
    assert values(config, "separations") == {"separations": 2}
    assert "as_of: 2025-03-15" in text(tmp_path)  # what is looked up tells it too
    whole = text(tmp_path) + init(tmp_path, "--force", staff_csv=staff, left_csv=left).err
    assert not any(name in whole for name in ("Анна", "Олег", "Яна"))


def test_orders_get_their_amounts_from_payments_that_add_up(tmp_path: Path) -> None:
    orders = "order_id,customer_id,order_status,order_purchase_timestamp\n" + "".join(
        f"e481f{number},c{number},delivered,2025-01-1{number} 10:00:00\n" for number in range(5)
    )
    payments = "order_id,payment_sequential,payment_type,payment_value\n" + "".join(
        f"e481f{number},1,card,10.50\ne481f{number},2,voucher,4.50\n" for number in range(5)
    )
    config = made(tmp_path, orders_csv=orders, payments_csv=payments)
    (found,) = lookups(config, "orders")
    assert found.fold is not None
    assert found.fold.sum == ("amount",)
    assert values(config, "revenue", "sales_count") == {"revenue": 75, "sales_count": 5}
    assert "# ? ids that stand on several of its rows: 5; their amounts add up" in text(tmp_path)


def test_two_exports_of_the_same_tickets_are_one_source(tmp_path: Path) -> None:
    more = "Ticket ID,Created at,Resolved at,Channel\n" + "".join(
        f"{n},2025-01-{n - 1000:02} 10:00,2025-01-{n - 1000:02} 12:00,mail\n"
        for n in range(1001, 1021)
    )
    config = made(tmp_path, tickets_csv=TICKETS, times_csv=more)
    assert tables(config) == {"tickets": "tickets"}
    found = values(config, "ticket_volume", "average_resolution_time")
    assert found == {"ticket_volume": 20, "average_resolution_time": 7200}


def test_orders_stay_a_source_and_say_when_their_leads_were_won(tmp_path: Path) -> None:
    leads = "lead_id,created at\nL1,2025-01-14\nL2,2025-01-15\nL3,2025-01-16\n"
    orders = (
        "order_id,lead_id,won date,amount,channel\n7,L1,2025-02-14,10,web\n8,L3,2025-02-15,20,web\n"
    )
    config = made(tmp_path, leads_csv=leads, orders_csv=orders)
    assert tables(config) == {"leads": "leads", "orders": "orders"}
    (found,) = lookups(config, "leads")
    assert headers(found) == {"lead_id": ("lead_id",), "converted_at": ("won date",)}
    assert values(config, "revenue", "conversion_rate") == {
        "revenue": 30,
        "conversion_rate": pytest.approx(66.667, abs=0.001),
    }


def test_scores_of_tickets_get_their_day_from_the_tickets(tmp_path: Path) -> None:
    scores = "ticket_id,score\n1001,5\n1002,2\n1003,4\n"
    config = made(tmp_path, tickets_csv=TICKETS, scores_csv=scores)
    assert tables(config) == {"tickets": "tickets", "csat": "responses"}
    (found,) = lookups(config, "csat")
    assert headers(found) == {"ticket_id": ("Ticket ID",), "responded_at": ("Created at",)}
    assert values(config, "csat_mean") == {"csat_mean": pytest.approx(3.667, abs=0.001)}
    assert "# ? a guess: the header says only that something is rated" in text(tmp_path)


def test_ratings_in_a_file_of_their_own_have_a_scale(tmp_path: Path) -> None:
    csat = "Ticket ID,Rating,Rated at\n1001,5,2025-02-13 10:00\n1002,2,2025-02-14 10:00\n"
    config = made(tmp_path, tickets_csv=TICKETS, csat_csv=csat)
    assert values(config, "csat") == {"csat": 50}
    assert "# ? the scores go from 2 to 5; say the real scale" in text(tmp_path)


def test_a_match_that_is_not_whole_or_not_named_is_doubtful(tmp_path: Path) -> None:
    keys = ("dac32acd", "8c18d1de", "b4bc852d", "6be030b8", "1a2b3c4d", "5e6f7a8b")
    leads = "lead,created at\n" + "".join(f"{k},2025-01-1{n}\n" for n, k in enumerate(keys))
    named = "lead,won date\n" + "".join(f"{k},2025-02-15\n" for k in (*keys[:5], "ffffffff"))
    made(tmp_path, leads_csv=leads, won_csv=named)
    assert "# ? 5 of its 6 ids are among the 6 of leads.csv" in text(tmp_path)
    (tmp_path / "kpi.yaml").unlink()
    made(
        tmp_path,
        leads_csv=leads,
        won_csv=named.replace("lead,", "ref,").replace("ffffffff", keys[5]),
    )
    assert "# ? 6 of its 6 ids are among the 6 of leads.csv; its header does not name them" in text(
        tmp_path
    )


def test_a_second_file_may_go_further_back(tmp_path: Path) -> None:
    orders = "Order ID,Order date,Amount\n" + "".join(f"{n},2025-01-05,10\n" for n in range(91, 99))
    costs = "Order ID,Cost\n" + "".join(f"{n},4\n" for n in range(1, 120))
    config = made(tmp_path, orders_csv=orders, costs_csv=costs)
    assert [found.brought for found in lookups(config, "orders")] == [("cost",)]
    assert "# ? 8 of its 119 ids are among the 8 of orders.csv" in text(tmp_path)


def test_ratings_of_known_tickets_are_answers_and_no_tickets(tmp_path: Path) -> None:
    answers = "Ticket ID,Survey rating,Submitted at,Agent\n" + "".join(
        f"{n},{word},2025-02-13 10:00,Anna Kim\n"
        for n, word in ((1001, "Happy"), (1002, "Neutral"))
    )
    config = made(tmp_path, tickets_csv=TICKETS, export_csv=answers)
    assert tables(config) == {"tickets": "tickets", "csat": "responses"}
    assert values(config, "ticket_volume") == {"ticket_volume": 20}


# --- what is not


def test_contracts_tell_of_customers_by_themselves(tmp_path: Path) -> None:
    customers = "Customer ID,Customer since\nC1,2024-01-05\nC2,2024-01-06\nC3,2024-01-07\n"
    contracts = "Customer ID,Start date,End date,Amount\n" + "".join(
        f"C{n},2024-02-05,2025-02-05,10\n" for n in (1, 2, 3)
    )
    config = made(tmp_path, customers_csv=customers, contracts_csv=contracts)
    assert lookups(config, "customers") == ()


def _leads(ids: range, header: str = "id") -> str:
    return f"{header},created at\n" + "".join(f"{n},2025-01-{n % 28 + 1:02}\n" for n in ids)


def _won(ids: range, header: str = "id") -> str:
    return f"{header},won date\n" + "".join(f"{n},2025-02-{n % 28 + 1:02}\n" for n in ids)


@pytest.mark.parametrize(
    ("leads", "won"),
    [
        (_leads(range(1, 20)), _won(range(1, 10))),
        (_leads(range(1, 20)), _won(range(1, 10), "No.")),
        (_leads(range(1, 20), "lead_id"), _won(range(12, 30), "lead_id")),
        (_leads(range(1, 20), "lead_id"), _won(range(3, 4), "lead_id")),
        (_leads(range(1000, 1100)), _won(range(1000, 1050), "row")),
    ],
    ids=["ids that count", "numbers", "half of them", "a single one", "counted from 1000"],
)
def test_numbers_that_meet_by_chance_are_no_lookup(tmp_path: Path, leads: str, won: str) -> None:
    config = made(tmp_path, leads_csv=leads, won_csv=won)
    assert lookups(config, "leads") == ()
    assert "won.csv looks like" in init(tmp_path, "--force", leads_csv=leads, won_csv=won).err


def test_an_end_is_not_given_to_every_employment_of_a_person(tmp_path: Path) -> None:
    staff = "Employee ID,Hire Date,Department\nE1,2020-01-15,A\nE1,2022-01-15,A\nE2,2020-02-15,B\n"
    left = "Employee ID,Termination Date\nE1,2021-01-15\nE2,2023-01-15\n"
    assert lookups(made(tmp_path, staff_csv=staff, left_csv=left), "employees") == ()


def test_what_describes_few_rows_is_left(tmp_path: Path) -> None:
    times = "ticket,resolved on,channel\n1001,2025-02-13 10:00,web\n1004,2025-02-14 10:00,web\n"
    (found,) = lookups(made(tmp_path, tickets_csv=TICKETS, times_csv=times), "tickets")
    assert found.brought == ("resolved_at",)


def test_a_looked_up_column_that_cannot_be_read_is_left_and_told(tmp_path: Path) -> None:
    counts = "ticket,resolved on,reopens\n" + "".join(
        f"{number},2025-02-{number - 1000:02} 10:00,1.5\n" for number in range(1001, 1012)
    )
    config = made(tmp_path, tickets_csv=TICKETS, counts_csv=counts)
    (found,) = lookups(config, "tickets")
    assert found.brought == ("resolved_at",)
    said = '# ? reopened_count: "reopens"  # left out: its cells cannot be read as int'
    assert said in text(tmp_path)


WORDS = st.lists(st.text("aАб1 ", max_size=3), max_size=12)


@given(WORDS, WORDS)
def test_keys_hold_those_that_are_among_them(held: list[str], few: list[str]) -> None:
    cells = pl.Series("cell", sorted(set(held)), dtype=pl.String).sort()
    keys = Keys(table=model().tables["leads"], column="lead_id", header="x", title="y", cells=cells)
    found = keys.hold(pl.Series(few, dtype=pl.String))
    assert found.to_list() == [cell in held for cell in few]
