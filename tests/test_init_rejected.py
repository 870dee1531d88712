"""`kpi init` on files many rows of which cannot be used: it ends as `kpi validate` will."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpicli.config import load
from tests.console import inside as kpi
from tests.proposing import init, text

GOOD = "lead_id,created_at\n1,2025-01-05\n2,2025-01-06\n"


def orders(*days: str) -> str:
    rows = "".join(f"{number},{day},10\n" for number, day in enumerate(days, 1))
    return "order_id,ordered_at,amount\n" + rows


HALF = orders("2025-01-05", "", "2025-01-07", "")
NONE = orders("", "", "")


@pytest.mark.parametrize(
    "export",
    [
        HALF,
        orders("2025-01-05", *["2025-01-06"] * 200, ""),
        orders("13.02.2025", "yesterday", "14.02.2025", "15.02.2025"),
        orders("2125-01-05", "2125-01-06"),
        orders("2025-01-05", "2025-01-06"),
    ],
    ids=["empty", "few", "words", "future", "sound"],
)
def test_init_ends_as_validate_does(tmp_path: Path, export: str) -> None:
    done = init(tmp_path, orders_csv=export)
    checked = kpi("validate", cwd=tmp_path)
    assert done.code == checked.code, checked.out
    assert ("will refuse these files" in done.err) == (done.code == 3)


def test_it_says_which_file_how_many_rows_and_what_to_do(tmp_path: Path) -> None:
    done = init(tmp_path, orders_csv=HALF, leads_csv=GOOD)
    assert done.code == 3
    assert "orders.csv: 2 of 4 rows cannot be used: ordered_at: empty" in done.err
    assert "hint: mend the export, name another header, or go on without them" in done.err
    column = next(line for line in text(tmp_path).splitlines() if "ordered_at:" in line)
    assert "# ? " in column
    assert "without it rows cannot be used: 2" in column
    assert {*load(tmp_path / "kpi.yaml").written.sources} == {"orders", "leads"}


def test_the_way_out_that_is_offered_is_one(tmp_path: Path) -> None:
    init(tmp_path, orders_csv=HALF)
    offered = "# intake: {max_rejected: 50%}"
    assert offered in text(tmp_path)
    taken = text(tmp_path).replace(offered, offered.removeprefix("# "))
    (tmp_path / "kpi.yaml").write_text(taken, encoding="utf-8")
    assert kpi("validate", cwd=tmp_path).code == 0


def test_a_file_no_row_of_which_can_be_used_is_no_source(tmp_path: Path) -> None:
    done = init(tmp_path, orders_csv=NONE, leads_csv=GOOD)
    said = "orders.csv looks like orders, but none of its 3 rows can be used: ordered_at: empty"
    assert said in done.err
    assert done.code == kpi("validate", cwd=tmp_path).code == 0
    assert {*load(tmp_path / "kpi.yaml").written.sources} == {"leads"}
    assert "#     ordered_at:   # ? needed" in text(tmp_path)


def test_where_nothing_can_be_used_nothing_is_written(tmp_path: Path) -> None:
    done = init(tmp_path, orders_csv=NONE, odd_csv="foo,bar\n1,2\n")
    assert (done.code, (tmp_path / "kpi.yaml").exists()) == (3, False)
    assert "none of its 3 rows can be used" in done.err
    assert "odd.csv looks like no table that is known" in done.err


def test_cells_of_rejected_rows_are_not_told(tmp_path: Path) -> None:
    done = init(tmp_path, orders_csv=orders("13.02.2025", "Anna Kim", "14.02.2025", "15.02.2025"))
    assert "1 of 4 rows cannot be used" in done.err
    assert "Anna" not in done.err + text(tmp_path)
