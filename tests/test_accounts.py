"""Every metric accounts for every row: counted, or not for a reason, as its result says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kpicli.config import Config, load
from kpicli.engine.accounts import Account
from kpicli.engine.run import Run
from kpicli.engine.slices import Slice
from kpicli.intake import Loaded
from kpicli.periods import Grain, Grid
from kpicli.report import Question
from kpicli.report.accounts import HIDDEN, MADE_OF, accounts, whole_range
from kpicli.report.evaluation import prepared
from kpicli.report.horizon import up_to
from kpicli.report.question import catalogue_of
from kpicli.report.validation import Feasible, validate
from tests.shop import loaded, write

ROOT = Path(__file__).parents[1]
CASES: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "members by activity": {"membership.mode": "activity"},
    "members by dates": {"membership.mode": "dates"},
    "first answers": {"survey.dedupe": "first", "resolution.end": "first"},
    "small orders out": {"orders.min_amount": Decimal(5000), "complaint.rule": None},
}


@cache
def _config() -> Config:
    return load(ROOT / "config.example.yaml")


@cache
def _loaded() -> Loaded:
    return loaded(_config())


def _range(name: str, whole: Grid) -> Grid:
    if name == "whole":
        return whole
    first, stop = dt.date(2025, 1, 1), dt.date(2025, 3, 31)
    written = _config().written
    return Grid.over(
        Grain.TOTAL,
        first,
        stop,
        as_of=whole.as_of,
        zone=written.timezone,
        calendar=written.periods.calendar,
    )


@pytest.mark.parametrize("params", CASES.values(), ids=CASES)
@pytest.mark.parametrize("days", ["whole", "a quarter"])
def test_rows_are_counted_or_left_out_for_a_reason(params: dict[str, Any], days: str) -> None:
    config = _config()
    as_of = config.written.as_of or (latest.day if (latest := _loaded().latest) else dt.date.max)
    merged = {**config.params, **params}
    data = up_to(config, _loaded(), as_of, merged, _loaded().frames, said=True)
    catalogue = catalogue_of(config, None)
    names = tuple(catalogue.metrics)
    ready = prepared(catalogue, names, data.inputs, Slice(kept=config.kept()))
    grid = _range(days, whole_range(config, data))
    run = Run(
        settled=ready.settled,
        relations=ready.relations,
        grid=grid,
        cut=ready.cut,
        covered=data.covered,
    )
    results = run.results([name for name in names if name not in ready.lacks], ())
    found = dict(accounts(ready, names, data.covered, grid))
    assert found.keys() >= results.keys()
    kept = {name: account for name, account in found.items() if isinstance(account, Account)}
    assert len(kept) > 130
    for name, account in kept.items():
        rows = results[name].frame.row(0, named=True)
        told = {key.removeprefix("x:"): n for key, n in rows.items() if key.startswith("x:") and n}
        assert account.rows == account.counted + sum(account.excluded.values()), name
        assert account.counted == rows["n"], name
        assert told.items() <= account.excluded.items(), name
        assert all(count > 0 for count in account.excluded.values()), name
    without = {name for name, account in found.items() if not isinstance(account, Account)}
    of_tables = {n for n in without if (found_rows := ready.settled[n].rows) and found_rows.table}
    assert {found[name] for name in of_tables} <= {HIDDEN}


def _metrics(folder: Path, sources: dict[str, Any], **rest: Any) -> dict[str, Feasible]:
    found = validate(load(write(folder, sources, **rest)), Question())
    return {metric.metric: metric for metric in found.metrics}


def _account(metric: Feasible) -> tuple[int, int, dict[str, int]]:
    assert metric.account is not None
    return metric.account.rows, metric.account.counted, dict(metric.account.excluded)


def test_what_is_impossible_is_missing_by_name(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "ticket_id,created_at,first_response_at,resolved_at,status\n"
        "1,2025-01-01 10:00,2025-01-01 11:00,2025-01-02 10:00,solved\n"
        "2,2025-01-02 10:00,2025-01-02 09:00,2025-01-01 10:00,solved\n"
        "3,2025-01-03 10:00,,,open\n"
        "4,2025-01-04 10:00,2025-01-04 11:00,2025-01-05,spam\n"
    )
    found = _metrics(tmp_path, {"t": {"table": "tickets", "files": "t.csv"}})
    assert _account(found["first_response_time"]) == (
        4,
        1,
        {"invalid": 1, "spam": 1, "undated": 1},
    )
    assert _account(found["ticket_volume"]) == (4, 3, {"spam": 1})


def test_a_customer_who_left_before_coming_is_told_where_he_is_missed(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        "customer_id,acquired_at,churned_at\n1,2025-01-05,2025-03-01\n2,2025-01-05,2025-01-01\n"
    )
    found = _metrics(tmp_path, {"c": {"table": "customers", "files": "c.csv"}})
    assert _account(found["new_customers"]) == (2, 1, {"invalid": 1})
    assert _account(found["customers_present"]) == (2, 1, {"invalid": 1})


def test_formulas_and_hidden_answers_say_why_they_have_no_account(tmp_path: Path) -> None:
    answers = "".join(f"{n},enps,2025-01-0{n},9,p{n}\n" for n in range(1, 4))
    (tmp_path / "r.csv").write_text(
        "response_id,survey_type,responded_at,score,respondent_id\n" + answers
    )
    (tmp_path / "c.csv").write_text("customer_id,acquired_at,churned_at\n1,2025-01-05,\n")
    sources = {
        "r": {"table": "responses", "files": "r.csv"},
        "c": {"table": "customers", "files": "c.csv"},
    }
    found = _metrics(tmp_path, sources)
    assert (found["enps"].account, found["enps"].why) == (None, HIDDEN)
    assert found["customer_churn_rate"].why == MADE_OF
    assert found["customer_churn_rate"].operands == ("customers_churned", "churn_base")
    few = _metrics(tmp_path, sources, params={"privacy.min_n": 3})
    assert _account(few["enps"]) == (3, 3, {})


def test_without_an_event_nothing_depends_on_the_clock(tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text(
        "goal_id,due_at,actual_value,target_value\n1,2025-01-31,1,2\n2,2999-01-31,1,2\n"
    )
    config = load(write(tmp_path, {"g": {"table": "goals", "files": "g.csv"}}))
    found = validate(config, Question())
    assert (found.as_of, found.range) == (None, None)
    assert not any(metric.account for metric in found.metrics)
    said = validate(config, Question(as_of=dt.date(2025, 2, 28)))
    of_goals = next(one for one in said.metrics if one.metric == "client_goal_attainment")
    assert said.range is not None
    assert of_goals.account is not None
    assert of_goals.account.rows == 1
