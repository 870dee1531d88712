"""Periods: numbers, labels, ranges, boundaries."""

from __future__ import annotations

import datetime as dt
import operator
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpicli.errors import UsageError
from kpicli.periods import Calendar, Grain, Grid, Span, label, parse, resolve, widened
from kpicli.periods.grid import month_position, months_before
from kpicli.periods.reach import EARLIEST, LATEST

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))
NUMBERED = [grain for grain in Grain if grain is not Grain.TOTAL]
CALENDARS = st.builds(
    Calendar,
    week_start=st.integers(0, 6),
    fiscal_start=st.integers(1, 12),
    fiscal_label=st.sampled_from(["end_year", "start_year"]),
)
APRIL = Calendar(fiscal_start=4)


@given(calendar=CALENDARS, grain=st.sampled_from(NUMBERED), day=DAYS)
def test_a_day_lies_in_the_period_of_its_number(
    calendar: Calendar, grain: Grain, day: dt.date
) -> None:
    number = calendar.number(grain, day)
    assert calendar.start(grain, number) <= day < calendar.start(grain, number + 1)


@given(calendar=CALENDARS, grain=st.sampled_from(NUMBERED), day=DAYS)
def test_a_label_names_its_period(calendar: Calendar, grain: Grain, day: dt.date) -> None:
    number = calendar.number(grain, day)
    wanted = calendar.start(grain, number), calendar.start(grain, number + 1)
    assert parse(calendar, label(calendar, grain, number)) == wanted


@given(calendar=CALENDARS, grain=st.sampled_from(NUMBERED), day=DAYS)
def test_a_year_before_is_the_same_period_of_the_year_before(
    calendar: Calendar, grain: Grain, day: dt.date
) -> None:
    number = calendar.number(grain, day)
    before = calendar.start(grain, calendar.year_before(grain, number))
    apart = (calendar.start(grain, number) - before).days
    assert 364 - 7 <= apart <= 366 + 7


@pytest.mark.parametrize(
    ("calendar", "grain", "day", "wanted"),
    [
        (Calendar(), Grain.WEEK, "2024-12-30", "2025-W01"),  # TV-40
        (Calendar(), Grain.WEEK, "2027-01-01", "2026-W53"),
        (APRIL, Grain.QUARTER, "2025-03-31", "FY2025-Q4"),
        (APRIL, Grain.QUARTER, "2025-04-01", "FY2026-Q1"),
        (Calendar(fiscal_start=4, fiscal_label="start_year"), Grain.YEAR, "2025-03-31", "FY2024"),
        (Calendar(), Grain.QUARTER, "2025-03-31", "2025-Q1"),
        (Calendar(week_start=6), Grain.WEEK, "2025-01-01", "2025-W01"),
        (Calendar(), Grain.DAY, "2025-01-31", "2025-01-31"),
        (Calendar(), Grain.MONTH, "2025-01-31", "2025-01"),
        (APRIL, Grain.MONTH, "2025-01-31", "2025-01"),
    ],
)
def test_labels(calendar: Calendar, grain: Grain, day: str, wanted: str) -> None:
    number = calendar.number(grain, dt.date.fromisoformat(day))
    assert label(calendar, grain, number) == wanted


@pytest.mark.parametrize(
    "text", ["2025-13", "2025-W54", "2025-W00", "2025-Q5", "25", "", "2025-02-30", "FY2025", "x"]
)
def test_what_is_no_label(text: str) -> None:
    assert parse(Calendar(), text) is None


def test_a_calendar_year_is_no_label_of_a_fiscal_calendar() -> None:
    assert parse(APRIL, "2025") is None
    assert parse(APRIL, "2025-Q1") is None
    assert parse(APRIL, "fy2025") == (dt.date(2024, 4, 1), dt.date(2025, 4, 1))


