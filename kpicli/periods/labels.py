"""Period labels: `2025-01-31`, `2025-W05`, `2025-01`, `2025-Q1`, `2025`, `FY2025-Q4`, `FY2025`."""

from __future__ import annotations

import datetime as dt
import re

from kpicli.periods.calendar import MONTHS, Calendar, Grain

_FORMS = {
    Grain.DAY: re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
    Grain.WEEK: re.compile(r"(\d{4})-W(\d{1,2})"),
    Grain.MONTH: re.compile(r"(\d{4})-(\d{2})"),
    Grain.QUARTER: re.compile(r"(?P<fiscal>FY)?(\d{4})-Q([1-4])"),
    Grain.YEAR: re.compile(r"(?P<fiscal>FY)?(\d{4})"),
}


def label(calendar: Calendar, grain: Grain, number: int) -> str:
    """Return the label of period `number`."""
    start = calendar.start(grain, number)
    match grain:
        case Grain.DAY:
            return start.isoformat()
        case Grain.WEEK:
            year, week = calendar.week_of_year(start)
            return f"{year}-W{week:02}"
        case Grain.MONTH:
            return f"{start.year:04}-{start.month:02}"
        case Grain.QUARTER:
            return f"{_year(calendar, number // 4)}-Q{number % 4 + 1}"
        case Grain.YEAR:
            return _year(calendar, number)
        case Grain.TOTAL:
            return "total"


def year_in(text: str) -> int | None:
    """Return the year that a date or a label names, whether there is such a period or not."""
    for form in _FORMS.values():
        if found := form.fullmatch(text.strip().upper()):
            return int(next(part for part in found.groups() if part and part.isdigit()))
    return None


def parse(calendar: Calendar, text: str) -> tuple[dt.date, dt.date] | None:
    """Return the first day of the period that `text` names and the day after its last.

    Labels read in any case. None where `text` is no label, or names a period that does not exist.
    """
    for grain, form in _FORMS.items():
        if found := form.fullmatch(text.strip().upper()):
            if ("fiscal" in found.groupdict() and bool(found["fiscal"])) != (
                calendar.is_fiscal and grain in {Grain.QUARTER, Grain.YEAR}
            ):
                return None
            numbers = [int(part) for part in found.groups() if part and part.isdigit()]
            try:
                number = _number(calendar, grain, numbers)
                return calendar.start(grain, number), calendar.start(grain, number + 1)
            except (ValueError, OverflowError):
                return None
    return None


def _year(calendar: Calendar, number: int) -> str:
    if not calendar.is_fiscal:
        return f"{number:04}"
    return f"FY{number + (calendar.fiscal_label == 'end_year'):04}"


def _number(calendar: Calendar, grain: Grain, parts: list[int]) -> int:
    ends_later = calendar.is_fiscal and calendar.fiscal_label == "end_year"
    match grain, parts:
        case Grain.DAY, [year, month, day]:
            return calendar.number(grain, dt.date(year, month, day))
        case Grain.WEEK, [year, week]:
            number = calendar.first_week(year) + week - 1
            if calendar.week_of_year(calendar.start(grain, number)) != (year, week):
                raise ValueError(week)
            return number
        case Grain.MONTH, [year, month]:
            return calendar.number(grain, dt.date(year, month, 1))
        case Grain.QUARTER, [year, quarter]:
            return (year - ends_later) * (MONTHS // 3) + quarter - 1
        case _, [year]:
            return year - ends_later
    raise ValueError(parts)
