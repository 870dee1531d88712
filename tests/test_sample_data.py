"""The sample data are what their generator makes, and the example config reads all of them."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from msgspec.structs import replace

from kpicli.config import Config, load
from kpicli.intake import Loaded, read
from kpicli.language.catalogue import built_in
from kpicli.language.check import check
from kpicli.language.parameters import Kind
from kpicli.model import model
from kpicli.periods import Grain
from kpicli.report import Question, compute

_ROOT = Path(__file__).parent.parent
_FOLDER = _ROOT / "sample_data"
_DATA = {".csv", ".tsv", ".txt"}


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in _DATA}


def _config() -> Config:
    return load(_ROOT / "config.example.yaml")


@cache
def _loaded() -> Loaded:
    return read(_config(), dict.fromkeys(model().tables))


def test_generator_makes_the_files_that_are_checked_in(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(_FOLDER / "generate.py"), str(tmp_path)]
    subprocess.run(command, check=True, env=environment)
    made, there = _files(tmp_path), _files(_FOLDER)
    assert made.keys() == there.keys()
    changed = [name for name, content in made.items() if content != there[name]]
    assert not changed, "run: python sample_data/generate.py"


def test_files_are_small() -> None:
    files = _files(_FOLDER).values()
    assert sum(map(len, files)) < 2_000_000
    assert 10_000 <= sum(content.count(b"\n") - 1 for content in files) <= 20_000


def test_every_table_has_rows() -> None:
    empty = [name for name in model().tables if _loaded().frames[name].is_empty()]
    assert not empty


def test_sources_reject_next_to_nothing() -> None:
    wasteful = [one.file for one in _loaded().ledgers if one.rejected > one.read / 100]
    assert not wasteful


def test_reading_warns_of_nothing() -> None:
    assert not _loaded().warnings


def test_every_metric_has_a_value_in_most_months() -> None:
    report = compute(_config(), Question())
    assert not report.skipped
    assert not report.warnings
    known = {(row.metric, row.period.label) for row in report.rows() if row.value is not None}
    months = Counter(metric for metric, _ in known)
    metrics = built_in().metrics
    shown = [name for name, metric in metrics.items() if not metric.declaration.helper]
    assert {
        name: months[name] for name in shown if 2 * months[name] < len(report.grid.periods)
    } == {}


_MOVED = (
    "new_customers",
    "customers_lost_net",
    "customer_lifespan",
    "active_customers",
    "average_order_value",
    "repeat_purchase_rate",
    "conversion_rate",
    "first_response_time",
    "csat_mean",
    "nps",
    "employee_turnover_rate",
    "average_tenure",
)


def test_built_in_declarations_work_alike_as_own_ones() -> None:
    config = _config()
    catalogue = built_in()
    own = {f"my_{name}": dict(catalogue.metrics[name].raw) for name in _MOVED}
    for raw in own.values():
        raw.pop("aliases", None)
    moved = replace(config, own={**config.own, **own})
    both = catalogue.with_own(moved.own)
    assert [problem for name in own for problem in check(name, both, moved.params, {})] == []
    report = compute(moved, Question(metrics=(*_MOVED, *own), grain=Grain.QUARTER))
    assert not report.skipped
    values = {found.metric: found.frame for found in report.values}
    for name in _MOVED:
        assert values[f"my_{name}"].equals(values[name]), name


def test_what_else_is_asked_for_changes_nothing() -> None:
    alike = ("revenue", "upsell_revenue", "sales_count", "referral_sales", "average_order_value")
    config = _config()

    def frames(metrics: tuple[str, ...]) -> dict[tuple[str, tuple[str, ...]], pl.DataFrame]:
        question = Question(metrics=metrics, grain=Grain.QUARTER, by=("channel",))
        return {(v.metric, v.dims): v.frame for v in compute(config, question).values}

    together = frames(alike)
    for name in alike:
        for key, frame in frames((name,)).items():
            assert frame.equals(together[key]), key


@pytest.mark.parametrize("bound", ["at_least", "at_most"])
@pytest.mark.parametrize("mode", ["contracts", "activity"])
@pytest.mark.parametrize("method", ["pareto", "top_n"])
def test_parameters_may_go_to_their_bounds(bound: str, mode: str, method: str) -> None:
    numbers = {
        name: f"{{{', '.join(f'{key}: {number}' for key in parameter.values or ['call', '1-5'])}}}"
        if parameter.type is Kind.MAP
        else str(number)
        for name, parameter in built_in().parameters.items()
        if (number := getattr(parameter, bound)) is not None
    }
    params = {**numbers, "membership.mode": mode, "key.method": method}
    report = compute(_config(), Question(params=params, grain=Grain.QUARTER))
    assert not [skip for skip in report.skipped if "failed" in skip.reason]
    assert all(row.value is None or math.isfinite(row.value) for row in report.rows())
