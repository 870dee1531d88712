"""Types of the config, as it is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    field_validator,
    model_validator,
)

from kpicli.config.calendars import WorkCalendar
from kpicli.config.policy import Intake
from kpicli.config.rates import Rates
from kpicli.config.zone import Zone
from kpicli.language.declaration import Declaration
from kpicli.language.rows import Sql
from kpicli.model.types import OneOrMore, Strict
from kpicli.periods import Calendar, Grain
from kpicli.periods.clock import DEFAULT
from kpicli.yaml import Document

Scalar: TypeAlias = str | bool | int | Decimal
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _one_character(text: str) -> str:
    if len(text) != 1:
        raise ValueError(f"'{text}' is not one character")
    return text


def _delimiter(text: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    return {"tab": "\t", "\\t": "\t"}.get(text, text) if isinstance(text, str) else text


class TimeUnit(StrEnum):
    """In what a ready duration is written."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    MILLISECONDS = "milliseconds"
    HMS = "hms"  # 01:30:00


class ColumnSpec(Strict):
    """Where a canonical column comes from, and how its cells are written."""

    from_: OneOrMore | None = Field(
        default=None, alias="from", description="header, or headers: first filled"
    )
    const: Scalar | None = Field(default=None, description="one value for every row")
    row: Literal[True] | None = Field(default=None, description="a key of source, file and line")
    format: OneOrMore | None = Field(default=None, description="strptime format of dates and times")
    decimal: Literal[".", ","] | None = None
    thousands: str | None = None
    values: dict[str, Scalar] | None = Field(default=None, description="cell to canonical value")
    other: Scalar | None = Field(default=None, description="canonical value of unlisted cells")
    pass_: bool = Field(default=False, alias="pass", description="let unlisted cells through")
    unit: TimeUnit | None = Field(default=None, description="unit of a ready duration")
    scale: Decimal | None = Field(default=None, description="factor, such as 0.01 for cents")

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnSpec:
        given = [self.from_ is not None, self.const is not None, self.row is not None]
        if sum(given) != 1:
            raise ValueError("a column takes exactly one of: from, const, row")
        if self.from_ is None and (self.format or self.values or self.unit or self.scale):
            raise ValueError("format, values, unit and scale belong to from")
        if self.values is None and (self.other is not None or self.pass_):
            raise ValueError("other and pass belong to values")
        if self.other is not None and self.pass_:
            raise ValueError("other and pass exclude each other")
        return self


def _column(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    return {"from": value} if isinstance(value, str) else value


class Kept(Strict):
    """A column kept beside the canonical ones."""

    from_: str = Field(alias="from")
    values: dict[str, str] | None = None


def _kept(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    if isinstance(value, list):
        value = {item: item for item in value if isinstance(item, str)}
    if isinstance(value, Mapping):
        return {k: {"from": v} if isinstance(v, str) else v for k, v in value.items()}
    return value


_Column: TypeAlias = Annotated[
    ColumnSpec, BeforeValidator(_column, json_schema_input_type=ColumnSpec | str)
]
_Kept: TypeAlias = Annotated[
    dict[str, Kept],
    BeforeValidator(_kept, json_schema_input_type=dict[str, Kept | str] | list[str]),
]


class Covers(Strict):
    """Days that a source covers, both included, where its rows do not say so."""

    from_: dt.date = Field(alias="from")
    to: dt.date

    @model_validator(mode="after")
    def _in_order(self) -> Covers:
        if self.from_ > self.to:
            raise ValueError("covers ends before it begins")
        return self


class Source(Strict):
    """One export, or several alike, that feeds one canonical table."""

    table: str
    files: OneOrMore
    columns: dict[str, _Column] = {}
    keep: _Kept = {}
    where: Sql | None = Field(default=None, description="SQL over the headers; other rows are left")
    encoding: str | None = None
    delimiter: (
        Annotated[str, BeforeValidator(_delimiter), AfterValidator(_one_character)] | None
    ) = None
    decimal: Literal[".", ","] | None = None
    thousands: str | None = None
    nulls: OneOrMore = Field(
        default=(), description="cells that mean nothing, beside the usual ones"
    )
    timezone: Zone | None = Field(default=None, description="of its times without an offset")
    covers: Covers | None = None

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                "".encode(name)
            except LookupError:
                raise ValueError(f"'{name}' is not an encoding: utf-8, cp1251, utf-16") from None
        return name

    @field_validator("files")
    @classmethod
    def _some_file(cls, files: tuple[str, ...]) -> tuple[str, ...]:
        if not files or not all(files):
            raise ValueError("name at least one file")
        return files


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
    currency: str | None = Field(default=None, description="of all money, such as RUB")
    language: Literal["en", "ru"] = "en"
    sources: dict[str, Source] = Field(min_length=1)
    periods: Periods = Periods()
    as_of: dt.date | None = Field(default=None, description="the last day that the data cover")
    metrics: tuple[str, ...] | None = Field(default=None, min_length=1)
    params: dict[str, Any] = {}
    intake: Intake = Intake()
    calendars: dict[str, WorkCalendar] = Field(
        default={}, description="working hours by name; default holds for all other teams"
    )
    fx: dict[str, Rates] = Field(
        default={}, description="what one unit of another currency is worth, by day"
    )
    custom: dict[str, Declaration] = {}

    @model_validator(mode="after")
    def _rates_have_a_currency(self) -> Written:
        if self.fx and self.currency is None:
            raise ValueError("fx needs currency: the one that the report is in")
        return self

    @field_validator("calendars")
    @classmethod
    def _has_a_default(cls, calendars: dict[str, WorkCalendar]) -> dict[str, WorkCalendar]:
        if calendars and DEFAULT not in calendars:
            raise ValueError(f"one of the calendars is called {DEFAULT}: it holds for all others")
        return calendars


@dataclass(frozen=True, kw_only=True)
class Config:
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

    def where(self, *path: str) -> str:
        """Return `file:line: key`, the place that a message names."""
        return self.document.where(path)

    def kept(self) -> dict[str, tuple[str, ...]]:
        """Return the kept columns by table."""
        return kept_columns(self.written.sources)


def kept_columns(sources: Mapping[str, Source]) -> dict[str, tuple[str, ...]]:
    """Return the kept columns by table."""
    found: dict[str, dict[str, None]] = {}
    for source in sources.values():
        found.setdefault(source.table, {}).update(dict.fromkeys(source.keep))
    return {table: tuple(names) for table, names in found.items()}
