"""How far days may lie from today: what is beyond is a typing error, or means never."""

from __future__ import annotations

import datetime as dt

EARLIEST, LATEST = dt.date(1000, 1, 1), dt.date(2999, 12, 31)


def check_reach(year: int) -> None:
    """Check that reports can go to a year; periods before and after it must be days as well.

    Raises:
        ValueError: they cannot.
    """
    if not EARLIEST.year <= year <= LATEST.year:
        raise ValueError(
            f"the year {year:04} is out of reach: take one from {EARLIEST.year} to {LATEST.year}"
        )


def clipped(ordinal: int) -> dt.date:
    """Return the day of an ordinal number, or the first or last one that there is."""
    return dt.date.fromordinal(min(max(ordinal, 1), dt.date.max.toordinal()))
