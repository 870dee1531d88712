"""Works through the files of all sources: prepares each once, reads each source, two at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TypeAlias

import polars as pl

from kpicli.config import Config, Origin
from kpicli.intake import files, source
from kpicli.intake.exports import Export
from kpicli.intake.sniff import sniff
from kpicli.intake.structure import Text, prepare

Told: TypeAlias = Callable[[str], None]
_AT_ONCE = 2
_Opened: TypeAlias = tuple[Text, str]


@dataclass(kw_only=True)
class Reader:
    """Prepares every physical file once, however many sources read it.

    Two at a time: what one does alone fills the gaps of the other.
    """

    config: Config
    scratch: Path
    told: Told
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE))
    texts: dict[tuple[object, ...], Future[_Opened]] = field(default_factory=dict)
    prints: files.Fingerprints = field(default_factory=files.Fingerprints)

    def start(self, path: Path, origin: Origin) -> Future[_Opened]:
        """Begin to prepare a file; gives its sound text and its encoding."""
        key = (path.resolve(), origin.encoding, origin.delimiter, origin.quote, origin.header)
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
        self.told(f"reading {files.display(path, self.config.folder)}")
        return self.start(path, origin).result()

    def read(self, exports: Iterable[Export]) -> dict[str, list[pl.DataFrame]]:
        """Return the frames of the files of every export."""
        started = {export.name: self.pool.submit(source.read, export) for export in exports}
        return {name: frames.result() for name, frames in started.items()}

    def close(self) -> None:
        """Give up what is not done: nobody waits for it."""
        self.prints.close()
        self.pool.shutdown(cancel_futures=True)
