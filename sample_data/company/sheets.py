"""The exports as files: each system has its own headers, formats and habits."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")
Cell: TypeAlias = str | int | None


@dataclass(frozen=True, kw_only=True)
class Sheet(Generic[T]):
    """One file: its rows, what each column says of a row, and how its system writes files."""

    name: str
    items: Iterable[T]
    columns: Mapping[str, Callable[[T], Cell]]
    delimiter: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"

    def write(self, folder: Path) -> None:
        """Write the file into a folder."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator=self.line_end)
        writer.writerow(self.columns)
        for item in self.items:
            cells = (cell(item) for cell in self.columns.values())
            writer.writerow("" if cell is None else cell for cell in cells)
        (folder / self.name).write_bytes(text.getvalue().encode(self.encoding))


def roubles(kopecks: int | None, gap: str = " ") -> str:
    """Return money as Russians write it: 12 450,50."""
    if kopecks is None:
        return ""
    sign = "-" if kopecks < 0 else ""
    whole, part = divmod(abs(kopecks), 100)
    return f"{sign}{whole:,}".replace(",", gap) + f",{part:02}"


def russian(moment: dt.datetime | dt.date | None) -> str:
    """Return a day, or a minute, as in 31.12.2025 18:30."""
    if moment is None:
        return ""
    return moment.strftime("%d.%m.%Y %H:%M" if isinstance(moment, dt.datetime) else "%d.%m.%Y")


def american(moment: dt.datetime | None) -> str:
    """Return a moment in UTC as in 12/31/2025 6:30:05 PM, without leading zeros."""
    if moment is None:
        return ""
    there = moment.astimezone(dt.UTC)
    half = "AM" if there.hour < 12 else "PM"  # noqa: PLR2004
    day = f"{there.month}/{there.day}/{there.year}"
    return f"{day} {(there.hour - 1) % 12 + 1}:{there:%M:%S} {half}"


def iso(moment: dt.datetime | None) -> str:
    """Return a moment in UTC as in 2025-12-31T15:30:05Z."""
    return "" if moment is None else f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def to_minute(moment: dt.datetime | None) -> str:
    """Return a moment as in 2025-12-31 18:30."""
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def day(moment: dt.date | None) -> str:
    """Return a day as in 2025-12-31."""
    return "" if moment is None else moment.isoformat()


def hours(seconds: int | None) -> str:
    """Return a duration as in 00:06:30."""
    if seconds is None:
        return ""
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def yes(truth: bool, words: tuple[str, str] = ("Да", "Нет")) -> str:  # noqa: FBT001
    """Return the word for true or false."""
    return words[0] if truth else words[1]
