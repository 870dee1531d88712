"""Days without rows are told where they mean something: a wrong year, or an old export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kpicli.config import load
from kpicli.periods import Span
from kpicli.report import Question, compute
from kpicli.report.quiet import usual
from kpicli.report.types import Report
from tests.shop import write

DAY = dt.timedelta(1)
BEGINNING = dt.date(2025, 1, 10)


def days(number: int, step: int = 1, first: dt.date = BEGINNING) -> list[dt.date]:
    return [first + DAY * step * place for place in range(number)]


def report(
    folder: Path,
    orders: Iterable[dt.date],
    tickets: Iterable[dt.date] = (),
    covers: dict[str, str] | None = None,
    max_age: str | None = None,
    **question: Any,
) -> Report:
    for name, header, found in (
        ("orders", "order_id,ordered_at,customer_id,amount", orders),
        ("tickets", "ticket_id,created_at", tickets),
    ):
        rest = ",A,10" if name == "orders" else ""
        lines = [f"{number},{day}{rest}" for number, day in enumerate(found)]
        (folder / f"{name}.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    sources: dict[str, dict[str, Any]] = {
        name: {"table": name, "files": f"{name}.csv"} for name in ("orders", "tickets")
    }
    if covers is not None:
        sources["orders"]["covers"] = covers
    if max_age is not None:
        sources["orders"]["max_age"] = max_age
    asked = Question(metrics=("revenue", "ticket_volume"), **question)
    return compute(load(write(folder, sources)), asked)


def flagged(found: Report, metric: str) -> list[str]:
    """Return the periods of which the data cover a part."""
    (values,) = [one for one in found.values if one.metric == metric]
    marked = values.frame["flags"].list.contains("partial_coverage")
    return [period.label for period, mark in zip(found.grid.periods, marked, strict=True) if mark]


def warned(found: Report, about: str) -> list[str]:
    return [warning for warning in found.warnings if about in warning]


@pytest.mark.parametrize(
    ("found", "most"),
    [
        (days(9), None),
        (days(30), 10),
        (days(30, step=7), 70),
        ([*days(5), *days(5, first=BEGINNING + DAY * 300)], 338),
        ([*days(50), *days(50, first=BEGINNING + DAY * 80)], 31),
        ([BEGINNING] * 40, None),
    ],
)
def test_what_is_usual_is_ten_times_the_days_between_or_the_longest_pause(
    found: list[dt.date], most: int | None
) -> None:
    assert usual(pl.Series(found)) == most


def test_an_export_that_ends_long_before_the_others_is_told(tmp_path: Path) -> None:
    found = report(tmp_path, days(60), days(120))
    assert warned(found, "renew") == [
        (
            "orders: the last rows are of 2025-03-10, 60 days before 2025-05-09, up to which "
            "numbers go: who does nothing any more may only lack rows; renew the export, or say "
            "--as-of, or max_age: never where that is meant so"
        )
    ]


@pytest.mark.parametrize(
    ("orders", "covers"),
    [
        (days(100), None),  # twenty days behind
        (days(12, step=6), None),  # a sale a week: fifty days may pass
        (days(60), {"from": "2025-01-01", "to": "2025-05-05"}),
    ],
)
def test_one_that_may_be_whole_is_not(
    tmp_path: Path, orders: list[dt.date], covers: dict[str, str] | None
) -> None:
    assert not warned(report(tmp_path, orders, days(120), covers), "renew")


def test_one_whose_age_the_config_judges_is_not(tmp_path: Path) -> None:
    found = report(tmp_path, days(60), days(120), max_age="never")
    assert not warned(found, "renew")


def test_a_day_far_from_all_others_is_told(tmp_path: Path) -> None:
    found = report(tmp_path, [dt.date(1970, 1, 1), *days(60)], [*days(60), dt.date(2026, 1, 20)])
    assert warned(found, "is that date right") == [
        (
            "as_of is 2026-01-20 because of rows of tickets.created_at alone (rows: 1); all "
            "others lie 316 days or more before; is that date right? as_of or --as-of says "
            "another day"
        ),
        (
            "orders: rows of 1970-01-01: 1; all others lie 20,098 days or more after; is that date "
            "right?"
        ),
    ]


def test_a_pause_between_seasons_is_not(tmp_path: Path) -> None:
    seasons = [*days(40), *days(40, first=BEGINNING + DAY * 365)]
    assert not warned(report(tmp_path, seasons, seasons), "right?")


def test_an_as_of_that_was_said_is_not_doubted(tmp_path: Path) -> None:
    rows = [*days(60), dt.date(2026, 1, 20)]
    assert not warned(report(tmp_path, rows, rows, as_of=dt.date(2026, 1, 20)), "is that date")


def test_periods_are_flagged_of_which_the_data_cover_a_part(tmp_path: Path) -> None:
    found = report(tmp_path, days(60), days(60), grain="quarter")
    assert flagged(found, "revenue") == []  # nine days before the first are nothing unusual
    late = days(60, first=dt.date(2025, 2, 20))
    found = report(tmp_path, late, days(100), grain="quarter")
    assert flagged(found, "revenue") == ["2025-Q1"]
    assert flagged(found, "ticket_volume") == []


def test_a_source_that_says_what_it_covers_is_taken_by_its_word(tmp_path: Path) -> None:
    covers = {"from": "2025-01-10", "to": "2025-04-09"}
    found = report(tmp_path, days(60), days(60), covers, grain="month")
    assert flagged(found, "revenue") == ["2025-01"]
    assert flagged(found, "ticket_volume") == []


def test_a_union_is_as_quiet_as_its_quietest_part() -> None:
    one = Span(first=BEGINNING, last=BEGINNING + DAY, quiet=3)
    other = Span(first=BEGINNING + DAY, last=BEGINNING + DAY * 9, quiet=8)
    assert one.union(other) == Span(first=BEGINNING, last=BEGINNING + DAY * 9, quiet=8)
    assert one.union(Span(first=BEGINNING, last=BEGINNING)).quiet is None
