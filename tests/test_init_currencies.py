"""`kpi init`: files in different currencies, which must not be added up without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpicli.config import load
from tests.console import inside as kpi
from tests.proposing import init, made, text

IN_EUR = (
    "order_id,order_date,amount,currency,customer_id\n"
    "1,2025-01-05,10,EUR,A\n2,2025-01-06,20,EUR,B\n"
)
PLAIN = (
    "order_id,order_date,{amount},customer_id\n{n}1,2025-01-05,{one},A\n{n}2,2025-01-06,{one},B\n"
)
COSTS = "Дата расхода;{amount};Статья затрат\n11.02.2025;1000;Реклама\n12.02.2025;2000;Реклама\n"


def orders(amount: str, key: str, one: str = "10") -> str:
    return PLAIN.format(amount=amount, n=key, one=one)


def needs_rates(folder: Path, **files: str) -> None:
    """Check that `init` tells of several currencies, and that `compute` asks for rates."""
    done = init(folder, **files)
    assert done.code == 3
    assert "give rates in fx" in done.err
    assert kpi("compute", "revenue", "customer_acquisition_cost", cwd=folder).code == 3
    config = text(folder)
    path = folder / "kpi.yaml"
    path.write_text(config + "fx:\n  EUR: {2025-01-01: 2}\n  RUB: {2025-01-01: 0.01}\n")
    assert kpi("compute", "revenue", "customer_acquisition_cost", cwd=folder).code == 0
    path.write_text(config)


def test_headers_that_name_two_currencies_are_not_one(tmp_path: Path) -> None:
    files = {"o1_csv": orders('"amount, USD"', "A"), "o2_csv": orders('"amount, EUR"', "B")}
    needs_rates(tmp_path, **files)
    said = text(tmp_path)
    assert "currency: USD  # ? most rows; also EUR" in said
    assert "currency: {const: USD}  # 'amount, USD' says so" in said
    assert (
        "currency: {const: EUR}  # ? 'amount, EUR' says so; such amounts need rates in fx" in said
    )


def test_a_header_in_roubles_beside_rows_in_euros(tmp_path: Path) -> None:
    crm = "Номер заказа;Дата заказа;Сумма, руб.;Клиент\nZ1;11.02.2025;1000;A\nZ2;12.02.2025;5;B\n"
    needs_rates(tmp_path, orders_csv=IN_EUR, crm_csv=crm)
    assert "currency: {const: RUB}  # ?" in text(tmp_path)


def test_costs_in_roubles_beside_sales_in_euros(tmp_path: Path) -> None:
    needs_rates(tmp_path, orders_csv=IN_EUR, costs_csv=COSTS.format(amount="Сумма, руб."))
    assert "currency: {const: RUB}  # ?" in text(tmp_path)


def test_files_alike_whose_amounts_bear_two_signs_are_two_sources(tmp_path: Path) -> None:
    files = {"o1_csv": orders("amount", "A", "$10.00"), "o2_csv": orders("amount", "B", "€10.00")}
    needs_rates(tmp_path, **files)
    assert "currency: {const: EUR}  # ? amounts bear €" in text(tmp_path)


@pytest.mark.parametrize("header", ["amount", "currency"])
def test_files_alike_in_one_currency_stay_one_source(tmp_path: Path, header: str) -> None:
    if header == "currency":  # said row by row
        row = "order_id,order_date,amount,currency\n{},2025-01-05,{},{}\n"
        files = {"o1_csv": row.format(1, "$5", "USD"), "o2_csv": row.format(2, "€5", "EUR")}
    else:
        files = {"o1_csv": orders("amount", "A", "$10.00"), "o2_csv": orders("amount", "B")}
    assert init(tmp_path, **files).code == 0
    assert {*load(tmp_path / "kpi.yaml").written.sources} == {"orders"}


def test_a_currency_that_a_table_cannot_hold_is_a_doubt(tmp_path: Path) -> None:
    contracts = (
        'Customer ID,Contract start,"Contract value, USD"\nA,2025-01-05,100\nB,2025-01-06,9\n'
    )
    done = init(tmp_path, orders_csv=IN_EUR, contracts_csv=contracts)
    assert done.code == 0, done.err
    assert "contracts.csv → contracts: 3 of 3 columns used, 1 to check" in done.err
    assert "  # ? its amounts are in USD, and count as EUR: convert them" in text(tmp_path)


def test_amounts_that_show_no_currency_where_others_differ_are_a_doubt(tmp_path: Path) -> None:
    files = {"o1_csv": orders('"amount, USD"', "A"), "o2_csv": orders('"amount, EUR"', "B")}
    assert init(tmp_path, **files, costs_csv=COSTS.format(amount="Сумма")).code == 3
    assert "# ? nothing says in which currency its amounts are" in text(tmp_path)


def test_what_is_looked_up_in_another_currency_is_a_doubt(tmp_path: Path) -> None:
    cost = 'order_id,"cost, RUB"\n1,500\n2,600\n'
    done = init(tmp_path, orders_csv=IN_EUR, cost_csv=cost)
    assert "# ? amounts are in RUB by their header, and in EUR by the currency of their" in text(
        tmp_path
    ), done.err


def test_two_amounts_of_one_row_in_two_currencies_are_a_doubt(tmp_path: Path) -> None:
    sales = 'order_id,order_date,"amount, EUR","cost, USD"\n1,2025-01-05,10,5\n2,2025-01-06,20,6\n'
    made(tmp_path, orders_csv=sales)
    assert "# ? its amounts are in EUR, USD, and count as EUR" in text(tmp_path)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("amount, CAD", "CAD"),
        ("amount (R$)", "BRL"),
        ("Сумма, р.", "RUB"),
        ("amount in euros", "EUR"),
        ("amount", None),
        ("amount, C$", None),
    ],
)
def test_the_currency_that_a_header_names(tmp_path: Path, header: str, code: str | None) -> None:
    config = made(tmp_path, orders_csv=orders(f'"{header}"', "A"))
    assert config.written.currency == code
    assert "const" not in text(tmp_path)  # where all is in one, the config says it


def test_a_sign_that_few_amounts_bear_is_a_doubt(tmp_path: Path) -> None:
    rows = "".join(f"{n};{n:02}.01.2025;Клиент {n};{n},50\n" for n in range(1, 12))
    made(tmp_path, sales_csv=f"Номер;Дата;Клиент;Сумма\n{rows}99;12.01.2025;Клиент;100,00 $\n")
    assert "\ncurrency: USD  # ? у сумм знак $: 1 из 12\n" in text(tmp_path)


def test_a_sign_of_one_amount_among_files_in_two_currencies_is_a_doubt(tmp_path: Path) -> None:
    some = orders("amount", "B") + "B3,2025-01-07,$7,C\n"
    init(tmp_path, o1_csv=orders('"amount, EUR"', "A"), o2_csv=some)
    assert "currency: {const: USD}  # ? 1 of 3 amounts bear $" in text(tmp_path)