def over(grain: Grain, first: str, last: str, as_of: str = "2030-01-01", zone: str = "UTC") -> Grid:
    days = [dt.date.fromisoformat(day) for day in (first, last, as_of)]
    return Grid.over(grain, days[0], days[1], as_of=days[2], zone=zone)


def test_periods_are_half_open_and_touch() -> None:
    grid = over(Grain.MONTH, "2025-01-15", "2025-03-02")
    assert [p.label for p in grid.periods] == ["2025-01", "2025-02", "2025-03"]
    assert all(first.end == second.start for first, second in pairwise(grid.periods))


def test_a_period_is_complete_when_its_last_day_is_covered() -> None:
    grid = over(Grain.MONTH, "2025-01-01", "2025-03-31", as_of="2025-02-28")
    assert [p.complete for p in grid.periods] == [True, True, False]
    assert [p.days for p in grid.periods] == [31, 28, 0]
    grid = over(Grain.MONTH, "2025-02-01", "2025-02-28", as_of="2025-02-27")
    assert not grid.periods[0].complete
    assert grid.periods[0].days == 27


def test_working_days_are_monday_to_friday() -> None:
    grid = over(Grain.MONTH, "2025-01-01", "2025-02-28")
    assert [p.working_days for p in grid.periods] == [23, 20]


def test_the_day_on_which_the_clock_changes_has_23_hours() -> None:
    grid = over(Grain.DAY, "2026-03-29", "2026-03-30", zone="Europe/Berlin")
    bounds = grid.bounds([*grid.starts, grid.ends[-1]], pl.Datetime("us", "Europe/Berlin"))
    hours = bounds.diff().dt.total_hours().to_list()[1:]
    assert hours == [23, 24]


def test_a_day_without_midnight_begins_with_its_first_instant() -> None:
    grid = over(Grain.DAY, "2025-09-07", "2025-09-07", zone="America/Santiago")
    bounds = grid.bounds(grid.starts, pl.Datetime("us", "America/Santiago"))
    assert bounds.dt.to_string("%H:%M").to_list() == ["01:00"]


def test_an_instant_late_in_january_is_february_in_moscow() -> None:  # TV-40
    grid = over(Grain.MONTH, "2025-01-01", "2025-02-28", zone="Europe/Moscow")
    bounds = grid.bounds(grid.starts, pl.Datetime("us", "Europe/Moscow"))
    instant = dt.datetime(2025, 1, 31, 22, 30, tzinfo=dt.UTC)
    assert instant >= bounds[1]


def test_the_comparison_period_is_found_by_period_not_by_date() -> None:
    grid = over(Grain.MONTH, "2025-03-01", "2025-03-31")
    assert grid.before("previous")[0] == [dt.date(2025, 2, 1)]
    assert grid.before("year_ago")[0] == [dt.date(2024, 3, 1)]
    total = over(Grain.TOTAL, "2025-03-01", "2025-03-10")
    assert total.before("previous") == ([dt.date(2025, 2, 19)], [dt.date(2025, 3, 1)])


def test_a_trailing_window_ends_with_its_period() -> None:
    grid = over(Grain.MONTH, "2025-03-01", "2025-03-31")
    assert grid.trailing(12) == [dt.date(2024, 4, 1)]
    assert months_before(dt.date(2025, 3, 31), 1) == dt.date(2025, 2, 28)


@given(first=DAYS, second=DAYS)
def test_month_positions_rise_with_days(first: dt.date, second: dt.date) -> None:
    assert (first < second) == (month_position(first) < month_position(second))


COVERED = Span(first=dt.date(2024, 1, 10), last=dt.date(2025, 3, 20))


def resolved(
    grain: Grain = Grain.MONTH,
    since: str | None = None,
    until: str | None = None,
    last: int | None = None,
) -> tuple[str, str]:
    span = resolve(Calendar(), grain, since=since, until=until, last=last, covered=COVERED)
    return span.first.isoformat(), span.last.isoformat()


