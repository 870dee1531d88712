"""`kpi init` on sales of which some are none: lost, open, cancelled, or nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console import inside as kpi
from tests.proposing import init, made, text, values

DEALS = (
    "Deal ID,Company ID,Close Date,Amount,Deal Stage\n"
    "1,c1,2024-01-05,100,Closed Won\n2,c2,2024-01-15,200,Closed Lost\n"
    "3,c3,2024-02-05,300,Negotiation\n4,c1,2024-02-08,400,Closed Won\n"
)
HUBSPOT = (
    "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Pipeline,Associated Company IDs\n"
    "11,A,Closed Won (Sales Pipeline),2024-01-05 10:00,Ann,100,Sales Pipeline,501\n"
    "12,B,Closed Lost (Sales Pipeline),2024-01-15 10:00,Bob,200,Sales Pipeline,502\n"
    "13,C,Appointment Scheduled (Sales Pipeline),2024-02-15 10:00,Bob,300,Sales Pipeline,503\n"
)
WON = {"revenue": 500, "sales_count": 2}


def under(header: str, *words: str) -> str:
    """Return the deals with another header over their stages, and other words for them."""
    export = DEALS.replace("Deal Stage", header)
    for known, word in zip(("Closed Won", "Closed Lost", "Negotiation"), words, strict=False):
        export = export.replace(known, word)
    return export


@pytest.mark.parametrize(
    "header",
    [
        *("Deal Stage", "Stage", "Stage Name", "Opportunity stage", "Стадия сделки", "Стадия"),
        *("Этап", "Этап сделки", "Воронка/Этап", "Current deal stage", "Outcome", "Итог"),
    ],
)
def test_lost_and_open_deals_are_no_sales(tmp_path: Path, header: str) -> None:
    assert values(made(tmp_path, deals_csv=under(header)), *WON) == WON


@pytest.mark.parametrize(
    "words",
    [
        ("Успешно реализовано", "Закрыто и не реализовано", "Переговоры"),
        ("7. Won", "8. Lost", "1. New"),
        ("Sales / Won", "Sales / Lost", "Sales / New"),
        ("Paid", "Voided", "Awaiting payment"),
        ("Сделка успешна", "Сделка провалена", "Whatever"),
    ],
)
def test_words_for_what_became_of_deals(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert values(made(tmp_path, deals_csv=under("Этап", *words)), *WON) == WON


@pytest.mark.parametrize("header", ["Stage", "Статус", "Stage of the deal"])
def test_stages_that_nobody_knows_make_no_sales(tmp_path: Path, header: str) -> None:
    config = made(tmp_path, deals_csv=under(header, "Gewonnen", "Verloren", "Offen"))
    assert values(config, *WON) == {"revenue": 0, "sales_count": 0}
    said = text(tmp_path)
    assert "until values say what its words mean, every row is unknown" in said
    assert '# ? "Gewonnen": one of completed, pending, cancelled' in said
    assert "Stage: not one of the values" in kpi("validate", cwd=tmp_path).out or header != "Stage"


def test_a_header_that_is_itself_the_word(tmp_path: Path) -> None:
    config = made(tmp_path, deals_csv=under("Paid", "yes", "no", "no"))
    assert values(config, *WON) == WON
    assert "# ? its header is a word for what became of a row" in text(tmp_path)
    config = made(tmp_path / "..", cancelled_csv=under("Отменена", "Нет", "Да", "Да"))
    assert values(config, *WON) == WON


def test_a_status_that_says_nothing_gives_way_to_one_that_does(tmp_path: Path) -> None:
    export = "\n".join(
        f"{line},{'Result' if not at else ('Paid', 'Cancelled')[at % 2]}"
        for at, line in enumerate(under("Status", "A", "B", "C").splitlines())
    )
    config = made(tmp_path, deals_csv=export)
    assert config.written.sources["orders"].columns["status"].from_ == ("Result",)


def test_two_headers_that_tell_it(tmp_path: Path) -> None:
    lines = DEALS.splitlines()
    export = "\n".join([f"{lines[0]},Delivery", *(f"{line},Delivered" for line in lines[1:-1])])
    init(tmp_path, deals_csv=f"{export}\n{lines[-1]},Failed\n")
    said = " ".join(text(tmp_path).split())
    assert "? 'Delivery' seems to say what became of a row too, and only 'Deal Stage' is" in said


@pytest.mark.parametrize(
    ("header", "words"),
    [("Customer type", ("New", "Returning", "Returning")), ("Zustand", ("A", "B", "C"))],
)
def test_words_for_something_else_are_left_alone(
    tmp_path: Path, header: str, words: tuple[str, ...]
) -> None:
    config = made(tmp_path, deals_csv=under(header, *words))
    assert "status" not in config.written.sources["orders"].columns


def test_deals_of_hubspot_without_a_date_of_creation(tmp_path: Path) -> None:
    config = made(tmp_path, deals_csv=HUBSPOT)
    assert values(config, *WON) == {"revenue": 100, "sales_count": 1}
    assert config.written.sources["sales"].columns["order_id"].from_ == ("Record ID",)


def test_deals_of_hubspot_in_stages_that_nobody_knows(tmp_path: Path) -> None:
    config = made(tmp_path, deals_csv=HUBSPOT.replace("Closed Won", "Phase 9"))
    assert values(config, *WON) == {"revenue": 0, "sales_count": 0}
    assert config.written.sources["orders"].columns["order_id"].from_ == ("Record ID",)
    assert "no value is known for 1 of its words" in text(tmp_path)


def test_payments_of_stripe_that_do_not_say_when_money_went_back(tmp_path: Path) -> None:
    export = (
        "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Fee,Status\n"
        "ch_1,,Payment complete.,2024-05-01 10:00,10.00,0.00,usd,1.00,Paid\n"
        "ch_2,,Payment complete.,2024-05-02 10:00,20.00,20.00,usd,1.00,Refunded\n"
        "ch_3,,The card was declined.,2024-05-03 10:00,30.00,0.00,usd,0.00,Failed\n"
    )
    config = made(tmp_path, payments_csv=export)
    assert {*config.written.sources} == {"undated"}
    assert values(config, *WON) == {"revenue": 10, "sales_count": 1}
