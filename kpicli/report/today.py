"""The clock: the one place where it is read."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo


def today(zone: str) -> dt.date:
    """Return the day that it is in the time zone of the report."""
    return dt.datetime.now(ZoneInfo(zone)).date()
