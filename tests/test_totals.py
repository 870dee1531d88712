"""Totals that look like rows are read as rows, and told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from tests.shop import loaded, orders, write

HEAD = "Дата;Номер;Клиент;Товар;Сумма\n"
ROWS = "05.01.2025;1;A;Кофе;1000\n06.01.2025;2;B;Чай;50\n"
COLUMNS = {"order_id": "Номер", "ordered_at": "Дата", "customer_id": "Клиент", "amount": "Сумма"}


def told(folder: Path, text: str, **source: Any) -> list[str]:
    return list(loaded(orders(folder, text, columns=COLUMNS, **source)).warnings)


def test_a_total_with_a_date_is_read_and_told(tmp_path: Path) -> None:
    text = HEAD + ROWS + "31.01.2025;Итого;;;1050\n"
    (warning,) = told(tmp_path, text)
    assert warning == (
        "o: orders.csv:4 is read as a row, and Номер begins with 'Итого': if it is a total, leave "
        """it out by where: coalesce("Номер", '') not like 'Итого%'"""
    )
    found = loaded(orders(tmp_path, text, columns=COLUMNS))
    assert found.frames["orders"].height == 3


def test_what_the_warning_says_to_do_mends_it(tmp_path: Path) -> None:
    text = HEAD + ROWS + "31.01.2025;Итого;;;1050\n"
    where = told(tmp_path, text)[0].partition("where: ")[2]
    assert not told(tmp_path, text, where=where)
    # A column that is empty elsewhere loses no other row.
    text = HEAD + "05.01.2025;1;;Кофе;1000\n06.01.2025;2;;Чай;50\n31.01.2025;;Всего;;1050\n"
    source: dict[str, Any] = {"columns": {**COLUMNS, "order_id": {"row": True}}}
    (warning,) = loaded(orders(tmp_path, text, **source)).warnings
    found = loaded(orders(tmp_path, text, where=warning.partition("where: ")[2], **source))
    assert not found.warnings
    assert found.frames["orders"].height == 2


@pytest.mark.parametrize(
    "line",
    [
        "31.01.2025;ИТОГО:;A;Чай;1050",
        "31.01.2025;Итого за январь;A;Чай;1050",
        "31.01.2025;Оборот за период;A;Чай;1050",
        "31.01.2025;Total;A;Чай;1050",
        "31.01.2025;Grand total for January;A;Чай;1050",
        "31.01.2025;Всего: 1 050,00;A;Чай;1050",
        "31.01.2025;3;Итого;Чай;1050",
        "31.01.2025;3;A;Итого;1050\n;;;;",
        "31.01.2025;3;;Итого;1050",
        "31.01.2025;Итого по Москве;A;;1\n31.01.2025;Итого;A;;1050\nВыгружено вчера",
    ],
)
def test_words_of_totals(tmp_path: Path, line: str) -> None:
    text = HEAD + ROWS + line + "\n"
    # In a column that names nothing a word must come with an empty cell.
    wanted = 0 if line.startswith("31.01.2025;3;A;Итого") else 1 + line.count("по Москве")
    assert len(told(tmp_path, text)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        HEAD + ROWS + "31.01.2025;Итоговый;A;Чай;10\n",
        HEAD + ROWS + "31.01.2025;3;;Всего хорошего!;10\n",
        HEAD + ROWS + "31.01.2025;3;;Total Care;10\n",
        HEAD + "31.01.2025;Итого;A;Чай;10\n" + ROWS * 2 + "06.01.2025;3;A;Чай;10\n",
        # A value of its column, which the rows before have too.
        HEAD + ROWS + "".join(f"31.01.2025;{n};;Total;10\n" for n in range(3, 9)),
        # Not in use: left out, refused, or no row at all.
        HEAD + ROWS + ";Итого;;;10\n",
        HEAD + ROWS + "Итого;;;;10\n",
        HEAD + ROWS + "31.01.2025;Итого;10\n",
    ],
)
def test_what_is_no_total_is_not_told(tmp_path: Path, text: str) -> None:
    found = loaded(orders(tmp_path, text, columns=COLUMNS), enforce=False)
    assert not any("total" in warning for warning in found.warnings)


def test_the_line_is_that_of_the_original(tmp_path: Path) -> None:
    text = (
        HEAD + '05.01.2025;1;"A\nB";Кофе;1000\n\n06.01.2025;2;B;Чай;50\n31.01.2025;Итого;;;1050\n'
    )
    (warning,) = told(tmp_path, text)
    assert "orders.csv:6 is read as a row" in warning


def test_a_customer_called_total_is_told(tmp_path: Path) -> None:
    text = "customer_id,acquired_at,region\nA,2025-01-01,x\nTotal,2025-01-31,3\n"
    (tmp_path / "c.csv").write_text(text)
    (warning,) = loaded(
        load(write(tmp_path, {"c": {"table": "customers", "files": "c.csv"}}))
    ).warnings
    assert "c.csv:3" in warning


def test_a_total_that_is_looked_up_harms_nobody(tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text("Клиент;Канал\nA;x\nИтого;1\n", encoding="utf-8")
    lookup = {"files": "k.csv", "match": {"customer_id": "Клиент"}, "columns": {"channel": "Канал"}}
    assert not told(tmp_path, HEAD + ROWS, lookup=[lookup])
