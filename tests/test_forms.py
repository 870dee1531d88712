"""How dates and numbers are written is decided over whole columns, wherever a cell stands."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kpicli.config import load
from kpicli.errors import InputError
from kpicli.intake import FileLedger, Loaded
from tests.shop import loaded, orders, write

MANY = 30_000  # rows that no sample reaches beyond


def dated(folder: Path, first: str, *later: str, enforce: bool = True, **source: object) -> Loaded:
    """Read orders most of which bear the date `first`, and the last ones those of `later`."""
    cells = [first] * MANY + list(later)
    text = "order_id,when,amount\n" + "".join(f"{n},{c},1\n" for n, c in enumerate(cells))
    source.setdefault("columns", {"ordered_at": "when"})
    return loaded(orders(folder, text, **source), enforce=enforce)


def priced(folder: Path, first: str, *later: str, **source: object) -> list[Decimal]:
    """Return the last amounts of orders most of which cost `first`."""
    cells = [first] * MANY + list(later)
    rows = "".join(f"{n};2025-01-05;{c}\n" for n, c in enumerate(cells))
    found = loaded(orders(folder, "order_id;ordered_at;amount\n" + rows, **source), enforce=False)
    return found.frames["orders"]["amount"].to_list()[MANY:]


def ledger(found: Loaded) -> FileLedger:
    (only,) = found.ledgers
    return only


def days(found: Loaded) -> list[str]:
    frame = found.frames["orders"].filter(found.frames["orders"]["order_id"].cast(int) >= MANY)
    return [instant.strftime("%m-%d") for instant in frame["ordered_at"]]


@pytest.mark.parametrize(
    ("first", "later", "wanted", "note"),
    [
        ("2025-01-02", ["31.01.2025 12:00"], ["01-31"], "when: %d.%m.%Y %H:%M too"),
        ("2025-01-02", ["31/01/2025", "02/01/2025"], ["01-31", "01-02"], "when: %d/%m/%Y too"),
        ("31/01/2025", ["02/01/2025 10:00"], ["01-02"], "when: %d/%m/%Y %H:%M too"),
        ("01/31/2025", ["02/01/2025 10:00"], ["02-01"], "when: %m/%d/%Y %H:%M too"),
        ("2025-01-02", ["05/Oct/25 1:42 PM"], ["10-05"], "when: %d/%b/%y %I:%M %p too"),
        ("2025-01-02", ["20250131"], ["01-31"], "when: %Y%m%d too"),
    ],
)
def test_a_known_form_that_comes_late_is_read_and_told(
    tmp_path: Path, first: str, later: list[str], wanted: list[str], note: str
) -> None:
    found = dated(tmp_path, first, *later)
    assert days(found) == wanted
    assert note in {told.what for told in ledger(found).notes}


def test_a_form_that_comes_late_and_reads_two_ways_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="02/01/2025 may be 2025-01-02 or 2025-02-01") as caught:
        dated(tmp_path, "2025-01-02", "02/01/2025")
    assert 'ordered_at: {from: "when", format: "%d/%m/%Y"} for 2025-01-02' in str(caught.value)
    assert "sources.o.columns.ordered_at" in str(caught.value)


def test_the_other_order_is_told_wherever_it_stands(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="01/31/2025 is month first, and other cells are day"):
        dated(tmp_path, "13/01/2025", "01/31/2025")
    columns = {"ordered_at": {"from": "when", "format": "%d/%m/%Y"}}
    found = dated(tmp_path, "13/01/2025", "01/31/2025", columns=columns)
    assert ledger(found).reasons == {"when: not a time": 1}


def test_a_number_beyond_the_calendar_settles_no_order(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="01/02/2025 may be 2025-02-01 or 2025-01-02"):
        dated(tmp_path, "01/02/2025", "77/01/2025")


def test_cells_in_no_known_form_are_bad(tmp_path: Path) -> None:
    found = dated(tmp_path, "2025-01-02", "soon", "2025-13-45", "31.01.2025")
    assert days(found) == ["01-31"]
    assert ledger(found).reasons == {"when: not a time": 2}


def test_a_header_is_quoted_in_the_line_to_write(tmp_path: Path) -> None:
    text = 'order_id,"When: ""then""",amount\n1,01/02/2025,1\n'
    with pytest.raises(InputError) as caught:
        loaded(orders(tmp_path, text, columns={"ordered_at": 'When: "then"'}))
    assert r'ordered_at: {from: "When: \"then\"", format: "%d/%m/%Y"}' in str(caught.value)


