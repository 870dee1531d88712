"""How numbers are written, found out where it is not declared.

A guess is made on a sample of cells. Where decimal mark and thousands cannot be told apart in it,
the whole column decides; where that cannot tell either, it is an error that asks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

_SPACES = " \u00a0\u202f\u2009"
# A currency, a percent sign or parentheses around a number; its sign may stand on either side.
_SYMBOL = r"[^\w\s.,'’()+−-]"
_AFFIX = re.compile(
    rf"^[\s(]*([-+−]?)\s*(?:{_SYMBOL}|[A-Z]{{3}}(?=[\s\d-]))?\s*([-+−]?)"
    rf"|\s*(?:{_SYMBOL}|[A-Z]{{3}}|[Рр]уб\.?|р\.|тг\.?|грн\.?)?\s*[-−)]?\s*$"
)
_NUMBER = re.compile(rf"[-+]?\d[\d{_SPACES}',.’]*")


def is_number(cell: str) -> bool:
    """Whether a cell is a number, an amount with its currency, or a percentage."""
    return _NUMBER.fullmatch(bare(cell)) is not None


def bare(cell: str) -> str:
    """Return a number without the currency, percent sign or parentheses around it."""
    if cell[:1].isdecimal() and cell[-1:].isdecimal():
        return cell  # nothing is around it
    return _AFFIX.sub(lambda found: (found[1] or "") + (found[2] or ""), cell)


_GROUPS = re.compile(
    rf"[-+]?\d{{1,3}}(?P<mark>[{_SPACES}',.’])(?:\d{{2,3}}(?P=mark))*\d{{3}}(?P<tail>[.,]\d+)?"
)
_PLAIN = re.compile(r"[-+]?(?P<whole>\d*)(?:(?P<mark>[.,])(?P<part>\d+))?")


class NumberGuess(Struct, frozen=True, kw_only=True):
    """Decimal mark and thousands separator as far as a sample shows them; None where it does not.

    `open_cell` is a cell such as 1,234 that reads both ways when nothing else decides, or when the
    other cells are `torn` between two decimal marks.
    """

    decimal: str | None
    thousands: str | None
    open_cell: str | None = None
    example: str = ""
    torn: bool = False


def guess_numbers(cells: Iterable[str]) -> NumberGuess:
    """Return how the numbers of a sample are written; where cells differ, as most of them are."""
    decimals: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    examples: dict[str, str] = {}
    open_cell: str | None = None
    for cell in map(bare, cells):
        if cell.isdecimal():
            continue  # tells nothing of marks
        grouped = _GROUPS.fullmatch(cell)
        plain = _PLAIN.fullmatch(cell)
        if grouped and grouped["tail"] and grouped["tail"][0] != grouped["mark"]:
            decimals[grouped["tail"][0]] += 1
            groups[grouped["mark"]] += 1
            # What shows both marks is the better example.
            examples[grouped["tail"][0]] = cell
        elif grouped and (grouped["mark"] not in ",." or _repeats(cell, grouped["mark"])):
            groups[grouped["mark"]] += 1
            examples.setdefault(grouped["mark"], cell)
        elif plain and plain["mark"]:
            three = len(plain["part"]) == 3 and 1 <= len(plain["whole"]) <= 3  # noqa: PLR2004
            if three and plain["whole"] != "0":
                open_cell = open_cell or cell
            else:
                decimals[plain["mark"]] += 1
                examples.setdefault(plain["mark"], cell)
    decimal = _most(decimals)
    thousands = _most(Counter({mark: groups[mark] for mark in groups if mark != decimal}))
    if thousands is not None and thousands in ",." and decimal is None:
        decimal = "." if thousands == "," else ","
    torn = len(decimals) > 1
    if open_cell is not None and decimal is not None and not torn:
        other = "," if decimal == "." else "."
        thousands = thousands or (other if other in open_cell else None)
        open_cell = None
    example = examples.get(decimal or "") or examples.get(thousands or "") or ""
    return NumberGuess(
        decimal=decimal, thousands=thousands, open_cell=open_cell, example=example, torn=torn
    )


def _most(seen: Counter[str]) -> str | None:
    return max(seen, key=lambda mark: (seen[mark], mark)) if seen else None


def grouping(thousands: str, decimal: str) -> str:
    """Return the regular expression of a number whose thousands are parted, or not at all."""
    mark = r"\s" if thousands.isspace() else re.escape(thousands)
    # Digits of all alphabets take ten times as long to compile, and make no numbers here.
    whole = f"(?:[0-9]+|[0-9]{{1,3}}(?:{mark}[0-9]{{2,3}})*{mark}[0-9]{{3}})"
    return f"^[^0-9]*{whole}(?:{re.escape(decimal)}[0-9]*)?[^0-9]*$"


def _repeats(cell: str, mark: str) -> bool:
    return cell.count(mark) > 1
