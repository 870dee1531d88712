"""Types of `fx`: what other currencies are worth in that of the report."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator

_EVER = dt.date(1, 1, 1)


def _dated(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    """Read a single number as the rate of all days."""
    return {_EVER: value} if isinstance(value, int | float | str | Decimal) else value


def _positive(rates: dict[dt.date, Decimal]) -> dict[dt.date, Decimal]:
    wrong = [rate for rate in rates.values() if rate <= 0]
    if wrong or not rates:
        raise ValueError("a rate is more than 0" if wrong else "give at least one rate")
    return rates


Rates: TypeAlias = Annotated[
    dict[dt.date, Decimal],
    BeforeValidator(_dated, json_schema_input_type=Decimal | dict[dt.date, Decimal]),
    AfterValidator(_positive),
]
"""Worth of one unit, from each day on; a single number holds for all days."""
