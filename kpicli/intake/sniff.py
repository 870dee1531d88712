"""How a file is written: encoding, line ends, delimiter. Each guess is a note."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from kpicli.errors import InputError
from kpicli.intake.ledger import Note

SAMPLE = 1 << 18
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_MOSTLY = 0.8
_FEW = 3
_WORD = re.compile(r"[^\W\d_]+")
# A whole word in Russian letters; capitals in its middle are those of a wrong alphabet.
_RUSSIAN = re.compile(r"[А-ЯЁа-яё][а-яё]*|[А-ЯЁ]+")
_RECORDS = 50
_UTF16_SHARE = 0.3


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a file is written, and its first lines as text."""

    encoding: str
    delimiter: str
    bare_returns: bool
    sample: str
    notes: tuple[Note, ...]


def sniff(path: Path, encoding: str | None, delimiter: str | None) -> Dialect:
    """Return how the file at `path` is written; what is declared is not guessed.

    Raises:
        InputError: the encoding cannot be told.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    notes = []
    if encoding is None:
        encoding, note = _encoding(head, path)
        notes.append(note)
    else:
        encoding = _canonical(encoding, head)
    text = _decoded(head, encoding)
    bare_returns = "\n" not in text and "\r" in text
    if bare_returns:
        text = text.replace("\r", "\n")
        notes.append(Note(what="line ends: carriage return alone", evidence="no line feed"))
    if delimiter is None:
        delimiter, note = _delimiter(text)
        notes.append(note)
    return Dialect(
        encoding=encoding,
        delimiter=delimiter,
        bare_returns=bare_returns,
        sample=text,
        notes=tuple(notes),
    )


def delimiter_name(delimiter: str) -> str:
    """Return a delimiter as messages name it."""
    return _NAMES.get(delimiter, f"'{delimiter}'")


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
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name, Note(what=f"encoding {name}", evidence="byte order mark")
    zeros = head.count(0)
    if zeros > _UTF16_SHARE * len(head) / 2:
        little = head[1::2].count(0) >= head[::2].count(0)
        name = "utf-16-le" if little else "utf-16-be"
        return name, Note(what=f"encoding {name}", evidence="every other byte is zero")
    if head.isascii():
        return "utf-8", Note(what="encoding utf-8", evidence="plain ASCII so far")
    whole, broken = _utf8_evidence(head)
    if whole >= broken:
        evidence = "valid UTF-8" if not broken else f"UTF-8 but for {broken} stray bytes"
        return "utf-8", Note(what="encoding utf-8", evidence=evidence)
    words = _foreign_words(head.decode("cp1251", errors="replace"))
    if len(words) < _FEW and broken < _FEW:
        return "utf-8", Note(what="encoding utf-8", evidence=f"ASCII but for {broken} stray bytes")
    russian = sum(1 for word in words if _RUSSIAN.fullmatch(word))
    if words and russian >= _MOSTLY * len(words):
        evidence = f"not UTF-8, and {russian} of {len(words)} words beyond ASCII read as Russian"
        return "cp1251", Note(what="encoding cp1251", evidence=evidence)
    raise InputError(
        f"{path}: not UTF-8, and no encoding that is recognised",
        hint="declare it in the source: encoding: cp1252",
    )


def _utf8_evidence(head: bytes) -> tuple[int, int]:
    """Return how many characters beyond ASCII are whole UTF-8, and how many bytes are not."""
    decoded = head.decode("utf-8", errors="replace")
    broken = decoded[:-1].count("\ufffd")
    beyond = sum(1 for letter in decoded if not letter.isascii())
    return beyond - decoded.count("\ufffd"), broken


def _foreign_words(text: str) -> list[str]:
    """Return the words that have letters beyond ASCII."""
    return [word for word in _WORD.findall(text) if not word.isascii()]


def _delimiter(text: str) -> tuple[str, Note]:
    """Return the delimiter that cuts header and rows into the same number of cells."""
    lines = text.splitlines()[: _RECORDS * 4]
    if len(text) >= SAMPLE // 4 and len(lines) > 1:
        lines = lines[:-1]
    best: tuple[tuple[float, int], str] = ((0.0, 0), ",")
    for candidate in _DELIMITERS:
        widths = [len(row) for row in _records(lines, candidate) if row]
        if not widths or widths[0] < 2:  # noqa: PLR2004 (one cell is no evidence)
            continue
        alike = Counter(widths)[widths[0]] / len(widths)
        best = max(best, ((round(alike, 2), widths[0]), candidate), key=lambda found: found[0])
    (alike, width), found = best
    if width == 0:
        return ",", Note(what="one column", evidence="no delimiter cuts the header line")
    evidence = f"{width} cells in the header and in {alike:.0%} of the first rows"
    return found, Note(what=f"delimiter {delimiter_name(found)}", evidence=evidence)


def _records(lines: list[str], delimiter: str) -> list[list[str]]:
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    found: list[list[str]] = []
    try:
        for row in reader:
            found.append(row)
            if len(found) >= _RECORDS:
                break
    except csv.Error:
        pass
    return found