@pytest.mark.parametrize(
    ("first", "later", "wanted"),
    [
        ("7", ["1 234,50"], ["1234.5"]),
        ("7", ["1.234", "1.234,50"], ["1234", "1234.5"]),
        ("7", ["1,234", "1,234.50"], ["1234", "1234.5"]),
        ("7", ["1.5", "1.234"], ["1.5", "1.234"]),
        ("7.5", ["1,234.50"], ["1234.5"]),
        ("7,5", ["1\u202f234,5"], ["1234.5"]),
        ("7", ["1 234"], ["1234"]),
    ],
)
def test_a_mark_that_comes_late_holds_for_the_whole_column(
    tmp_path: Path, first: str, later: list[str], wanted: list[str]
) -> None:
    assert priced(tmp_path, first, *later) == [Decimal(value) for value in wanted]


def test_a_mark_that_parts_no_thousands_is_none(tmp_path: Path) -> None:
    assert priced(tmp_path, "1,234.50", "12,50", "1,2345.5", "12.50") == [12.5]


@pytest.mark.parametrize(("cell", "other"), [("1.234", ","), ("1,234", ".")])
def test_a_late_mark_that_reads_two_ways_is_asked_for(
    tmp_path: Path, cell: str, other: str
) -> None:
    with pytest.raises(
        InputError, match=r"may be 1234 or 1\.234, and no cell settles it"
    ) as caught:
        priced(tmp_path, "7", cell)
    mark = cell[1]
    assert f'decimal: "{other}", thousands: "{mark}"}} for the first' in str(caught.value)


def test_what_counts_has_no_fractions(tmp_path: Path) -> None:
    text = "ticket_id;created_at;agent_reply_count\n1;2025-01-05;1,234\n"
    (tmp_path / "t.csv").write_text(text)
    found = loaded(load(write(tmp_path, {"t": {"table": "tickets", "files": "t.csv"}})))
    assert found.frames["tickets"]["agent_reply_count"].to_list() == [1234]


@pytest.mark.parametrize(("thousands", "wanted"), [(".", "1234"), (",", "1.234")])
def test_the_mark_of_thousands_tells_the_other(tmp_path: Path, thousands: str, wanted: str) -> None:
    text = "order_id;ordered_at;amount\n1;2025-01-05;1.234\n"
    found = loaded(orders(tmp_path, text, thousands=thousands))
    assert found.frames["orders"]["amount"].to_list() == [Decimal(wanted)]


def test_what_the_config_makes_up_is_not_written_as_the_export_is(tmp_path: Path) -> None:
    text = "order_id;ordered_at;n\n1;2025-01-05;3\n"
    columns = {"amount": {"const": 1234.5}, "cost": {"expr": "cast(n as decimal(18, 3)) * 1.5"}}
    found = loaded(orders(tmp_path, text, columns=columns, decimal=",", thousands="."))
    row = found.frames["orders"].select("amount", "cost").row(0)
    assert row == (Decimal("1234.5"), Decimal("4.5"))


def test_every_file_has_its_say_in_how_numbers_are_written(tmp_path: Path) -> None:
    for name, amounts in {
        "a": ["1,5", "2,5"],
        "b": ["1,5", "2,5"],
        "c": ["1.2", "1.3", "1.4"],
    }.items():
        rows = "".join(f"{name}{n};2025-01-05;{one}\n" for n, one in enumerate(amounts))
        (tmp_path / f"{name}.csv").write_text("order_id;ordered_at;amount\n" + rows)
    found = loaded(
        load(write(tmp_path, {"o": {"table": "orders", "files": "?.csv"}})), enforce=False
    )
    assert [ledger.rejected for ledger in found.ledgers] == [0, 0, 3]
