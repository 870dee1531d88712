"""`kpi init`: a header that is there is not said to be missing where its cells are no dates."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpicli.config import load
from tests.proposing import init, values

CONFIG = """\
timezone: UTC
sources:
  orders:
    table: orders
    files: sales.csv
    columns:
      order_id: "Номер"
      ordered_at: {from: "Дата", format: excel}
      amount: "Сумма"
"""


@pytest.mark.parametrize(
    ("cells", "hint"),
    [
        ("45659 45660 45661", 'они записаны числом: ordered_at: {from: "Дата", format: excel}'),
        ("2_березня_2025_р. 3_березня_2025_р.", 'ordered_at: {from: "Дата", format: "%d.%m.%Y"}'),
    ],
)
def test_cells_that_are_not_read_as_dates_are_told(tmp_path: Path, cells: str, hint: str) -> None:
    rows = "".join(f"{n};{c.replace('_', ' ')};10\n" for n, c in enumerate(cells.split(), 1))
    done = init(tmp_path, sales_csv=f"Номер;Дата;Сумма\n{rows}")
    assert done.code == 3
    assert "sales.csv похож на orders, но ячейки столбца «Дата» не читаются как даты" in done.err
    assert hint in done.err
    assert "ни один заголовок" not in done.err


def test_what_is_hinted_for_days_of_excel_reads_them(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("Номер;Дата;Сумма\n1;45659;10\n2;45660;20\n")
    (tmp_path / "kpi.yaml").write_text(CONFIG)
    assert values(load(tmp_path / "kpi.yaml"), "revenue") == {"revenue": 30}


def test_a_header_that_is_not_there_is_still_asked_for(tmp_path: Path) -> None:
    done = init(tmp_path, sales_csv="Номер;Сумма;Клиент\n1;10;A\n2;20;B\n")
    assert "не читаются как даты" not in done.err
