"""Cells that cannot be read: the reason that is told is what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.intake import FileLedger
from tests.shop import loaded, write

pytestmark = pytest.mark.usefixtures("either_way")


def ledger(folder: Path, table: str, header: str, *rows: str, **source: Any) -> FileLedger:
    (folder / "x.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    body = {"table": table, "files": "x.csv", **source}
    config = load(write(folder, {"x": body}, timezone="Europe/Berlin"))
    return loaded(config, enforce=False).ledgers[0]


@pytest.mark.parametrize(
    ("ordered_at", "amount", "reason"),
    [
        ("2025-03-30 02:30", "5", "ordered_at: a time that the clock change skips"),
        ("2025-03-32 02:30", "5", "ordered_at: not a time"),
        ("2025-03-30 04:30", "1000000000000000001", "amount: beyond 10^18"),
        ("2025-03-30 04:30", "-2e18", "amount: beyond 10^18"),
        ("2025-03-30 04:30", "$2000000000000000000", "amount: beyond 10^18"),
        ("2025-03-30 04:30", "much", "amount: not a number"),
        ("2025-03-30 04:30", "inf", "amount: not a number"),
        ("", "5", "ordered_at: empty"),
    ],
)
def test_why_a_row_is_rejected(tmp_path: Path, ordered_at: str, amount: str, reason: str) -> None:
    sound = [f"{n},2025-03-0{n} 04:30,5" for n in range(1, 5)]
    found = ledger(
        tmp_path, "orders", "order_id,ordered_at,amount", *sound, f"9,{ordered_at},{amount}"
    )
    assert found.reasons == {reason: 1}
    assert [reject.line for reject in found.rejects] == [6]


@pytest.mark.parametrize(
    ("column", "cell", "spec", "reason"),
    [
        ("reopened_count", "99999999999999999999", {}, "beyond 64 bits, emptied"),
        ("reopened_count", "1e25", {}, "beyond 64 bits, emptied"),
        ("reopened_count", "1.5", {}, "not a whole number, emptied"),
        ("wait_seconds", "99999999999", {}, "beyond 10^10 seconds, emptied"),
        ("wait_seconds", "9999999999", {"unit": "days"}, "beyond 10^10 seconds, emptied"),
        ("wait_seconds", "long", {}, "not a duration, emptied"),
        ("resolved_at", "2025-03-30 02:30", {}, "a time that the clock change skips, emptied"),
        ("is_complaint", "perhaps", {}, "neither true nor false, read as false"),
        # An emptied cell is an empty one: it takes the default of its column, and that is told.
        ("is_complaint", "y", {"values": {"x": True}}, "not one of the values, read as false"),
    ],
)
def test_why_a_cell_is_emptied(
    tmp_path: Path, column: str, cell: str, spec: dict[str, Any], reason: str
) -> None:
    found = ledger(
        tmp_path,
        "tickets",
        "ticket_id,created_at,cell",
        "1,2025-03-01 10:00,",
        f"2,2025-03-01 10:00,{cell}",
        columns={column: {"from": "cell", **spec}},
    )
    assert found.changed == {f"cell: {reason}": 1}


def test_each_reason_has_its_own_lines(tmp_path: Path) -> None:
    found = ledger(
        tmp_path,
        "orders",
        "order_id,ordered_at,amount",
        "1,2025-03-30 02:10,5",
        "2,2025-03-32 02:10,5",
        "3,2025-03-30 02:20,5",
        "4,2025-03-30 04:20,5",
    )
    lines = {
        reason: [r.line for r in found.rejects if r.reason == reason] for reason in found.reasons
    }
    assert lines == {
        "ordered_at: a time that the clock change skips": [2, 4],
        "ordered_at: not a time": [3],
    }


def test_bad_cells_are_told_per_column_of_those_that_are_filled(tmp_path: Path) -> None:
    head = "order_id,ordered_at,amount,cost,status\n"
    # A word for nothing says nothing, an unlisted one does; rows that are left out are not counted.
    (tmp_path / "a.csv").write_text(
        head + "1,2025-01-05,1,x,paid\n2,2025-01-05,1,5,completed\n3,2025-01-05,1,,\n"
        "4,2025-01-05,1,-,test\n5,2025-01-05,0,x,paid\n"
    )
    (tmp_path / "b.csv").write_text(head + "6,2025-01-06,1,7,completed\n7,2025-01-06,1,8,\n")
    source = {"table": "orders", "files": ["a.csv", "b.csv"], "where": "amount <> '0'"}
    found = loaded(load(write(tmp_path, {"o": source})))
    cost, status = found.warnings
    assert cost == (
        "o: cells of cost that cannot be read as written: 1 of the 4 filled ones, the first at "
        "a.csv:2 (cost: not a number, emptied)"
    )
    assert status == (
        "o: cells of status that cannot be read as written: 1 of the 4 filled ones, the first at "
        "a.csv:2 (status: not one of the values, read as unknown)"
    )


def test_a_header_that_feeds_two_columns_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "order_id,ordered_at,amount,C\n1,2025-01-05,1,x\n2,2025-01-05,1,5\n"
    )
    (tmp_path / "b.csv").write_text("order_id,ordered_at,amount,D,C\n3,2025-01-05,1,y,4\n")
    columns = {"cost": "C", "base_amount": "C"}
    sources = {"o": {"table": "orders", "files": "a.csv", "columns": columns}}
    sources["b"] = {"table": "orders", "files": "b.csv", "columns": {**columns, "cost": "D"}}
    found = loaded(load(write(tmp_path, sources)))
    said = [warning.partition(", the first")[0] for warning in found.warnings]
    assert said == [
        "o: cells of C that cannot be read as written: 1 of the 2 filled ones",
        "b: cells of D that cannot be read as written: 1 of the 1 filled ones",
    ]
