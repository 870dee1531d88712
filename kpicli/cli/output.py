"""The one owner of stdout: data goes there, or to a file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from kpicli.errors import OutputError

_READABLE = 0o644
_IN_MEMORY = 2**26  # bytes; what is longer goes through a temporary file


def emit(pieces: Iterable[str]) -> None:
    """Write data to stdout as UTF-8 with line feeds, once all of it is made.

    A failure while it is made must not leave half a document behind. A reader that has gone away (a
    broken pipe) ends the writing quietly.

    Raises:
        OutputError: stdout is closed or full.
    """
    if sys.stdout is None:
        raise OutputError("stdout is closed", hint="write to a file: -o FILE")
    with contextlib.suppress(AttributeError, ValueError):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
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


def check(path: Path, inputs: Iterable[Path]) -> None:
    """Refuse a path that cannot be written to, before any work is spent on what would go there.

    Raises:
        OutputError: the path is an input or a folder, or its folder is missing.
    """
    target = path.resolve()
    if any(target == taken.resolve() for taken in inputs):
        raise OutputError(f"{path} is an input; inputs are never written", hint="choose another")
    if target.is_dir():
        raise OutputError(f"{path} is a folder", hint=f"name a file in it: {path}/report.json")
    if not target.parent.is_dir():
        raise OutputError(f"there is no folder {target.parent}", hint="make it first")


def save(pieces: Iterable[str], path: Path, inputs: Iterable[Path]) -> None:
    """Write data to a file: beside it first, then renamed, so that it is never half or stale.

    Raises:
        OutputError: the path is an input, its folder is missing, or it cannot be written.
    """
    check(path, inputs)
    target = path.resolve()
    mode = target.stat().st_mode & 0o777 if target.exists() else _READABLE
    beside = None
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        beside = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        beside.replace(target)
    except OSError as error:
        if beside is not None:
            beside.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written: {error.strerror}") from None
    except BaseException:
        if beside is not None:
            beside.unlink(missing_ok=True)
        raise
