"""The last day that the data cover, where nobody has said it."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from kpicli.errors import Problem
from kpicli.intake import Loaded
from kpicli.report.today import today

_HINT = "say which day is the last one covered: --as-of 2025-06-30"
COVERS = "covers in the config"
THIS_RUN = "the day of this run"


class LastDay(Struct, frozen=True, kw_only=True):
    """The last day, what tells it (nothing, where it is only today), and what to tell of it.

    `problem` is why no number may rest on it.
    """

    day: dt.date
    told_by: str
    warnings: tuple[str, ...] = ()
    problem: Problem | None = None


def last_day(loaded: Loaded, zone: str, asked: dt.date | None = None) -> LastDay:
    """Return the last day on which anything happened.

    Without any event it is the last day that sources declare to cover, then that which is `asked`
    for. Where there is no row at all, numbers do not depend on it: it is today, and told. Rows
    without an event count up to a day that nobody but the user knows.
    """
    if loaded.latest is not None:
        day, column = loaded.latest.day, loaded.latest.column
        if day <= today(zone):
            return LastDay(day=day, told_by=column)
        yet = f"the data go up to {day} ({column}), which is yet to come"
        problem = Problem(message=yet, hint=_HINT)
        return LastDay(day=today(zone), told_by=column, problem=problem)
    declared = max((span.last for span in loaded.covered.values()), default=None)
    if declared is not None and declared <= today(zone):
        return LastDay(day=declared, told_by=COVERS)
    if asked is not None:
        return LastDay(day=asked, told_by="--to")
    if any(frame.height for frame in loaded.frames.values()):
        problem = Problem(
            message="no file holds an event, so nothing tells up to which day the data go",
            hint="say so: --as-of 2025-06-30, or as_of: in the config",
        )
        return LastDay(day=today(zone), told_by="", problem=problem)
    warning = (
        f"no file holds a row that can be used, so as_of is {today(zone)}, the day of this run; "
        "--as-of, or as_of in the config, gives the same answer every day"
    )
    return LastDay(day=today(zone), told_by=THIS_RUN, warnings=(warning,))
