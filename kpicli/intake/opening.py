"""Opens the files of all sources in demand, and tells all missing headers at once."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from kpicli.config import Origin, Source
from kpicli.errors import ConfigError, Problem, did_you_mean
from kpicli.intake.exports import Export, File, open_file
from kpicli.intake.ledger import FileLedger
from kpicli.intake.misread import explained
from kpicli.intake.reader import Reader
from kpicli.model import Table, model


def prepare(reader: Reader, tables: Container[str]) -> None:
    """Begin to prepare the files that feed one of `tables`.

    Raises:
        InputError: a file is missing.
    """
    for name, source in reader.config.written.sources.items():
        if source.table in tables:
            for place, origin in source.origins.items():
                for path in reader.paths[name, *place]:
                    reader.start(path, origin)


def opened(
    reader: Reader,
    tables: Container[str],
    demanded: Callable[[Table, Source], Container[str] | None],
    *,
    whole: bool,
) -> list[Export]:
    """Return the exports of every source that feeds one of `tables`, those looked up with them.

    `demanded` gives the columns that are read of a source; None reads all. Of an export that is
    looked up all columns are read, whatever is asked: its keys must be unique either way. Ledgers
    that are `whole` keep every place.

    Raises:
        InputError: a file is missing or unreadable.
        ConfigError: a header is missing.
    """
    prepare(reader, tables)
    sources = reader.config.written.sources
    asked = {name: source for name, source in sources.items() if source.table in tables}
    problems: list[Problem] = []
    found = []
    for name, source in asked.items():
        table = model().tables[source.table]
        parts = [
            _open(
                Export(
                    name=name,
                    path=("sources", name, *place),
                    source=origin,
                    table=table,
                    config=reader.config,
                    files=(),
                ),
                reader,
                reader.paths[name, *place],
                None if place else demanded(table, source),
                problems,
                whole=whole,
            )
            for place, origin in source.origins.items()
        ]
        export = replace(parts[0], lookups=tuple(parts[1:]))
        problems += _unmatchable(export, source)
        found.append(export)
    if problems:
        raise ConfigError(problems=problems)
    return found


def _open(
    export: Export,
    reader: Reader,
    paths: Iterable[Path],
    wanted: Container[str] | None,
    problems: list[Problem],
    *,
    whole: bool,
) -> Export:
    """Return `export` with its files; what they lack is added to `problems`."""
    found: list[File] = []
    origin: Origin = export.source
    for path in paths:
        text, encoding = reader.text(path, origin)
        ledger = FileLedger(
            source=export.name,
            table=export.table.name,
            file=reader.display(path),
            bytes=path.stat().st_size,
            encoding=encoding,
            delimiter=text.delimiter,
            whole=whole,
        )
        file, lacks = open_file(origin, export.table, path, text, ledger, wanted)
        found.append(file)
        problems += [
            Problem(
                where=export.where(*lack.path),
                message=f"{ledger.file} {lack.message}",
                hint=lack.hint,
            )
            for lack in explained(origin, export.table, path, lacks)
        ]
    return replace(export, files=tuple(found))


def _unmatchable(export: Export, source: Source) -> Iterator[Problem]:
    """Yield the columns by which rows should be matched, and which none of the files feeds."""
    there = set(export.files[0].fills).intersection(*(file.fills for file in export.files))
    for place, lookup in enumerate(source.lookup):
        for name in lookup.match:
            if name not in there and name not in source.specs:
                yield Problem(
                    where=export.where("lookup", place, "match", name),
                    message=f"not all files of {export.name} feed {name} to match by",
                    hint=did_you_mean(name, there) or None,
                )
        there.update(lookup.brought)
