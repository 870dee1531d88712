"""Ids that a spreadsheet shows as 7.9E+10 are told: several read as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpicli.config import load
from tests.shop import loaded, orders, write

HEAD = "order_id,ordered_at,amount,customer_id\n"


def told(folder: Path, cell: str, *, rows: str = "") -> list[str]:
    text = HEAD + "1,2025-01-05,10,79161234567\n" + rows + f'2,2025-01-06,20,"{cell}"\n'
    return list(loaded(orders(folder, text)).warnings)


def test_the_place_and_the_cell_are_told_with_what_mends_them(tmp_path: Path) -> None:
    (warning,) = told(tmp_path, "7,9E+10")
    assert warning == (
        "o: orders.csv:3: '7,9E+10' in customer_id is an id of which a spreadsheet has cut the "
        "digits, so several may read as one; export ids as text"
    )


@pytest.mark.parametrize("cell", ["1.23457E+15", "1E+12", " 7.9e+10 ", "-4,5E+009"])
def test_numbers_of_spreadsheets(tmp_path: Path, cell: str) -> None:
    assert len(told(tmp_path, cell)) == 1


@pytest.mark.parametrize(
    "cell", ["79161234567", "1E5", "3e10", "12E+10", "A1E+10", "1E+10-2", "7.9E-05", ""]
)
def test_other_ids(tmp_path: Path, cell: str) -> None:
    assert not told(tmp_path, cell)


def test_a_column_tells_once_and_a_row_that_is_left_out_does_not(tmp_path: Path) -> None:
    rows = "3,2025-01-05,10,1E+10\n4,2025-01-05,10,1E+10\n"
    (warning,) = told(tmp_path, "1E+10", rows=rows)
    assert "orders.csv:3" in warning
    text = HEAD + "1,2025-01-05,10,A\n" + rows
    assert not loaded(orders(tmp_path, text, where="customer_id = 'A'")).warnings


def test_numbers_that_are_no_ids_may_be_written_so(tmp_path: Path) -> None:
    text = HEAD.replace("\n", ",Note\n") + "1,2025-01-05,10,A,1E+10\n"
    assert not loaded(orders(tmp_path, text, keep={"note": "Note"})).warnings


def test_people_are_not_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("ticket_id,created_at,assignee_id\n1,2025-01-05,1E+10\n")
    config = load(write(tmp_path, {"t": {"table": "tickets", "files": "t.csv"}}))
    (warning,) = loaded(config).warnings
    assert "'(withheld)' in assignee_id" in warning


def test_ids_of_what_is_looked_up_are_told(tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text("Id,Channel\nA,x\n1E+10,y\n")
    lookup = {"files": "k.csv", "match": {"customer_id": "Id"}, "columns": {"channel": "Channel"}}
    (warning,) = loaded(orders(tmp_path, HEAD + "1,2025-01-05,10,A\n", lookup=[lookup])).warnings
    assert "k.csv:3: '1E+10' in Id" in warning
