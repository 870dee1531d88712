"""Where data can go: stdout, a file, or what is there and is no file, such as a pipe or a device.

A file is replaced whole. What is no file is never replaced: it is opened and written to, as a shell
would do, and what cannot be written to in this way is refused.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from kpicli.errors import OutputError

STDOUT = Path("-")
REPORT = "report.json"
CONFIG = "kpi.yaml"
_STDOUT = 1
_MOST_LINKS = 40


def descriptor(path: Path) -> int | None:
    """Return the open descriptor that a path stands for: `-`, /dev/stdout, /dev/fd/3, links there.

    What is behind one is another's: a file that a shell opened to append to must not be replaced.
    """
    if path == STDOUT:
        return _STDOUT
    folders = {"/dev/fd", f"/proc/{os.getpid()}/fd"}
    current = os.path.abspath(path)  # noqa: PTH100 (a link must not be followed yet)
    for _ in range(_MOST_LINKS):
        folder, name = os.path.split(current)
        if name.isdecimal() and os.path.realpath(folder) in folders:
            return int(name)
        try:
            current = os.path.join(folder, os.readlink(current))  # noqa: PTH115, PTH118 (as above)
        except OSError:  # no link
            return None
    return None


def is_stdout(path: Path) -> bool:
    """Whether a path stands for stdout."""
    return descriptor(path) == _STDOUT


def is_stream(path: Path) -> bool:
    """Whether what goes to a path replaces nothing: an open descriptor, a pipe, a device."""
    if descriptor(path) is not None:
        return True
    mode = _mode(path)
    return mode is not None and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def permissions(path: Path) -> int | None:
    """Return the permissions of a file, None where there is none."""
    mode = _mode(path)
    return None if mode is None else stat.S_IMODE(mode)


def is_same(path: Path | None, other: Path | None) -> bool:
    """Whether two paths are one place; None is stdout."""
    return _key(path or STDOUT) == _key(other or STDOUT)


def check(path: Path, inputs: Iterable[Path], example: str = REPORT) -> None:
    """Refuse a path that cannot be written to, before any work is spent on what would go there.

    `example` is what a file in a folder may be called.

    Raises:
        OutputError: the path is an input, a folder, or neither file, pipe nor device of characters;
            or its folder is missing.
    """
    if descriptor(path) is not None:
        return
    mode = _mode(path)
    target = path.resolve()
    if any(target == taken.resolve() for taken in inputs):
        raise OutputError(f"{path} is an input; inputs are never written", hint="choose another")
    if mode is not None and stat.S_ISDIR(mode):
        raise OutputError(f"{path} is a folder", hint=f"name a file in it: {path / example}")
    if mode is not None and not _is_writable_kind(mode):
        raise OutputError(
            f"{path} is neither a file nor a pipe", hint="name a file; - stands for stdout"
        )
    if not target.parent.is_dir():
        raise OutputError(f"there is no folder {target.parent}", hint="make it first")


def _is_writable_kind(mode: int) -> bool:
    return stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


def _key(path: Path) -> int | Path:
    found = descriptor(path)
    return path.resolve() if found is None else found


def _mode(path: Path) -> int | None:
    """Return what is at a path, behind its links; None where nothing is."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from None
