"""Types of `intake`: what is done with rows that cannot be used."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kpicli.model.types import Strict

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")


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
        return Budget(share=Decimal(found[1]) / 100)
    raise ValueError(f"'{value}' is neither a number of rows nor a share such as 1%")


class Intake(Strict):
    """What is done with rows that cannot be used."""

    max_rejected: Annotated[
        Budget,
        BeforeValidator(_budget, json_schema_input_type=int | str),
    ] = Field(default=Budget(share=Decimal("0.01")), validate_default=False)
    on_bad_value: OnBadValue = OnBadValue.EMPTY
    duplicates: Duplicates = Duplicates.LAST
