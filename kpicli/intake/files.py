"""Finds the files of a source and fingerprints them."""

from __future__ import annotations

import glob
import hashlib
import re
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from kpicli.errors import InputError

_CHUNK = 1 << 20
_DIGITS = re.compile(r"(\d+)")


def found(patterns: tuple[str, ...], folder: Path, source: str) -> list[Path]:
    """Return the files of `patterns`, relative to `folder`: a list in its order, a glob naturally.

    Raises:
        InputError: a file is missing, a glob matches nothing, or a path is no readable file.
    """
    paths: list[Path] = []
    for pattern in patterns:
        whole = folder / Path(pattern).expanduser()
        if glob.has_magic(pattern) and not whole.exists():
            # A pattern may be absolute, which Path.glob refuses.
            names = glob.glob(str(whole), recursive=True)  # noqa: PTH207
            matches = sorted(map(Path, names), key=_natural)
            matches = [path for path in matches if path.is_file()]
            if not matches:
                raise InputError(f"sources.{source}: no file matches {pattern} in {folder}")
            paths += matches
        else:
            paths.append(whole)
    unique = list(dict.fromkeys(paths))
    for path in unique:
        _readable(path, source)
    return unique


def display(path: Path, folder: Path) -> str:
    """Return a path as reports show it: relative to the config where it lies below it."""
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def _natural(path: Path) -> list[tuple[int, str]]:
    """Order 9 before 10."""
    parts = _DIGITS.split(str(path))
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]


def _readable(path: Path, source: str) -> None:
    if path.is_dir():
        hint = f"name the files in it: {path.name}/*.csv"
        raise InputError(f"sources.{source}: {path} is a folder", hint=hint)
    if not path.exists():
        raise InputError(
            f"sources.{source}: there is no file {path}",
            hint="paths are relative to the folder of the config",
        )
    try:
        with path.open("rb") as file:
            if not file.read(1):
                raise InputError(
                    f"sources.{source}: {path} is empty",
                    hint="an export without rows still has a header line",
                )
    except OSError as error:
        raise InputError(f"sources.{source}: {path} cannot be read: {error.strerror}") from None


class Fingerprints:
    """SHA-256 of files, worked out beside the reading."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._running: dict[Path, Future[str]] = {}

    def start(self, path: Path) -> None:
        """Begin with a file; a file is read once."""
        if path not in self._running:
            self._running[path] = self._pool.submit(_sha256, path)

    def of(self, path: Path) -> str:
        """Return the fingerprint of a file that was started."""
        return self._running[path].result()

    def close(self) -> None:
        """Wait for what is running."""
        self._pool.shutdown()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
