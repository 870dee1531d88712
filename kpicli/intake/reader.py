"""Works through the files of all sources: prepares each once, reads each source, two at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TypeAlias, TypeVar

import polars as pl
from msgspec import Struct, field

from kpicli import stdin
from kpicli.config import Config, Origin
from kpicli.intake import files, source
from kpicli.intake.exports import Export
from kpicli.intake.text.sniff import sniff
from kpicli.intake.text.structure import Text, prepare

Told: TypeAlias = Callable[[str], None]
_AT_ONCE = 2
_Result = TypeVar("_Result")
_Opened: TypeAlias = tuple[Text, str]


class Reader(Struct, kw_only=True, dict=True):
    """Prepares every physical file once, however many sources read it.

    Two at a time: what one does alone fills the gaps of the other.
    """

    config: Config
    scratch: Path
    told: Told
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE))
    texts: dict[tuple[object, ...], Future[_Opened]] = field(default_factory=dict)
    prints: files.Fingerprints = field(default_factory=files.Fingerprints)
    _real_paths: dict[Path, Path] = field(default_factory=dict)

    @cached_property
    def paths(self) -> dict[tuple[str | int, ...], list[Path]]:
        """The files of every source, and of what it looks up, by the key that names them.

        Raises:
            InputError: a file is missing.
        """
        named = files.found(self.config)
        return {key: [*map(files.readable, paths)] for key, paths in named.items()}

    def start(self, path: Path, origin: Origin) -> Future[_Opened]:
        """Begin to prepare a file; gives its sound text and its encoding."""
        key = (self._real(path), origin.encoding, origin.delimiter, origin.quote, origin.header)
        if key not in self.texts:
            self.prints.start(path)
            self.texts[key] = self.pool.submit(self._prepared, path, origin, len(self.texts))
        return self.texts[key]

    def _prepared(self, path: Path, origin: Origin, number: int) -> _Opened:
        names = count()
        dialect = sniff(
            path, origin.encoding, origin.delimiter, quote=origin.quote, header=origin.header
        )
        text = prepare(
            path, dialect, lambda kind: self.scratch / f"{number}-{next(names)}-{kind}.csv"
        )
        return text, text.encoding

    def text(self, path: Path, origin: Origin) -> _Opened:
        """Return the sound text of a file and its encoding."""
        self.told(f"reading {self.display(path)}")
        return self._sound(self.start(path, origin))

    def display(self, path: Path) -> str:
        """Return a path as reports show it: relative to the config where it lies below it."""
        if stdin.is_spooled(path):
            return stdin.NAME
        try:
            return self._real(path).relative_to(self.config.folder).as_posix()
        except ValueError:
            return path.as_posix()

    def _real(self, path: Path) -> Path:
        """Return a path behind its links, which are followed once."""
        if path not in self._real_paths:
            self._real_paths[path] = path.resolve()
        return self._real_paths[path]

    def read(self, exports: Iterable[Export]) -> dict[str, list[pl.DataFrame]]:
        """Return the frames of the files of every export."""
        started = {export.name: self.pool.submit(source.read, export) for export in exports}
        found = {name: self._sound(frames) for name, frames in started.items()}
        self.prints.check()
        return found

    def _sound(self, work: Future[_Result]) -> _Result:
        with self.steady():
            return work.result()

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Tell a failure that a changing file explains as that.

        Raises:
            InputError: a file changed, or cannot be read.
        """
        with files.there():
            try:
                yield
            except (OSError, pl.exceptions.PolarsError):
                self.prints.check()
                raise

    def close(self) -> None:
        """Give up what is not done: nobody waits for it."""
        self.prints.close()
        self.pool.shutdown(cancel_futures=True)
