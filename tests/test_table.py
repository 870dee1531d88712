"""The table for people: what it shows in terminals of all widths, and what it leaves out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from kpicli.config import load
from kpicli.locales import LANGUAGES, locale
from kpicli.render import numbers
from kpicli.render.table import as_table
from kpicli.render.wrapping import longest, pieces
from kpicli.report import Question, Report, compute
from tests.console import inside
from tests.shop import document, write

ROOT = Path(__file__).parent.parent
TICKETS = (
    "ticket_id,created_at,first_response_at,CSAT\n"
    "1,2025-01-05 10:00:00,2025-01-05 10:30:00,5\n"
    "2,2025-02-05 10:00:00,2025-02-05 12:30:00,3\n"
)
SOURCES: dict[str, Any] = {
    "desk": {"table": "tickets", "files": "t.csv"},
    "scores": {
        "table": "responses",
        "files": "t.csv",
        "columns": {
            "response_id": "ticket_id",
            "survey_type": {"const": "csat"},
            "score": "CSAT",
            "scale_min": {"const": "1"},
            "scale_max": {"const": "5"},
            "responded_at": "created_at",
        },
    },
}


@cache
def sample(language: str) -> Report:
    return compute(load(ROOT / "config.example.yaml"), Question(language=language))


@cache
def whole_sample(language: str) -> list[str]:
    """Return the table as a pipe shows it."""
    return table(sample(language), language, None)


def table(report: Report, language: str, width: int | None) -> list[str]:
    return [line.plain for line in as_table(report, locale(language), width)]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "t.csv").write_text(TICKETS)
    write(tmp_path, SOURCES)
    return tmp_path


# --- widths


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "least"), [(60, 2), (80, 4), (100, 4), (120, 5), (200, 12)])
def test_a_terminal_shows_whole_lines_and_enough_periods(
    language: str, width: int, least: int
) -> None:
    report = sample(language)
    lines = table(report, language, width)
    assert max(map(cell_len, lines)) <= width
    labels = [numbers.period(p.label, locale(language)) for p in report.grid.periods]
    shown = [label for label in labels if f" {label} " in f" {lines[0]} "]
    assert len(shown) >= least
    assert shown == labels[-len(shown) :]
    # Whatever a pipe shows of these periods is shown here, digit for digit.
    whole = whole_sample(language)
    for label in shown:
        assert _column(lines, label) == _column(whole, label)


def _column(lines: list[str], label: str) -> list[str]:
    """Return what stands under the label of a period, above the notes."""
    end = lines[0].index(label) + len(label)
    upto = lines.index("", _last_family(lines))
    cells = (line[:end].rpartition("  ")[2] for line in lines[1:upto] if len(line) >= end)
    return [cell for cell in cells if re.search(r"\d|–|·|÷0", cell)]


def _last_family(lines: list[str]) -> int:
    return next(place for place, line in enumerate(lines) if line in {"Own", "Custom"})


def test_a_trend_of_few_periods_gives_way_to_periods() -> None:
    report = sample("en")
    assert "trend" not in table(report, "en", 80)[0]
    assert "trend" in table(report, "en", 100)[0]
    assert "Revenue, RUB" in "\n".join(table(report, "en", 80))
    assert not any(", time" in line for line in table(report, "en", 80))


@pytest.mark.parametrize(
    ("text", "size", "found"),
    [
        ("one two three", 20, ["one two three"]),
        ("one two three", 8, ["one two", "  three"]),
        ("  one two", 6, ["  one", "   two"]),
        ("abcdefghij k", 4, ["abcd", "efgh", "ij k"]),
        ("a abcdef", 6, ["a", "abcdef"]),
        ("名前名前 x", 4, ["名前", "名前", "  x"]),
        ("", 4, [""]),
    ],
)
def test_pieces_of_a_text(text: str, size: int, found: list[str]) -> None:
    assert pieces(text, size) == found
    assert all(cell_len(piece) <= size for piece in found)
    whole = pieces(text, max(1, longest(text)))
    assert " ".join(whole).split() == text.split()


# --- what there is nothing of


def test_metrics_of_surveys_that_nobody_held_are_counted_and_not_shown(desk: Path) -> None:
    done = inside("compute", cwd=desk)
    assert "Customer satisfaction (CSAT)" in done.out
    assert "Net promoter score" not in done.out
    assert "Motivation" not in done.out
    told = re.search(r"metrics without data here: (\d+)", done.out)
    assert told is not None
    report = document(compute(load(desk / "kpi.yaml"), Question()))
    without = {"nps", "ces", "enps", "partner_status", "project_rating", "motivation_score"}
    without |= {"employee_satisfaction"}
    assert without <= {metric["id"] for metric in report["metrics"]}
    assert int(told[1]) == len(report["skipped"]) + len(without)


def test_metrics_asked_for_by_name_are_shown_in_any_case(desk: Path) -> None:
    done = inside("compute", "nps", "csat", cwd=desk)
    assert "Net promoter score" in done.out
    assert "–" in done.out


def test_other_formats_keep_what_the_table_leaves_out(desk: Path) -> None:
    assert "\nnps," in inside("compute", "-f", "csv", cwd=desk).out


def test_counts_of_nothing_and_what_lies_outside_of_the_data_are_shown(desk: Path) -> None:
    done = inside("compute", "--from", "2031-01", "--to", "2031-02", cwd=desk)
    assert "Net promoter score" in done.out
    assert "outside of what the data cover" in done.out


def test_judgement_defaults_are_those_of_what_is_shown(desk: Path) -> None:
    done = inside("compute", cwd=desk)
    assert "csat.positive_from=0.75" in done.out
    assert "ces.version" not in done.out
    assert "membership." not in done.out


def test_init_validate_and_explain_agree_on_what_can_be_computed(desk: Path) -> None:
    told = inside("init", "t.csv", "-o", "proposed.yaml", cwd=desk)
    count = re.search(r"(\d+) metrics can be computed", told.err)
    assert count is not None
    found = inside("validate", "-c", "proposed.yaml", cwd=desk).out
    assert f"metrics that can be computed: {count[1]}\n" in found
    assert "nps: needs responses of the survey nps" in found
    card = inside("explain", "nps", "-c", "proposed.yaml", cwd=desk).out
    assert "this config lacks: responses of the survey nps" in card


def test_a_survey_beside_a_metric_is_no_need_of_it(desk: Path) -> None:
    orders = "order_id,ordered_at,amount,customer_id\n1,2025-01-05,10,A\n2,2025-02-05,20,B\n"
    (desk / "o.csv").write_text(orders)
    enps = {**SOURCES["scores"]["columns"], "survey_type": {"const": "enps"}}
    scores = {**SOURCES["scores"], "columns": enps}
    write(desk, {"deals": {"table": "orders", "files": "o.csv"}, "scores": scores})
    able, unable = inside("validate", cwd=desk).out.split("metrics that cannot")
    assert "key_customer_revenue_retention" in able  # their CSAT stands beside it
    assert "csat: needs responses of the survey csat" in unable
