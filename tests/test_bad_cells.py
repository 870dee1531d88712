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
        ("is_complaint", "perhaps", {}, "not true or false, read as false"),
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