def test_ranges() -> None:
    assert resolved() == ("2024-01-01", "2025-03-31")
    assert resolved(since="2025-01", until="2025-02") == ("2025-01-01", "2025-02-28")
    assert resolved(since="2025-01-15", until="2025-01-20") == ("2025-01-01", "2025-01-31")
    assert resolved(last=2) == ("2025-02-01", "2025-03-31")
    assert resolved(until="2024-12", last=2) == ("2024-11-01", "2024-12-31")
    assert resolved(since="2025-02", last=9) == ("2025-02-01", "2025-03-31")
    assert resolved(Grain.TOTAL, since="2025-01-15", until="2025-01-20") == (
        "2025-01-15",
        "2025-01-20",
    )
    assert resolved(Grain.QUARTER, since="2025-W05") == ("2025-01-01", "2025-03-31")


@pytest.mark.parametrize(
    ("grain", "since", "until", "last", "wanted"),
    [
        (Grain.MONTH, "2025-02-10", None, None, True),
        (Grain.MONTH, None, "2025-03-05", None, True),
        (Grain.MONTH, "2025-02-01", "2025-02-28", None, False),
        (Grain.MONTH, "2025-02-10", "2025-03-31", 1, False),
        (Grain.MONTH, "2025-W05", "2025-W06", None, False),
        (Grain.QUARTER, "2025-02", "2025-02", None, False),
        (Grain.WEEK, "2025-02-10", "2025-02-16", None, False),
        (Grain.WEEK, "2025-02-11", None, None, True),
        (Grain.DAY, "2025-02-10", "2025-02-11", None, False),
        (Grain.TOTAL, "2025-02-10", "2025-02-11", None, False),
        (Grain.MONTH, None, None, None, False),
    ],
)
def test_days_that_lie_within_a_period_widen_the_range(
    grain: Grain, since: str | None, until: str | None, last: int | None, wanted: bool
) -> None:
    shown = resolve(Calendar(), grain, since=since, until=until, last=last, covered=COVERED)
    assert widened(Calendar(), grain, shown, since=since, until=until) is wanted


@pytest.mark.parametrize(
    ("since", "until", "message"),
    [
        ("2025-13", None, "--from: '2025-13' is neither a date nor a period"),
        (None, "soon", "--to: 'soon'"),
        ("2025-03", "2025-01", "the range is empty"),
        (None, "9999-12-31", "--to: the year 9999 is out of reach: take one from 1000 to 2999"),
        ("9999-W52", None, "--from: the year 9999 is out of reach"),
        ("0001", None, "--from: the year 0001 is out of reach"),
    ],
)
def test_bad_ranges(since: str | None, until: str | None, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolved(since=since, until=until)
    assert message in str(caught.value)


def test_too_many_periods_are_refused() -> None:
    with pytest.raises(UsageError, match="too many"):
        resolved(Grain.DAY, since="1800-01-01")


@pytest.mark.parametrize("grain", [grain for grain in Grain if grain is not Grain.TOTAL])
@pytest.mark.parametrize("last", [9_999, 30_000, 10**9, 10**30])
def test_so_are_those_that_reach_back_before_there_are_days(grain: Grain, last: int) -> None:
    if grain in {Grain.DAY, Grain.WEEK, Grain.MONTH} and last == 9_999:
        assert resolved(grain, last=last)
        return
    with pytest.raises(UsageError, match="too many"):
        resolved(grain, last=last)


@pytest.mark.parametrize("grain", Grain)
@pytest.mark.parametrize("day", [EARLIEST, LATEST])
def test_periods_at_the_ends_of_reach_have_others_before_them(grain: Grain, day: dt.date) -> None:
    for first in {day, EARLIEST if grain is Grain.TOTAL else day}:
        grid = Grid.over(grain, first, day, as_of=LATEST)
        for lag in ("previous", "year_ago"):
            assert all(map(operator.lt, *grid.before(lag)))
        assert grid.trailing(999)
