"""Lines behind the last row: totals, and who exported what and when.

Only what is safe is taken for one: the last lines of a file, which by their words and their few
cells cannot be rows. The rest is left to be read, or to be rejected with its line; what looks like
a total all the same is told.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from kpicli.intake.values.numbers import is_number

_MOST = 8  # lines that a footer may take
_WIDE = 3
_PAIR = 2  # a word and its value
_LAST = 3  # rows of which one may be a total
_SUMS = re.compile(
    r"(grand |sub)?totals?|sum|total général|summe|gesamt|gesamtsumme|suma|totale"
    r"|(общий )?итог|итого|всего"
)
_TOTAL = re.compile(rf"{_SUMS.pattern}|итого по \w+", re.IGNORECASE)
_LOOKS = re.compile(
    rf"(?P<word>{_SUMS.pattern}|обороты?)"
    r"([ :.]*| (за|по|на|for|of|by) .*|[ :.]+[\d., \xa0\u202f]+)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?P<word>total|totals|sum|itogo|exported|generated|created|printed|downloaded|report|reporting"
    r"|records?|rows|row count|count|number of|page|end of|source|filters?|filtered|confidential"
    r"|copyright|©|data as of|as of|period|"
    r"итого|всего|выгружено|выгрузка|экспорт|экспортировано|сформировано|сформирован|отчёт|отчет"
    r"|период|за период|количество|записей|строк|страница|конец|источник|фильтр|дата выгрузки"
    r"|дата формирования)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\d+ (?P<word>rows?|records?|tickets?|deals?|строк\w*|запис\w*)\b", re.IGNORECASE
)


class Footer(Struct, frozen=True, kw_only=True):
    """A line that is no row: how many lines from the end (0 is the last), and why."""

    from_end: int
    evidence: str


class Total(Struct, frozen=True, kw_only=True):
    """A row that may be a total: its line (from the end, 0 is the last), and the cell that says so.

    It `is_likely` one where the cell comes first, or another is empty that all rows have.
    """

    from_end: int
    column: int
    word: str
    is_likely: bool


def footers(
    lines: Sequence[str], delimiter: str, quote: str | None, width: int, *, ends_whole: bool
) -> list[Footer]:
    """Return the footer lines among the last lines of a file.

    `ends_whole` says that the last line has a line end: one without may have been cut off.
    """
    found: list[Footer] = []
    if width < _WIDE:
        return found
    rows = [[cell.strip() for cell in _cells(line, delimiter, quote)] for line in lines]
    begins = {row[0].casefold() for row in rows if sum(map(bool, row)) > width // 2 and row[0]}
    for place, cells in enumerate(reversed(rows)):
        if not any(cells):
            continue
        known = _word(cells, width, whole=ends_whole or place > 0)
        if known is None or len(found) >= _MOST:
            break
        if any(begin.startswith(known.casefold()) for begin in begins):
            break
        found.append(Footer(from_end=place, evidence=f"few cells, and begins with '{known}'"))
    return found


def totals(
    lines: Sequence[str], delimiter: str, quote: str | None, dropped: Collection[int]
) -> list[Total]:
    """Return which of the last rows of a file look like totals, but for the footers `dropped`.

    A word that the rows before have in that column is one of its values.
    """
    rows = [
        (place, [cell.strip() for cell in _cells(line, delimiter, quote)])
        for place, line in enumerate(reversed(lines))
        if place not in dropped
    ]
    rows = [(place, cells) for place, cells in rows if any(cells)]
    others = [cells for _, cells in rows[_LAST:]]
    plain = [cells for _, cells in rows if not any(map(_LOOKS.fullmatch, cells))]
    found: list[Total] = []
    for place, cells in rows[:_LAST]:
        first = next(column for column, cell in enumerate(cells) if cell)
        for column, cell in enumerate(cells):
            known = _LOOKS.fullmatch(cell)
            if known is None or _begins(others, column, known["word"]):
                continue
            likely = column == first or _lacks(cells, plain)
            found.append(Total(from_end=place, column=column, word=known["word"], is_likely=likely))
            break
    return found


def _begins(rows: Iterable[Sequence[str]], column: int, word: str) -> bool:
    """Whether a cell of a column begins with a word."""
    begin = word.casefold()
    return any(row[column].casefold().startswith(begin) for row in rows if column < len(row))


def _lacks(cells: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether a cell is empty that all others have."""
    return any(
        not cell and others and all(column < len(row) and row[column] for row in others)
        for column, cell in enumerate(cells)
    )


def _cells(line: str, delimiter: str, quote: str | None) -> list[str]:
    reader = csv.reader(
        [line],
        delimiter=delimiter,
        quotechar=quote,
        quoting=csv.QUOTE_NONE if quote is None else csv.QUOTE_MINIMAL,
    )
    try:
        return next(reader, [])
    except csv.Error:
        return []


def _word(cells: Sequence[str], width: int, *, whole: bool) -> str | None:
    """Return the word by which a line is no row; None where it may be one."""
    filled = [cell for cell in cells if cell]
    first = filled[0].rstrip(" :.")
    if _TOTAL.fullmatch(first) and len(filled) < width and all(map(is_number, filled[1:])):
        return first
    if found := _ABOUT.match(first) or _COUNTED.match(first):
        short = len(filled) == 1 or (whole and len(cells) == len(filled) == _PAIR < width)
        return found["word"] if short else None
    return None
