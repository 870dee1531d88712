"""Files of one table that hold the same: `s.csv` and `s (1).csv`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from tests.shop import loaded, write

COSTS = "incurred_at,amount,category\n2025-01-01,10,acquisition\n"
ORDERS = "order_id,ordered_at,amount\n1,2025-01-05,10\n2,2025-01-06,20\n1,2025-01-05,10\n"
NAMES = ("s.csv", "s (1).csv")


def told(folder: Path, *sources: dict[str, Any], **files: str) -> list[str]:
    """Return what is warned of when sources read files, which are given by their content."""
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    named = {f"s{number}": source for number, source in enumerate(sources)}
    return list(loaded(load(write(folder, named))).warnings)


def twice(content: str) -> dict[str, str]:
    return dict.fromkeys(NAMES, content)


def test_rows_of_a_table_without_a_key_count_twice(tmp_path: Path) -> None:
    (warning,) = told(tmp_path, {"table": "costs", "files": "s*.csv"}, **twice(COSTS))
    assert warning == (
        "costs: s (1).csv and s.csv hold the same, byte for byte: their rows count twice (files "
        "that repeat another: 1); remove one, or list in files those to read"
    )


def test_so_do_those_whose_key_is_their_line(tmp_path: Path) -> None:
    text = "responded_at,score\n2025-01-05,9\n"
    columns = {"response_id": {"row": True}, "survey_type": {"const": "nps"}}
    source = {"table": "responses", "files": "s*.csv", "columns": columns}
    (warning,) = told(tmp_path, source, **twice(text))
    assert "their rows count twice" in warning


def test_rows_with_a_key_bring_nothing_new(tmp_path: Path) -> None:
    assert told(tmp_path, {"table": "orders", "files": "s*.csv"}, **twice(ORDERS)) == []


@pytest.mark.parametrize(("files", "number"), [("together", 1), ("each", 0)])
def test_rows_that_are_folded_may_add_up(tmp_path: Path, files: str, number: int) -> None:
    fold = {"by": ["order_id"], "sum": ["amount"], "files": files}
    source = {"table": "orders", "files": "s*.csv", "fold": fold}
    found = told(tmp_path, source, **twice(ORDERS))
    assert sum("their rows count twice" in warning for warning in found) == number


def test_it_is_told_once_per_table(tmp_path: Path) -> None:
    other = COSTS.replace("10", "20")
    files = {"a.csv": COSTS, "b.csv": COSTS, "c.csv": COSTS, "d.csv": other, "e.csv": other}
    (warning,) = told(tmp_path, {"table": "costs", "files": "*.csv"}, **files)
    assert "a.csv and b.csv" in warning
    assert "(files that repeat another: 3)" in warning


def test_two_sources_that_read_alike_are_one(tmp_path: Path) -> None:
    sources = [{"table": "costs", "files": name} for name in NAMES]
    (warning,) = told(tmp_path, *sources, **twice(COSTS))
    assert "s.csv and s (1).csv" in warning


def test_what_is_no_copy_is_not_told(tmp_path: Path) -> None:
    # Other rows, other columns, one file under two sources, and one that feeds two tables.
    def costs(file: str, category: str) -> dict[str, Any]:
        where = f"\"category\" = '{category}'"
        return {"table": "costs", "files": file, "where": where}

    text = COSTS + "2025-01-02,20,retention\n"
    assert not told(
        tmp_path, costs(NAMES[0], "acquisition"), costs(NAMES[1], "retention"), **twice(text)
    )
    wide = "incurred_at,Ads,Staff\n2025-01-01,10,20\n"
    sources = [
        {"table": "costs", "files": name, "columns": {"amount": header, "category": {"const": to}}}
        for name, header, to in zip(
            NAMES, ("Ads", "Staff"), ("acquisition", "service"), strict=True
        )
    ]
    assert not told(tmp_path, *sources, **twice(wide))
    assert not told(
        tmp_path,
        costs("s.csv", "acquisition"),
        costs("s.csv", "retention"),
        {
            "table": "orders",
            "files": "s (1).csv",
            "columns": {"order_id": {"row": True}, "ordered_at": "incurred_at"},
        },
        **twice(text),
    )


@pytest.mark.parametrize("rows", ["", ",,\n", "2025-01-01,x,acquisition\n"])
def test_files_that_bring_no_row_are_not_told(tmp_path: Path, rows: str) -> None:
    text = COSTS.splitlines(keepends=True)[0] + rows
    for name in NAMES:
        (tmp_path / name).write_text(text)
    config = load(write(tmp_path, {"s": {"table": "costs", "files": "s*.csv"}}))
    found = loaded(config, enforce=False)
    assert not any("byte for byte" in warning for warning in found.warnings)
