"""`kpi init`: keys that repeat are lines of orders only where more than a slip speaks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpicli.config import load
from kpicli.report import Question
from kpicli.report.validation import validate
from tests.proposing import init, made, text, values


def orders(keys: int, repeated: int, head: str = "Order ID,Order Date,Customer,Amount") -> str:
    more = "," if head.endswith("Amount") else ",{line}"
    row = "{n},2025-01-05,C{n},{amount}" + more.rstrip(",") + "\n"
    rows = [row.format(n=n, amount=10, line=f"L{n}") for n in range(1, keys + 1)]
    rows += [row.format(n=n, amount=15, line=f"M{n}") for n in range(1, repeated + 1)]
    return f"{head}\n{''.join(rows)}"


@pytest.mark.parametrize(("keys", "repeated"), [(60, 1), (100, 3), (600, 8)])
def test_a_few_keys_that_repeat_are_warned_of(tmp_path: Path, keys: int, repeated: int) -> None:
    done = init(tmp_path, orders_csv=orders(keys, repeated))
    assert done.code == 0, done.err
    assert "fold:" not in text(tmp_path)
    (ledger,) = validate(load(tmp_path / "kpi.yaml"), Question()).ledgers
    assert ledger.duplicate == repeated


@pytest.mark.parametrize(("keys", "repeated"), [(4, 1), (100, 4), (200, 4)])
def test_keys_many_of_which_repeat_are_lines(tmp_path: Path, keys: int, repeated: int) -> None:
    config = made(tmp_path, orders_csv=orders(keys, repeated))
    assert "fold: {by: order_id, sum: [amount]}  # ? " in text(tmp_path)
    assert values(config, "revenue") == {"revenue": 10 * keys + 15 * repeated}


@pytest.mark.parametrize("header", ["Product", "Line number", "№ строки"])
def test_products_and_numbers_of_lines_speak_for_lines(tmp_path: Path, header: str) -> None:
    lines = orders(60, 1, f"Order ID,Order Date,Customer,Amount,{header}")
    made(tmp_path, orders_csv=lines)
    assert "fold: {by: order_id, sum: [amount]}  # ? " in text(tmp_path)
