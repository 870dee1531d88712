"""Intervals: the worked figures of the definitions, section C and F, and published tables."""

from __future__ import annotations

import polars as pl
import pytest

from kpicli import stats
from kpicli.language.catalogue import built_in
from kpicli.language.settled import Settled
from kpicli.locales import locale
from kpicli.render import changes
from kpicli.report import Row
from kpicli.report.answer import info
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


@pytest.mark.parametrize(
    ("hits", "n", "others", "m", "differ"),
    [
        (56, 70, 48, 80, True),  # Newcombe 1998, example (a): 0.0524 to 0.3339
        (9, 10, 3, 10, True),  # example (b): 0.1705 to 0.8090
        (5, 56, 0, 29, False),  # example (d): -0.0381 to 0.1926
        (30, 50, 25, 50, False),
    ],
)
def test_shares_differ(hits: int, n: int, others: int, m: int, *, differ: bool) -> None:  # C6
    def interval(k: int, size: int) -> tuple[float, float, float]:
        low, high = numbers(*stats.wilson(lit(k), lit(size), 0.95))
        return k / size, low, high

    first, second = interval(hits, n), interval(others, m)
    assert stats.shares_differ(first, second) is differ
    assert stats.shares_differ(second, first) is differ


def test_means_differ() -> None:  # C6: 1.959964 times the root of 3 squared plus 4 squared
    assert not stats.means_differ(9.79, 3, 4, 0.95)
    assert stats.means_differ(-9.81, 3, 4, 0.95)


MONTHS = ["2025-01", "2025-02"]
SURVEYS = {"nps": ("nps", 0, 10), "csat": ("csat", 1, 5), "csat_mean": ("csat", 1, 5)}


@pytest.mark.parametrize("metric", SURVEYS)
@pytest.mark.parametrize(("good", "mark"), [(5, changes.WITHIN), (18, "")])
def test_a_change_within_the_margin_is_marked(metric: str, good: int, mark: str) -> None:
    """Of 20 answers 4 are the best in January, and so many in February; the others the worst."""
    survey, low, high = SURVEYS[metric]
    table = "response_id survey_type responded_at score scale_min scale_max respondent_id"
    for month, count in (("01", 4), ("02", good)):
        for k in range(20):
            score = high if k < count else low
            table += f"\n{month}-{k} {survey} 2025-{month}-10 {score} {low} {high} {month}-{k}"
    body = {"tables": {"responses": table}, "as_of": "2025-02-28", "periods": MONTHS}
    before, after = (row for row in computed(body, [metric]) if row.metric == metric)
    settled = Settled(catalogue=built_in(), params=built_in().defaults())
    told = changes.text(info(settled, metric), (before, after), 0.95, locale("en"))
    assert told.startswith(f"{mark}+")
    assert changes.mood(info(settled, metric), (before, after), 0.95) == ("" if mark else "green")
