"""What `kpi validate` tells people: once, in words, and as their language writes it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.console import inside as kpi
from tests.shop import write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "orders.csv").write_text("order_id,ordered_at,amount\n1,2025-01-05,10\n")
    write(tmp_path, {"orders": {"table": "orders", "files": "orders.csv"}}, language="ru")
    return tmp_path


def test_validate_writes_days_shares_and_reasons_as_its_language_does(folder: Path) -> None:
    rows = "3,2025-01-06,20\n4,2025-01-06,30\n5,2999-01-01,40\n"
    with (folder / "orders.csv").open("a") as file:
        file.write(rows)
    done = kpi("validate", "--as-of", "2025-01-06", cwd=folder)
    assert "на дату 06.01.2025" in done.out
    assert "строки, которые начинаются после 06.01.2025: 1" in done.out
    assert "05.01.2025 … " in done.out
    kept = [line for line in done.out.splitlines() if "определено" not in line]
    assert not re.search(r"\b(other|outside|undated)\b|\d\.\d%|: 2025-", "\n".join(kept))
    assert done.out.count("предупреждение") == 1
    assert done.err == ""  # what it tells is data, and told once
    found = json.loads(kpi("validate", "--as-of", "2025-01-06", "-f", "json", cwd=folder).out)
    assert found["as_of"] == "2025-01-06"


def test_what_a_header_of_two_columns_was_read_as_is_told_once(folder: Path) -> None:
    (folder / "leads.csv").write_text("id,day\n1,2025-01-05 10:00:00\n2,2025-01-06 11:00:00\n")
    columns = "{lead_id: id, created_at: day, first_response_at: day}"
    (folder / "kpi.yaml").write_text(
        "timezone: UTC\nlanguage: ru\n"
        f"sources:\n  l: {{table: leads, files: leads.csv, columns: {columns}}}\n"
    )
    assert kpi("validate", cwd=folder).out.count("определено: day") == 1
