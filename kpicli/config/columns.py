"""Types of a column: where its cells come from, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from kpicli.language.rows import Sql
from kpicli.model.types import OneOrMore, Strict
from kpicli.yaml import shown


def _scalar(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    if isinstance(value, str | bool | int | Decimal) or (
        isinstance(value, float) and math.isfinite(value)
    ):
        return value
    raise ValueError(f"one text, number, true or false is needed, and this is {shown(value)}")


Scalar: TypeAlias = Annotated[str | bool | int | Decimal, BeforeValidator(_scalar)]
"""One value as YAML writes it."""


class TimeUnit(StrEnum):
    """In what a ready duration is written."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    MILLISECONDS = "milliseconds"
    HMS = "hms"  # 01:30:00


NUMBERS_AS_TIMES = ("excel", "unix", "unix_ms")
"""Formats of times that are written as numbers."""


def _mark(text: str) -> str:
    if len(text) != 1 or text.isalnum() or text in "-+":
        raise ValueError(f"'{text}' parts no thousands: take one sign, such as a space")
    return text


ThousandsMark: TypeAlias = Annotated[str, AfterValidator(_mark)]
"""What stands between thousands."""


class ColumnSpec(Strict):
    """Where a canonical column comes from, and how its cells are written."""

    from_: OneOrMore | None = Field(
        default=None, alias="from", description="header, or headers: first filled"
    )
    const: Scalar | None = Field(default=None, description="one value for every row")
    row: Literal[True] | None = Field(default=None, description="a key of source, file and line")
    expr: Sql | None = Field(
        default=None,
        description="SQL over the headers, which are text: trimmed, null where empty",
    )
    format: OneOrMore | None = Field(
        default=None,
        description="strptime format of dates and times, or several; "
        "excel, unix and unix_ms read numbers; %b and %B are English or Russian months",
    )
    decimal: Literal[".", ","] | None = Field(default=None, description="decimal mark")
    thousands: ThousandsMark | None = Field(
        default=None, description="what stands between thousands"
    )
    values: dict[str, Scalar] | None = Field(default=None, description="cell to canonical value")
    other: Scalar | None = Field(default=None, description="canonical value of unlisted cells")
    pass_: bool = Field(default=False, alias="pass", description="let unlisted cells through")
    nulls: OneOrMore = Field(default=(), description="cells that mean nothing in this column")
    unit: TimeUnit | None = Field(default=None, description="unit of a ready duration")
    scale: Decimal | None = Field(default=None, description="factor, such as 0.01 for cents")

    def wrong(self) -> Iterator[str]:
        """Yield what is wrong with its keys taken together."""
        given = (self.from_, self.const, self.row, self.expr)
        if sum(origin is not None for origin in given) != 1:
            yield "a column takes exactly one of: from, const, row, expr"
        written = (self.format, self.values, self.unit, self.scale, self.nulls or None)
        if (self.const is not None or self.row) and any(w is not None for w in written):
            yield "format, values, nulls, unit and scale belong to from or expr"
        if self.values is None and (self.other is not None or self.pass_):
            yield "other and pass belong to values"
        if self.other is not None and self.pass_:
            yield "other and pass exclude each other"


def _column(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    return {"from": value} if isinstance(value, str) else value


def _kept(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    if isinstance(value, list):
        value = {item: item for item in value if isinstance(item, str)}
    if isinstance(value, Mapping):
        return {name: _kept_column(body) for name, body in value.items()}
    return value


def _kept_column(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    """Let unlisted cells of a kept column through: it has no list of its own to hold them to."""
    if isinstance(value, Mapping) and "values" in value and not {"other", "pass"} & value.keys():
        return {**value, "pass": True}
    return _column(value)


ColumnForm: TypeAlias = Annotated[
    ColumnSpec, BeforeValidator(_column, json_schema_input_type=ColumnSpec | str)
]
"""A column as it is written: a header, or a mapping."""

KeptForm: TypeAlias = Annotated[
    dict[str, ColumnSpec],
    BeforeValidator(_kept, json_schema_input_type=dict[str, ColumnSpec | str] | list[str]),
]
"""Kept columns as they are written: headers, or names with headers or mappings."""
