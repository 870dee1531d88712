"""Makes sure that every line of a file is a row with the right number of cells.

A reader of CSV that is asked for some columns pads short rows, cuts long ones and swallows lines
after a stray quote, all in silence. So every line is first matched against the grammar of a row.
Where all match, the file is read as it is; else the others are looked at one by one: blank lines
and footers are dropped, cells with line breaks joined, and what is no row is rejected with its
line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
from msgspec import Struct, field

from kpicli.intake.ledger import Note, Reject
from kpicli.intake.text import transcoding
from kpicli.intake.text.footer import Total, footers, totals
from kpicli.intake.text.packing import Pieces
from kpicli.intake.text.salvage import BLANK, Salvage, row_grammar
from kpicli.intake.text.sniff import Dialect
from kpicli.text import first_few

HEAD = 1 << 18
"""Bytes of the first part of a file; what has no more is held in memory."""
_TAIL = 1 << 16
_FOOTER_LINES = 40
_SHOWN = 5
_WIDE = 1000


class Text(Struct, kw_only=True):
    """A file as sound UTF-8 lines.

    `path` is the file itself, or a cleaned copy with `rows` rows. `skip` lines precede them;
    `lines` gives the line of each row in the original where it does not follow from its place.
    `totals` are rows, by their lines, that may be none.
    """

    path: Path
    encoding: str
    delimiter: str
    quote: str | None
    header: tuple[str, ...]
    skip: int
    rows: int = 0
    lines: pl.Series | None = None
    blank: int = 0
    rejects: list[Reject] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    totals: dict[int, Total] = field(default_factory=dict)
    _head: pl.DataFrame | None = None

    @property
    def width(self) -> int:
        """Cells of a row."""
        return len(self.header)

    def line_of(self, row: int) -> int:
        """Return the line of the original on which row `row` (from 0) begins."""
        return self.skip + 1 + row if self.lines is None else int(self.lines[row])

    def place_of(self, line: int) -> int | None:
        """Return the row (from 0) that begins on a line of the original; None where none does."""
        if self.lines is None:
            return line - self.skip - 1
        place = int(self.lines.search_sorted(line))
        return place if place < self.lines.len() and self.lines[place] == line else None

    @property
    def is_small(self) -> bool:
        """Whether the first part of the file is all of it."""
        return self.path.stat().st_size < HEAD

    def scan(self, place: str) -> pl.LazyFrame:
        """Return the rows: text columns `c0`, `c1`, …, and their place (from 0).

        A small file is read once, and held in memory.
        """
        return self.head(place) if self.is_small else self._scanned(self.path, place)

    def head(self, place: str) -> pl.LazyFrame:
        """Return the rows of the first part of the file, as `scan` does, held in memory."""
        if self._head is None:
            with self.path.open("rb") as file:
                part = file.read(HEAD)
            whole = part if self.is_small else part[: part.rfind(b"\n") + 1]
            if not whole:
                return self._scanned(self.path, place)
            self._head = self._scanned(whole, place).collect(engine="in-memory")
        return self._head.lazy()

    def collect(self, *plans: pl.LazyFrame) -> list[pl.DataFrame]:
        """Collect plans over the rows: a stream is quicker, but takes milliseconds to set up."""
        return pl.collect_all(plans, engine="in-memory" if self.is_small else "streaming")

    def _scanned(self, origin: Path | bytes, place: str) -> pl.LazyFrame:
        return pl.scan_csv(
            origin,
            has_header=False,
            schema={f"c{index}": pl.String() for index in range(self.width)},
            separator=self.delimiter,
            quote_char=self.quote,
            skip_lines=self.skip,
            infer_schema=False,
            truncate_ragged_lines=True,
            row_index_name=place,
            glob=False,
        )


def prepare(path: Path, dialect: Dialect, scratch: Callable[[str], Path]) -> Text:
    """Return the file at `path` as sound UTF-8 lines; `scratch` names files for copies.

    Raises:
        InputError: the packed data are damaged.
    """
    source = Pieces(path=path, packing=dialect.packing)
    encoding, plain, checked = dialect.encoding, path, False
    if encoding != "utf-8" or dialect.bare_returns:
        plain, checked = (
            transcoding.transcoded(
                source, encoding, scratch("utf8"), bare_returns=dialect.bare_returns
            ),
            True,
        )
    elif dialect.packing is not None:
        plain = transcoding.unpacked(source, scratch("unpacked"))
    text = Text(
        path=plain,
        encoding=encoding,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        header=dialect.names,
        skip=dialect.skip,
        blank=dialect.blank,
        notes=list(dialect.notes),
    )
    try:
        unsound, count = _unsound(text)
    except pl.exceptions.ComputeError:
        if checked:
            raise
        _decode_again(text, source, dialect, scratch("utf8"))
        unsound, count = _unsound(text)
    tail = _tail(text.path)
    dropped = _footers(text, tail, count)
    cut = source.broken and not tail.endswith(b"\n")
    if unsound.is_empty() and not dropped and not source.broken:
        text.rows = count
        return text
    lines = sorted({*dropped, *([text.skip + count - 1] if cut else [])})
    if lines:
        more = pl.Series(lines, dtype=unsound.dtype)
        unsound = pl.concat([unsound, more]).unique().sort()
    return _salvaged(text, unsound, frozenset(dropped), scratch("rows"), broken=source.broken)


def header_of(path: Path, dialect: Dialect) -> tuple[str, ...]:  # noqa: ARG001 (part of the seam)
    """Return the header of a file from its first part alone."""
    return dialect.names


def _decode_again(text: Text, source: Pieces, dialect: Dialect, target: Path) -> None:
    """Copy a file whose bytes are not all UTF-8: in the encoding that its later part shows.

    Where it is UTF-8 all the same, what cannot be decoded is marked, and rejects its line.
    """
    if dialect.may_differ and (found := transcoding.guess_beyond(source)):
        text.encoding, note = found
        text.notes = [note if "plain ASCII" in old.evidence else old for old in text.notes]
    text.path = transcoding.transcoded(
        source, text.encoding, target, bare_returns=dialect.bare_returns
    )


def _whole(line: pl.Expr, text: Text) -> pl.Expr:
    """Whether a line is a row with as many cells as the header.

    A grammar that counts thousands of cells is beyond what is compiled, so they are counted apart.
    """
    if text.width <= _WIDE:
        return line.str.contains(row_grammar(text.delimiter, text.quote, text.width))
    bare = line
    if text.quote is not None:
        quoted = rf"{text.quote}(?:[^{text.quote}\x00]|{text.quote}{text.quote})*{text.quote}"
        bare = line.str.replace_all(quoted, "")
    marks = bare.str.count_matches(text.delimiter, literal=True)
    return line.str.contains(row_grammar(text.delimiter, text.quote, None)) & (
        marks == text.width - 1
    )


def _unsound(text: Text) -> tuple[pl.Series, int]:
    """Return the numbers (from 0) of the lines that are no whole row, and how many lines follow."""
    line = pl.col("line")
    nothing = re.escape(BLANK + text.delimiter + (text.quote or ""))
    sound = _whole(line, text) & line.str.contains(f"[^{nothing}]")
    lines = pl.scan_lines(text.path, row_index_name="number", glob=False).slice(text.skip)
    unsound, count = text.collect(lines.filter(~sound).select("number"), lines.select(pl.len()))
    return unsound.to_series(), count.item()


def _tail(path: Path) -> bytes:
    """Return the last bytes of a file."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        return file.read()


