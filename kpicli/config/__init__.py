"""The config: a user's YAML in, a typed and checked `Config` out.

Every problem is reported at once, with file, line, key and the nearest name.
"""

from kpicli.config.calendars import WorkCalendar
from kpicli.config.columns import ColumnSpec, TimeUnit
from kpicli.config.load import DEFAULT_NAME, load
from kpicli.config.mapping import Fold, Lookup, Origin, Source
from kpicli.config.policy import Duplicates, Intake, MaxAge, OnBadValue
from kpicli.config.schema import schema
from kpicli.config.types import Config, Written

__all__ = [
    "DEFAULT_NAME",
    "ColumnSpec",
    "Config",
    "Duplicates",
    "Fold",
    "Intake",
    "Lookup",
    "MaxAge",
    "OnBadValue",
    "Origin",
    "Source",
    "TimeUnit",
    "WorkCalendar",
    "Written",
    "load",
    "schema",
]
