"""What a value is measured in, and which way is good.

A measure yields a natural quantity (rows, money, days, seconds, a share between 0 and 1); the
unit of the metric says in what it is reported. `multiplier` is the one place that converts.
"""

from __future__ import annotations

from enum import StrEnum

DAYS_PER_YEAR = 365.25
SECONDS_PER_DAY = 86_400


class Unit(StrEnum):
    """The unit of a metric's value; one per metric, the same in every output format."""

    COUNT = "count"
    PEOPLE = "people"
    PERCENT = "percent"  # in points: 90, not 0.9
    POINTS = "points"
    SECONDS = "seconds"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    MONEY = "money"  # in the currency of the config
    SCALE = "scale"  # on the scale of the survey
    SCORE = "score"  # 0 to 100
    RANK = "rank"
    RATIO = "ratio"
    PER_CUSTOMER = "per_customer"
    PER_DAY = "per_day"
    TOUCHES = "touches"


class Quantity(StrEnum):
    """What a measure counts before its unit is applied."""

    NUMBER = "number"
    SHARE = "share"
    DAYS = "days"
    SECONDS = "seconds"


class Better(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


def multiplier(unit: Unit, quantity: Quantity) -> float:
    """Return the factor from a measure's natural quantity to `unit`.

    Shares become points of a hundred; days and seconds become years of 365.25 days.
    """
    match unit, quantity:
        case ((Unit.PERCENT | Unit.POINTS | Unit.SCORE), Quantity.SHARE):
            return 100.0
        case Unit.YEARS, Quantity.DAYS:
            return 1 / DAYS_PER_YEAR
        case Unit.YEARS, Quantity.SECONDS:
            return 1 / (DAYS_PER_YEAR * SECONDS_PER_DAY)
        case Unit.DAYS, Quantity.SECONDS:
            return 1 / SECONDS_PER_DAY
        case _:
            return 1.0
