"""Finds the files that a source names, and tells why one cannot be read."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path

from kpicli import stdin

_DIGITS = re.compile(r"(\d+)")


def matches(pattern: str, folder: Path) -> list[Path]:
    """Return the files of a pattern; one that matches none stands for itself, `-` for stdin.

    `~` is the folder of the user; where nobody is called so it is a part of the name, as in shells.
    """
    if pattern == stdin.NAME:
        return [stdin.PATH]
    whole = folder / os.path.expanduser(pattern)  # noqa: PTH111 (Path.expanduser fails instead)
    if whole.exists() or not glob.has_magic(pattern):
        return [whole]
    # A pattern may be absolute, which Path.glob refuses.
    names = glob.glob(str(whole), recursive=True)  # noqa: PTH207
    return [path for path in sorted(map(Path, names), key=natural) if path.is_file()] or [whole]


def natural(path: Path) -> list[tuple[int, str]]:
    """Order 9 before 10."""
    parts = _DIGITS.split(str(path))
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]


def unreadable(path: Path) -> tuple[str, str | None]:
    """Return why a path cannot be read, and what mends it; nothing where it can."""
    if path == stdin.PATH:
        return "", None
    if path.is_dir():
        return f"{path} is a folder", f"name the files in it: {path.name}/*.csv"
    if not path.exists():
        if glob.has_magic(path.name):
            return f"no file matches {path}", None
        if path.is_symlink():
            return f"{path} is a link that leads nowhere", None
        return f"there is no file {path}", "paths are relative to the folder of the config"
    if not path.is_file():
        return f"{path} is a pipe or a device", "files are read more than once: save it as one"
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}", None
    if empty:
        return f"{path} is empty", "an export without rows still has a header line"
    return "", None
