"""Intervals: the worked figures of the definitions, section C and F, and published tables."""

from __future__ import annotations

import polars as pl
import pytest

from kpicli import stats
from kpicli.report import Row
from tests.cases import computed


def numbers(*expressions: pl.Expr) -> tuple[float, ...]:
    return pl.select(expr.alias(str(place)) for place, expr in enumerate(expressions)).row(0)


def lit(value: float) -> pl.Expr:
    return pl.lit(float(value))


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (5, 9, 0.2667, 0.8112),
        (30, 50, 0.4618, 0.7239),
        (5, 5, 0.5655, 1.0),
        (0, 4, 0.0, 0.4899),
        (180, 200, 0.8506, 0.9343),
    ],
)
def test_wilson(hits: int, n: int, low: float, high: float) -> None:  # TV-33
    found = numbers(*stats.wilson(lit(hits), lit(n), 0.95))
    assert found == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("ups", "downs", "n", "margin", "low", "high"),
    [
        (4, 2, 8, 57.46, -29.42, 65.78),
        (70, 10, 100, 13.00, 45.27, 71.24),
        (5, 0, 5, 0.0, 17.49, 100.0),
    ],
)
def test_nps(ups: int, downs: int, n: int, margin: float, low: float, high: float) -> None:
    counts = lit(ups), lit(downs), lit(n)
    margin_of_error = stats.nps_margin(*counts, 0.95)
    found = numbers(margin_of_error, *stats.nps_interval(*counts, 0.95))
    assert [100 * x for x in found] == pytest.approx([margin, low, high], abs=5e-3)


@pytest.mark.parametrize(
    ("level", "degrees", "wanted"),
    [
        (0.95, 1, 12.706204736),
        (0.95, 4, 2.776445105),
        (0.95, 30, 2.042272456),
        (0.99, 7, 3.499483297),
        (0.90, 120, 1.657650899),
        (0.5, 1, 1.0),
        (0.95, 1_000_000, 1.959966),
    ],
)
def test_student_t(level: float, degrees: int, wanted: float) -> None:
    assert stats.student_t(level, degrees) == pytest.approx(wanted, rel=2e-6)


def test_median_ranks() -> None:  # C5, TV-35
    assert stats.median_ranks(0.95, 10) == (2, 9)
    assert stats.median_ranks(0.95, 5) is None
    assert stats.median_ranks(0.95, 6) == (1, 6)
    assert stats.median_ranks(0.95, 100) == (40, 61)


@pytest.mark.parametrize("n", [999, 1000, 1001, 1002])
def test_the_exact_and_the_normal_ranks_meet(n: int) -> None:
    low, high = stats.median_ranks(0.95, n) or (0, 0)
    assert low + high == n + 1
    assert abs(low - (n / 2 - 0.98 * n**0.5)) < 1.5


def waits(count: int) -> Row:
    """Return the first response time of tickets answered after 1 to `count` seconds."""
    answered = [f"{n} 2025-01-02T10:00:00 2025-01-02T10:00:{n:02}" for n in range(1, count + 1)]
    table = "\n".join(["ticket_id created_at first_response_at", *answered])
    body = {"tables": {"tickets": table}, "as_of": "2025-01-31", "period": "2025-01"}
    return computed(body, ["first_response_time"])[0]


def test_quantiles_of_durations() -> None:  # TV-35
    ten = waits(10)
    assert (ten.median, ten.p90, ten.ci_low, ten.ci_high) == (5.5, 9.1, 2, 9)
    nine = waits(9)
    assert (nine.median, nine.p90, nine.ci_low) == (5, None, 2)
    five = waits(5)
    assert (five.median, five.p90, five.ci_low, five.ci_high) == (3, None, None, None)


@pytest.mark.parametrize(
    ("count", "flag"), [(9, ("very_low_n",)), (10, ("low_n",)), (29, ("low_n",)), (30, ())]
)
def test_small_bases_of_durations(count: int, flag: tuple[str, ...]) -> None:  # C7
    assert waits(count).flags == flag


@pytest.mark.parametrize(("count", "flag"), [(19, ("low_n",)), (20, ())])
def test_small_bases_of_complete_counts(count: int, flag: tuple[str, ...]) -> None:  # C7
    contracts = "\n".join(["customer_id started_at", *(f"c{n} 2024-01-01" for n in range(count))])
    body = {"tables": {"contracts": contracts}, "as_of": "2025-01-31", "period": "2025-01"}
    (found,) = computed(body, ["customer_retention_rate"])
    assert (found.value, found.flags, found.ci_low) == (100, flag, None)
