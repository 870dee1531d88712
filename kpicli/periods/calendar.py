"""Period numbers: which period of a grain holds a date, and on which date a period starts."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Literal

from msgspec import Struct

MONTHS = 12
_DAYS_IN_WEEK = 7
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0
_EPOCH = dt.date(1970, 1, 1)


class Grain(StrEnum):
    """The length of the periods of a report; `total` is one period over the whole range."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    TOTAL = "total"


PER_YEAR = {Grain.DAY: 365.25, Grain.WEEK: 365.25 / 7, Grain.MONTH: 12, Grain.QUARTER: 4}
_MONTHS_IN = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


class Calendar(Struct, frozen=True, kw_only=True):
    """How dates fall into periods.

    `week_start` is 0 for Monday; `fiscal_start` is the first month of the fiscal year, which bears
    the number of the calendar year in which it ends or starts (`fiscal_label`).
    """

    week_start: int = 0
    fiscal_start: int = 1
    fiscal_label: Literal["end_year", "start_year"] = "end_year"

    @property
    def is_fiscal(self) -> bool:
        """Whether quarters and years differ from those of the calendar."""
        return self.fiscal_start != 1

    def number(self, grain: Grain, day: dt.date) -> int:
        """Return the number of the period of `grain` that holds `day`; consecutive periods count.

        Raises:
            ValueError: `grain` is total, which has no numbers.
        """
        days = (day - _EPOCH).days
        match grain:
            case Grain.DAY:
                return days
            case Grain.WEEK:
                return (days + _EPOCH_WEEKDAY - self.week_start) // _DAYS_IN_WEEK
            case Grain.MONTH:
                return day.year * MONTHS + day.month - 1
            case Grain.QUARTER | Grain.YEAR:
                months = day.year * MONTHS + day.month - self.fiscal_start
                return months // _MONTHS_IN[grain]
            case Grain.TOTAL:
                raise ValueError(grain)

    def start(self, grain: Grain, number: int) -> dt.date:
        """Return the first day of period `number`; the inverse of `number`.

        Raises:
            ValueError: `grain` is total, which has no numbers.
        """
        match grain:
            case Grain.DAY:
                return _EPOCH + dt.timedelta(number)
            case Grain.WEEK:
                return _EPOCH + dt.timedelta(
                    number * _DAYS_IN_WEEK - _EPOCH_WEEKDAY + self.week_start
                )
            case Grain.MONTH:
                return month_start(number)
            case Grain.QUARTER | Grain.YEAR:
                return month_start(number * _MONTHS_IN[grain] + self.fiscal_start - 1)
            case Grain.TOTAL:
                raise ValueError(grain)

    def year_before(self, grain: Grain, number: int) -> int:
        """Return the number of the same period a year earlier, found by period, not by date.

        A week keeps its number (week 53 falls back to 52), 29 February becomes 28 February.
        """
        if grain in _MONTHS_IN:
            return number - MONTHS // _MONTHS_IN[grain]
        start = self.start(grain, number)
        if grain is Grain.DAY:
            last = 28 if (start.month, start.day) == (2, 29) else start.day
            return self.number(grain, start.replace(year=start.year - 1, day=last))
        year, week = self.week_of_year(start)
        first = self.first_week(year - 1)
        return first + min(week, self.first_week(year) - first) - 1

    def week_of_year(self, start: dt.date) -> tuple[int, int]:
        """Return the year and week number of the week that starts on `start`.

        A week belongs to the year that holds its fourth day; with Monday weeks this is ISO 8601.
        """
        middle = start + dt.timedelta(3)
        return middle.year, (middle - dt.date(middle.year, 1, 1)).days // _DAYS_IN_WEEK + 1

    def first_week(self, year: int) -> int:
        """Return the number of the first week of `year`."""
        return self.number(Grain.WEEK, dt.date(year, 1, 4))


def month_start(number: int) -> dt.date:
    """Return the first day of the month with this number (12 times the year, plus month less 1)."""
    return dt.date(number // MONTHS, number % MONTHS + 1, 1)
