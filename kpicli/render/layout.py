"""Which columns of a table fit into a terminal: digits are never cut, so columns have to go.

What stands beside the periods goes first: the trend, and the column of units, which then stand in
the titles. Where that is not enough either, the earliest periods go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from kpicli.render.wrapping import longest

GAP = 2
ENOUGH = 4
"""Periods that are worth more than what stands beside them."""
_TITLE = 18
_TITLE_OF_LONG_WORDS = 19


class Layout(Struct, frozen=True, kw_only=True):
    """What stands beside titles, periods and changes; without their column units are in titles."""

    units: bool = True
    trend: bool = True


WHOLE = Layout()
_FROM_RICH_TO_LEAN = (
    WHOLE,
    Layout(trend=False),
    Layout(units=False),
    Layout(units=False, trend=False),
)


class Widths(Struct, frozen=True, kw_only=True):
    """How many cells columns take; `titles` by whether units are in them."""

    titles: Mapping[bool, int]
    units: int
    periods: Mapping[str, int]
    change: int
    trend: int

    def beside(self, layout: Layout, periods: int) -> int:
        """Return the cells of all that is no title and no period."""
        trend = GAP + max(self.trend, periods) if layout.trend else 0
        units = GAP + self.units if layout.units else 0
        return units + GAP + self.change + trend


def least(titles: Sequence[str], widest: int) -> int:
    """Return how narrow the column of titles may get; below that it is too tall to read."""
    wanted = max(map(longest, titles), default=0)
    return min(widest, max(_TITLE, min(wanted, _TITLE_OF_LONG_WORDS)))


def chosen(labels: Sequence[str], widths: Widths, width: int) -> tuple[Layout, list[str]]:
    """Return the richest layout that shows enough periods, else the leanest that shows the most."""
    found = [(layout, _latest(labels, layout, widths, width)) for layout in _FROM_RICH_TO_LEAN]
    wanted = min(ENOUGH, len(labels))
    for layout, shown in found:
        if len(shown) >= wanted:
            return layout, shown
    return max(reversed(found), key=lambda one: len(one[1]))


def _latest(labels: Sequence[str], layout: Layout, widths: Widths, width: int) -> list[str]:
    """Return the latest of `labels` whose columns fit into `width`, at least one."""
    taken = widths.titles[layout.units]
    shown: list[str] = []
    for label in reversed(labels):
        taken += GAP + widths.periods[label]
        if shown and taken + widths.beside(layout, len(shown) + 1) > width:
            break
        shown.insert(0, label)
    return shown
