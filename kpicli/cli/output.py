"""The one owner of stdout: data goes there, or to a file that is written whole or not at all.

What is there and is no file (a pipe, a device) is written to and never replaced.
"""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from kpicli import leaving
from kpicli.cli import places
from kpicli.errors import OutputError

_READABLE = 0o644
_PRIVATE = 0o600
_IN_MEMORY = 2**26  # bytes; what is longer goes through a temporary file


def columns() -> int | None:
    """Return the width of the terminal that stdout is, None where it is none."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def emit(pieces: Iterable[str]) -> None:
    """Write data to stdout as UTF-8 with line feeds, once all of it is made.

    A failure while it is made must not leave half a document behind. A reader that has gone away (a
    broken pipe) ends the writing quietly.

    Raises:
        OutputError: stdout is closed or full.
    """
    if sys.stdout is None:
        raise OutputError("stdout is closed", hint="write to a file: -o FILE")
    if isinstance(sys.stdout, io.TextIOWrapper):  # what stands in for stdout may be none
        with contextlib.suppress(ValueError):
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    try:
        with tempfile.SpooledTemporaryFile(
            _IN_MEMORY, "w+", encoding="utf-8", newline="\n"
        ) as whole:
            whole.writelines(pieces)
            whole.seek(0)
            shutil.copyfileobj(whole, sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads on: what is still buffered must not be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise OutputError(f"stdout cannot be written: {error.strerror}") from None


def save(pieces: Iterable[str], path: Path, inputs: Iterable[Path]) -> None:
    """Write data to where a path leads.

    A file is written beside it first, then renamed, so that it is never half or stale. A reader of
    a pipe that has gone away ends the writing quietly.

    Raises:
        OutputError: the path is an input, its folder is missing, or it cannot be written.
    """
    places.check(path, inputs)
    if places.is_stdout(path):
        emit(pieces)
        return
    try:
        if places.is_stream(path):
            _pour(pieces, path)
        else:
            _replace(pieces, path.resolve())
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from None


def _pour(pieces: Iterable[str], path: Path) -> None:
    """Write into a pipe, a device or an open descriptor, which stays what it is."""
    given = places.descriptor(path)
    # Neither made nor emptied here: it is there, and what is behind it is not ours.
    handle = os.open(path, os.O_WRONLY) if given is None else os.dup(given)
    with (
        contextlib.suppress(BrokenPipeError),
        os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream,
    ):
        stream.writelines(pieces)


def _replace(pieces: Iterable[str], target: Path) -> None:
    """Write a file beside its place, then rename it."""
    mode = places.permissions(target)
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    with leaving.undone(lambda: beside.unlink(missing_ok=True)):  # once renamed, it is not there
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(_READABLE if mode is None else mode)
        beside.replace(target)
