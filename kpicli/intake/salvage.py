"""Saves the rows of a file that has lines which are none: joins, drops and rejects them."""

from __future__ import annotations

import csv
import io
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from kpicli.intake.ledger import Reject

_LONGEST_RECORD = 2000  # lines that one row may take before its opening quote counts as stray
REPLACED = "\ufffd"

TOO_FEW, TOO_MANY = "too few cells", "too many cells"
OPEN_QUOTE, STRAY_QUOTE = "a quote that is never closed", "a stray quote"
BAD_BYTES, NUL = "bytes that are no text", "a NUL byte"


@dataclass(kw_only=True)
class Salvage:
    """Walks the lines of a file after the header; sound ones are copied as they are.

    `unsound` are the numbers (from 0) of the lines that are no row by themselves. Gives the `lines`
    that the copied rows began on (from 1), how many were `blank`, and the `rejects`.
    """

    skip: int
    delimiter: str
    width: int
    unsound: set[int]
    copy: BinaryIO
    lines: array[int] = field(default_factory=lambda: array("L"))
    blank: int = 0
    rejects: list[Reject] = field(default_factory=list)

    def run(self, source: BinaryIO) -> None:
        """Walk all lines after the header."""
        numbered = enumerate(source)
        for _ in range(self.skip):
            next(numbered)
        for number, line in numbered:
            if number not in self.unsound:
                self._copy(number, line)
                continue
            ahead: deque[tuple[int, bytes]] = deque()
            self._look(number, line, ahead, numbered)
            while ahead:
                number, line = ahead.popleft()  # noqa: PLW2901 (lines read ahead come first)
                if number not in self.unsound:
                    self._copy(number, line)
                else:
                    self._look(number, line, ahead, numbered)

    def _copy(self, number: int, line: bytes) -> None:
        self.copy.write(line if line.endswith(b"\n") else line + b"\n")
        self.lines.append(number + 1)

    def _look(
        self,
        number: int,
        line: bytes,
        ahead: deque[tuple[int, bytes]],
        numbered: Iterator[tuple[int, bytes]],
    ) -> None:
        """Copy, join, drop or reject one line that is no row by itself."""
        content = line.decode("utf-8", errors="replace")
        if not content.strip():
            self.blank += 1
            return
        reason = self._barred(content)
        if reason is None:
            reason = self._taken(number, content)
        if reason != OPEN_QUOTE:
            self._reject(number, reason)
            return
        for size in range(1, _LONGEST_RECORD):
            if len(ahead) < size:
                following = next(numbered, None)
                if following is None:
                    break
                ahead.append(following)
            added = ahead[size - 1][1].decode("utf-8", errors="replace")
            content += added
            if '"' not in added:
                continue
            verdict = self._barred(content) or self._taken(number, content)
            if verdict is None:
                for _ in range(size):
                    ahead.popleft()
                return
            if verdict != OPEN_QUOTE:
                break
        self._reject(number, OPEN_QUOTE)

    def _barred(self, content: str) -> str | None:
        if "\x00" in content:
            return NUL
        return BAD_BYTES if REPLACED in content else None

    def _taken(self, number: int, content: str) -> str | None:
        """Copy `content` if it is one whole row; else return why it is not."""
        reader = csv.reader(io.StringIO(content, newline=""), delimiter=self.delimiter, strict=True)
        try:
            rows = list(reader)
        except csv.Error as error:
            return OPEN_QUOTE if "end of data" in str(error) else STRAY_QUOTE
        if len(rows) != 1:
            return STRAY_QUOTE
        if len(rows[0]) != self.width:
            return TOO_FEW if len(rows[0]) < self.width else TOO_MANY
        written = io.StringIO(newline="")
        csv.writer(written, delimiter=self.delimiter, lineterminator="\n").writerow(rows[0])
        self.copy.write(written.getvalue().encode())
        self.lines.append(number + 1)
        return None

    def _reject(self, number: int, reason: str | None) -> None:
        if reason is not None:
            self.rejects.append(Reject(line=number + 1, column=None, value=None, reason=reason))
