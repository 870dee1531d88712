"""Periods: calendars, labels, ranges, and the grid that a report is computed on.

Every period is half-open in the report's time zone. A grid is a run of periods of one grain; rows
are placed on it by comparing them with its boundaries, so any grain and any time zone works alike.
"""

from kpicli.periods.calendar import Calendar, Grain
from kpicli.periods.grid import Grid, Period
from kpicli.periods.labels import label, parse
from kpicli.periods.ranges import Span, resolve, widened

__all__ = ["Calendar", "Grain", "Grid", "Period", "Span", "label", "parse", "resolve", "widened"]
