"""Working hours: to the second, across clock changes, by team, and against a slow reference."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import polars as pl
import pytest
from holidays.registry import COUNTRIES
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kpicli.config import countries
from kpicli.config.calendars import WorkCalendar
from kpicli.periods.clock import Clock

MOSCOW, BERLIN = "Europe/Moscow", "Europe/Berlin"
OFFICE = {"mon-fri": "09:00-18:00"}
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 31)


def clock(zone: str = MOSCOW, **calendars: dict[str, Any]) -> Clock:
    made = {
        name: WorkCalendar.model_validate(body).working_hours(name, zone, FIRST, LAST)
        for name, body in calendars.items()
    }
    return Clock(hours=made, first=FIRST, last=LAST)


def minutes(
    start: str, end: str, calendars: Clock, *, zone: str = MOSCOW, team: str | None = None
) -> float | None:
    def instant(text: str) -> pl.Expr:
        wall = pl.lit(dt.datetime.fromisoformat(text))
        return wall.dt.replace_time_zone(zone, ambiguous="earliest")

    taken = calendars.seconds(instant(end), instant(start), pl.lit(team, dtype=pl.String), zone)
    found = pl.select(taken).item()
    return None if found is None else found / 60


@pytest.mark.parametrize(
    ("start", "end", "body", "expected"),
    [
        ("2025-01-17T17:30", "2025-01-20T10:15", {}, 105),  # TV-23
        ("2025-01-17T17:30", "2025-01-20T10:15", {"holidays": [dt.date(2025, 1, 20)]}, 30),
        ("2025-01-18T12:00", "2025-01-19T12:00", {}, 0),
        ("2025-01-15T10:00:00", "2025-01-15T10:00:30", {}, 0.5),
        ("2025-01-15T09:00", "2025-01-15T18:00", {}, 540),
        ("2025-01-15T18:00", "2025-01-16T09:00", {}, 0),
        ("2025-01-15T10:00", "2025-01-15T09:00", {}, -60),  # runs backwards: wrong everywhere
        ("2025-01-18T10:00", "2025-01-18T09:00", {}, -60),
        (
            "2025-01-15T12:00",
            "2025-01-15T15:00",
            {"hours": {"wed": ["09:00-13:00", "14:00-18:00"]}},
            120,
        ),
        ("2025-01-15T23:00", "2025-01-16T07:00", {"hours": {"mon-fri": "22:00-06:00"}}, 420),
        ("2025-01-10T12:00", "2025-01-10T13:00", {"holidays": {"country": "RU"}}, 60),
        ("2025-01-08T12:00", "2025-01-08T13:00", {"holidays": {"country": "RU"}}, 0),
        (
            "2025-01-08T12:00",
            "2025-01-08T13:00",
            {"holidays": {"country": "RU", "remove": [dt.date(2025, 1, 8)]}},
            60,
        ),
    ],
)
def test_working_minutes(start: str, end: str, body: dict[str, Any], expected: float) -> None:
    assert minutes(start, end, clock(default={"hours": OFFICE, **body})) == expected


@pytest.mark.parametrize(
    ("start", "end", "hours", "expected"),
    [
        ("2025-03-29T12:00", "2025-03-30T12:00", "00:00-24:00", 23),  # TV-23
        ("2025-10-25T12:00", "2025-10-26T12:00", "00:00-24:00", 25),
        ("2025-03-30T00:00", "2025-03-30T04:00", "02:30-04:00", 1),  # 2:30 is skipped: from 3:00
        ("2025-10-26T00:00", "2025-10-26T04:00", "02:00-03:00", 2),  # the hour comes twice
    ],
)
def test_a_clock_change_lengthens_or_shortens_the_day(
    start: str, end: str, hours: str, expected: float
) -> None:
    calendars = clock(BERLIN, default={"hours": {"mon-sun": hours}})
    assert minutes(start, end, calendars, zone=BERLIN) == expected * 60


def test_a_team_has_a_calendar_of_its_own() -> None:
    night = {"hours": {"mon-sun": "00:00-24:00"}, "teams": ["night", "duty"]}
    calendars = clock(default={"hours": OFFICE}, night=night)
    span = ("2025-01-18T00:00", "2025-01-18T10:00", calendars)
    assert minutes(*span, team="duty") == 600
    assert minutes(*span, team="day") == 0
    assert minutes(*span) == 0


def test_a_calendar_has_its_own_zone() -> None:
    calendars = clock(default={"hours": OFFICE, "timezone": "Asia/Vladivostok"})
    # 09:00 to 18:00 in Vladivostok is 02:00 to 11:00 in Moscow.
    assert minutes("2025-01-15T00:00", "2025-01-15T12:00", calendars) == 540


def test_an_instant_that_is_missing_has_no_duration() -> None:
    nothing = pl.lit(None, dtype=pl.Datetime("us", MOSCOW))
    taken = clock(default={"hours": OFFICE}).seconds(nothing, nothing, pl.lit("x"), MOSCOW)
    assert pl.select(taken).item() is None


@given(
    start=st.datetimes(dt.datetime(2025, 3, 20), dt.datetime(2025, 4, 5)),  # noqa: DTZ001
    length=st.timedeltas(dt.timedelta(0), dt.timedelta(days=9)),
)
@settings(max_examples=60, deadline=None)
def test_every_minute_is_counted_once(start: dt.datetime, length: dt.timedelta) -> None:
    start = start.replace(second=0, microsecond=0, tzinfo=dt.UTC)
    end = start + dt.timedelta(minutes=length // dt.timedelta(minutes=1))
    body = {"hours": {"mon-fri": ["08:00-12:00", "13:00-17:30"], "sun": "01:00-04:00"}}
    calendars = clock(BERLIN, default=body)
    slow, moment, zone = 0, start, ZoneInfo(BERLIN)
    spans = {day: [(480, 720), (780, 1050)] for day in range(5)} | {6: [(60, 240)]}
    while moment < end:
        shown = moment.astimezone(zone)
        minute = shown.hour * 60 + shown.minute
        slow += any(low <= minute < high for low, high in spans.get(shown.weekday(), ()))
        moment += dt.timedelta(minutes=1)
    later, earlier = (pl.lit(at).dt.convert_time_zone(BERLIN) for at in (end, start))
    taken = calendars.seconds(later, earlier, pl.lit(None, dtype=pl.String), BERLIN)
    assert pl.select(taken).item() == slow * 60


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"hours": {"mo-fr": "09:00-18:00"}}, "'mo-fr' names no days"),
        ({"hours": {"mon": "9-18"}}, "'9-18' is no span of hours"),
        ({"hours": {"mon": "09:00-25:00"}}, "24:00 is the last"),
        ({"hours": {"mon": ["09:00-13:00", "12:00-18:00"]}}, "the hours of mon overlap"),
        ({"hours": OFFICE, "holidays": {"country": "RUS1"}}, "did you mean"),
        ({"hours": OFFICE, "holidays": {"country": "DE", "subdivision": "XX"}}, "no part of DE"),
        ({"hours": OFFICE, "timezone": "Moscow"}, "not a time zone"),
    ],
)
def test_what_a_calendar_cannot_say(body: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        WorkCalendar.model_validate(body)


@pytest.mark.parametrize(
    ("country", "subdivision"),
    [("RU", None), ("BY", None), ("DE", "BY"), ("US", "CA"), ("UK", None)],
)
def test_a_country_loaded_alone_has_the_holidays_of_its_library(
    country: str, subdivision: str | None
) -> None:
    years = range(2023, 2027)
    known = holidays.country_holidays(country, subdiv=subdivision, years=years)
    assert countries.days_off(country, subdivision, years) == set(known)


def test_countries_that_are_surely_known_are() -> None:
    known = {code for named in COUNTRIES.values() for code in named}
    assert "RU" in countries.SURE.split()
    assert known.issuperset(countries.SURE.split())


def test_holidays_of_one_country_do_not_load_those_of_all() -> None:
    code = (
        "import sys\n"
        "from kpicli.config import countries\n"
        "assert countries.days_off('RU', None, [2025])\n"
        "print(sum(name.startswith('holidays.countries') for name in sys.modules))\n"
        "import holidays.countries as whole\n"
        "assert len(whole.Russia(years=2025)) == len(countries.days_off('RU', None, [2025]))\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "1\n"


@pytest.mark.parametrize("market", ["ECB", "NYSE", "XNYS"])
def test_a_market_has_holidays_too(market: str) -> None:
    body = {"hours": OFFICE, "holidays": {"country": market}}
    calendar = WorkCalendar.model_validate(body)
    known = holidays.financial_holidays(market, years=[2024, 2025])
    first, last = dt.date(2024, 1, 1), dt.date(2025, 12, 31)
    assert calendar.holidays.between(first, last) == {*known}


def worked(first: dt.date, last: dt.date, hours: dict[str, str], **holidays: Any) -> set[str]:
    """Return the beginnings of spans of work, as days and hours in Moscow."""
    body = {"hours": hours, "holidays": {"country": "RU", **holidays}}
    made = WorkCalendar.model_validate(body).working_hours("default", MOSCOW, first, last)
    zone = ZoneInfo(MOSCOW)
    return {
        f"{dt.datetime.fromtimestamp(start, zone):%d %H}" for start, _ in made.spans(first, last)
    }


def test_a_saturday_worked_for_another_day_has_the_hours_of_the_day_before() -> None:
    first, last = dt.date(2025, 10, 31), dt.date(2025, 11, 5)  # the first of November for the third
    hours = {"mon-thu": "09:00-18:00", "fri": "10:00-16:00"}
    assert worked(first, last, hours) == {"31 10", "01 10", "05 09"}
    assert worked(first, last, {**hours, "sat": "12:00-14:00"}) == {"31 10", "01 12", "05 09"}
    assert worked(first, last, hours, add=["2025-11-01"]) == {"31 10", "05 09"}
    assert worked(first, last, hours, remove=["2025-11-02"]) == {"31 10", "01 10", "02 10", "05 09"}
    assert worked(first, last, {"sun": "10:00-16:00"}) == {"02 10"}
