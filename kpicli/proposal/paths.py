"""Files as a config names them: relative to its folder, many alike as one pattern."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Sequence
from pathlib import Path

from kpicli import stdin

_MANY = 3
_PREFIX = 2
_DATED = re.compile(r"[\d _.-]+")
_DATE_AT_END = re.compile(r"[\d .-]*\d[\d .-]*$")
_DATE_AT_BEGIN = re.compile(r"^[\d -]*\d[\d -]*")


def names(paths: Sequence[Path], folder: Path) -> str | list[str]:
    """Return the paths of one sheet: one, a pattern that finds just these, or a list."""
    if len(paths) == 1:
        return _relative(paths[0], folder)
    return _pattern(paths, folder) or [_relative(path, folder) for path in paths]


def _relative(path: Path, folder: Path) -> str:
    if stdin.is_spooled(path):
        return stdin.NAME
    whole = path.resolve()
    try:
        return Path(os.path.relpath(whole, folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return whole.as_posix()


def _pattern(paths: Sequence[Path], folder: Path) -> str | None:
    """Return a pattern that finds these files and no other, so that next month's is found too."""
    whole = [path.resolve() for path in paths]
    parents = {path.parent for path in whole}
    if len(parents) > 1:
        return None
    titles = [path.name for path in whole]
    start = os.path.commonprefix(titles)  # noqa: RUF071 (of names, by letter)
    start = _DATE_AT_END.sub("", start)
    back = os.path.commonprefix([title[::-1] for title in titles])  # noqa: RUF071
    end = _DATE_AT_BEGIN.sub("", back[::-1])
    if len(start) < _PREFIX or glob.has_magic(start + end):
        return None
    dated = all(_DATED.fullmatch(title[len(start) : len(title) - len(end)]) for title in titles)
    if len(whole) < _MANY and not dated:
        return None
    parent = parents.pop()
    if {path for path in parent.glob(f"{start}*{end}") if path.is_file()} != {*whole}:
        return None
    return _relative(parent / f"{start}*{end}", folder)
