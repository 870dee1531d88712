"""Saves the rows of a file that has lines which are none: joins, drops and rejects them.

Whole stretches of sound lines are copied as they are; only the others are looked at.
"""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections.abc import Iterator
from functools import cached_property
from typing import BinaryIO

import polars as pl
from msgspec import Struct, field

from kpicli.intake.ledger import Reject
from kpicli.intake.text.lines import Lines

_LONGEST_RECORD = 2000  # lines that one row may take before its opening quote counts as stray
MARK = "\x00\ufffd"
"""What stands for bytes that cannot be decoded."""
BLANK = " \t\r\n\x1a"
"""What a blank line may hold: spaces, and the mark that ends a file of DOS."""

TOO_FEW, TOO_MANY = "too few cells", "too many cells"
OPEN_QUOTE, STRAY_QUOTE = "a quote that is never closed", "a stray quote"
BAD_BYTES, NUL = "bytes that are no text", "a NUL byte"
BREAKS_OFF = "the file breaks off in this line"
BREAKS_BEFORE = "the file breaks off before this line"


def row_grammar(
    delimiter: str, quote: str | None, width: int | None, *, joined: bool = False
) -> str:
    """Return the regular expression of a row of `width` cells; of any number without.

    It matches one line without its end; with `joined`, a text in which quoted cells may hold line
    ends, in the form that Python matches without going back.
    """
    mark, times, breaks = re.escape(delimiter), "*", r"\r"
    if joined:
        times, breaks = "*+", r"\r\n"
    plain = rf"[^{quote or ''}{mark}\x00{breaks}]{times}"
    cell = plain
    if quote is not None:
        cell = rf"(?:{quote}(?:[^{quote}\x00]|{quote}{quote}){times}{quote}|{plain})"
    more = "*" if width is None else f"{{{width - 1}}}"
    return rf"^{cell}(?:{mark}{cell}){more}\r?$"


