"""Which character quotes cells, where it is not the double quote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kpicli.intake.text import layout

_WRAPPED = 0.5
_HOLDING = 2


def apostrophes(lines: Sequence[str], delimiters: str) -> int:
    """Return in how many lines apostrophes stand around cells, where they quote; else 0.

    Cells may be parted by any of `delimiters`.
    """
    some = [line for line in lines if line.strip()][: layout.RECORDS]
    if not any("'" in line for line in some):
        return 0
    marks = re.escape(delimiters)
    around = {
        quote: re.compile(rf"(?:^|[{marks}]){quote}[^{quote}]*{quote}(?=[{marks}]|\r?$)")
        for quote in ("'", '"')
    }
    if any(around['"'].search(line) for line in some):
        return 0
    wrapped = sum(1 for line in some if around["'"].search(line))
    if wrapped > 1 and wrapped >= _WRAPPED * len(some):
        return wrapped
    # Where few cells are quoted, those that hold the delimiter tell.
    holding = [
        re.compile(rf"(?:^|{mark})'[^']*{mark}[^']*'(?={mark}|\r?$)")
        for mark in map(re.escape, delimiters)
    ]
    most = max(sum(1 for line in some if cell.search(line)) for cell in holding)
    return most if most >= _HOLDING else 0
