"""Numbers as people read them: rounded half up, grouped, durations in days, hours and minutes."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal

from kpicli.locales import Locale
from kpicli.periods import Grain
from kpicli.units import SECONDS_PER_DAY, Unit

_DIGITS = {
    Unit.COUNT: 0,
    Unit.PEOPLE: 1,
    Unit.PERCENT: 1,
    Unit.POINTS: 1,
    Unit.MONEY: 2,
    Unit.YEARS: 2,
    Unit.SCALE: 2,
    Unit.SCORE: 1,
    Unit.RANK: 2,
    Unit.RATIO: 2,
    Unit.DAYS: 1,
    Unit.MONTHS: 1,
    Unit.PER_CUSTOMER: 2,
    Unit.PER_DAY: 2,
    Unit.TOUCHES: 1,
}
_LARGE_MONEY = 10_000  # from here on cents are noise to a reader
_MINUTE, _HOUR = 60, 3600

UNITS = {
    Unit.COUNT: "",
    Unit.PEOPLE: "people",
    Unit.PERCENT: "%",
    Unit.POINTS: "points",
    Unit.SECONDS: "time",
    Unit.DAYS: "days",
    Unit.MONTHS: "months",
    Unit.YEARS: "years",
    Unit.SCALE: "on its scale",
    Unit.SCORE: "0-100",
    Unit.RANK: "rank",
    Unit.RATIO: "ratio",
    Unit.PER_CUSTOMER: "per customer",
    Unit.PER_DAY: "per day",
    Unit.TOUCHES: "touches",
}
_LABEL = re.compile(
    r"(?P<year>\d{4})-(?:Q(?P<quarter>\d)|W(?P<week>\d\d)|(?P<month>\d\d)(?:-(?P<day>\d\d))?)"
)


def shown(value: float, unit: Unit, locale: Locale) -> str:
    """Return a value as people read it; the unit itself stands elsewhere, but for durations."""
    if unit is Unit.SECONDS:
        return duration(value, locale)
    digits = _DIGITS[unit]
    if unit is Unit.MONEY and abs(value) >= _LARGE_MONEY:
        digits = 0
    return decimal(value, digits, locale)


def decimal(value: float, digits: int, locale: Locale, *, sign: bool = False) -> str:
    """Return a number with so many digits after the mark, rounded half up, grouped by thousands."""
    quantum = Decimal(1).scaleb(-digits)
    rounded = Decimal(repr(value)).quantize(quantum, rounding=ROUND_HALF_UP)
    if not rounded:
        rounded = abs(rounded)
    text = f"{rounded:+,f}" if sign and rounded else f"{rounded:,f}"
    swapped = {",": locale.thousands, ".": locale.decimal, "-": "−"}
    return "".join(swapped.get(letter, letter) for letter in text)


def duration(seconds: float, locale: Locale, *, sign: bool = False) -> str:
    """Return a duration by its two greatest parts: 2d 3h, 1h 05m, 4m 30s, 12s."""
    whole = int(Decimal(repr(abs(seconds))).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    lead = "−" if seconds < 0 and whole else "+" if sign and whole else ""
    days, rest = divmod(whole, SECONDS_PER_DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, left = divmod(rest, _MINUTE)
    day, hour, minute, second = (locale(letter) for letter in ("d", "h", "m", "s"))
    if days:
        return f"{lead}{days}{day} {hours:02}{hour}"
    if hours:
        return f"{lead}{hours}{hour} {minutes:02}{minute}"
    if minutes:
        return f"{lead}{minutes}{minute} {left:02}{second}"
    return f"{lead}{left}{second}"


def unit_name(unit: Unit, currency: str | None, locale: Locale) -> str:
    """Return a unit as tables name it; money by its currency."""
    if unit is Unit.MONEY:
        return currency or locale("money")
    return locale(UNITS[unit]) if UNITS[unit] else ""


def period(label: str, locale: Locale) -> str:
    """Return the label of a period as readers of the language write it."""
    found = _LABEL.fullmatch(label)
    if found is None:
        return locale(label) if label == Grain.TOTAL else label
    if found["day"]:
        return locale.date(dt.date.fromisoformat(label))
    if found["quarter"]:
        return locale("{year}-Q{number}", year=found["year"], number=found["quarter"])
    if found["week"]:
        return locale("{year}-W{number}", year=found["year"], number=found["week"])
    return locale("{year}-{month}", year=found["year"], month=found["month"])