class Salvage(Struct, kw_only=True, dict=True):
    """Walks the lines of a file after the header.

    `unsound` are the numbers (from 0, ascending) of the lines that are no row by themselves;
    `footers` are those to leave out; `broken` says that the end of the file is missing. Tells how
    many lines were `blank`, which ones (from 1) held several rows, and the `rejects`.
    """

    skip: int
    delimiter: str
    quote: str | None
    width: int
    unsound: Iterator[int]
    footers: frozenset[int]
    broken: bool
    copy: BinaryIO
    rows: int = 0
    blank: int = 0
    parted: list[int] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    _begins: array[int] = field(default_factory=lambda: array("Q"))
    _counts: array[int] = field(default_factory=lambda: array("Q"))
    _sound: int = -1  # a whole row that is known to be ahead
    _looked: int = 0  # up to here no whole row is ahead

    def run(self, source: BinaryIO) -> None:
        """Walk all lines after the header."""
        # A cell may be long; what limits a row is the number of its lines.
        csv.field_size_limit(1 << 30)
        for _ in range(self.skip):
            source.readline()
        lines = Lines(source, self.skip)
        target = next(self.unsound, None)
        while chunk := lines.chunk():
            at, count = lines.end, chunk.count(b"\n") + (not lines.terminated)
            if target is None or target >= at + count:
                self._copy(at, count, chunk)
                lines.passed(count)
                continue
            lines.keep(chunk, at)
            while target is not None and target < lines.end:
                self._copy_lines(lines, at, target)
                at = self._look(lines, target)
                while target is not None and target < at:
                    target = next(self.unsound, None)
            self._copy_lines(lines, at, lines.end)
        told = bool(self.rejects) and self.rejects[-1].reason == BREAKS_OFF
        if self.broken and lines.terminated and not told:
            self._reject(lines.end, BREAKS_BEFORE)

    def lines(self) -> pl.Series:
        """Return the line (from 1) on which each copied row began."""
        begin, count = (
            pl.Series(name, numbers, dtype=pl.UInt32)
            for name, numbers in (("begin", self._begins), ("count", self._counts))
        )
        if begin.is_empty():
            return begin
        ranges = pl.int_ranges(begin, begin + count, dtype=pl.UInt32, eager=True)
        return ranges.explode()

    @cached_property
    def _row(self) -> re.Pattern[bytes]:
        grammar = row_grammar(self.delimiter, self.quote, self.width, joined=True)
        return re.compile(grammar.encode())

    def _copy_lines(self, lines: Lines, begin: int, end: int) -> None:
        if begin < end:
            self._copy(begin, end - begin, b"\n".join(lines.between(begin, end)))

    def _copy(self, number: int, count: int, rows: bytes) -> None:
        """Copy whole rows that begin on consecutive lines."""
        self.copy.write(rows)
        if not rows.endswith(b"\n"):
            self.copy.write(b"\n")
        self.rows += count
        if self._begins and self._begins[-1] + self._counts[-1] == number + 1:
            self._counts[-1] += count
        else:
            self._begins.append(number + 1)
            self._counts.append(count)

    def _look(self, lines: Lines, number: int) -> int:
        """Copy, join, drop or reject a line that is no row by itself; return where to go on."""
        content = lines.at(number, number) or b""
        if number in self.footers:
            return number + 1
        if not content.decode(errors="replace").strip(self._nothing):
            self.blank += 1
            return number + 1
        is_last = self._is_cut(lines, number)
        if is_last and self.broken:
            self._reject(number, BREAKS_OFF)
            return number + 1
        reason = self._taken(number, content)
        if reason == OPEN_QUOTE:
            if behind := self._joined(lines, number, content):
                return behind
            if behind := self._unfinished(lines, number):
                self._reject(number, BREAKS_OFF)
                return behind
        if reason == TOO_FEW and is_last:
            reason = BREAKS_OFF
        if reason and not self._parted(number, content):
            self._reject(number, reason)
        return number + 1

    def _is_cut(self, lines: Lines, number: int) -> bool:
        """Whether a line is the last one and has no end: it may have been cut off."""
        return lines.at(number + 1, number) is None and not lines.terminated

    @cached_property
    def _nothing(self) -> str:
        """What a line of empty cells consists of."""
        return BLANK + self.delimiter + (self.quote or "")

    def _joined(self, lines: Lines, number: int, content: bytes) -> int | None:
        """Copy or reject a row whose quoted cells hold line ends; return the line behind it."""
        mark = (self.quote or "").encode()
        parts = [content]
        for behind in range(number + 1, number + _LONGEST_RECORD):
            added = lines.at(behind, number)
            if added is None:
                return None
            parts.append(added)
            if mark not in added:
                continue
            verdict = self._taken(number, b"\n".join(parts))
            if verdict is None:
                return behind + 1
            if verdict in {TOO_FEW, TOO_MANY} and not self._is_cut(lines, behind):
                if any(map(self._row.match, parts[1:])):
                    return None
                self._reject(number, verdict)
                return behind + 1
            if verdict != OPEN_QUOTE:
                return None
        return None

    def _unfinished(self, lines: Lines, number: int) -> int | None:
        """Return the line behind the last one where the file breaks off within a quoted cell.

        Where a whole row stands between, the quote is a stray one, and costs its own line only.
        """
        if number < self._sound:
            return None
        for behind in range(max(number + 1, self._looked), number + _LONGEST_RECORD):
            added = lines.at(behind, number)
            if added is None:
                return behind if self.broken or not lines.terminated else None
            if self._row.match(added):
                self._sound = behind
                return None
            self._looked = behind + 1
        return None

    def _parted(self, number: int, content: bytes) -> bool:
        """Copy the rows of a line that carriage returns part, if all of it are rows."""
        pieces = content.rstrip(b"\r").split(b"\r")
        if len(pieces) == 1 or not all(map(self._row.match, pieces)):
            return False
        for piece in pieces:
            self._copy(number, 1, piece)
        self.parted.append(number + 1)
        return True

    def _taken(self, number: int, content: bytes) -> str | None:
        """Copy `content` if it is one whole row; else return why it is not."""
        if self._row.match(content):
            self._copy(number, 1, content)
            return None
        if b"\x00" in content:
            return BAD_BYTES if MARK.encode() in content else NUL
        text = content.decode(errors="replace")
        rows, reason = self._parsed(text)
        if reason is not None:
            return reason
        if len(rows) != 1:
            return STRAY_QUOTE
        if len(rows[0]) != self.width:
            return TOO_FEW if len(rows[0]) < self.width else TOO_MANY
        written = io.StringIO(newline="")
        csv.writer(
            written, delimiter=self.delimiter, quotechar=self.quote, lineterminator="\n"
        ).writerow(rows[0])
        self._copy(number, 1, written.getvalue().encode())
        return None

    def _parsed(self, text: str) -> tuple[list[list[str]], str | None]:
        """Return the rows of a text, or why it has none."""
        reader = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=self.delimiter,
            quotechar=self.quote,
            quoting=csv.QUOTE_NONE if self.quote is None else csv.QUOTE_MINIMAL,
            strict=True,
        )
        try:
            return list(reader), None
        except csv.Error as error:
            return [], OPEN_QUOTE if "end of data" in str(error) else STRAY_QUOTE

    def _reject(self, number: int, reason: str) -> None:
        self.rejects.append(Reject(line=number + 1, column=None, value=None, reason=reason))
