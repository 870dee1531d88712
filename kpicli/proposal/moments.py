"""Columns of times by the order in which things happened, row by row."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from kpicli.intake.values.zones import tells_zone
from kpicli.proposal.profile import Kind, share_of
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.types import Draft
from kpicli.proposal.written import dates, read_by

_NEARLY_ALL = 0.99
_SAME = 0.9
_LONG = 14 * 365  # days


def in_order(sheet: Sheet) -> tuple[str, ...]:
    """Return the columns of times: the first that happens, and those that are never before it.

    The first is the one that most rows have, and of those alike the earlier one. Those after it are
    in the order in which most of them happen. What is half a life before another is a birth.
    """
    headers = [name for name in sheet.names if sheet.profiles[name].kind is Kind.TIME]
    whole = _times(sheet, headers)
    times = {name: cells for name, cells in whole.items() if not _is_birth(cells, whole)}
    if not times:
        return ()
    filled = {header: int(cells.count()) for header, cells in times.items()}
    first = min(times, key=lambda one: (-filled[one], _before(times, one), headers.index(one)))
    later = [one for one in times if one != first and _is_after(times[one], times[first])]
    return (first, *sorted(later, key=lambda one: (_before(times, one), headers.index(one))))


def same_rows(one: Draft, other: Draft) -> bool:
    """Whether rows of two drafts of a table that have one key begin on one day.

    Ids such as 1, 2, 3 are found in any two exports; the rows of two systems are never the same.
    """
    if one.system != other.system and one.system and other.system:
        return False
    days = _days_between(one, other)
    return days is None or _mostly(days.abs() <= 1)


def follows(one: Draft, other: Draft) -> bool:
    """Whether rows of a draft begin on the day of those of another with their key, or later."""
    days = _days_between(one, other)
    return days is not None and _mostly(days >= 0)


def _days_between(one: Draft, other: Draft) -> pl.Series | None:
    """Return by how many days the other begins later, for each key in both; None if none says."""
    first, second = _beginnings(one), _beginnings(other)
    if first is None or second is None:
        return None
    both = first.join(second, on="key", how="inner")
    return (both["day_right"] - both["day"]).dt.total_days()


def _mostly(truths: pl.Series) -> bool:
    return share_of(truths) >= _SAME


def _beginnings(draft: Draft) -> pl.DataFrame | None:
    """Return the keys of a draft as `key` and the days on which its rows begin as `day`."""
    headers = {feed.column: feed.headers[0] for feed in draft.feeds if feed.headers}
    key, begins = headers.get(draft.table.key[0]), headers.get(draft.table.begins[0])
    if key is None or begins is None:
        return None
    times = _times(draft.sheet, [begins])
    if begins not in times:
        return None
    keys = draft.sheet.cells(key).collect(engine="streaming")["cell"]
    frame = pl.DataFrame({"key": keys, "day": times[begins].cast(pl.Date)})
    return frame.drop_nulls().unique("key", keep="last")


def _times(sheet: Sheet, headers: Sequence[str]) -> dict[str, pl.Series]:
    """Return the cells of columns as times, row by row."""
    return {
        header: sheet.cells(header)
        .select(pl.coalesce(_read(form) for form in written.formats).alias("cell"))
        .collect(engine="streaming")["cell"]
        for header, written in dates(sheet, headers, english=False).items()
    }


def _read(form: str) -> pl.Expr:
    read = read_by(form)
    read = read.dt.replace_time_zone(None) if tells_zone(form) else read
    return read.cast(pl.Datetime("us"))


def _before(times: dict[str, pl.Series], header: str) -> int:
    """Return how many other columns are before one in most rows."""
    others = (cells for other, cells in times.items() if other != header)
    return sum(1 for cells in others if _share(cells, times[header]) > 0.5)  # noqa: PLR2004 (most)


def _share(earlier: pl.Series, later: pl.Series) -> float:
    """Return in how many of the rows that have both one time is strictly before another."""
    return share_of(earlier < later)


def _is_birth(cells: pl.Series, times: dict[str, pl.Series]) -> bool:
    """Whether another time is many years later in most rows."""
    years = ((other - cells).dt.total_days().median() for other in times.values())
    return any(isinstance(days, int | float) and days > _LONG for days in years)


def _is_after(later: pl.Series, first: pl.Series) -> bool:
    return share_of(later >= first) >= _NEARLY_ALL
