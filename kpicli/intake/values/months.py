"""Months by their Russian names, as spreadsheets and browsers write them: 2 марта 2025 г.

polars knows English names alone, so cells are read as if they had been written with those.
"""

from __future__ import annotations

import re

import polars as pl

_NAMES = {
    "Jan": "январ[ья]|янв",
    "Feb": "феврал[ья]|февр?",
    "Mar": "марта?|мар",
    "Apr": "апрел[ья]|апр",
    "May": "ма[йя]",
    "Jun": "июн[ья]?",
    "Jul": "июл[ья]?",
    "Aug": "августа?|авг",
    "Sep": "сентябр[ья]|сент?",
    "Oct": "октябр[ья]|окт",
    "Nov": "ноябр[ья]|нояб?",
    "Dec": "декабр[ья]|дек",
}
_YEAR = r"(\d{4}|%Y)[ \u00a0\u202f]?г(?:\.|ода\b|\b)"
_AT = r",? в (\d|%)"
# The point of a short name belongs to it only before a space: it parts others, as in 02.мар.25.
_REPLACED = (
    *((rf"(?i)\b(?:{names})(?:\.( )|\b)", month) for month, names in _NAMES.items()),
    (rf"(?i){_YEAR}", ""),
    (_AT, " "),
)
_RUSSIAN = "[А-Яа-яЁё]"
_COMPILED = [(re.compile(pattern), rf"{before}\g<1>") for pattern, before in _REPLACED]


def in_english(cell: str) -> str:
    """Return a cell with English names of months, and a year without the word for it."""
    if cell.isascii():
        return cell
    for pattern, replaced in _COMPILED:
        cell = pattern.sub(replaced, cell, count=1)
    return cell


def read_in_english(text: pl.Expr) -> pl.Expr:
    """Return cells as `in_english` does; where all are English it costs a look at them."""
    return text.map_batches(_in_english, return_dtype=pl.String(), is_elementwise=True)


def _in_english(cells: pl.Series) -> pl.Series:
    if not cells.str.contains(_RUSSIAN).any():
        return cells
    for pattern, before in _REPLACED:
        cells = cells.str.replace(pattern, f"{before}${{1}}")
    return cells


def are_named(form: str) -> bool:
    """Whether a format reads months by their names."""
    return any(mark in form for mark in ("%b", "%B", "%h"))
