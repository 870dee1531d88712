"""Words of `--where` that no row holds are told: an empty answer may be a misspelled question."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpicli.config import load
from kpicli.report import Question, compute
from tests.shop import write

ORDERS = """\
order_id,ordered_at,customer_id,amount,channel,shop,owner_id
1,2025-01-05,A,100,web,north,Ann
2,2025-01-06,B,50,shop,south,Bob
"""
TICKETS = """\
ticket_id,created_at,channel,is_complaint
1,2025-01-05,email,true
2,2025-01-06,chat,false
"""


def told(folder: Path, where: str, *metrics: str) -> list[str]:
    (folder / "o.csv").write_text(ORDERS, encoding="utf-8")
    (folder / "t.csv").write_text(TICKETS, encoding="utf-8")
    sources = {
        "orders": {"table": "orders", "files": "o.csv", "keep": ["shop"]},
        "tickets": {"table": "tickets", "files": "t.csv"},
    }
    question = Question(metrics=metrics or ("revenue", "ticket_volume"), where=where)
    found = compute(load(write(folder, sources)), question)
    return [warning for warning in found.warnings if "--where" in warning]


@pytest.mark.parametrize(
    ("where", "warning"),
    [
        ("channel = 'webb'", "channel 'webb'; did you mean 'web'?"),
        ("channel in ('web', 'emial')", "channel 'emial'; did you mean 'email'?"),
        ("channel <> 'fax'", "channel 'fax'; known: chat, email, shop, web"),
        ("orders.channel = 'email'", "orders.channel 'email'; known: shop, web"),
        ("shop = 'nort'", "shop 'nort'"),
        ("customer = 'C'", "customer 'C'"),
    ],
)
def test_a_word_that_no_row_holds_is_told(tmp_path: Path, where: str, warning: str) -> None:
    assert told(tmp_path, where, "revenue", "ticket_volume") == [f"--where: no row has {warning}"]


@pytest.mark.parametrize(
    "where", ["channel = 'web'", "channel in ('email', 'shop')", "channel <> ''", "shop = 'north'"]
)
def test_words_that_are_there_are_not(tmp_path: Path, where: str) -> None:
    assert told(tmp_path, where) == []


MESSAGES = """\
message_id,ticket_id,sent_at,author_type,author_id
1,1,2025-01-05 10:00,customer,
2,1,2025-01-05 11:00,agent,Eva
"""


@pytest.mark.parametrize(
    ("where", "warnings"),
    [
        ("channel = 'emial'", ["channel 'emial'; did you mean 'email'?"]),
        ("employee = 'Ewa'", ["employee 'Ewa'"]),
        ("employee = 'Eva'", []),
    ],
)
def test_so_are_words_of_what_a_view_makes(tmp_path: Path, where: str, warnings: list[str]) -> None:
    (tmp_path / "t.csv").write_text(TICKETS, encoding="utf-8")
    (tmp_path / "m.csv").write_text(MESSAGES, encoding="utf-8")
    sources = {
        "tickets": {"table": "tickets", "files": "t.csv"},
        "messages": {"table": "messages", "files": "m.csv"},
    }
    question = Question(metrics=("average_response_time", "ticket_volume"), where=where)
    found = compute(load(write(tmp_path, sources)), question)
    told = [warning for warning in found.warnings if "--where" in warning]
    assert told == [f"--where: no row has {warning}" for warning in warnings]


def test_a_word_of_another_metric_is_no_word_of_this_one(tmp_path: Path) -> None:
    assert told(tmp_path, "channel = 'email'", "revenue") == [
        "--where: no row has channel 'email'; known: shop, web"
    ]


def test_whoever_has_a_row_of_their_own_is_known_without_others(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(ORDERS, encoding="utf-8")
    (tmp_path / "c.csv").write_text("customer_id,created_at\nA,2025-01-01\nC,2025-01-01\n")
    sources = {
        "orders": {"table": "orders", "files": "o.csv"},
        "customers": {"table": "customers", "files": "c.csv"},
    }
    config = load(write(tmp_path, sources))
    for customer, warned in (("C", False), ("D", True)):
        asked = Question(metrics=("revenue", "new_customers"), where=f"customer = '{customer}'")
        warnings = compute(config, asked).warnings
        assert any("no row has customer" in warning for warning in warnings) is warned


def test_true_and_false_are_words_too(tmp_path: Path) -> None:
    assert told(tmp_path, "tickets.is_complaint = 'true'", "ticket_volume") == []
    assert told(tmp_path, "tickets.is_complaint = 'Да'", "ticket_volume") == [
        "--where: no row has tickets.is_complaint 'Да'; known: false, true"
    ]


def test_a_cast_that_does_not_fit_shows_no_cells(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(ORDERS, encoding="utf-8")
    sources = {"orders": {"table": "orders", "files": "o.csv"}}
    question = Question(metrics=("revenue",), where="cast(employee as int) = 5")
    (skipped,) = compute(load(write(tmp_path, sources)), question).skipped
    assert skipped.reason == (
        "revenue failed: some cells do not fit a cast; try_cast makes them null"
    )
