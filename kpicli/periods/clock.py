"""Working hours: how much of a span of time lies inside them, to the second.

The hours of a calendar become a sorted run of spans between instants. Working seconds up to an
instant are then one search and one subtraction, whatever the number of holidays and clock changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct, field

if TYPE_CHECKING:
    import polars as pl

_DAY = dt.timedelta(1)
_SECONDS_IN_DAY = 86_400
DEFAULT = "default"


class WorkingHours(Struct, frozen=True, kw_only=True):
    """When a calendar works.

    `week` holds, from Monday on, spans in seconds of wall time since midnight; one that ends after
    86,400 reaches into the next day. `days_off` are days on which none begins; on `days_worked`
    those of the day before begin where the week has none. `teams` are those whose work goes by it.
    """

    zone: str
    week: tuple[tuple[tuple[int, int], ...], ...]
    days_off: frozenset[dt.date] = frozenset()
    days_worked: frozenset[dt.date] = frozenset()
    teams: tuple[str, ...] = ()

    def spans(self, first: dt.date, last: dt.date) -> Iterator[tuple[int, int]]:
        """Yield the spans that begin on the days from `first` to `last`, as seconds since 1970."""
        zone = ZoneInfo(self.zone)
        day = first
        while day <= last:
            if day not in self.days_off:
                for start, end in self._of(day):
                    begins, ends = _instant(day, start, zone), _instant(day, end, zone)
                    if begins < ends:
                        yield begins, ends
            day += _DAY

    def _of(self, day: dt.date) -> tuple[tuple[int, int], ...]:
        """Return the hours of a day; one worked at a weekend is a day like the last in the week."""
        number = day.weekday()
        if self.week[number] or day not in self.days_worked:
            return self.week[number]
        return next((spans for spans in reversed(self.week[:number]) if spans), ())


def _instant(day: dt.date, seconds: int, zone: ZoneInfo) -> int:
    """Return the first instant at which the clock shows a time of `day`, or a later one."""
    days, seconds = divmod(seconds, _SECONDS_IN_DAY)
    midnight = dt.datetime.combine(day + days * _DAY, dt.time())
    wall = midnight + dt.timedelta(seconds=seconds)
    instant = round(wall.replace(tzinfo=zone).timestamp())
    after = round(wall.replace(tzinfo=zone, fold=1).timestamp())
    if after >= instant:
        return instant
    # The clock skips this time: work begins at the jump, which lies between the two.
    low, high = after, instant
    while high - low > 1:
        middle = (low + high) // 2
        shown = dt.datetime.fromtimestamp(middle, zone).replace(tzinfo=None)
        low, high = (low, middle) if shown >= wall else (middle, high)
    return high


class Clock(Struct, frozen=True, kw_only=True):
    """Calendars over a range of days: counts working seconds between instants of that range."""

    hours: Mapping[str, WorkingHours]
    first: dt.date
    last: dt.date
    _made: dict[tuple[str, str], tuple[pl.Expr, pl.Expr, pl.Expr]] = field(default_factory=dict)

    def seconds(self, later: pl.Expr, earlier: pl.Expr, team: pl.Expr, zone: str) -> pl.Expr:
        """Working seconds from `earlier` to `later`, instants in `zone`, of a row's team.

        A team without a calendar of its own goes by the default one. A span that runs backwards
        keeps its negative seconds on the wall clock: it is wrong on any calendar.
        """
        import polars as pl  # noqa: PLC0415 (config and help need no polars)

        taken = self._between(DEFAULT, later, earlier, zone)
        for name, hours in self.hours.items():
            if name != DEFAULT:
                own = team.is_in(list(hours.teams))
                taken = (
                    pl.when(own).then(self._between(name, later, earlier, zone)).otherwise(taken)
                )
        wall = (later - earlier).dt.total_seconds()
        return pl.when(wall < 0).then(wall).otherwise(taken)

    def _between(self, name: str, later: pl.Expr, earlier: pl.Expr, zone: str) -> pl.Expr:
        return self._worked(name, later, zone) - self._worked(name, earlier, zone)

    def _worked(self, name: str, instant: pl.Expr, zone: str) -> pl.Expr:
        """Working seconds up to an instant, from the beginning of the range on."""
        import polars as pl  # noqa: PLC0415

        starts, lengths, before = self._table(name, zone)
        place = starts.search_sorted(instant, side="right").cast(pl.Int64) - 1
        inside = (instant - starts.gather(place.clip(0))).dt.total_seconds()
        worked = before.gather(place.clip(0)) + pl.min_horizontal(
            inside, lengths.gather(place.clip(0))
        )
        begun = pl.when(place >= 0).then(worked).otherwise(0)
        return pl.when(instant.is_not_null()).then(begun)

    def _table(self, name: str, zone: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        """Starts of the spans, their lengths, and the working seconds before each."""
        import polars as pl  # noqa: PLC0415

        if (name, zone) not in self._made:
            found = sorted(self.hours[name].spans(self.first - _DAY, self.last))
            # A calendar that never works has one empty span, so that there is one to look up.
            found = found or [(0, 0)]
            starts = pl.Series([begins for begins, _ in found], dtype=pl.Int64) * 1_000_000
            lengths = pl.Series([ends - begins for begins, ends in found], dtype=pl.Int64)
            self._made[name, zone] = (
                pl.lit(starts.cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(zone)),
                pl.lit(lengths),
                pl.lit(lengths.cum_sum() - lengths),
            )
        return self._made[name, zone]
