"""Intervals and margins: definitions, section C. Vectorised: shares and counts are expressions.

Proportions take Wilson's interval, NPS the adjusted Wald interval, means Student's t, medians the
order statistics of the binomial distribution. Quantiles are linear (type 7).
"""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

P90_NEEDS = 10
VERY_LOW_N = 10
LOW_BASE = 20  # of a ratio over complete counts
_ADDED = 3  # observations that the adjusted Wald interval adds, a quarter of them at each end
_CONVERGED = 1e-15
_EXACT_UP_TO = 1000  # observations for which the binomial distribution is summed


def z_value(level: float) -> float:
    """Return the two-sided normal quantile: 1.959964 for 0.95."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(hits: pl.Expr, n: pl.Expr, level: float) -> tuple[pl.Expr, pl.Expr]:
    """Return low and high of Wilson's interval for `hits` of `n`, as shares (C3)."""
    z = z_value(level)
    share = hits / n
    scale = 1 + z**2 / n
    centre = (share + z**2 / (2 * n)) / scale
    half = z / scale * (share * (1 - share) / n + z**2 / (4 * n**2)).sqrt()
    return (centre - half).clip(0, 1), (centre + half).clip(0, 1)


def nps_margin(ups: pl.Expr, downs: pl.Expr, n: pl.Expr, level: float) -> pl.Expr:
    """Return the plain margin of an NPS, as a share: z times its standard error (C2)."""
    p, d = ups / n, downs / n
    return z_value(level) * ((p + d - (p - d) ** 2) / n).sqrt()


def nps_interval(ups: pl.Expr, downs: pl.Expr, n: pl.Expr, level: float) -> tuple[pl.Expr, pl.Expr]:
    """Return low and high of the adjusted Wald interval of an NPS, as shares (C2)."""
    quarter = _ADDED / 4
    margin = nps_margin(ups + quarter, downs + quarter, n + _ADDED, level)
    centre = (ups - downs) / (n + _ADDED)
    return (centre - margin).clip(-1, 1), (centre + margin).clip(-1, 1)


def shares_differ(before: tuple[float, float, float], after: tuple[float, float, float]) -> bool:
    """Whether two shares differ, each with its Wilson interval: by Newcombe's interval (C6)."""
    (first, low, high), (second, lower, higher) = before, after
    gap = second - first
    return gap > math.hypot(second - lower, high - first) or -gap > math.hypot(
        higher - second, first - low
    )


def means_differ(gap: float, first: float, second: float, level: float) -> bool:
    """Whether two means (or NPS) differ, by their gap and standard errors (C6)."""
    return abs(gap) > z_value(level) * math.hypot(first, second)


@cache
def student_t(level: float, degrees: int) -> float:
    """Return the two-sided quantile of Student's t distribution: 2.776445 for 0.95 and 4.

    Found by Newton's method from the normal quantile, on the distribution function that follows
    from the regularised incomplete beta function; exact to twelve digits.

    Raises:
        ValueError: `degrees` is less than 1.
    """
    if degrees < 1:
        raise ValueError(degrees)
    wanted = 0.5 + level / 2
    t = z_value(level)
    log_density = (
        math.lgamma((degrees + 1) / 2)
        - math.lgamma(degrees / 2)
        - 0.5 * math.log(degrees * math.pi)
    )
    for _ in range(100):
        density = math.exp(log_density - (degrees + 1) / 2 * math.log1p(t * t / degrees))
        step = (_t_below(t, degrees) - wanted) / density
        t = max(t - step, t / 2)
        if abs(step) < 1e-13 * t:
            break
    return t


def _t_below(t: float, degrees: int) -> float:
    x = degrees / (degrees + t * t)
    return 1 - 0.5 * _beta(degrees / 2, 0.5, x)


def _beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Lentz's method)."""
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(b, a, 1 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    tiny = 1e-300
    f, c, d = 1.0, 1.0, 0.0
    for step in range(500):
        half = step // 2
        if step == 0:
            term = 1.0
        elif step % 2 == 0:
            term = half * (b - half) * x / ((a + step - 1) * (a + step))
        else:
            term = -(a + half) * (a + b + half) * x / ((a + step - 1) * (a + step))
        d = 1 / ((1 + term * d) or tiny)
        c = (1 + term / c) or tiny
        f *= c * d
        if abs(1 - c * d) < _CONVERGED:
            break
    return front * (f - 1) / a


@cache
def median_ranks(level: float, n: int) -> tuple[int, int] | None:
    """Return the ranks (from 1) of the values that bound the median, or None for too few (C5).

    For ten values: the second and the ninth.
    """
    tail = (1 - level) / 2
    if n > _EXACT_UP_TO:
        low = math.floor(n / 2 - z_value(level) * math.sqrt(n) / 2)
        return low, n - low + 1
    below, term, low = 0.0, 0.5**n, 0
    while below + term <= tail:
        below += term
        low += 1
        term *= (n - low + 1) / low
    return (low, n - low + 1) if low else None
