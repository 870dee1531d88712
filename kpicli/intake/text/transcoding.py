"""Copies files as UTF-8 with line feeds, piece by piece."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable
from pathlib import Path

from kpicli.intake.ledger import Note
from kpicli.intake.text import encodings
from kpicli.intake.text.salvage import MARK

_MARKED = "kpicli-marked"
_EVIDENCE = 1 << 16
_RUSSIAN_UTF8 = re.compile(rb"(?:[\xd0\xd1][\x80-\xbf]){3,}")
_LEADS = b"\xd0\xd1"
_RUSSIAN_ROLES = bytes(
    ord("L" if byte in _LEADS else "C" if 0x80 <= byte < 0xC0 else ".")  # noqa: PLR2004
    for byte in range(256)
)
"""What each byte is in Russian in UTF-8, where every letter is a lead and what continues it."""

_BEYOND = re.compile(rb"[^\n]*[\x80-\xff][^\n]*\n?")


def _mark(error: UnicodeError) -> tuple[str, int]:
    """Put a mark where bytes cannot be decoded."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return MARK, error.end


def unpacked(source: Iterable[bytes], target: Path) -> Path:
    """Write the bytes of a packed file to `target`, and return it."""
    with target.open("wb") as copy:
        for piece in source:
            copy.write(piece)
    return target


def transcoded(source: Iterable[bytes], encoding: str, target: Path, *, bare_returns: bool) -> Path:
    """Write a text as UTF-8 to `target`, and return it; what cannot be decoded is marked.

    So is Russian in UTF-8 among bytes of another code, in which it is text that makes no sense.
    """
    codecs.register_error(_MARKED, _mark)
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoding)(errors=_MARKED), translate=bare_returns
    )
    with target.open("wb") as copy:
        for piece in source:
            parts = [piece] if encoding.startswith("utf") else _without_utf8(piece)
            copy.write(MARK.join(map(decoder.decode, parts)).encode())
        copy.write(decoder.decode(b"", final=True).encode())
    return target


def _without_utf8(piece: bytes) -> list[bytes]:
    """Return what lies around Russian in UTF-8; it is rare, and searching for it takes a while."""
    some = b"LCLCLC" in piece.translate(_RUSSIAN_ROLES)
    return _RUSSIAN_UTF8.split(piece) if some else [piece]


def guess_beyond(source: Iterable[bytes]) -> tuple[str, Note] | None:
    """Return the encoding that lines beyond ASCII show, wherever they stand; None without any."""
    found = b""
    for piece in source:
        if not piece.isascii():
            found += b"".join(_BEYOND.findall(piece))
            if len(found) >= _EVIDENCE:
                break
    return encodings.guess(found) if found else None
