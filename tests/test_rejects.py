"""The list of rejects, strict runs, and one population for every metric of a run."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import pytest

import kpicli
from kpicli.config import load
from kpicli.intake import Depth, Outcome, read
from kpicli.report import Question, compute
from tests.console import inside as kpi
from tests.shop import loaded, orders, write

HEAD = "order_id,ordered_at,amount,cost,customer_id\n"
ROWS = "1,2025-01-05,10,5,A\n2,2025-01-06,=2+2,4,B\n3,2025-01-07,30,x,C\n4,,40,4,D\n"


def shop(folder: Path, rows: str = ROWS, **rest: Any) -> Path:
    (folder / "o.csv").write_text(HEAD + rows)
    return write(folder, {"o": {"table": "orders", "files": "o.csv"}}, **rest)


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_every_reject_is_listed_with_its_place(tmp_path: Path) -> None:
    rows = ROWS + "5,2025-01-09\n1,2025-01-05,10,5,A\n1,2025-01-05,11,5,A\n"
    shop(tmp_path, rows, intake={"max_rejected": "90%"})
    done = kpi("validate", "--rejects", "r.csv", cwd=tmp_path)
    assert done.code == 0, done.err
    first, *lines = (tmp_path / "r.csv").read_text().splitlines()
    assert first == "source,table,file,line,column,value,rule,outcome"
    key = "its key stands elsewhere, and the latest row counts"
    assert lines == [
        f'o,orders,o.csv,2,order_id,1,"{key}",duplicate',
        "o,orders,o.csv,3,amount,'=2+2,amount: not a number,rejected",
        'o,orders,o.csv,4,cost,x,"cost: not a number, emptied",emptied',
        "o,orders,o.csv,5,ordered_at,,ordered_at: empty,rejected",
        "o,orders,o.csv,6,,,too few cells,rejected",
        f'o,orders,o.csv,7,order_id,1,"{key}",duplicate',
    ]


def test_not_only_the_first_are_listed_and_the_bytes_are_the_same(tmp_path: Path) -> None:
    bad = "".join(f"x{n},2025-01-05,1,bad{n},A\n" for n in range(500))
    worse = "".join(f"y{n},soon,1,1,A\n" for n in range(300))
    shop(tmp_path, bad + worse + "z,2025-01-06,1,1,A\n", intake={"max_rejected": "90%"})
    for name in ("a.csv", "b.csv"):
        assert kpi("compute", "revenue", "--rejects", name, cwd=tmp_path).code == 0
    listed = table(tmp_path / "a.csv")
    assert [row["outcome"] for row in listed] == ["rejected"] * 300
    assert kpi("compute", "customer_profit", "--rejects", "b.csv", cwd=tmp_path).code == 0
    listed = table(tmp_path / "b.csv")
    assert [int(row["line"]) for row in listed] == list(range(2, 802))
    assert kpi("compute", "customer_profit", "--rejects", "c.csv", cwd=tmp_path).code == 0
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "c.csv").read_bytes()
    told = kpi("validate", cwd=tmp_path).out
    assert len(re.findall(r"^    line ", told, re.MULTILINE)) == 40
    assert "and 480 more: --rejects FILE lists all" in told


def test_rejects_are_written_when_the_run_is_refused(tmp_path: Path) -> None:
    shop(tmp_path)
    done = kpi("compute", "revenue", "--rejects", "r.csv", "-o", "out.csv", cwd=tmp_path)
    assert (done.code, done.out) == (3, "")
    assert "2 of 4 rows cannot be used" in done.err
    assert [row["line"] for row in table(tmp_path / "r.csv")] == ["3", "5"]
    assert not (tmp_path / "out.csv").exists()


MIXED = "order_id,ordered_at,amount,currency\n1,2025-01-05,10,EUR\n2,soon,10,EUR\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["validate"], 3, "amounts are in EUR, and the config says USD"),
        (["compute", "revenue"], 3, "amounts are in EUR, and the config says USD"),
        (["compute", "sales_count", "--from", "2026", "--to", "2025"], 2, "the range is empty"),
    ],
)
def test_no_old_list_stays_when_the_run_is_refused_later(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    (tmp_path / "o.csv").write_text(MIXED)
    fx = {"fx": {"EUR": {"2025-01-01": 1.1}}} if code == 2 else {}
    source = {"o": {"table": "orders", "files": "o.csv"}}
    write(tmp_path, source, currency="USD", intake={"max_rejected": "90%"}, **fx)
    (tmp_path / "stale.csv").write_text("of yesterday")
    done = kpi(*arguments, "--rejects", "stale.csv", cwd=tmp_path)
    assert done.code == code
    assert said in done.err
    assert [row["value"] for row in table(tmp_path / "stale.csv")] == ["soon"]


def test_people_are_not_listed_by_name(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(
        "employee_id,hired_at,terminated_at,manager_id\n"
        "Ivan,2025-01-05,2024-01-01,Olga\nIvan,2025-01-05,2024-01-01,\n,2025-01-05,,\n"
    )
    source = {"e": {"table": "employees", "files": "e.csv"}}
    write(tmp_path, source, intake={"max_rejected": "90%"})
    assert kpi("validate", "--rejects", "r.csv", cwd=tmp_path).code == 0
    listed = table(tmp_path / "r.csv")
    assert {row["outcome"] for row in listed} == {"rejected", "duplicate", "impossible"}
    assert not re.search("Ivan|Olga", (tmp_path / "r.csv").read_text())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rejects", "o.csv"], "o.csv is an input"),
        (["--rejects", "kpi.yaml"], "kpi.yaml is an input"),
        (["--rejects", "nowhere/r.csv"], "there is no folder"),
        (["--rejects", "."], "is a folder"),
        (["--rejects", "x.csv", "-o", "x.csv"], "x.csv cannot hold the report and the rejects"),
    ],
)
def test_a_list_goes_where_nothing_is_lost(tmp_path: Path, arguments: list[str], said: str) -> None:
    shop(tmp_path, "1,2025-01-05,10,5,A\n")
    before = (tmp_path / "o.csv").read_bytes(), (tmp_path / "kpi.yaml").read_bytes()
    done = kpi("compute", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert before == ((tmp_path / "o.csv").read_bytes(), (tmp_path / "kpi.yaml").read_bytes())


# --- strict


def test_strict_takes_warnings_for_errors_and_writes_no_numbers(tmp_path: Path) -> None:
    shop(tmp_path, intake={"max_rejected": "90%"})
    assert kpi("compute", "revenue", cwd=tmp_path).code == 0
    arguments = ("compute", "revenue", "--strict", "-o", "out.csv", "--rejects", "r.csv")
    done = kpi(*arguments, cwd=tmp_path)
    assert (done.code, done.out) == (3, "")
    assert "warning: o: 2 of 4 rows are rejected, the first at o.csv:3" in done.err
    assert "kpi: warnings: 1, and strict takes them for errors" in done.err.splitlines()[-2]
    assert not (tmp_path / "out.csv").exists()
    assert len(table(tmp_path / "r.csv")) == 2
    told = kpi("validate", "--strict", cwd=tmp_path)
    assert told.code == 3
    assert "warnings: 2, errors: 0" in told.out


def test_strict_may_stand_in_the_config_and_be_taken_back(tmp_path: Path) -> None:
    shop(tmp_path, intake={"max_rejected": "90%", "strict": True})
    for command in ("compute", "validate"):
        assert kpi(command, cwd=tmp_path).code == 3
        assert kpi(command, "--no-strict", cwd=tmp_path).code == 0


def test_strict_is_content_with_clean_files(tmp_path: Path) -> None:
    shop(tmp_path, "1,2025-01-05,10,5,A\n")
    assert kpi("compute", "revenue", "--strict", cwd=tmp_path).code == 0
    assert kpi("validate", "--strict", cwd=tmp_path).code == 0


def test_strict_wants_every_metric_that_is_named(tmp_path: Path) -> None:
    shop(tmp_path, "1,2025-01-05,10,5,A\n")
    done = kpi("compute", "revenue", "nps", "--strict", cwd=tmp_path)
    assert done.code == 3
    assert "nps is left out: needs responses" in done.err


# --- one population


@pytest.mark.parametrize("policy", ["empty", "reject"])
def test_numbers_do_not_depend_on_what_else_is_asked(tmp_path: Path, policy: str) -> None:
    rows = "1,2025-01-05,10,5,A\n2,2025-01-06,20,bad,B\n3,2025-01-07,30,,A\n4,2025-02-01,40,4,D\n"
    intake = {"max_rejected": "90%", "on_bad_value": policy}
    path = shop(tmp_path, rows, intake=intake, as_of="2025-02-28")
    names = ("revenue", "sales_count", "customer_profit", "new_customers")

    def answers(*asked: str) -> dict[tuple[str, str], tuple[Any, ...]]:
        report = compute(load(path), Question(metrics=asked))
        return {
            (row.metric, row.period.label): (row.value, row.n, dict(row.excluded))
            for row in report.rows()
        }

    whole = answers(*names)
    for name in names:
        alone = answers(name)
        assert alone == {key: value for key, value in whole.items() if key[0] == name}
    assert whole["revenue", "2025-01"][0] == (40 if policy == "reject" else 60)


def test_a_bad_cell_that_must_fail_fails_whatever_is_asked(tmp_path: Path) -> None:
    shop(tmp_path, "1,2025-01-05,10,bad,A\n", intake={"on_bad_value": "fail", "max_rejected": 9})
    done = kpi("compute", "sales_count", "--rejects", "r.csv", cwd=tmp_path)
    assert done.code == 3
    assert "cells that cannot be read: 1, and intake.on_bad_value is fail" in done.err
    assert "o.csv:2: cost: not a number: 'bad' (rows: 1)" in done.err
    assert [row["value"] for row in table(tmp_path / "r.csv")] == ["bad"]
    told = kpi("validate", cwd=tmp_path)
    assert told.code == 3
    assert "line 2: 'bad'" in told.out


def test_values_that_are_not_listed_reject_their_row_unasked(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("order_id,ordered_at,amount,way\n1,2025-01-05,1,web\n")
    columns = {"channel": {"from": "way", "values": {"shop": "store"}}}
    source = {"o": {"table": "orders", "files": "o.csv", "columns": columns}}
    config = load(write(tmp_path, source, intake={"on_bad_value": "reject", "max_rejected": 1}))
    assert read(config, {"orders": set[str]()}).frames["orders"].is_empty()


# --- duplicates


def test_keys_are_text_without_the_spaces_around_them(tmp_path: Path) -> None:
    text = HEAD + "1,2025-01-05,10,5,A\n 1 ,2025-01-05,10,5,A\n01,2025-01-05,10,5,A\n"
    found = loaded(orders(tmp_path, text))
    assert found.frames["orders"]["order_id"].to_list() == ["1", "01"]
    assert found.ledgers[0].doubled == {"the same row stands elsewhere": 1}
    assert not found.warnings


def test_doubles_are_told_with_their_lines(tmp_path: Path) -> None:
    text = HEAD + "1,2025-01-05,10,5,A\n2,2025-01-05,10,5,A\n1,2025-01-05,11,5,A\n"
    for policy, line, which in (("last", 2, "latest"), ("first", 4, "first")):
        found = loaded(orders(tmp_path, text, intake={"duplicates": policy}))
        reason = f"its key stands elsewhere, and the {which} row counts"
        (place,) = found.ledgers[0].first(reason, Outcome.DUPLICATE)
        assert (place.line, place.column, place.value) == (line, "order_id", "1")


def test_doubles_that_are_an_error_are_all_told(tmp_path: Path) -> None:
    shop(tmp_path, "1,2025-01-05,10,5,A\n" * 3, intake={"duplicates": "error"})
    done = kpi("compute", "--rejects", "r.csv", cwd=tmp_path)
    assert done.code == 3
    assert "orders: rows that share their key with another: 3" in done.err
    assert "intake.duplicates is error" in done.err
    assert [row["outcome"] for row in table(tmp_path / "r.csv")] == ["duplicate"] * 2
    assert "intake.duplicates is error" in kpi("validate", cwd=tmp_path).out


def test_rows_alike_in_a_table_without_a_key_all_count_and_are_told(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        "incurred_at,amount,category\n" + "2025-01-05,10,payroll\n" * 2 + "2025-01-05,10,other\n"
    )
    config = load(write(tmp_path, {"c": {"table": "costs", "files": "c.csv"}}))
    found = read(config, {"costs": None}, depth=Depth(references=True))
    assert found.frames["costs"].height == 3
    assert "costs: rows that are the same as another in every column: 1" in found.warnings[0]
    assert not read(config, {"costs": None}).warnings


# --- the clock


def test_the_clock_is_read_in_one_place() -> None:
    root = Path(kpicli.__file__).parent
    reading = re.compile(r"\.(now|today|utcnow)\(|time\.time\(")
    found = [
        p.relative_to(root).as_posix() for p in root.rglob("*.py") if reading.search(p.read_text())
    ]
    assert found == ["report/today.py"]


def test_data_age_until_today_unless_a_day_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpicli.report.data.today", lambda _: dt.date(2025, 1, 20))
    path = shop(tmp_path, "1,2025-01-05,10,5,A\n", intake={"max_age": "3d"})
    (warning,) = compute(load(path), Question(metrics=("revenue",))).warnings
    assert warning == (
        "o: the newest row is of 2025-01-05, 15 days before 2025-01-20; max_age is 3d"
    )
    said = Question(metrics=("revenue",), as_of=dt.date(2025, 1, 8))
    assert not compute(load(path), said).warnings


def test_data_that_are_too_old_end_the_run(tmp_path: Path) -> None:
    shop(tmp_path, "1,2025-01-05,10,5,A\n", intake={"max_age": {"fail": "3d"}})
    for command in ("compute", "validate"):
        assert kpi(command, "--as-of", "2025-01-08", cwd=tmp_path).code == 0
        done = kpi(command, "--as-of", "2025-01-09", cwd=tmp_path)
        assert done.code == 3
        assert "sources.o: the newest row is of 2025-01-05, 4 days before" in done.out + done.err


def test_data_from_the_future_are_told_by_validate_too(tmp_path: Path) -> None:
    shop(tmp_path, "1,2025-01-05,10,5,A\n2,2999-01-05,10,5,A\n")
    done = kpi("validate", cwd=tmp_path)
    assert done.code == 3
    assert "the data go up to 2999-01-05 (orders.ordered_at), which is yet to come" in done.out
    assert "impossible 1: after_as_of" in done.out
    done = kpi("validate", "--as-of", "2025-01-31", cwd=tmp_path)
    assert done.code == 0
    assert "orders: rows that begin after 2025-01-31 are out: 1" in done.out
    assert "as of 2025-01-31 (--as-of)" in done.out
