"""Packed files: told by their first bytes, not by their names, and unpacked as a stream."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from kpicli.errors import InputError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_CHUNK = 1 << 16
_PIECE = 1 << 22
_START = 64


class Packing(StrEnum):
    """How a file is packed."""

    GZIP = "gzip"
    ZSTD = "zstd"


_MAGIC = {b"\x1f\x8b": Packing.GZIP, b"\x28\xb5\x2f\xfd": Packing.ZSTD}
_UNPACK = "unpack it, or pack it with gzip or zstd"
_FOREIGN = {
    b"\xd0\xcf\x11\xe0": ("an Excel workbook", "save the sheet as CSV UTF-8"),
    b"BZh": ("packed with bzip2", _UNPACK),
    b"\xfd7zXZ": ("packed with xz", _UNPACK),
    b"7z\xbc\xaf": ("packed with 7-Zip", _UNPACK),
    b"%PDF": ("a PDF document", "export the data as CSV"),
    b"<!doctype": ("a web page", "download it again: a login page is often saved instead"),
    b"<html": ("a web page", "download it again: a login page is often saved instead"),
    b"<?xml": ("an XML document", "export the data as CSV"),
    b"[{": ("a JSON document", "export the data as CSV"),
    b'{"': ("a JSON document", "export the data as CSV"),
    b"PAR1": ("a Parquet file", "export the data as CSV"),
}


class Pieces(Struct, kw_only=True):
    """The bytes of a file, unpacked; `broken` says, after the last one, that its end is missing."""

    path: Path
    packing: Packing | None
    broken: bool = False

    def __iter__(self) -> Iterator[bytes]:
        """Yield the bytes piece by piece.

        Raises:
            InputError: the packed data are damaged, not only cut off.
        """
        with self.path.open("rb") as file:
            if self.packing is None:
                while piece := file.read(_PIECE):
                    yield piece
                return
            try:
                if self.packing is Packing.GZIP:
                    yield from self._gzip(file)
                else:
                    yield from self._zstd(file)
            except (zlib.error, zstd.ZstdError):
                raise InputError(
                    f"{self.path}: the packed data are damaged, so that no row can be trusted",
                    hint="copy or export the file again",
                ) from None

    def head(self, size: int) -> bytes:
        """Return the first `size` bytes, or all there are."""
        found = b""
        for piece in self:
            found += piece
            if len(found) >= size:
                break
        return found[:size]

    def _gzip(self, file: BinaryIO) -> Iterator[bytes]:
        """Yield the members of a gzip file; what is behind the last one is padding."""
        member = zlib.decompressobj(wbits=31)
        while True:
            data = member.unused_data if member.eof else member.unconsumed_tail
            if member.eof:
                data = (data or file.read(_CHUNK)).lstrip(b"\0")
                if not data:
                    if not (rest := file.read(_CHUNK)):
                        return
                    data = rest
                member = zlib.decompressobj(wbits=31)
            data = data or file.read(_CHUNK)
            if not data:
                self.broken = True
                yield member.flush()
                return
            yield member.decompress(data, _PIECE)

    def _zstd(self, file: BinaryIO) -> Iterator[bytes]:
        frame = zstd.ZstdDecompressor()
        while True:
            data = frame.unused_data if frame.eof else b""
            if frame.eof:
                if not (data := data or file.read(_CHUNK)):
                    return
                frame = zstd.ZstdDecompressor()
            elif frame.needs_input and not (data := file.read(_CHUNK)):
                self.broken = True
                return
            yield frame.decompress(data, _PIECE)


def pieces(path: Path) -> Pieces:
    """Return the bytes of a file, unpacked as its first bytes say.

    Raises:
        InputError: the file is no text, and cannot be unpacked here.
    """
    with path.open("rb") as file:
        start = file.read(_START)
    for magic, packing in _MAGIC.items():
        if start.startswith(magic):
            packed = Pieces(path=path, packing=packing)
            inside = packed.head(_START)
            if any(map(inside.startswith, _MAGIC)):
                raise InputError(f"{path} is packed twice", hint="unpack it once")
            _refuse_foreign(path, inside)
            return packed
    _refuse_foreign(path, start)
    return Pieces(path=path, packing=None)


def _refuse_foreign(path: Path, start: bytes) -> None:
    """Refuse what is no text, by its first bytes.

    Raises:
        InputError: names it.
    """
    if start.startswith(b"PK\x03\x04"):
        if b"[Content_Types]" in start or b"_rels" in start or b"xl/" in start:
            raise InputError(f"{path} is an Excel workbook", hint="save the sheet as CSV UTF-8")
        raise InputError(f"{path} is a ZIP archive", hint=_UNPACK)
    for magic, (what, hint) in _FOREIGN.items():
        if start.lstrip(b"\xef\xbb\xbf \r\n").lower().startswith(magic.lower()):
            raise InputError(f"{path} is {what}, not a table", hint=hint)
