"""The change of a metric between two periods, and whether it may be chance."""

from __future__ import annotations

from collections.abc import Mapping

from kpicli import stats
from kpicli.locales import Locale
from kpicli.render import numbers
from kpicli.report import MetricInfo, Row
from kpicli.units import Better, Unit

WITHIN = "≈"
"""Marks a change that is within the margin of error."""

Pair = tuple[Row, Row]
_IN_UNITS = (Unit.POINTS, Unit.SCALE, Unit.SCORE, Unit.RANK, Unit.YEARS)


def last_two(cells: Mapping[str, Row], complete: Mapping[str, bool]) -> Pair | None:
    """Return the values of the last two complete periods, if both are there."""
    labels = [label for label, done in complete.items() if done][-2:]
    rows = [cells[label] for label in labels if label in cells and cells[label].value is not None]
    return (rows[0], rows[1]) if len(rows) == 2 else None  # noqa: PLR2004 (a pair)


def text(metric: MetricInfo, pair: Pair | None, level: float, locale: Locale) -> str:
    """Return the change as text: of percents in points; marked where it may be chance."""
    if pair is None:
        return ""
    before, after = pair[0].value or 0.0, pair[1].value or 0.0
    mark = WITHIN if within_margin(metric.unit, pair, level) else ""
    if metric.unit is Unit.PERCENT:
        points = numbers.decimal(after - before, 1, locale, sign=True)
        return f"{mark}{points} {locale('pp')}"
    if metric.unit in _IN_UNITS:
        digits = 1 if metric.unit is Unit.POINTS else 2
        return mark + numbers.decimal(after - before, digits, locale, sign=True)
    if before <= 0:
        return ""
    return numbers.decimal(100 * (after - before) / before, 1, locale, sign=True) + "%"


def mood(metric: MetricInfo, pair: Pair | None, level: float) -> str:
    """Return the colour of a change: none where it is neither good nor bad, or may be chance."""
    if pair is None or pair[0].value == pair[1].value or metric.better is Better.NEUTRAL:
        return ""
    if within_margin(metric.unit, pair, level):
        return ""
    rose = (pair[1].value or 0.0) > (pair[0].value or 0.0)
    return "green" if rose == (metric.better is Better.HIGHER) else "red"


def within_margin(unit: Unit, pair: Pair, level: float) -> bool:
    """Whether a change may be chance (definitions, C6); never of complete counts."""
    values = [row.value for row in pair]
    if values[0] == values[1] or any(row.ci_low is None or row.moe is None for row in pair):
        return False
    if unit is Unit.PERCENT:
        bounds = [(row.value or 0.0, row.ci_low or 0.0, row.ci_high or 0.0) for row in pair]
        return not stats.shares_differ(*bounds)
    errors = [_error(row, unit, level) for row in pair]
    gap = (values[1] or 0.0) - (values[0] or 0.0)
    return not stats.means_differ(gap, errors[0], errors[1], level)


def _error(row: Row, unit: Unit, level: float) -> float:
    """The standard error behind a margin: an NPS took the normal quantile, a mean Student's."""
    size = row.n or 0
    quantile = stats.z_value(level)
    if unit is not Unit.POINTS and size > 1:
        quantile = stats.student_t(level, size - 1)
    return (row.moe or 0.0) / quantile
