"""What `compute` and `validate` share: the list of rejects, and what warnings lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kpicli.cli import output, places
from kpicli.errors import InputError, KpiError, OutputError

if TYPE_CHECKING:
    from kpicli.config import Config
    from kpicli.intake import Accounted, FileLedger
    from kpicli.locales import Locale


def inputs(config: Config, ledgers: Iterable[FileLedger]) -> list[Path]:
    """Return what must not be overwritten: the config and the files that were read."""
    return [config.path, *(config.folder / ledger.file for ledger in ledgers)]


def check_paths(config: Config, path: Path | None, rejects: Path | None) -> None:
    """Refuse paths that cannot be written to, before the files are read; None is stdout.

    Raises:
        OutputError: one is the config or a folder, or its folder is missing, or both are the same.
    """
    for chosen in (path, rejects):
        if chosen is not None:
            places.check(chosen, [config.path])
    if rejects is not None and places.is_same(path, rejects):
        where = "stdout" if path is None or places.is_stdout(path) else path
        raise OutputError(f"{where} cannot hold the report and the rejects", hint="name two files")


@contextmanager
def listing(config: Config, rejects: Path | None, locale: Locale) -> Iterator[Accounted | None]:
    """Give a function that takes the ledgers; where the run is refused then, write the rejects.

    That is when they are needed most, and an old list must not be taken for theirs. Without a file
    for them there is nothing to take.
    """
    if rejects is None:
        yield None
        return
    known: list[FileLedger] = []
    try:
        yield known.extend
    except KpiError:
        if known:
            write(config, known, rejects, locale)
        raise


def write(
    config: Config, ledgers: Sequence[FileLedger], rejects: Path | None, locale: Locale
) -> None:
    """Write the rejects, if a file is named for them."""
    if rejects is None:
        return
    from kpicli.render.rejects import as_csv  # noqa: PLC0415 (only where it is asked for)

    output.save(as_csv(ledgers, locale.message), rejects, inputs(config, ledgers))


def enforce(config: Config, warnings: int, *, strict: bool | None) -> None:
    """End the run where there were warnings and they count as errors.

    Raises:
        InputError: they do.
    """
    is_strict = config.written.intake.strict if strict is None else strict
    if is_strict and warnings:
        raise InputError(
            f"warnings: {warnings}, and strict takes them for errors",
            hint="mend what they tell, or go on all the same with --no-strict",
        )
