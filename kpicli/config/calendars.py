"""Types of `calendars`: working hours and holidays."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from kpicli.config.zone import Zone
from kpicli.errors import did_you_mean
from kpicli.model.types import OneOrMore, Strict
from kpicli.periods.clock import WorkingHours

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_MIDNIGHT = 24 * 3600


class Holidays(Strict):
    """Days off: those of a country, and single ones."""

    country: str | None = Field(default=None, description="ISO code, such as RU")
    subdivision: str | None = Field(default=None, description="its part, such as BY of DE")
    add: tuple[dt.date, ...] = ()
    remove: tuple[dt.date, ...] = Field(default=(), description="worked all the same")

    @model_validator(mode="after")
    def _known_country(self) -> Holidays:
        if self.country is None:
            if self.subdivision is not None:
                raise ValueError("subdivision belongs to country")
            return self
        import holidays  # noqa: PLC0415 (large, and only for calendars of a country)
        from holidays.registry import COUNTRIES  # noqa: PLC0415

        if self.subdivision is None and any(self.country in named for named in COUNTRIES.values()):
            return self  # to make its holidays would load those of all countries
        try:
            holidays.country_holidays(self.country, subdiv=self.subdivision)
        except NotImplementedError:
            known = holidays.list_supported_countries(include_aliases=True)
            if self.country not in known:
                hint = did_you_mean(self.country, known) or "list them in add"
                raise ValueError(f"no holidays are known of '{self.country}'; {hint}") from None
            parts = ", ".join(known[self.country]) or "it has none"
            raise ValueError(
                f"'{self.subdivision}' is no part of {self.country}: {parts}"
            ) from None
        return self

    def prepare(self) -> None:
        """Load what `between` looks up, which takes a while: it can be done beside other work."""
        if self.country is not None:
            import holidays  # noqa: PLC0415

            holidays.country_holidays(self.country, subdiv=self.subdivision)

    def between(self, first: dt.date, last: dt.date) -> frozenset[dt.date]:
        """Return the days off from `first` to `last`."""
        found = set(self.add)
        if self.country is not None:
            import holidays  # noqa: PLC0415

            years = range(first.year, last.year + 1)
            found.update(
                holidays.country_holidays(self.country, subdiv=self.subdivision, years=years)
            )
        return frozenset(day for day in found - {*self.remove} if first <= day <= last)


def _holidays(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    return {"add": value} if isinstance(value, list) else value


class WorkCalendar(Strict):
    """Working hours of a week, and holidays."""

    timezone: Zone | None = Field(default=None, description="default: that of the report")
    hours: dict[str, OneOrMore] = Field(description="days (mon-fri, sat) to spans (09:00-18:00)")
    holidays: Annotated[Holidays, BeforeValidator(_holidays)] = Holidays()
    teams: OneOrMore = Field(default=(), description="whose work goes by it; default: its name")

    @field_validator("hours")
    @classmethod
    def _readable(cls, hours: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        _week(hours)
        return hours

    def working_hours(self, name: str, zone: str, first: dt.date, last: dt.date) -> WorkingHours:
        """Return the hours of the calendar called `name`; `zone` is that of the report."""
        return WorkingHours(
            zone=self.timezone or zone,
            week=_week(self.hours),
            days_off=self.holidays.between(first, last),
            teams=self.teams or (name,),
        )


def _week(hours: dict[str, tuple[str, ...]]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return the spans of every weekday.

    Raises:
        ValueError: a day or a span cannot be read, or spans of a day overlap.
    """
    week: list[list[tuple[int, int]]] = [[] for _ in _WEEKDAYS]
    for days, spans in hours.items():
        for day in _days(days):
            week[day] += [_span(span) for span in spans]
    for name, spans_of_day in zip(_WEEKDAYS, week, strict=True):
        spans_of_day.sort()
        for (_, end), (start, _) in pairwise(spans_of_day):
            if start < end:
                raise ValueError(f"the hours of {name} overlap")
    return tuple(map(tuple, week))


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
