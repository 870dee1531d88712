"""The grid: the periods of a report, and their boundaries as dates or instants."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

from kpicli.periods.calendar import MONTHS, PER_YEAR, Calendar, Grain, month_start
from kpicli.periods.labels import label
from kpicli.periods.reach import clipped

if TYPE_CHECKING:
    import polars as pl

_DAY = dt.timedelta(1)
_DAYS_PER_YEAR = 365.25
_WEEKDAYS = 5


class Period(Struct, frozen=True, kw_only=True):
    """One period: `[start, end)` in days of the report's time zone.

    `until` is the day after the last day covered: `end`, or the day after `as_of` where that comes
    first. `complete` says that every day of the period is covered. `holidays` counts the covered
    days off from Monday to Friday.
    """

    label: str
    start: dt.date
    end: dt.date
    until: dt.date
    complete: bool
    holidays: int = 0

    @property
    def days(self) -> int:
        """Days covered, never negative."""
        return max(0, (self.until - self.start).days)

    @property
    def months(self) -> Decimal:
        """Months covered; each day is a part of its own month."""
        return month_position(self.until) - month_position(self.start)

    @property
    def working_days(self) -> int:
        """Covered days from Monday to Friday, holidays left out."""
        weeks, rest = divmod(self.days, 7)
        first = self.start.weekday()
        some = sum((first + day) % 7 < _WEEKDAYS for day in range(rest))
        return weeks * _WEEKDAYS + some - self.holidays


class Grid(Struct, frozen=True, kw_only=True, dict=True):
    """Consecutive periods of one grain, in order of time, up to `as_of` (the last day covered)."""

    grain: Grain
    calendar: Calendar
    zone: str
    as_of: dt.date
    periods: tuple[Period, ...]

    @classmethod
    def over(
        cls,
        grain: Grain,
        first: dt.date,
        last: dt.date,
        *,
        as_of: dt.date,
        zone: str = "UTC",
        calendar: Calendar | None = None,
        days_off: Collection[dt.date] = (),
    ) -> Grid:
        """Return the grid of the periods that hold the days from `first` to `last`, both included.

        With the grain `total` the one period is exactly that range. `days_off` are no working days.
        """
        calendar = calendar or Calendar()
        if grain is Grain.TOTAL:
            edges = [("total", first, last + _DAY)]
        else:
            numbers = range(calendar.number(grain, first), calendar.number(grain, last) + 1)
            edges = [
                (label(calendar, grain, n), calendar.start(grain, n), calendar.start(grain, n + 1))
                for n in numbers
            ]
        holidays = sorted(day for day in set(days_off) if day.weekday() < _WEEKDAYS)
        periods = []
        for name, start, end in edges:
            until = max(start, min(end, as_of + _DAY))
            periods.append(
                Period(
                    label=name,
                    start=start,
                    end=end,
                    until=until,
                    complete=end - _DAY <= as_of,
                    holidays=bisect_left(holidays, until) - bisect_left(holidays, start),
                )
            )
        return cls(grain=grain, calendar=calendar, zone=zone, as_of=as_of, periods=tuple(periods))

    def __len__(self) -> int:
        return len(self.periods)

    @property
    def starts(self) -> list[dt.date]:
        """First days, one per period."""
        return [period.start for period in self.periods]

    @property
    def ends(self) -> list[dt.date]:
        """Days after the last, one per period; each is the start of the next."""
        return [period.end for period in self.periods]

    @property
    def begun(self) -> int:
        """The number of periods that have begun by `as_of`: the first ones."""
        return bisect_right(self.starts, self.as_of)

    def per_year(self, period: Period) -> float:
        """Return how many such periods make a year."""
        if self.grain is Grain.TOTAL:
            return _DAYS_PER_YEAR / max(1, (period.end - period.start).days)
        return float(PER_YEAR.get(self.grain, 1))

    def before(self, lag: str) -> tuple[list[dt.date], list[dt.date]]:
        """Return starts and ends of the comparison period of each period.

        `previous` is the period just before (of equal length for `total`), `year_ago` the same
        period of the year before.
        """
        if self.grain is Grain.TOTAL:
            shift = _shifter(lag, self.periods[0])
            return [shift(day) for day in self.starts], [shift(day) for day in self.ends]
        at = self.calendar.start
        numbers = [self.calendar.number(self.grain, day) for day in self.starts]
        if lag == "previous":
            earlier = [number - 1 for number in numbers]
        else:
            earlier = [self.calendar.year_before(self.grain, number) for number in numbers]
        return [at(self.grain, n) for n in earlier], [at(self.grain, n + 1) for n in earlier]

    def trailing(self, months: int) -> list[dt.date]:
        """Return, per period, the first day of the window of `months` that ends with it.

        That of a period which is not over ends with `as_of` (definitions, A8, stocks).
        """
        return [months_before(period.until, months) for period in self.periods]

    def bounds(self, days: Sequence[dt.date], dtype: pl.DataType) -> pl.Series:
        """Return `days` as a sorted series of `dtype`: dates, or the instants at which they start.

        A day starts at local midnight; where the clock skips midnight, at the first instant after.
        """
        import polars as pl  # noqa: PLC0415 (grids are labelled without polars)

        key = (tuple(days), str(dtype))
        if key not in self._bounds:
            if dtype == pl.Date:
                self._bounds[key] = pl.Series(list(days), dtype=pl.Date)
            else:
                instants = [self._instant(day) for day in days]
                self._bounds[key] = pl.Series(instants, dtype=pl.Int64).cast(dtype)
        return self._bounds[key]

    @cached_property
    def _bounds(self) -> dict[tuple[tuple[dt.date, ...], str], pl.Series]:
        """Boundaries that were asked for: every pass asks for the same few."""
        return {}

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def _instant(self, day: dt.date) -> int:
        """Return microseconds since 1970-01-01 UTC at the start of `day`."""
        midnight = dt.datetime(day.year, day.month, day.day, tzinfo=self._zone)
        return round(midnight.timestamp()) * 1_000_000


def month_position(day: dt.date) -> Decimal:
    """Return the start of `day` on a scale on which every month is 1 long, to 16 digits."""
    number = day.year * MONTHS + day.month - 1
    length = (month_start(number + 1) - month_start(number)).days
    return number + (Decimal(day.day - 1) / length).quantize(Decimal("1e-16"))


def _shifter(lag: str, period: Period) -> Callable[[dt.date], dt.date]:
    if lag == "previous":
        length = (period.end - period.start).days
        return lambda day: clipped(day.toordinal() - length)
    return lambda day: months_before(day, MONTHS)


def months_before(day: dt.date, months: int) -> dt.date:
    """Return the same day of the month `months` earlier, or that month's last day."""
    number = day.year * MONTHS + day.month - 1 - months
    last = month_start(number + 1) - _DAY
    return last.replace(day=min(day.day, last.day))
