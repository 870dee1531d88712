"""Types of `calendars`: working hours and holidays."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from kpicli.config import countries
from kpicli.config.zone import Zone
from kpicli.model.types import OneOrMore, Strict
from kpicli.periods.clock import WorkingHours

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKEND = (5, 6)
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_MIDNIGHT = 24 * 3600


class Holidays(Strict):
    """Days off: those of a country, and single ones."""

    country: str | None = Field(default=None, description="ISO code, such as RU")
    subdivision: str | None = Field(default=None, description="its part, such as BY of DE")
    add: tuple[dt.date, ...] = ()
    remove: tuple[dt.date, ...] = Field(
        default=(), description="worked all the same, single Saturdays and Sundays included"
    )

    def wrong(self) -> Iterator[str]:
        """Tell where no holidays are known of its country."""
        if self.country is not None:
            yield from countries.wrong(self.country, self.subdivision)
        elif self.subdivision is not None:
            yield "subdivision belongs to country"

    def between(self, first: dt.date, last: dt.date) -> frozenset[dt.date]:
        """Return the days off from `first` to `last`."""
        found = set(self.add)
        if self.country is not None:
            years = range(first.year, last.year + 1)
            found |= countries.days_off(self.country, self.subdivision, years)
        return frozenset(day for day in found - {*self.remove} if first <= day <= last)

    def worked(self, first: dt.date, last: dt.date) -> frozenset[dt.date]:
        """Return the Saturdays and Sundays from `first` to `last` that are worked like any day."""
        found = {day for day in self.remove if day.weekday() in _WEEKEND}
        if self.country is not None:
            years = range(first.year, last.year + 1)
            found |= countries.days_worked(self.country, self.subdivision, years)
        return frozenset(day for day in found - {*self.add} if first <= day <= last)


def _named_days(text: str) -> str:
    _days(text)
    return text


def _spans(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        _span(text)
    return texts


_Days: TypeAlias = Annotated[str, AfterValidator(_named_days)]
_Spans: TypeAlias = Annotated[OneOrMore, AfterValidator(_spans)]


def _holidays(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    return {"add": value} if isinstance(value, list) else value


class WorkCalendar(Strict):
    """Working hours of a week, and holidays."""

    timezone: Zone | None = Field(default=None, description="default: that of the report")
    hours: dict[_Days, _Spans] = Field(description="days (mon-fri, sat) to spans (09:00-18:00)")
    holidays: Annotated[Holidays, BeforeValidator(_holidays)] = Holidays()
    teams: OneOrMore = Field(default=(), description="whose work goes by it; default: its name")

    def wrong(self) -> Iterator[str]:
        """Yield the days whose hours overlap."""
        for name, spans in zip(_WEEKDAYS, _week(self.hours), strict=True):
            if any(start < end for (_, end), (start, _) in pairwise(spans)):
                yield f"the hours of {name} overlap"

    def working_hours(self, name: str, zone: str, first: dt.date, last: dt.date) -> WorkingHours:
        """Return the hours of the calendar called `name`; `zone` is that of the report."""
        return WorkingHours(
            zone=self.timezone or zone,
            week=_week(self.hours),
            days_off=self.holidays.between(first, last),
            days_worked=self.holidays.worked(first, last),
            teams=self.teams or (name,),
        )


def _week(hours: Mapping[str, tuple[str, ...]]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return the spans of every weekday, in their order."""
    week: list[list[tuple[int, int]]] = [[] for _ in _WEEKDAYS]
    for days, spans in hours.items():
        for day in _days(days):
            week[day] += [_span(span) for span in spans]
    return tuple(tuple(sorted(spans)) for spans in week)


def _days(text: str) -> list[int]:
    found: list[int] = []
    for part in text.lower().split(","):
        names = [name.strip()[:3] for name in part.split("-")]
        if len(names) > 2 or any(name not in _WEEKDAYS for name in names):  # noqa: PLR2004
            raise ValueError(f"'{text}' names no days: write mon-fri, or sat,sun")
        first, last = _WEEKDAYS.index(names[0]), _WEEKDAYS.index(names[-1])
        found += range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
    return found


def _span(text: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"'{text}' is no span of hours: write 09:00-18:00")
    start, end = (
        int(hours) * 3600 + int(minutes) * 60
        for hours, minutes in ((found[1], found[2]), (found[3], found[4]))
    )
    if max(start, end) > _MIDNIGHT or int(found[2]) > 59 or int(found[4]) > 59:  # noqa: PLR2004
        raise ValueError(f"'{text}' is no span of hours: 24:00 is the last")
    return start, end if end > start else end + _MIDNIGHT
