"""Lines of a file, read piece by piece and held only as long as they are looked at."""

from __future__ import annotations

from typing import BinaryIO

_CHUNK = 1 << 20


class Lines:
    """Lines of a file, read ahead as far as they are asked for."""

    def __init__(self, source: BinaryIO, number: int) -> None:
        self._source = source
        self.end = number
        self._begin = number
        self._lines: list[bytes] = []
        self.terminated = True

    def chunk(self) -> bytes:
        """Return the next bytes up to a line end; they are not kept."""
        found = self._source.read(_CHUNK)
        if found and not found.endswith(b"\n"):
            found += self._source.readline()
        if found:
            self.terminated = found.endswith(b"\n")
        return found

    def keep(self, chunk: bytes, since: int) -> None:
        """Hold the lines of a chunk, and of those before it the ones from `since` on."""
        self._lines = self._lines[since - self._begin :] if since < self.end else []
        self._begin = min(since, self.end)
        lines = chunk.split(b"\n")
        if not lines[-1]:
            lines.pop()
        self._lines += lines
        self.end += len(lines)

    def passed(self, count: int) -> None:
        """Go on by lines that need not be held."""
        self._lines = []
        self.end += count
        self._begin = self.end

    def at(self, number: int, since: int) -> bytes | None:
        """Return a line, reading on where it is not read yet; None behind the last one."""
        while number >= self.end:
            if not (chunk := self.chunk()):
                return None
            self.keep(chunk, since)
        return self._lines[number - self._begin]

    def between(self, begin: int, end: int) -> list[bytes]:
        """Return lines that are held."""
        return self._lines[begin - self._begin : end - self._begin]
