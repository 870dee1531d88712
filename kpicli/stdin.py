"""stdin, which is read only for `-` and only once: as the config, or as an export."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from kpicli.errors import UsageError

NAME = "-"
PATH = Path(NAME)
_FILE = "stdin"
_HINT = "pipe a file into it, or name the file"
_spooled: list[Path] = []
_read: list[str] = []


def content() -> bytes:
    """Return all that comes in.

    Raises:
        UsageError: nothing can, or it was read already.
    """
    _begin("the config")
    return sys.stdin.buffer.read()


def spooled() -> Path:
    """Return a file that holds all that comes in; files are read more than once.

    Raises:
        UsageError: nothing can come in, or it was read already as something else.
    """
    if not _spooled:
        _begin("an export")
        _spooled.append(Path(tempfile.mkdtemp(prefix="kpi-")) / _FILE)
        with _spooled[0].open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
    return _spooled[0]


def is_spooled(path: Path) -> bool:
    """Whether a path is that of what came in."""
    return path in _spooled


def shown(text: str) -> str:
    """Return a message in which what came in has its own name, and not that of a file of ours."""
    for path in _spooled:
        text = text.replace(str(path), NAME)
    return text


def forget() -> None:
    """Delete what came in."""
    for path in _spooled:
        shutil.rmtree(path.parent, ignore_errors=True)
    _spooled.clear()
    _read.clear()


def _begin(what: str) -> None:
    if _read:
        raise UsageError(
            f"- is stdin, which can be read once: it is {_read[0]} already",
            hint="name a file for one of them",
        )
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("- is stdin, and nothing comes in there", hint=_HINT)
    _read.append(what)
