"""Types of the config, as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Struct
from pydantic import AfterValidator, Field

from kpicli.config.calendars import WorkCalendar
from kpicli.config.days import Day
from kpicli.config.mapping import Source
from kpicli.config.policy import Intake
from kpicli.config.rates import Rates
from kpicli.config.zone import Zone
from kpicli.language.declaration import Declaration
from kpicli.model.types import OneOrMore, Strict
from kpicli.periods import Calendar, Grain
from kpicli.periods.clock import DEFAULT
from kpicli.yaml import Document, shown

_CODE = re.compile(r"[A-Za-z]{3}")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a currency: write its code of three letters, RUB")
    return text


def _some_metric(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise ValueError("name at least one metric; without the key all are computed that can be")
    return names


def _with_default(calendars: dict[str, WorkCalendar]) -> dict[str, WorkCalendar]:
    if calendars and DEFAULT not in calendars:
        raise ValueError(f"one of the calendars is called {DEFAULT}: it holds for all others")
    return calendars


_Currency: TypeAlias = Annotated[str, AfterValidator(_code)]
_Metrics: TypeAlias = Annotated[OneOrMore, AfterValidator(_some_metric)]


class Periods(Strict):
    """The periods of a report."""

    grain: Grain = Grain.MONTH
    last: int | None = Field(default=None, ge=1, description="the last so many periods")
    week_start: Literal[
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    ] = "monday"
    fiscal_start: int = Field(default=1, ge=1, le=12, description="first month of the year")
    fiscal_label: Literal["end_year", "start_year"] = "end_year"

    @property
    def calendar(self) -> Calendar:
        """The calendar that these settings make."""
        return Calendar(
            week_start=_WEEKDAYS.index(self.week_start),
            fiscal_start=self.fiscal_start,
            fiscal_label=self.fiscal_label,
        )


class Written(Strict):
    """A config file, key by key."""

    timezone: Zone
    currency: _Currency | None = Field(default=None, description="of all money, such as RUB")
    language: Literal["en", "ru"] = "en"
    sources: dict[str, Source] = Field(min_length=1)
    periods: Periods = Periods()
    as_of: Day | None = Field(default=None, description="the last day that the data cover")
    metrics: _Metrics | None = Field(
        default=None, description="what is computed; default: all that the data can feed"
    )
    params: dict[str, Any] = {}
    intake: Intake = Intake()
    calendars: Annotated[dict[str, WorkCalendar], AfterValidator(_with_default)] = Field(
        default={}, description="working hours by name; default holds for all other teams"
    )
    fx: dict[str, Rates] = Field(
        default={}, description="what one unit of another currency is worth, by day"
    )
    custom: dict[str, Declaration] = {}

    def wrong(self) -> Iterator[str]:
        """Tell where rates are in no currency."""
        if self.fx and self.currency is None:
            yield "fx needs currency: the one that the report is in"


class Config(Struct, frozen=True, kw_only=True):
    """A config that was checked: names are known, texts compile, paths are absolute.

    `own` holds the declarations of `custom` as written, `params` the values of all parameters, and
    `document` the line of every key.
    """

    name: str
    folder: Path
    path: Path
    sha256: str
    written: Written
    own: dict[str, dict[str, Any]]
    params: dict[str, Any]
    document: Document

    def where(self, *path: str | int) -> str:
        """Return `file:line: key`, the place that a message names."""
        return self.document.where(path)

    def kept(self) -> dict[str, tuple[str, ...]]:
        """Return the kept columns by table."""
        return kept_columns(self.written.sources)


def kept_columns(sources: Mapping[str, Source]) -> dict[str, tuple[str, ...]]:
    """Return the kept columns by table."""
    found: dict[str, dict[str, None]] = {}
    for source in sources.values():
        found.setdefault(source.table, {}).update(dict.fromkeys(source.kept))
    return {table: tuple(names) for table, names in found.items()}
