"""Types of a source: which files feed which table, and how their cells become its columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from kpicli.config.policy import Age
from kpicli.config.zone import Zone
from kpicli.language.rows import Sql
from kpicli.model.types import OneOrMore, Strict

Scalar: TypeAlias = str | bool | int | Decimal


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
    max_age: Age = Field(
        default=None, description="how old its newest row may be, or never; before intake.max_age"
    )

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
