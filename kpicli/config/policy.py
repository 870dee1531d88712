"""Types of `intake`: what is done with rows that cannot be used, and how old data may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kpicli.model.types import Strict
from kpicli.yaml import shown

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_AGE = re.compile(r"(\d+)\s*([dw])")
_DAYS = {"d": 1, "w": 7}
_NEVER = "never"


class OnBadValue(StrEnum):
    """What becomes of a cell that cannot be read in a column that is not required."""

    EMPTY = "empty"
    REJECT = "reject"
    FAIL = "fail"


class Duplicates(StrEnum):
    """Which of several rows with one key counts."""

    LAST = "last"
    FIRST = "first"
    ERROR = "error"


class Budget(BaseModel):
    """How many rows of a source may be rejected: a number, or a share."""

    model_config = ConfigDict(frozen=True)

    rows: int | None = None
    share: Decimal | None = None

    def allows(self, rejected: int, read: int) -> bool:
        """Whether `rejected` of `read` rows stay within the budget."""
        if self.rows is not None:
            return rejected <= self.rows
        return rejected <= (self.share or 0) * read

    def __str__(self) -> str:
        if self.rows is not None:
            return str(self.rows)
        return f"{float((self.share or 0) * 100):g}%"


def _budget(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    if isinstance(value, Budget):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Budget(rows=value)
    if isinstance(value, str) and (found := _PERCENT.fullmatch(value.strip())):
        share = Decimal(found[1]) / 100
        if share > 1:
            raise ValueError(f"{shown(value)} is more than all rows: the most is 100%")
        return Budget(share=share)
    raise ValueError(f"{shown(value)} is neither a number of rows nor a share such as 1%")


def _days(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    if isinstance(value, str) and (found := _AGE.fullmatch(value.strip())):
        return int(found[1]) * _DAYS[found[2]]
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise ValueError(f"{shown(value)} is no age: write it as 3d or 2w")


_Days: TypeAlias = Annotated[int | None, BeforeValidator(_days, json_schema_input_type=str)]


class MaxAge(Strict):
    """How many days old the newest row may be; without limits it may be of any age."""

    warn: _Days = Field(default=None, description="older is told, such as 2d")
    fail: _Days = Field(default=None, description="older is refused, such as 7d")

    def wrong(self) -> Iterator[str]:
        """Tell where it fails before it warns."""
        if self.warn is not None and self.fail is not None and self.warn > self.fail:
            yield "max_age warns later than it fails"

    @property
    def is_never(self) -> bool:
        """Whether there is no limit."""
        return self.warn is None and self.fail is None


def _max_age(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    if value == _NEVER:
        return {}
    if value is None or isinstance(value, dict | list | MaxAge):
        return value
    return {"warn": value}


Age: TypeAlias = Annotated[
    MaxAge | None, BeforeValidator(_max_age, json_schema_input_type=MaxAge | str | None)
]
"""An age that warns (`3d`), ages that warn and fail, or `never`."""


class Intake(Strict):
    """What is done with rows that cannot be used, and how old data may be."""

    max_rejected: Annotated[
        Budget,
        BeforeValidator(_budget, json_schema_input_type=int | str),
    ] = Field(
        default=Budget(share=Decimal("0.01")),
        validate_default=False,
        description="rows of a source that may be rejected: a number, or a share such as 1%",
    )
    on_bad_value: OnBadValue = Field(
        default=OnBadValue.EMPTY,
        description="what a cell that cannot be read does where it is not needed: empty the cell, "
        "reject its row, or fail",
    )
    duplicates: Duplicates = Field(
        default=Duplicates.LAST, description="which of several rows with one key counts"
    )
    max_age: Age = Field(
        default=None,
        description="how old the newest row of tables of events may be: 3d warns, "
        "{warn: 2d, fail: 7d} warns and fails",
    )
    strict: bool = Field(default=False, description="whether warnings end with exit code 3")
