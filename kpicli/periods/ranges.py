"""Which days a report covers: `--from`, `--to`, `--last`, and what holds without them."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from kpicli.errors import UsageError
from kpicli.periods.calendar import Calendar, Grain
from kpicli.periods.labels import label, parse, year_in
from kpicli.periods.reach import EARLIEST, check_reach

_DAY = dt.timedelta(1)
_MOST_PERIODS = 10_000


class Span(Struct, frozen=True, kw_only=True):
    """Days from `first` to `last`, both included.

    `quiet` is how many days without rows may precede and follow them without meaning anything; None
    where that is not known.
    """

    first: dt.date
    last: dt.date
    quiet: int | None = None

    def union(self, other: Span) -> Span:
        """Return the shortest span that holds both."""
        known = self.quiet is not None and other.quiet is not None
        return Span(
            first=min(self.first, other.first),
            last=max(self.last, other.last),
            quiet=max(self.quiet or 0, other.quiet or 0) if known else None,
        )

    def partly(self, start: dt.date, end: dt.date) -> bool:
        """Whether it holds days of `[start, end)` and lacks more of them than mean nothing."""
        if self.quiet is None or not self.touches(start, end):
            return False
        lacking = max((self.first - start).days, (end - self.last).days - 1)
        return lacking > self.quiet

    def touches(self, start: dt.date, end: dt.date) -> bool:
        """Whether any day of the span lies in `[start, end)`."""
        return self.first < end and self.last >= start


def resolve(
    calendar: Calendar,
    grain: Grain,
    *,
    since: str | None,
    until: str | None,
    last: int | None,
    covered: Span,
) -> Span:
    """Return the days to report on.

    `since` and `until` are dates or period labels, both ends included; what is left out is taken
    from `covered`, the days that the data cover. `last` keeps the last so many periods. Every grain
    but `total` reports on whole periods: those that hold a day of the range.

    Raises:
        UsageError: a bound cannot be read, the range is empty, holds more than 10,000 periods or
            begins before the year 1000.
    """
    first = _bound(calendar, since, "--from")[0] if since else covered.first
    final = _bound(calendar, until, "--to")[1] - _DAY if until else covered.last
    if first > final:
        raise UsageError(
            f"the range is empty: it starts on {first} and ends on {final}",
            hint=f"the data cover {covered.first} to {covered.last}",
        )
    if grain is Grain.TOTAL:
        return Span(first=first, last=final)
    low, high = calendar.number(grain, first), calendar.number(grain, final)
    if last is not None:
        low = high - last + 1 if since is None else max(low, high - last + 1)
    number, hint = high - low + 1, "take a longer period or a shorter range"
    if low < calendar.number(grain, EARLIEST):
        end = label(calendar, grain, high)
        raise UsageError(f"{number} periods up to {end} are too many", hint=hint)
    if number > _MOST_PERIODS:
        begin = label(calendar, grain, low)
        raise UsageError(f"{number} periods from {begin} are too many", hint=hint)
    return Span(
        first=calendar.start(grain, low), last=calendar.start(grain, high + 1) - dt.timedelta(1)
    )


def widened(
    calendar: Calendar, grain: Grain, shown: Span, *, since: str | None, until: str | None
) -> bool:
    """Whether days are `shown` beyond a bound, because its day lies within a period.

    A bound that names a period was never meant to the day.
    """
    if grain is Grain.TOTAL:
        return False
    first, last = _day(calendar, since), _day(calendar, until)
    return (first is not None and shown.first < first <= shown.last) or (
        last is not None and shown.first <= last < shown.last
    )


def _day(calendar: Calendar, text: str | None) -> dt.date | None:
    """Return the day that a bound is, None where it is a longer period."""
    found = parse(calendar, text) if text else None
    return found[0] if found and found[1] - found[0] == _DAY else None


def _bound(calendar: Calendar, text: str, option: str) -> tuple[dt.date, dt.date]:
    if (year := year_in(text)) is not None:
        try:
            check_reach(year)
        except ValueError as error:
            raise UsageError(f"{option}: {error}") from None
    if found := parse(calendar, text):
        return found
    examples = "FY2025-Q1 or FY2025" if calendar.is_fiscal else "2025-Q1 or 2025"
    raise UsageError(
        f"{option}: '{text}' is neither a date nor a period",
        hint=f"write it as 2025-01-31, 2025-W05, 2025-01, {examples}",
    )
