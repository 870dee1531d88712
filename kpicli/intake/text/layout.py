"""Where the rows of a text begin: lines before the header, the header itself, its names.

The header is the first line that has as many cells as the rows, and whose cells name things. What
stands before it is left out and told.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from msgspec import Struct

from kpicli.intake.values.formats import shape_of
from kpicli.intake.values.numbers import is_number

RECORDS = 60
_WIDE = 4
_SOME = 2
_YEAR = re.compile(r"(19|20)\d\d")
_ADDRESS = re.compile(r"\S+@\S+\.\w+")


class Record(Struct, frozen=True, kw_only=True):
    """A row of cells, the line it begins on and the one after it (both from 1)."""

    line: int
    after: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> list[str]:
        """Return the cells that hold anything."""
        return [cell.strip() for cell in self.cells if cell.strip()]


class Layout(Struct, frozen=True, kw_only=True):
    """Names of the columns, and how many lines precede the rows.

    `alike` is the share of the sampled rows that have as many cells; `before` the lines that hold
    something before the header, `blank` those that do not; `line` that of the header, None without.
    """

    names: tuple[str, ...]
    skip: int
    line: int | None
    alike: float
    coverage: float
    before: tuple[int, ...] = ()
    blank: int = 0
    data_line: int | None = None


def records(
    lines: Sequence[str], delimiter: str, quote: str | None, first: int = 1
) -> list[Record]:
    """Return the first rows of cells from line `first` on; blank lines are none.

    A quote that is never closed costs its own line, and not all those behind it: with few rows they
    would be what tells one delimiter from another.
    """
    found = _closed(lines, delimiter, quote, first, RECORDS)
    while 1 < len(found) <= RECORDS and _is_open(lines, found[-1], quote):
        line = found[-1].line
        cells = tuple(lines[line - 1].split(delimiter))
        found[-1] = Record(line=line, after=line + 1, cells=cells)
        found += _closed(lines, delimiter, quote, line + 1, RECORDS - len(found))
    return found


def _is_open(lines: Sequence[str], last: Record, quote: str | None) -> bool:
    """Whether a row of several lines ends only where the lines do, within quotes."""
    if quote is None or last.after - last.line == 1 or last.after <= len(lines):
        return False
    return "\n".join(lines[last.line - 1 :]).count(quote) % 2 == 1


def _closed(
    lines: Sequence[str], delimiter: str, quote: str | None, first: int, most: int
) -> list[Record]:
    """Return at most so many rows of cells from line `first` on."""
    told = (line + "\n" for line in islice(lines, first - 1, None))
    reader = csv.reader(
        told,
        delimiter=delimiter,
        quotechar=quote,
        quoting=csv.QUOTE_NONE if quote is None else csv.QUOTE_MINIMAL,
    )
    found: list[Record] = []
    begins = first
    try:
        while len(found) < most:
            row = next(reader)
            after = first + reader.line_num
            if any(cell.strip() for cell in row):
                found.append(Record(line=begins, after=after, cells=tuple(row)))
            begins = after
    except (csv.Error, StopIteration):
        pass
    return found


def detected(found: Sequence[Record]) -> Layout | None:
    """Return where the header stands; None where the rows have no width in common.

    `data_line` is set where the line in the place of the header holds values.
    """
    if not found:
        return None
    widths = Counter(len(record.cells) for record in found)
    most = max(widths.values())
    # Few rows: the first line decides between widths that are equally frequent.
    width = next(len(record.cells) for record in found if widths[len(record.cells)] == most)
    place = _place(found, width)
    header = found[place]
    rest = found[place + 1 :]
    names = _fitted(header.cells, [record.cells for record in rest], width)
    alike = sum(1 for record in rest if len(record.cells) == len(names))
    return Layout(
        names=names,
        skip=header.after - 1,
        line=header.line,
        alike=alike / len(rest) if rest else 1.0,
        coverage=(alike + 1) / len(found),
        before=tuple(record.line for record in found[:place]),
        blank=_blank(found[: place + 1]),
        data_line=header.line if is_data(header.filled) else None,
    )


def _place(found: Sequence[Record], width: int) -> int:
    """Return which record is the header: the first that is no preamble."""
    for place, record in enumerate(found):
        narrow = len(record.cells) < width and not _lacks_last(record, found[place + 1 :], width)
        padded = width >= _WIDE and len(record.filled) < _SOME
        if not narrow and not padded:
            return place
    return 0


def _lacks_last(record: Record, rest: Sequence[Record], width: int) -> bool:
    """Whether the rows have one cell more than this line, and it is always empty."""
    wide = [other.cells for other in rest if len(other.cells) == width]
    return len(record.cells) == width - 1 and bool(wide) and not any(c[-1].strip() for c in wide)


def _fitted(
    header: tuple[str, ...], rows: Sequence[tuple[str, ...]], width: int
) -> tuple[str, ...]:
    """Return the header with as many names as the rows have cells, but for an empty last one."""
    if len(header) == width - 1:
        return (*header, "")
    fits = any(len(row) == len(header) for row in rows)
    if len(header) == width + 1 and not header[-1].strip() and rows and not fits:
        return header[:-1]
    return header


def declared(
    lines: Sequence[str], delimiter: str, quote: str | None, places: Sequence[int]
) -> Layout | None:
    """Return the layout with a header on the lines `places`; None where one of them has no cells.

    Without places there is no header: the columns are `#1`, `#2`, … and rows begin on line 1.
    """
    if not places:
        found = records(lines, delimiter, quote)
        widths = Counter(len(record.cells) for record in found)
        width = widths.most_common(1)[0][0] if widths else 1
        alike = widths[width] / max(1, len(found))
        names = tuple(f"#{number}" for number in range(1, width + 1))
        return Layout(names=names, skip=0, line=None, alike=alike, coverage=alike)
    chosen = []
    for place in places:
        found = records(lines, delimiter, quote, place)
        if not found or found[0].line != place:
            return None
        chosen.append(found[0])
    rest = [record for record in found[1:] if record.line >= chosen[-1].after]
    width = max(len(record.cells) for record in chosen)
    names = (
        chosen[0].cells if len(chosen) == 1 else tuple(_joined(chosen, at) for at in range(width))
    )
    counts = Counter(len(record.cells) for record in rest)
    usual = max(counts, key=lambda size: counts[size], default=width)
    names = _fitted(names, [record.cells for record in rest], usual)
    alike = counts[len(names)] / len(rest) if rest else 1.0
    header = {line for record in chosen for line in range(record.line, record.after)}
    before = [n for n in range(1, chosen[-1].after) if n not in header]
    return Layout(
        names=names,
        skip=chosen[-1].after - 1,
        line=chosen[0].line,
        alike=alike,
        coverage=alike,
        before=tuple(n for n in before if lines[n - 1].strip()),
        blank=sum(1 for n in before if not lines[n - 1].strip()),
    )


def _joined(header: Sequence[Record], at: int) -> str:
    """Return the name of a column whose header takes several lines."""
    cells = [record.cells[at].strip() for record in header if at < len(record.cells)]
    return " ".join(filter(None, cells))


def is_data(cells: Iterable[str]) -> bool:
    """Whether cells hold values and name nothing: a date, an address, or many numbers."""
    filled = [cell for cell in cells if cell]
    if any(shape_of(cell) or _ADDRESS.fullmatch(cell) for cell in filled):
        return True
    numbers = [cell for cell in filled if is_number(cell) and not _YEAR.fullmatch(cell)]
    return 3 * len(numbers) >= len(filled) > 0


def _blank(found: Sequence[Record]) -> int:
    """Return how many lines up to the last record hold nothing."""
    taken = sum(record.after - record.line for record in found)
    return found[-1].after - 1 - taken
