"""What happened to the company: its two years as figures by month.

Summers are quiet and December is a rush. In the spring of 2025 the head of the service team leaves
and two technicians with him; from June to August answers take long, customers grumble, and some of
them go in August and September. By autumn a new team is in place and the year ends on a high.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

MOSCOW = dt.timezone(dt.timedelta(hours=3))
FIRST = dt.date(2024, 1, 1)
LAST = dt.date(2025, 12, 31)
START = dt.datetime.combine(FIRST, dt.time(), MOSCOW)
END = dt.datetime.combine(LAST, dt.time(23, 59, 59), MOSCOW)
DAY = dt.timedelta(days=1)
_OPENS, _CLOSES = dt.time(9), dt.time(18)
_SATURDAY, _SUNDAY = 5, 6
_HOLIDAYS = {  # month and day, every year
    *((1, day) for day in range(1, 9)),
    *((2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)),
}

SEASON = (0.86, 0.95, 1.03, 1.02, 0.97, 0.91, 0.80, 0.82, 1.02, 1.08, 1.12, 1.38)

# Before 2024: new customers a month, by year. Only contracts go back that far.
EARLIER = {2019: 3.2, 2020: 2.4, 2021: 4.2, 2022: 5.2, 2023: 6.0}
EARLIER_LOSSES = 0.015
NEW = (6, 7, 8, 8, 7, 6, 4, 5, 9, 9, 8, 6, 7, 8, 9, 10, 8, 7, 5, 6, 10, 11, 10, 8)
LOSSES = (  # percent of the customers of the start
    *(2.4, 2.1, 1.8, 1.6, 1.9, 2.2, 2.6, 2.0, 1.7, 1.5, 1.6, 1.1),
    *(2.3, 1.9, 1.7, 1.6, 1.8, 2.1, 2.6, 3.2, 3.7, 2.4, 1.6, 1.2),
)
RETURNS = (0, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 0)
LEADS = (
    *(40, 43, 48, 47, 44, 40, 33, 35, 50, 52, 50, 42),
    *(45, 48, 54, 55, 49, 45, 37, 41, 58, 62, 60, 50),
)
TICKETS = (
    *(31, 32, 34, 33, 33, 35, 34, 34, 37, 39, 42, 47),
    *(40, 39, 41, 41, 42, 46, 48, 47, 47, 49, 51, 56),
)
STRAIN = (  # how much longer support takes than in a good month
    *(1.25, 1.15, 1.1, 1.05, 1.05, 1.1, 1.2, 1.15, 1.0, 1.0, 1.15, 1.75),
    *(1.2, 1.05, 1.0, 0.95, 1.05, 1.6, 2.6, 2.0, 1.2, 0.9, 0.9, 1.15),
)


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; `place` counts from January 2024 and is negative before it."""

    first: dt.date

    @property
    def place(self) -> int:
        """How many months after January 2024."""
        return (self.first.year - FIRST.year) * 12 + self.first.month - 1

    @property
    def following(self) -> dt.date:
        """The first day of the next month."""
        return (self.first + 31 * DAY).replace(day=1)

    @property
    def days(self) -> list[dt.date]:
        """Every day of the month."""
        return [self.first + n * DAY for n in range((self.following - self.first).days)]

    @property
    def working_days(self) -> list[dt.date]:
        """Monday to Friday, without holidays."""
        return [day for day in self.days if _is_working(day)]

    @property
    def season(self) -> float:
        """How busy the month is, 1 on average."""
        return SEASON[self.first.month - 1]

    @property
    def gladness(self) -> float:
        """How content customers are, around 0: they remember the month before as well."""
        now = STRAIN[max(self.place, 0)]
        before = STRAIN[max(self.place - 1, 0)]
        return 0.006 * self.place - 0.45 * (0.6 * now + 0.4 * before - 1.1)


def months(since: int = 2024) -> Iterator[Month]:
    """Yield the months from January of a year to the end of the story."""
    day = dt.date(since, 1, 1)
    while day <= LAST:
        yield Month(day)
        day = Month(day).following


def month_of(day: dt.date) -> Month:
    """Return the month that a day is in."""
    return Month(day.replace(day=1))


def at(day: dt.date, hours: float) -> dt.datetime:
    """Return a moment of a day, to the second."""
    return dt.datetime.combine(day, dt.time(), MOSCOW) + dt.timedelta(seconds=int(hours * 3600))


def worked(since: dt.datetime, hours: float, *, on_duty: bool = False) -> dt.datetime:
    """Return the moment when so many working hours have passed; duty is free on Sundays only."""
    left = dt.timedelta(seconds=int(hours * 3600))
    now = since
    while True:
        opens = dt.datetime.combine(now.date(), _OPENS, MOSCOW)
        closes = dt.datetime.combine(now.date(), _CLOSES, MOSCOW)
        is_working = now.weekday() < _SUNDAY if on_duty else _is_working(now.date())
        if is_working and now < closes:
            now = max(now, opens)
            if left <= closes - now:
                return now + left
            left -= closes - now
        now = opens + DAY


def _is_working(day: dt.date) -> bool:
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _HOLIDAYS
