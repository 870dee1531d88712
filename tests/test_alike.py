"""Rows with one key that nothing tells apart but cells which no mapping reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpicli.config import Config, load
from kpicli.intake import Loaded, read
from tests.shop import loaded, orders, write

HEAD = "order_id,ordered_at,amount,Товар\n"
LINES = HEAD + "1,2025-01-05,10,Кофе\n1,2025-01-05,10,Чай\n2,2025-01-06,20,Чай\n"
SAME = {"the same row stands elsewhere": 1}
OTHER = {"its key stands elsewhere, and the latest row counts": 1}


def doubled(found: Loaded) -> dict[str, int]:
    return {reason: n for ledger in found.ledgers for reason, n in ledger.doubled.items()}


def months(folder: Path, first: str, second: str, **source: Any) -> Config:
    """Return a config of one source with two files."""
    (folder / "1.csv").write_text(first, encoding="utf-8")
    (folder / "2.csv").write_text(second, encoding="utf-8")
    return load(write(folder, {"o": {"table": "orders", "files": ["1.csv", "2.csv"], **source}}))


def test_lines_that_differ_in_what_is_not_read_are_told_and_the_last_counts(tmp_path: Path) -> None:
    found = loaded(orders(tmp_path, LINES))
    (warning,) = found.warnings
    assert warning == (
        "orders: keys that stand twice, in rows that differ only in Товар: 1; the latest row "
        "counts; lines of one thing are made one row by fold: {by: [order_id], sum: [amount]}"
    )
    assert found.frames["orders"].height == 2
    assert doubled(found) == OTHER


def test_what_the_warning_says_to_do_mends_it(tmp_path: Path) -> None:
    found = loaded(orders(tmp_path, LINES, fold={"by": ["order_id"], "sum": ["amount"]}))
    assert not found.warnings
    assert sorted(map(int, found.frames["orders"]["amount"])) == [20, 20]


def test_the_row_that_counts_is_named(tmp_path: Path) -> None:
    found = loaded(orders(tmp_path, LINES, intake={"duplicates": "first"}))
    assert "the first row counts" in found.warnings[0]


@pytest.mark.parametrize(
    "second",
    [
        "1,2025-01-05,10,Кофе\n",
        ' 1,2025-01-05,10.00, "Кофе"\n'.replace(' "', '"'),
        "1,2025-01-05,10,Кофе \n",
    ],
)
def test_rows_that_are_the_same_are_dropped_in_silence(tmp_path: Path, second: str) -> None:
    found = loaded(orders(tmp_path, HEAD + "1,2025-01-05,10,Кофе\n" + second))
    assert not found.warnings
    assert doubled(found) == SAME


def test_how_a_cell_that_is_read_is_written_does_not_matter(tmp_path: Path) -> None:
    text = HEAD + "1,2025-01-05,10,a\n1,2025-01-05,10.00,a\n1,05.01.2025,10,a\n"
    assert not loaded(orders(tmp_path, text)).warnings


def test_a_column_that_the_question_does_not_read_tells_rows_apart(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount,product\n1,2025-01-05,10,a\n1,2025-01-05,10,b\n"
    config = orders(tmp_path, text)
    (asked,) = read(config, {"orders": {"amount"}}).warnings
    assert "differ only in product" in asked
    (whole,) = read(config, {"orders": None}).warnings
    assert "with different contents: 1" in whole


def test_cells_that_are_read_through_words_or_sql_tell_rows_apart(tmp_path: Path) -> None:
    text = "Id,Kind,ordered_at,amount\n1-1,sold,2025-01-05,10\n1-2,vend,2025-01-05,10\n"
    columns = {
        "order_id": {"expr": 'substr("Id", 1, 1)'},
        "type": {"from": "Kind", "values": {"sold": "sale", "vend": "sale"}},
    }
    (warning,) = loaded(orders(tmp_path, text, columns=columns)).warnings
    assert "differ only in Id, Kind: 1;" in warning


def test_keys_with_other_contents_are_told_apart_from_those(tmp_path: Path) -> None:
    text = LINES + "2,2025-01-06,25,Кофе\n"
    first, second = loaded(orders(tmp_path, text)).warnings
    assert "with different contents: 1" in first
    assert "differ only in Товар: 1" in second


def test_exports_that_overlap_may_say_otherwise_of_the_same_row(tmp_path: Path) -> None:
    one, other = (HEAD + f"1,2025-01-05,10,{what}\n" for what in ("Кофе", "Чай"))
    assert not loaded(months(tmp_path, one, other)).warnings
    (warning,) = loaded(months(tmp_path, one + "1,2025-01-05,10,Чай\n", other)).warnings
    assert "differ only in Товар: 1;" in warning


def test_rows_that_a_fold_made_are_no_lines_of_a_file(tmp_path: Path) -> None:
    config = months(
        tmp_path,
        HEAD + "1,2025-01-05,10,Кофе\n",
        HEAD + "1,2025-01-05,10,Чай\n",
        fold={"by": ["order_id"], "sum": ["amount"]},
    )
    assert not loaded(config).warnings


def test_many_headers_are_cut(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount,a,b,c,d\n1,2025-01-05,10,,,,\n1,2025-01-05,10,1,2,3,4\n"
    (warning,) = loaded(orders(tmp_path, text)).warnings
    assert "differ only in a, b, c …: 1;" in warning


def test_a_table_without_money_is_folded_by_its_key_alone(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("ticket_id,created_at,x\n1,2025-01-05,a\n1,2025-01-05,b\n")
    found = loaded(load(write(tmp_path, {"t": {"table": "tickets", "files": "t.csv"}})))
    assert found.warnings[0].endswith("by fold: {by: [ticket_id]}")


def test_rows_behind_cells_with_line_breaks_are_found(tmp_path: Path) -> None:
    text = HEAD + '0,2025-01-05,10,"a\nb"\n1,2025-01-05,10,Кофе\n\n1,2025-01-05,10,Чай\n'
    (warning,) = loaded(orders(tmp_path, text)).warnings
    assert "differ only in Товар: 1;" in warning
