"""A metric that was asked for by name and counts no row of its table is told why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.locales import locale
from kpicli.report import Question, compute
from tests.shop import write

HEADER = "response_id,survey_type,responded_at,respondent_id,score,scale_min,scale_max\n"


def told(folder: Path, *rows: str, metric: str = "nps", **asked: Any) -> list[str]:
    """Return what is told of a metric over answers with these surveys, days, people and scores."""
    cells = [f"{n},{row}\n" for n, row in enumerate(rows)]
    (folder / "r.csv").write_text(HEADER + "".join(cells), encoding="utf-8")
    rest = asked.pop("config", {})
    path = write(folder, {"r": {"table": "responses", "files": "r.csv"}}, **rest)
    names = () if metric == "all" else (metric,)
    found = compute(load(path), Question(metrics=names, **asked))
    return [one for one in found.warnings if "counts no row" in one]


CSAT = "csat,2025-01-05,A,5,1,5"
NPSS = "npss,2025-01-05,A,9,0,10"
NPS = "nps,2025-01-05,A,9,0,10"
OFF = "nps,2025-01-06,B,12,0,10"
EMPTY = "nps,2025-01-06,C,,0,10"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (
            (CSAT, NPSS),
            ("2): survey_type = 'nps' holds for none of them; survey_type there: csat, npss"),
        ),
        (
            (OFF, OFF),
            "2): off its scale, negative, or ended before it began (rows: 2)",
        ),
        (
            (OFF, EMPTY, CSAT),
            (
                "3): off its scale, negative, or ended before it began (rows: 1); "
                "without what is measured (rows: 1); not what the metric asks for (rows: 1)"
            ),
        ),
    ],
)
def test_it_says_why(tmp_path: Path, rows: tuple[str, ...], why: str) -> None:
    (warning,) = told(tmp_path, *rows)
    whole, _, reasons = warning.removeprefix("nps counts no row of answers (rows: ").partition(": ")
    wanted, _, others = why.partition(": ")
    assert (whole, {*reasons.split("; ")}) == (wanted, {*others.split("; ")})
    assert told(tmp_path, *rows, metric="all") == []


def test_metrics_of_a_config_are_asked_for_by_name_too(tmp_path: Path) -> None:
    assert len(told(tmp_path, NPSS, metric="all", config={"metrics": ["nps", "csat"]})) == 2


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        ((NPS, OFF), {}),
        ((), {"config": {"as_of": "2025-01-31"}}),
        ((NPS, CSAT), {"since": "2024-01", "until": "2024-12"}),  # of which nothing is covered
        ((NPS, CSAT.replace("01-05", "03-05")), {"since": "2025-03"}),  # it has some in January
        ((NPS, CSAT), {"where": "customer = 'A' and channel is not null"}),
        ((CSAT,), {"metric": "csat"}),
        ((CSAT,), {}),  # a survey that nobody was asked this time
        ((NPS, "csat,,A,,1,5"), {"metric": "csat"}),  # nobody has answered yet
    ],
)
def test_what_has_rows_or_may_have_none_is_not_told(
    tmp_path: Path, rows: tuple[str, ...], asked: dict[str, Any]
) -> None:
    assert told(tmp_path, *rows, **asked) == []


TICKETS = "ticket_id,created_at,channel,resolved_at\n1,2025-01-05,web,\n2,2025-01-06,web,\n"


def own(folder: Path, text: str) -> list[str]:
    (folder / "t.csv").write_text(TICKETS, encoding="utf-8")
    rows = {"table": "tickets", "at": "created_at", "where": text}
    metric = {"title": "x", "formula": "y", "unit": "percent", "share": "status = 'open'"}
    sources = {"t": {"table": "tickets", "files": "t.csv"}}
    path = write(folder, sources, custom={"own": {**metric, "rows": rows}})
    asked = Question(metrics=("own", "average_resolution_time"))
    return [*compute(load(path), asked).warnings]


def test_what_is_still_open_may_be_so_by_rights_and_a_slip_is_told_once(tmp_path: Path) -> None:
    (slip,) = own(tmp_path, "channel = 'webb'")
    assert "did you mean 'web'?" in slip
    assert own(tmp_path, "channel is null") == []
    (vain,) = own(tmp_path, "status = 'spam'")
    assert vain == (
        "own counts no row of tickets (rows: 2): status = 'spam' holds for none of them; "
        "status there: open"
    )


def test_it_is_said_in_russian(tmp_path: Path) -> None:
    message = locale("ru").message
    (warning,) = told(tmp_path, OFF, EMPTY)
    said = message(warning)
    assert said.startswith("nps: не засчитана ни одна строка answers (строк: 2): ")
    assert "нет измеряемого значения (строк: 1)" in said
    assert "вне шкалы, отрицательное или закончилось раньше начала (строк: 1)" in said
