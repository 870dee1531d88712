"""Columns of times by the order in which things happened, row by row."""

from __future__ import annotations

import polars as pl

from kpicli.proposal.profile import Kind
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.written import dates, read_by

_NEARLY_ALL = 0.99


def in_order(sheet: Sheet) -> tuple[str, ...]:
    """Return the columns of times: the first that happens, and those that are never before it.

    The first is the one that most rows have, and of those alike the earlier one. Those after it are
    in the order in which most of them happen.
    """
    headers = [name for name in sheet.names if sheet.profiles[name].kind is Kind.TIME]
    forms = dates(sheet, headers, english=False)
    times = {
        header: sheet.cells(header)
        .select(
            pl.coalesce(read_by(form).cast(pl.Datetime("us")) for form in written.formats).alias(
                "cell"
            )
        )
        .collect(engine="streaming")["cell"]
        for header, written in forms.items()
    }
    if not times:
        return ()
    filled = {header: int(cells.count()) for header, cells in times.items()}
    first = min(times, key=lambda one: (-filled[one], _before(times, one), headers.index(one)))
    later = [one for one in times if one != first and _is_after(times[one], times[first])]
    return (first, *sorted(later, key=lambda one: (_before(times, one), headers.index(one))))


def _before(times: dict[str, pl.Series], header: str) -> int:
    """Return how many other columns are before one in most rows."""
    others = (cells for other, cells in times.items() if other != header)
    return sum(1 for cells in others if _share(cells, times[header]) > 0.5)  # noqa: PLR2004 (most)


def _share(earlier: pl.Series, later: pl.Series) -> float:
    """Return in how many of the rows that have both one time is strictly before another."""
    told = (earlier < later).drop_nulls()
    return float(told.mean() or 0.0)  # type: ignore[arg-type]  # of truths


def _is_after(later: pl.Series, first: pl.Series) -> bool:
    told = (later >= first).drop_nulls()
    return told.len() > 0 and float(told.mean() or 0.0) >= _NEARLY_ALL  # type: ignore[arg-type]
