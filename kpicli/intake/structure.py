"""Makes sure that every line of a file is a row with the right number of cells.

A reader of CSV that is asked for some columns pads short rows, cuts long ones and swallows lines
after a stray quote, all in silence. So every line is first matched against the grammar of a row.
Where all match, the file is read as it is; else the others are looked at one by one: blank lines
are dropped, cells with line breaks joined, and what is no row is rejected with its line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from kpicli.errors import InputError
from kpicli.intake.ledger import Note, Reject
from kpicli.intake.salvage import REPLACED, Salvage
from kpicli.intake.sniff import Dialect

_CHUNK = 1 << 20
_HEAD = 1 << 18


@dataclass(kw_only=True)
class Text:
    """A file as sound UTF-8 lines.

    `path` is the file itself, or a cleaned copy with `rows` rows. `skip` lines precede them;
    `lines` gives the line of each row in the original where it does not follow from its place.
    """

    path: Path
    delimiter: str
    header: tuple[str, ...]
    skip: int
    rows: int = 0
    lines: pl.Series | None = None
    blank: int = 0
    rejects: list[Reject] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    _head: pl.DataFrame | None = None

    @property
    def width(self) -> int:
        """Cells of a row."""
        return len(self.header)

    def line_of(self, row: int) -> int:
        """Return the line of the original on which row `row` (from 0) begins."""
        return self.skip + 1 + row if self.lines is None else int(self.lines[row])

    def scan(self, place: str) -> pl.LazyFrame:
        """Return the rows: text columns `c0`, `c1`, …, and their place (from 0)."""
        return self._scanned(self.path, place)

    def head(self, place: str) -> pl.LazyFrame:
        """Return the rows of the first part of the file, as `scan` does, held in memory."""
        if self._head is None:
            with self.path.open("rb") as file:
                part = file.read(_HEAD)
            whole = part if len(part) < _HEAD else part[: part.rfind(b"\n") + 1]
            if not whole:
                return self.scan(place)
            self._head = self._scanned(whole, place).collect()
        return self._head.lazy()

    def _scanned(self, origin: Path | bytes, place: str) -> pl.LazyFrame:
        return pl.scan_csv(
            origin,
            has_header=False,
            schema={f"c{index}": pl.String() for index in range(self.width)},
            separator=self.delimiter,
            skip_lines=self.skip,
            infer_schema=False,
            truncate_ragged_lines=True,
            row_index_name=place,
            glob=False,
        )


def prepare(path: Path, dialect: Dialect, scratch: Callable[[str], Path]) -> Text:
    """Return the file at `path` as sound UTF-8 lines; `scratch` names files for copies.

    Raises:
        InputError: the file has no header line.
    """
    plain = path
    if dialect.encoding != "utf-8" or dialect.bare_returns:
        plain = _transcoded(path, dialect, scratch)
    text = _with_header(plain, path, dialect)
    try:
        unsound = _unsound(text, strict=plain is not path)
    except pl.exceptions.ComputeError:
        # Some bytes are no UTF-8: copy them as replacement characters, and reject their lines.
        text.path = _transcoded(path, dialect, scratch)
        unsound = _unsound(text, strict=True)
    return text if unsound.is_empty() else _salvaged(text, unsound, scratch)


def _transcoded(path: Path, dialect: Dialect, scratch: Callable[[str], Path]) -> Path:
    """Copy a file as UTF-8 with line feeds; what cannot be decoded becomes U+FFFD."""
    target = scratch("utf8")
    newline = None if dialect.bare_returns else ""
    with (
        path.open("r", encoding=dialect.encoding, errors="replace", newline=newline) as source,
        target.open("w", encoding="utf-8", newline="") as copy,
    ):
        while chunk := source.read(_CHUNK):
            copy.write(chunk)
    return target


def header_of(path: Path, dialect: Dialect) -> tuple[str, ...]:
    """Return the header of a file from its first part alone.

    Raises:
        InputError: the file has no header line.
    """
    lines = io.StringIO(dialect.sample.lstrip("\r\n"), newline="")
    try:
        return tuple(next(csv.reader(lines, delimiter=dialect.delimiter)))
    except (StopIteration, csv.Error):
        raise InputError(f"{path} has no header line") from None


def _with_header(plain: Path, path: Path, dialect: Dialect) -> Text:
    with plain.open("r", encoding="utf-8-sig", errors="replace", newline="") as file:
        blank = 0
        line = file.readline()
        while line and not line.strip():
            blank += 1
            line = file.readline()
        if not line:
            raise InputError(f"{path} has no header line")
        reader = csv.reader(_lines(line, file), delimiter=dialect.delimiter)
        try:
            header = next(reader)
        except csv.Error as error:
            raise InputError(f"{path}: the header line cannot be read: {error}") from None
    return Text(
        path=plain,
        delimiter=dialect.delimiter,
        header=tuple(header),
        skip=blank + reader.line_num,
        blank=blank,
        notes=list(dialect.notes),
    )


def _lines(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _grammar(delimiter: str, width: int, *, strict: bool) -> str:
    """Return the regular expression of a line that is a whole row of `width` cells."""
    mark = re.escape(delimiter)
    barred = r"\x00" + (REPLACED if strict else "")
    cell = rf'(?:"(?:[^"{barred}]|"")*"|[^"{mark}{barred}]*)'
    return rf"^{cell}(?:{mark}{cell}){{{width - 1}}}$"


def _unsound(text: Text, *, strict: bool) -> pl.Series:
    """Return the numbers (from 0) of the lines that are no whole row; count the rows."""
    line = pl.col("line")
    sound = line.str.contains(_grammar(text.delimiter, text.width, strict=strict))
    if text.width == 1:
        sound &= line.str.strip_chars() != ""
    lines = pl.scan_lines(text.path, row_index_name="number", glob=False).slice(text.skip)
    unsound, count = pl.collect_all(
        [lines.filter(~sound).select("number"), lines.select(pl.len())], engine="streaming"
    )
    text.rows = count.item()
    return unsound.to_series()


def _salvaged(text: Text, unsound: pl.Series, scratch: Callable[[str], Path]) -> Text:
    """Copy the rows of a file that has lines which are none; account for the rest."""
    target = scratch("rows")
    with text.path.open("rb") as source, target.open("wb") as copy:
        salvage = Salvage(
            skip=text.skip,
            delimiter=text.delimiter,
            width=text.width,
            unsound=set(unsound.to_list()),
            copy=copy,
        )
        salvage.run(source)
    return Text(
        path=target,
        delimiter=text.delimiter,
        header=text.header,
        skip=0,
        rows=len(salvage.lines),
        lines=pl.Series(salvage.lines, dtype=pl.UInt32),
        blank=text.blank + salvage.blank,
        rejects=salvage.rejects,
        notes=text.notes,
    )
