"""Days that a config says: such that reports can go to them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from kpicli.periods.reach import check_reach


def _in_reach(day: dt.date) -> dt.date:
    check_reach(day.year)
    return day


Day: TypeAlias = Annotated[dt.date, AfterValidator(_in_reach)]
