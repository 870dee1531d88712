"""Copies: files of one table that hold the same, byte for byte, as `s.csv` and `s (1).csv` do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kpicli.intake.exports import Export, File


class _Fed(NamedTuple):
    export: Export
    file: File


def warnings(exports: Sequence[Export]) -> Iterator[str]:
    """Yield that files of one table are copies of each other, once, where their rows count twice.

    The ledgers must be complete. One file may feed a table by several sources, each of other rows
    or columns; so may its copies. An export that has not changed since the last one is no mistake
    where rows have keys: it brings nothing new.
    """
    groups = [group for group in _alike(exports) if len(group) > 1 and _adds_up(group)]
    if not groups:
        return
    first, second = (fed.file.ledger.file for fed in groups[0][:2])
    table = exports[0].table.name
    number = sum(len(group) - 1 for group in groups)
    yield (
        f"{table}: {first} and {second} hold the same, byte for byte: their rows count twice "
        f"(files that repeat another: {number:,}); remove one, or list in files those to read"
    )


def _alike(exports: Sequence[Export]) -> Iterator[list[_Fed]]:
    """Yield the files that hold the same and are read alike, each once."""
    same: dict[str, list[_Fed]] = {}
    for export in exports:
        for file in export.files:
            ledger = file.ledger
            if ledger.used + ledger.folded + ledger.duplicate:
                same.setdefault(ledger.sha256, []).append(_Fed(export, file))
    for several in same.values():
        if len(several) > 1:
            found: dict[str, dict[str, _Fed]] = {}
            for fed in several:
                read = fed.export.source.model_dump_json(include={"where", "columns"})
                found.setdefault(read, {}).setdefault(os.path.realpath(fed.file.path), fed)
            yield from ([*group.values()] for group in found.values())


def _adds_up(group: Sequence[_Fed]) -> bool:
    """Whether rows of copies count several times."""
    fold = group[0].export.source.fold
    if fold is not None and fold.files == "together":
        return not {"sum", "count"}.isdisjoint(fold.named.values())
    ledgers = [fed.file.ledger for fed in group]
    alone = max(ledger.used + ledger.duplicate for ledger in ledgers)
    return sum(ledger.used for ledger in ledgers) > alone
