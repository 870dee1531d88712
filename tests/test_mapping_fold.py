"""Folds: one row per key, exact, in any order and however the export is cut into files."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpicli.config import load
from kpicli.errors import ConfigError, InputError
from kpicli.intake import FileLedger, Loaded
from tests.shop import loaded, orders, write

LINES = (
    "order_id,ordered_at,amount,status,state,seen\n"
    "1,2025-01-05,10.10,completed,new,2025-01-03\n"
    "2,2025-01-06,5,completed,new,2025-01-01\n"
    "1,2025-01-05,20.20,,paid,2025-01-02\n"
    "1,2025-01-04,-0.30,cancelled,,2025-01-01\n"
)


def adds_up(ledger: FileLedger) -> bool:
    parts = (ledger.used, ledger.folded, ledger.filtered, ledger.rejected, ledger.duplicate)
    return ledger.read == sum(parts) and min(parts) >= 0


def rows(found: Loaded, *columns: str) -> list[tuple[Any, ...]]:
    return found.frames["orders"].sort("order_id").select(columns).rows()


def test_lines_become_one_row_per_key(tmp_path: Path) -> None:
    fold = {"by": "order_id", "sum": ["amount"], "min": "ordered_at", "first": "status"}
    found = loaded(orders(tmp_path, LINES, keep=["state"], fold=fold))
    assert rows(found, "order_id", "amount", "status", "state") == [
        ("1", Decimal("30.00"), "completed", "paid"),
        ("2", Decimal(5), "completed", "new"),
    ]
    assert found.frames["orders"]["ordered_at"].dt.day().to_list() == [6, 4]
    (only,) = found.ledgers
    assert (only.read, only.used, only.folded) == (4, 2, 2)


def test_what_is_not_named_takes_the_last_filled_cell(tmp_path: Path) -> None:
    found = loaded(orders(tmp_path, LINES, keep=["state"], fold={"by": "order_id"}))
    assert rows(found, "amount", "status", "state")[0] == (Decimal("-0.30"), "cancelled", "paid")


@pytest.mark.parametrize("order", ["seen", {"from": "seen", "format": "%Y-%m-%d"}])
def test_the_order_may_be_a_header(tmp_path: Path, order: Any) -> None:
    fold = {"by": "order_id", "first": "amount", "order": order}
    found = loaded(orders(tmp_path, LINES, keep=["state"], fold=fold))
    assert rows(found, "amount", "status", "state")[0] == (Decimal("-0.30"), "completed", "new")


def test_the_order_may_be_a_column_of_the_source(tmp_path: Path) -> None:
    fold = {"by": "order_id", "order": "ordered_at"}
    found = loaded(orders(tmp_path, LINES, fold=fold))
    assert rows(found, "amount", "status")[0] == (Decimal("20.20"), "completed")


def test_an_order_of_numbers_is_no_order_of_words(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount,step\n1,2025-01-05,1,9\n1,2025-01-05,2,10\n"
    found = loaded(orders(tmp_path, text, fold={"by": "order_id", "order": "step"}))
    assert rows(found, "amount") == [(Decimal(2),)]


def test_an_order_of_words_is_told(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount,step\n1,2025-01-05,1,b\n1,2025-01-05,2,a\n"
    found = loaded(orders(tmp_path, text, fold={"by": "order_id", "order": "step"}))
    assert rows(found, "amount") == [(Decimal(1),)]
    assert "fold goes by step, compared as text" in [n.what for n in found.ledgers[0].notes]


def test_an_open_order_of_day_and_month_is_asked_for(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount,step\n1,2025-01-05,1,01/02/2025\n1,2025-01-05,2,\n"
    with pytest.raises(InputError) as caught:
        loaded(orders(tmp_path, text, fold={"by": "order_id", "order": "step"}))
    assert "sources.o.fold.order: column 'step'" in str(caught.value)
    assert 'order: {from: "step", format: "%d/%m/%Y"}' in str(caught.value)


def test_a_sum_of_nothing_is_nothing_and_filled_cells_are_counted(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount,cost,what\n1,2025-01-05,1,,x\n1,2025-01-05,1,,\n"
    fold = {"by": "order_id", "sum": ["amount", "cost"], "count": ["what"]}
    found = loaded(orders(tmp_path, text, keep=["what"], fold=fold))
    assert rows(found, "amount", "cost", "what") == [(Decimal(2), None, "1")]


def test_a_count_in_a_column_of_text_is_text(tmp_path: Path) -> None:
    """Another source of the table may bring words there."""
    text = "order_id,ordered_at,amount,channel\n1,2025-01-05,1,web\n1,2025-01-05,1,\n"
    (tmp_path / "o.csv").write_text(text)
    (tmp_path / "p.csv").write_text(text.replace("1,2025", "2,2025"))
    fold = {"by": "order_id", "sum": "amount", "count": "channel"}
    sources = {
        "o": {"table": "orders", "files": "o.csv", "fold": fold},
        "p": {"table": "orders", "files": "p.csv", "fold": {"by": "order_id"}},
    }
    found = loaded(load(write(tmp_path, sources)))
    assert rows(found, "channel") == [("1",), ("web",)]


def test_a_row_without_a_key_is_folded_with_nothing(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount,group\n1,2025-01-05,1,\n2,2025-01-05,2,\n3,2025-01-05,3,g\n"
    text += "4,2025-01-05,4,g\n"
    fold = {"by": "group", "sum": "amount"}
    found = loaded(orders(tmp_path, text, keep=["group"], fold=fold))
    assert rows(found, "amount") == [(Decimal(1),), (Decimal(2),), (Decimal(7),)]


def test_what_is_needed_may_stand_in_another_row_of_the_key(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount\n1,2025-01-05,\n1,,7\n2,,8\n2,,8\n,2025-01-05,9\n"
    fold = {"by": "order_id", "sum": "amount"}
    found = loaded(orders(tmp_path, text, fold=fold), enforce=False)
    assert rows(found, "amount") == [(Decimal(7),)]
    (only,) = found.ledgers
    assert adds_up(only)
    assert (only.folded, only.rejected) == (2, 2)
    assert only.reasons == {"ordered_at: empty": 1, "order_id: empty": 1}
    assert sorted(reject.line for reject in only.rejects) == [5, 6]


def test_a_default_does_not_hide_what_another_row_says(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "ticket_id,created_at,is_complaint,state\n1,2025-01-05,true,new\n1,2025-01-05,,solved\n"
    )
    source = {"table": "tickets", "files": "t.csv", "fold": {"by": "ticket_id"}}
    frame = loaded(load(write(tmp_path, {"t": source}))).frames["tickets"]
    assert frame["is_complaint"].to_list() == [True]


def test_an_event_log_becomes_tickets(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "number;state;at\n"
        "INC1;New;2025-01-05 09:00\nINC1;Resolved;2025-01-05 12:00\nINC1;Active;2025-01-06 09:00\n"
        "INC1;Resolved;2025-01-07 10:00\nINC2;New;2025-01-08 10:00\n"
    )
    resolved = "case when state = 'Resolved' then at end"
    source: dict[str, Any] = {
        "table": "tickets",
        "files": "log.csv",
        "columns": {
            "ticket_id": "number",
            "created_at": "at",
            "first_resolved_at": {"expr": resolved},
            "resolved_at": {"expr": resolved},
            "reopened_count": {"expr": "case when state = 'Active' then number end"},
            "status": {"from": "state", "values": {"Resolved": "solved"}, "other": "open"},
        },
        "fold": {
            "by": "ticket_id",
            "min": ["created_at", "first_resolved_at"],
            "max": "resolved_at",
            "count": "reopened_count",
            "order": "created_at",
        },
    }
    frame = loaded(load(write(tmp_path, {"t": source}))).frames["tickets"].sort("ticket_id")
    assert frame["first_resolved_at"].dt.day().to_list() == [5, None]
    assert frame["resolved_at"].dt.day().to_list() == [7, None]
    assert frame["reopened_count"].to_list() == [1, 0]
    assert frame["status"].to_list() == ["solved", "open"]


# --- several files

MAY = "order_id,ordered_at,amount\n1,2025-05-30,10\n1,2025-05-30,20\n2,2025-05-31,1\n"
JUNE = "order_id,ordered_at,amount\n1,2025-05-30,10\n1,2025-05-30,25\n3,2025-06-01,2\n"


def two_files(folder: Path, **fold: Any) -> Loaded:
    (folder / "o_9.csv").write_text(MAY)
    (folder / "o_10.csv").write_text(JUNE)
    whole = {"by": "order_id", "sum": "amount", **fold}
    return loaded(
        load(write(folder, {"o": {"table": "orders", "files": "o_*.csv", "fold": whole}}))
    )


def test_overlapping_exports_are_not_added_up(tmp_path: Path) -> None:
    found = two_files(tmp_path)
    assert rows(found, "amount") == [(Decimal(35),), (Decimal(1),), (Decimal(2),)]
    assert all(map(adds_up, found.ledgers))
    counts = [(ledger.folded, ledger.duplicate, ledger.used) for ledger in found.ledgers]
    assert counts == [(1, 1, 1), (1, 0, 2)]
    whats = [note.what for note in found.ledgers[1].notes]
    assert "fold by order_id: keys that stand in several files: 1" in whats


def test_files_that_continue_each_other_are_folded_together(tmp_path: Path) -> None:
    found = two_files(tmp_path, files="together")
    assert rows(found, "amount") == [(Decimal(65),), (Decimal(1),), (Decimal(2),)]
    assert all(map(adds_up, found.ledgers))
    assert [ledger.folded for ledger in found.ledgers] == [2, 1]
    assert found.warnings == ()


@pytest.mark.parametrize("mode", ["each", "together"])
def test_files_may_differ_in_what_they_have(tmp_path: Path, mode: str) -> None:
    (tmp_path / "a.csv").write_text("order_id,ordered_at,amount,cost\n1,2025-05-30,1,5\n")
    (tmp_path / "b.csv").write_text("order_id,ordered_at,amount\n2,2025-05-30,1\n2,2025-05-30,1\n")
    fold = {"by": "order_id", "sum": "amount", "files": mode}
    source = {"table": "orders", "files": ["a.csv", "b.csv"], "fold": fold}
    found = loaded(load(write(tmp_path, {"o": source})))
    assert rows(found, "amount", "cost") == [(Decimal(1), Decimal(5)), (Decimal(2), None)]


def test_amounts_of_one_key_in_two_currencies_are_not_added_up(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount,currency\n1,2025-01-05,1,USD\n1,2025-01-05,2,EUR\n"
    with pytest.raises(InputError) as caught:
        loaded(orders(tmp_path, text, fold={"by": "order_id", "sum": "amount"}))
    assert "sources.o.fold.sum: amounts of one order_id are in several currencies" in str(
        caught.value
    )
    assert "make the currency part of it: order_id: {expr:" in str(caught.value)
    config = orders(
        tmp_path,
        text,
        columns={"order_id": {"expr": "order_id || '-' || currency"}},
        fold={"by": "order_id", "sum": "amount"},
        currency="USD",
        fx={"EUR": 2},
    )
    assert rows(loaded(config), "amount") == [(Decimal(4),), (Decimal(1),)]


# --- what a config may not say


@pytest.mark.parametrize(
    ("fold", "said"),
    [
        ({"sum": "amount"}, "fold.by: 'by' is missing"),
        ({"by": "order"}, "fold.by: 'order' is no column of this export"),
        ({"by": "order_id", "sum": "amout"}, "did you mean 'amount'?"),
        ({"by": "order_id", "sum": "state"}, "sum needs numbers, and state is text"),
        ({"by": "order_id", "max": "status"}, "max needs numbers, times or truth values"),
        ({"by": "order_id", "count": "ordered_at"}, "count makes whole numbers"),
        ({"by": "order_id", "sum": "amount", "last": "amount"}, "'amount' stands twice in fold"),
        ({"by": "order_id", "sums": "amount"}, "did you mean 'sum'?"),
        ({"by": "order_id", "files": "all"}, "'all' is not one of 'each' or 'together'"),
    ],
)
def test_folds_that_cannot_be(tmp_path: Path, fold: Any, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        orders(tmp_path, LINES, keep=["state"], fold=fold)
    assert said in str(caught.value)
    assert "kpi.yaml:" in str(caught.value)


@pytest.mark.parametrize(
    ("fold", "said"),
    [
        ({"by": "lead_id"}, "orders.csv feeds no lead_id, which fold names"),
        ({"by": "order_id", "sum": "cost"}, "orders.csv feeds no cost, which fold names"),
        ({"by": "order_id", "order": "sen"}, "orders.csv has no header 'sen'"),
    ],
)
def test_folds_that_a_file_cannot_feed(tmp_path: Path, fold: Any, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(orders(tmp_path, LINES, keep=["state"], fold=fold))
    assert said in str(caught.value)


# --- properties

CENTS = st.none() | st.integers(-(10**14), 10**14)
ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), CENTS, st.sampled_from(["x", "y", ""])), max_size=30
)


def export(table: Sequence[tuple[str, int | None, str]]) -> str:
    lines = ["order_id,ordered_at,amount,cost,word,line"]
    for line, (key, cents, word) in enumerate(table):
        cost = "" if cents is None else f"{cents / 100 if abs(cents) < 10**6 else cents}"
        lines.append(f"{key},2025-01-05,1,{cost},{word},{line}")
    return "\n".join(lines) + "\n"


def slowly(table: Sequence[tuple[str, int | None, str]]) -> dict[str, tuple[Any, ...]]:
    """Fold row by row."""
    out: dict[str, tuple[Any, ...]] = {}
    for key in dict.fromkeys(row[0] for row in table):
        mine = [row for row in table if row[0] == key]
        costs = [
            Decimal(c) / 100 if abs(c) < 10**6 else Decimal(c) for _, c, _ in mine if c is not None
        ]
        words = [word for *_, word in mine if word]
        out[key] = (
            Decimal(len(mine)),
            sum(costs, Decimal(0)) if costs else None,
            words[-1] if words else None,
            str(len(words)),
        )
    return out


def folded(folder: Path, files: Sequence[str], order: str | None, mode: str) -> Loaded:
    for number, content in enumerate(files):
        (folder / f"o{number}.csv").write_text(content)
    source: dict[str, Any] = {
        "table": "orders",
        "files": [f"o{number}.csv" for number in range(len(files))],
        "columns": {"cost": {"from": "cost", "decimal": "."}},
        "keep": {"word": "word", "words": "word"},
        "fold": {"by": "order_id", "sum": ["amount", "cost"], "count": "words", "files": mode},
    }
    if order is not None:
        source["fold"]["order"] = order
    return loaded(load(write(folder, {"o": source})))


def as_dict(found: Loaded) -> dict[str, tuple[Any, ...]]:
    frame = found.frames["orders"].select("order_id", "amount", "cost", "word", "words")
    return {row[0]: row[1:] for row in frame.iter_rows()}


@settings(max_examples=40, deadline=None)
@given(table=ROWS, cut=st.integers(0, 30), mode=st.sampled_from(["each", "together"]))
def test_a_fold_is_what_a_slow_one_makes(
    table: list[tuple[str, int | None, str]], cut: int, mode: str
) -> None:
    head = "order_id,ordered_at,amount,cost,word,line\n"
    whole = export(table)
    lines = whole.splitlines(keepends=True)[1:]
    parts = [head + "".join(lines[:cut]), head + "".join(lines[cut:])]
    wanted = slowly(table)
    if mode == "each":
        wanted = slowly(table[:cut]) | slowly(table[cut:])
    with tempfile.TemporaryDirectory() as folder:
        found = folded(Path(folder), parts, None, mode)
        assert as_dict(found) == wanted
        assert all(map(adds_up, found.ledgers))


@settings(max_examples=25, deadline=None)
@given(table=ROWS, chance=st.randoms(use_true_random=False))
def test_an_order_makes_the_order_of_rows_mean_nothing(
    table: list[tuple[str, int | None, str]], chance: Any
) -> None:
    lines = export(table).splitlines(keepends=True)
    body = lines[1:]
    chance.shuffle(body)
    with tempfile.TemporaryDirectory() as folder:
        found = folded(Path(folder), [lines[0] + "".join(body)], "line", "each")
        assert as_dict(found) == slowly(table)