def _footers(text: Text, tail: bytes, count: int) -> list[int]:
    """Return the numbers (from 0) of the footer lines, and tell them; keep what may be totals."""
    lines = tail.decode(errors="replace").split("\n")
    if not lines[-1]:
        lines.pop()
    known = min(count, len(lines) - (len(tail) >= _TAIL), _FOOTER_LINES)
    rows = lines[len(lines) - known :]
    found = footers(
        rows,
        text.delimiter,
        text.quote,
        text.width,
        ends_whole=tail.endswith(b"\n"),
    )
    last = text.skip + count
    for footer in reversed(found):
        line = last - footer.from_end
        text.notes.append(Note(what=f"footer on line {line} left out", evidence=footer.evidence))
    dropped = {footer.from_end for footer in found}
    for total in totals(rows, text.delimiter, text.quote, dropped):
        text.totals[last - total.from_end] = total
    return [last - 1 - footer.from_end for footer in found]


def _salvaged(
    text: Text, unsound: pl.Series, dropped: frozenset[int], target: Path, *, broken: bool
) -> Text:
    """Copy the rows of a file that has lines which are none; account for the rest."""
    with text.path.open("rb") as source, target.open("wb") as copy:
        salvage = Salvage(
            skip=text.skip,
            delimiter=text.delimiter,
            quote=text.quote,
            width=text.width,
            unsound=iter(unsound),
            footers=dropped,
            broken=broken,
            copy=copy,
        )
        salvage.run(source)
    notes = list(text.notes)
    if parted := salvage.parted:
        first = first_few([*map(str, parted)], _SHOWN)
        what = f"lines that hold several rows, parted by carriage returns: {len(parted)}"
        notes.append(Note(what=what, evidence=f"line {first}"))
    return Text(
        path=target,
        encoding=text.encoding,
        delimiter=text.delimiter,
        quote=text.quote,
        header=text.header,
        skip=0,
        rows=salvage.rows,
        lines=salvage.lines(),
        blank=text.blank + salvage.blank,
        rejects=salvage.rejects,
        notes=notes,
        totals=text.totals,
    )
