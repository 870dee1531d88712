"""How a file is written: encoding, line ends, delimiter, quote, header. Each guess is a note."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from kpicli.errors import InputError, Problem
from kpicli.intake.ledger import Note
from kpicli.intake.text import encodings, layout
from kpicli.intake.text.packing import Packing, pieces
from kpicli.intake.text.quoting import apostrophes

SAMPLE = 1 << 18
_MOST = 1 << 24  # bytes that a declared header line may be away from the beginning
_DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SEPARATOR = re.compile(r"sep=(.)", re.IGNORECASE)
# The mark of UTF-8, and as it looks where it was read in another encoding.
_MARKS = ("ï»¿", "п»ї")
_SURE = 0.95


class Dialect(Struct, frozen=True, kw_only=True):
    """How a file is written, and its first lines as text.

    `quote` is None where no character quotes; `skip` lines precede the rows, `blank` of them hold
    nothing. `may_differ` says that the encoding rests on a beginning that is plain ASCII.
    """

    encoding: str
    delimiter: str
    quote: str | None
    bare_returns: bool
    packing: Packing | None
    names: tuple[str, ...]
    skip: int
    blank: int
    sample: str
    notes: tuple[Note, ...]
    may_differ: bool = False


class HeadlessError(InputError):
    """The line in the place of a header holds values; `first` says that no line precedes it."""

    def __init__(self, problem: Problem, *, first: bool) -> None:
        super().__init__(problems=(problem,))
        self.first = first


def sniff(
    path: Path,
    encoding: str | None,
    delimiter: str | None,
    *,
    quote: str | None = None,
    header: Sequence[int] | None = None,
) -> Dialect:
    """Return how the file at `path` is written; what is declared is not guessed.

    `quote` may be "none"; `header` gives the lines of the header from 1, or is empty where there
    is none.

    Raises:
        HeadlessError: values stand where a header is expected.
        InputError: the file is no text, or its encoding or its header cannot be told.
    """
    declared = delimiter
    packed = pieces(path)
    head = packed.head(SAMPLE)
    if not head or (packed.broken and b"\n" not in head and b"\r" not in head):
        raise _headless(path, head, broken=packed.broken)
    notes = []
    if packed.packing is not None:
        notes.append(Note(what=f"packed with {packed.packing}", evidence="its first bytes"))
    if encoding is None:
        encoding, note = _encoding(head, path)
        notes.append(note)
    else:
        encoding = _canonical(encoding, head)
        _check_declared(encoding, head, path)
    if header and head.count(b"\n") < max(header):
        head = pieces(path).head(_MOST)
    text, cut = _decoded(head, encoding), len(head) >= SAMPLE
    for mark in _MARKS:
        if text.startswith(mark):
            text = text.removeprefix(mark)
            notes.append(Note(what="a byte order mark that was encoded twice", evidence=mark))
    bare_returns = _returns_only(text)
    if bare_returns:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        notes.append(Note(what="line ends: carriage return alone", evidence="the first line"))
    lines = text.split("\n")
    if cut and len(lines) > 1:
        del lines[-1]
    if not any(line.strip() for line in lines):
        raise InputError(f"{path} has no header line", hint="it holds blank lines only")
    if delimiter is None and (found := _SEPARATOR.fullmatch(lines[0].strip().strip('"'))):
        delimiter = found[1]
        notes.append(
            Note(what=f"delimiter {delimiter_name(delimiter)}", evidence="the line sep= says so")
        )
    if quote is None and (wrapped := apostrophes(lines, delimiter or "".join(_DELIMITERS))):
        quote = "'"
        notes.append(Note(what="quote character '", evidence=f"around cells of {wrapped} lines"))
    around = None if quote == "none" else quote or '"'
    chosen, found_layout = _cut(lines, delimiter, around, header)
    if found_layout is None:
        said = ", ".join(map(str, header or ()))
        raise InputError(f"{path}: header: {said} names a line that holds nothing")
    _check_delimiter(path, lines, around, found_layout, declared, header)
    _check_closed(path, lines, around, found_layout)
    if delimiter is None:
        notes.append(_delimiter_note(chosen, found_layout, header))
    notes += _header_notes(path, found_layout, declared=header is not None)
    return Dialect(
        encoding=encoding,
        delimiter=chosen,
        quote=around,
        bare_returns=bare_returns,
        packing=packed.packing,
        names=found_layout.names,
        skip=found_layout.skip,
        blank=found_layout.blank,
        sample=text,
        notes=tuple(notes),
        may_differ=any(note.evidence == encodings.PLAIN for note in notes),
    )


def _headless(path: Path, head: bytes, *, broken: bool) -> InputError:
    """Return what is wrong with a packed file that ends before its first line does."""
    if head or broken:
        return InputError(
            f"{path} breaks off in its first line", hint="copy or export the file again"
        )
    return InputError(f"{path} is empty", hint="an export without rows still has a header line")


def delimiter_name(delimiter: str) -> str:
    """Return a delimiter as messages name it."""
    return _NAMES.get(delimiter, f"'{delimiter}'")


def _written(delimiter: str) -> str:
    return delimiter.replace("\t", r"\t")


def _canonical(encoding: str, head: bytes) -> str:
    name = codecs.lookup(encoding).name
    if name == "utf-8-sig":
        return "utf-8"
    if name == "utf-16":
        return "utf-16-be" if head.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"
    return name


def _decoded(head: bytes, encoding: str) -> str:
    """Return the sample as text; bytes that do not fit, a cut last character too, are replaced."""
    return head.decode(encoding, errors="replace").removeprefix("\ufeff")


def _encoding(head: bytes, path: Path) -> tuple[str, Note]:
    found = encodings.guess(head)
    if found is None:
        raise InputError(
            f"{path}: not UTF-8, and no encoding that is recognised",
            hint="declare it in the source: encoding: cp1252",
        )
    return found


def _check_declared(encoding: str, head: bytes, path: Path) -> None:
    """Refuse a file whose bytes are not what is declared; some stray ones are damage."""
    if encoding == "utf-8":
        whole, broken = encodings.utf8_evidence(head)
        misfit = broken > whole and broken >= encodings.FEW
    elif encoding.startswith("utf-16"):
        misfit = encodings.utf16_misfit(head, encoding)
    else:
        misfit = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not misfit:
        return
    found = encodings.guess(head)
    other = f"encoding: {found[0]}" if found and found[0] != encoding else "another encoding"
    raise InputError(
        f"{path} is declared as {encoding}, and its bytes are not {encoding}",
        hint=f"write {other} in the source, or leave it out",
    )


def _returns_only(text: str) -> bool:
    """Whether the first line that is not inside quotes ends with a carriage return alone."""
    begins = 0
    for found in re.finditer(r"\r\n?|\n", text):
        if text.count('"', begins, found.start()) % 2 == 0:
            return found[0] == "\r"
    return "\n" not in text and "\r" in text


def _cut(
    lines: Sequence[str], delimiter: str | None, quote: str | None, header: Sequence[int] | None
) -> tuple[str, layout.Layout | None]:
    """Return the delimiter that cuts header and rows into the same number of cells."""
    first = 2 if _SEPARATOR.fullmatch(lines[0].strip().strip('"')) else 1
    best: tuple[tuple[float, ...], str, layout.Layout | None] = ((-1.0,), ",", None)
    for candidate in _DELIMITERS if delimiter is None else (delimiter,):
        if header is None:
            found = layout.detected(layout.records(lines, candidate, quote, first))
        else:
            found = layout.declared(lines, candidate, quote, header)
        if found is None:
            continue
        several = len(found.names) > 1
        merit = (several, several and found.data_line is None, round(found.coverage, 2))
        best = max(best, ((*merit, len(found.names)), candidate, found), key=lambda known: known[0])
    return best[1], best[2]


def _check_delimiter(
    path: Path,
    lines: Sequence[str],
    quote: str | None,
    found: layout.Layout,
    declared: str | None,
    header: Sequence[int] | None,
) -> None:
    """Refuse a declared delimiter that cuts few rows alike, where another cuts nearly all of them.

    Raises:
        InputError: the file is parted otherwise.
    """
    if declared is None or found.coverage >= _SURE:
        return
    other, better = _cut(lines, None, quote, header)
    if better is not None and better.coverage >= _SURE and len(better.names) > 1:
        raise InputError(
            f"the delimiter of {path} is '{_written(other)}', and the source says "
            f"'{_written(declared)}'",
            hint="leave delimiter out of the source: it is found out",
        )


def _check_closed(
    path: Path, lines: Sequence[str], quote: str | None, found: layout.Layout
) -> None:
    """Refuse a header that swallows the rows behind it.

    Raises:
        InputError: a quote in it is never closed.
    """
    if found.line is None or quote is None:
        return
    begun = found.skip > found.line or any(name.startswith(quote) for name in found.names)
    if begun and "\n".join(lines[found.line - 1 : found.skip]).count(quote) % 2:
        raise InputError(
            f"{path}: line {found.line}: a quote in the header is never closed",
            hint="mend the header line; if no character quotes cells, say so in the source: "
            "quote: none",
        )


def _delimiter_note(delimiter: str, found: layout.Layout, header: Sequence[int] | None) -> Note:
    width = len(found.names)
    if width == 1:
        return Note(what="one column", evidence="no delimiter cuts the header line")
    evidence = f"{width} cells in the header and in {found.alike:.0%} of the first rows"
    if header == ():
        evidence = f"{width} cells in the first rows"
    return Note(what=f"delimiter {delimiter_name(delimiter)}", evidence=evidence)


def _header_notes(path: Path, found: layout.Layout, *, declared: bool) -> list[Note]:
    """Tell where the header stands where that is not the first line.

    Raises:
        HeadlessError: the line in its place holds values.
    """
    if found.data_line is not None:
        problem = Problem(
            message=f"{path}: line {found.data_line} stands where a header is expected and holds "
            "values",
            hint="if the file has no header line, say so in the source: header: none; "
            "if it is another line, say which: header: 3",
        )
        raise HeadlessError(problem, first=not found.before)
    if not found.before:
        return []
    evidence = "declared" if declared else f"the first line with so many cells: {len(found.names)}"
    last = found.before[-1]
    lines = f"line {last}" if len(found.before) == 1 else f"lines {found.before[0]} to {last}"
    return [
        Note(what=f"header on line {found.line}", evidence=evidence),
        Note(what=f"{lines} left out", evidence="before the header"),
    ]
