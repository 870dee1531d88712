"""`kpi init`: columns that say the currency in words or by signs."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpicli.proposal.codes import code
from tests.console import inside as kpi
from tests.proposing import init, made, text, values

HEAD = "Номер;Дата;Клиент;Сумма;Валюта\n"


def sales(*currencies: str) -> str:
    rows = (f"{n};{n:02}.01.2025;К{n};10;{one}\n" for n, one in enumerate(currencies, 1))
    return HEAD + "".join(rows)


def test_words_of_one_currency_are_its_code(tmp_path: Path) -> None:
    config = made(tmp_path, sales_csv=sales("Российский рубль", "руб.", "₽", "RUB", "rub"))
    assert config.written.currency == "RUB"
    assert config.written.sources["orders"].columns["currency"].values == {
        "Российский рубль": "RUB",
        "руб.": "RUB",
        "₽": "RUB",
    }
    assert "where:" not in text(tmp_path)
    assert values(config, "revenue") == {"revenue": 50}


def test_of_several_currencies_most_rows_are_taken_in_all_their_words(tmp_path: Path) -> None:
    config = made(tmp_path, sales_csv=sales("руб.", "доллар США", "рубль", "евро", "RUB"))
    assert config.written.currency == "RUB"
    (where,) = (line for line in text(tmp_path).splitlines() if "where:" in line)
    assert " in ('RUB', 'руб.', 'рубль') or " in where
    assert values(config, "revenue") == {"revenue": 30}


@pytest.mark.parametrize("others", [("руб.",), ()])
def test_words_that_are_no_known_currency_are_asked_for(
    tmp_path: Path, others: tuple[str, ...]
) -> None:
    init(tmp_path, sales_csv=sales("тугрики", *others))
    said = text(tmp_path)
    assert '# ? "тугрики": её код из трёх букв' in said
    assert "currency:  # ? по заголовку" in said
    assert kpi("validate", cwd=tmp_path).code in {0, 3}  # the config loads


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("Российский рубль", "RUB"),
        ("руб.", "RUB"),
        ("р.", "RUB"),
        ("₽", "RUB"),
        ("RUR", "RUB"),
        ("доллар США", "USD"),
        ("US Dollar", "USD"),
        ("U.S. dollars", "USD"),
        ("$", "USD"),
        ("Canadian dollar", "CAD"),
        ("евро", "EUR"),
        ("€", "EUR"),
        ("Белорусский рубль", "BYN"),
        ("тенге", "KZT"),
        ("eur", "EUR"),
        ("XAF", "XAF"),
        ("lei", None),
        ("крона", None),
        ("долларов Гайаны", None),
        ("%", None),
    ],
)
def test_the_currency_of_a_cell(cell: str, found: str | None) -> None:
    assert code(cell) == found
