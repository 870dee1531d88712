"""What each command prints, byte for byte.

Write the files anew with: KPI_GOLDEN=write pytest tests/test_golden.py
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import kpicli
from tests.console import inside, kpi, terminal

FOLDER = Path(__file__).parent / "golden"
INPUT = FOLDER / "input"
BROKEN_DOWN = ("compute", "revenue", "big_sales", "enps", "--by", "channel", "-p", "quarter")
PIPED = {
    "table.txt": ("compute",),
    "table.ru.txt": ("compute", "--lang", "ru"),
    "table.by.txt": BROKEN_DOWN,
    "result.json": BROKEN_DOWN,
    "result.jsonl": ("compute", "frt", "enps", "nps", "hires", "--last", "2"),
    "result.csv": BROKEN_DOWN,
    "list.txt": ("list",),
    "list.ru.txt": ("list", "--lang", "ru", "--all"),
    "list.json": ("list", "-f", "json"),
    "explain.txt": ("explain", "churn"),
    "explain.ru.txt": ("explain", "csat", "--lang", "ru"),
    "explain.json": ("explain", "big_sales", "-f", "json"),
    "validate.txt": ("validate",),
    "validate.ru.txt": ("validate", "--lang", "ru"),
    "validate.json": ("validate", "-f", "json"),
}
FORMATS = {"result.json": "json", "result.jsonl": "jsonl", "result.csv": "csv"}


def compare(name: str, found: str) -> None:
    """Compare with the file of that name; the version of the tool is no part of a format."""
    found = found.replace(f'"{kpicli.__version__}"', '"VERSION"')
    path = FOLDER / name
    if os.environ.get("KPI_GOLDEN") == "write":
        path.write_text(found, encoding="utf-8", newline="\n")
    assert found == path.read_text(encoding="utf-8"), "see the top of this file"


@pytest.mark.parametrize("name", PIPED)
def test_piped(name: str) -> None:
    asked = ("-f", FORMATS[name]) if name in FORMATS else ()
    done = inside(*PIPED[name], *asked, cwd=INPUT)
    assert done.code == 0, done.err
    compare(name, done.out)


@pytest.mark.parametrize("name", ["table.ru.txt", "result.json"])
def test_piped_from_a_process(name: str) -> None:
    asked = ("-f", FORMATS[name]) if name in FORMATS else ()
    compare(name, kpi(*PIPED[name], *asked, cwd=INPUT).out)


@pytest.mark.parametrize("columns", [60, 100])
def test_in_a_terminal(columns: int) -> None:
    compare(f"terminal.{columns}.txt", terminal("compute", cwd=INPUT, columns=columns))
