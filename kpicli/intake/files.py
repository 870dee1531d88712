"""Finds the files of a source and fingerprints them."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from kpicli import stdin
from kpicli.config import Config
from kpicli.config.paths import matches, unreadable
from kpicli.errors import InputError, Problem

_CHUNK = 1 << 20
_OURS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, None)  # told elsewhere


def found(config: Config) -> dict[tuple[str | int, ...], list[Path]]:
    """Return the files of every source, and of what it looks up, by the key that names them.

    Those of a list are in its order, those of a glob in natural order.

    Raises:
        InputError: files are missing, a glob matches nothing, or a path is no readable file; lists
            them all.
    """
    problems: list[Problem] = []
    paths: dict[tuple[str | int, ...], list[Path]] = {}
    origins = {
        (name, *place): origin
        for name, source in config.written.sources.items()
        for place, origin in source.origins.items()
    }
    for key, origin in origins.items():
        listed = [path for pattern in origin.files for path in matches(pattern, config.folder)]
        once: dict[str, Path] = {}  # a file counts once, by whatever names it is given
        for path in listed:
            once.setdefault(os.path.realpath(path), path)
        paths[key] = [*once.values()]
        where = config.where("sources", *key, "files")
        problems += [
            Problem(where=where, message=message, hint=hint)
            for message, hint in map(unreadable, paths[key])
            if message
        ]
    if problems:
        raise InputError(problems=problems)
    return paths


def readable(path: Path) -> Path:
    """Return the file to read for a path: stdin becomes one.

    Raises:
        InputError: nothing came in.
    """
    if path != stdin.PATH:
        return path
    whole = stdin.spooled()
    message, hint = unreadable(whole)
    if message:
        raise InputError(message, hint=hint)
    return whole


@contextmanager
def there() -> Iterator[None]:
    """Tell of a file that is gone or shut, though it could be read when it was found.

    Raises:
        InputError: there is one.
    """
    try:
        yield
    except FileNotFoundError as error:
        name = error.filename
        raise InputError(f"{name}: {error.strerror}" if name else str(error)) from None
    except OSError as error:
        if error.errno in _OURS:
            raise
        raise InputError(f"{error.filename}: {error.strerror}") from None


class Fingerprints:
    """SHA-256 of files, worked out beside the reading; tells files that change meanwhile."""

    def __init__(self) -> None:
        self._before: dict[Path, _State] = {}
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._running: dict[Path, Future[str]] = {}
        self._given_up = threading.Event()

    def start(self, path: Path) -> None:
        """Begin with a file; a file is read once."""
        if path not in self._running:
            self._before[path] = _state(path)
            self._running[path] = self._pool.submit(_sha256, path, self._given_up)

    def of(self, path: Path) -> str:
        """Return the fingerprint of a file that was started.

        Raises:
            InputError: the file has changed since.
        """
        try:
            found = self._running[path].result()
        except OSError:
            self.check()
            raise
        self.check()
        return found

    def check(self) -> None:
        """Make sure that no file has changed since it was started.

        Raises:
            InputError: one has; its rows may be those of before and of after.
        """
        for path, before in self._before.items():
            if _state(path) != before:
                raise InputError(
                    f"{path} changed while it was read",
                    hint="wait until it is written, or give a copy; exports that are made at night "
                    "are best written beside and renamed",
                )

    def close(self) -> None:
        """Give up what is still running: nobody waits for it."""
        self._given_up.set()
        self._pool.shutdown(cancel_futures=True)


_State: TypeAlias = tuple[int, int, int] | None


def _state(path: Path) -> _State:
    """Return what changes with the contents of a file; None where it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def _sha256(path: Path, given_up: threading.Event) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while not given_up.is_set() and (chunk := file.read(_CHUNK)):
            digest.update(chunk)
    return digest.hexdigest()
