"""Reports as tidy CSV: a row per value, companions as rows of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from kpicli.render.json import number
from kpicli.report import Report, Row
from kpicli.text import plain

_COLUMNS = (
    "metric",
    "part",
    "period",
    "start",
    "end",
    "complete",
    "value",
    "unit",
    "numerator",
    "denominator",
    "n",
    "moe",
    "ci_low",
    "ci_high",
    "median",
    "p90",
    "excluded",
    "status",
    "flags",
)
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_IN_QUOTES = "\t\r\n"


def as_csv(report: Report) -> Iterator[str]:
    """Yield a report as CSV, in UTF-8 with commas, decimal points and a header.

    `part` is empty for a metric's value and names the companion else, which has a status of its
    own. Dimensions stand between
    `part` and `period`; text that a spreadsheet would take for a formula is led by an apostrophe.
    """
    dims = list(dict.fromkeys(name for values in report.values for name in values.dims))
    units = {metric.id: metric.unit.value for metric in report.metrics}
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*_COLUMNS[:2], *map(guarded, dims), *_COLUMNS[2:]])
    for row in report.rows():
        for cells in _rows(row, dims, units[row.metric]):
            writer.writerow(cells)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, and that steers no terminal."""
    text = plain(text, keep=_IN_QUOTES)
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def _rows(row: Row, dims: list[str], unit: str) -> Iterator[list[object]]:
    where = [guarded(row.dims.get(name, "")) for name in dims]
    when = [row.period.label, row.period.start, row.period.end, str(row.period.complete).lower()]
    numbers = (row.numerator, row.denominator, row.n, row.moe, row.ci_low, row.ci_high, row.median)
    excluded = " ".join(f"{reason}={count}" for reason, count in row.excluded.items())
    flags = " ".join(row.flags)
    value = [
        number(row.value),
        unit,
        *map(number, (*numbers, row.p90)),
        excluded,
        row.status,
        flags,
    ]
    yield [row.metric, "", *where, *when, *value]
    for name, companion in row.beside.items():
        empty = [""] * 9
        status = row.status_beside[name]
        yield [row.metric, name, *where, *when, number(companion), "", *empty, status, ""]
