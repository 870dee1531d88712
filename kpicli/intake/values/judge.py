"""Judges parsed rows: refuses those that lack what is needed, empties cells that cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import polars as pl
from msgspec import Struct

from kpicli.config import Intake, OnBadValue
from kpicli.errors import InputError
from kpicli.intake.ledger import FileLedger, Reject, shown
from kpicli.intake.mapping import Mapped
from kpicli.intake.values.cells import Reading
from kpicli.model import Column

WHY = "__why"
PLACE = "__place"
"""Place of a row in its file: tells its line, and decides between duplicates."""
_MISREAD = 10  # unread cells without a read one that make a wrong declaration, not bad cells


def unread(name: str) -> str:
    """Return the column that says where a filled cell of `name` could not be read."""
    return f"?{name}"


class Parsed(Struct, frozen=True, kw_only=True):
    """A file's parsed rows, and how to get at their raw cells and lines.

    `why` tells of a column and places why its cells cannot be read, as PLACE and `WHY`.

    `later` are the columns whose empty cells are judged only when the rows are whole.
    """

    frame: pl.DataFrame
    columns: Mapping[str, Mapped]
    readings: Mapping[str, Reading]
    cells_at: Callable[[str, Sequence[int]], dict[int, str | None]]
    why: Callable[[str, pl.Series], pl.DataFrame]
    line_of: Callable[[int], int]
    later: frozenset[str] = frozenset()

    def header(self, name: str) -> str:
        """Return the header of a column as messages name it."""
        return self.columns[name].shown

    def filled(self, name: str) -> int:
        """Return how many cells of a column say anything, read or not."""
        cells = self.frame[name]
        return cells.len() - cells.null_count() + int(self.frame[unread(name)].sum())

    def places(self, name: str, rows: pl.DataFrame, reason: str, most: int | None) -> list[Reject]:
        """Return the first `most` of `rows` with their lines and the cell of column `name`."""
        first = rows[PLACE].head(rows.height if most is None else most).to_list()
        person = self.readings[name].column.person
        return [
            Reject(
                line=self.line_of(place),
                column=self.header(name),
                value=shown(cell, person=person),
                reason=reason,
            )
            for place, cell in self.cells_at(name, first).items()
        ]


def judged(parsed: Parsed, ledger: FileLedger, policy: Intake) -> pl.DataFrame:
    """Return the rows that can be used, with defaults in empty cells; the rest is in the ledger.

    A row is refused once, for the first column that fails it. Where the policy is to fail, the
    ledger says so and the caller must not go on.

    Raises:
        InputError: a column cannot be read at all.
    """
    sound = parsed.frame
    for name in parsed.columns:
        column = parsed.readings[name].column
        ledger.filled[name] += parsed.filled(name)
        if sound[unread(name)].any():
            must = column.required or policy.on_bad_value is not OnBadValue.EMPTY
            for cause, rows in _by_reason(parsed, name, sound.filter(pl.col(unread(name)))):
                places = parsed.places(name, rows, cause, ledger.most)
                _readable(parsed, ledger, name, places, int(parsed.frame[unread(name)].sum()))
                if must:
                    fails = policy.on_bad_value is OnBadValue.FAIL
                    ledger.refuse(cause, places, rows.height, fails=fails)
                else:
                    reason = f"{cause}, {_instead(column)}"
                    ledger.tell(name, reason, places, rows.height)
            if must:
                sound = sound.filter(~pl.col(unread(name)))
        if column.unlisted is not None:
            _tell_unlisted(parsed, ledger, name, sound)
        if column.required and name not in parsed.later and sound[name].null_count():
            empty = sound.filter(pl.col(name).is_null())
            reason = f"{parsed.header(name)}: empty"
            places = parsed.places(name, empty, reason, ledger.most)
            ledger.refuse(reason, places, empty.height)
            sound = sound.filter(pl.col(name).is_not_null())
    defaults = [
        pl.col(name).fill_null(reading.column.default)
        for name, reading in parsed.readings.items()
        if name in parsed.columns
        and reading.column.default is not None
        and name not in parsed.later
    ]
    return sound.select(PLACE, *parsed.columns).with_columns(defaults)


def _by_reason(parsed: Parsed, name: str, rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield why cells of a column cannot be read, and the rows of which that is true."""
    found = rows.join(parsed.why(name, rows[PLACE]), on=PLACE, maintain_order="left")
    for (reason,), alike in found.group_by(WHY, maintain_order=True):
        yield f"{parsed.header(name)}: {reason}", alike


def _instead(column: Column) -> str:
    """Return what a cell that cannot be read becomes."""
    if column.default is None:
        return "emptied"
    word = column.default if isinstance(column.default, str) else str(column.default).lower()
    return f"read as {word}"


def _tell_unlisted(parsed: Parsed, ledger: FileLedger, name: str, rows: pl.DataFrame) -> None:
    """Count the cells that were read as the word for what is not listed."""
    word = parsed.readings[name].column.unlisted
    strange = rows.filter(pl.col(name) == word)
    if strange.is_empty():
        return
    reason = f"{parsed.header(name)}: not one of the values, read as {word}"
    places = parsed.places(name, strange, reason, ledger.most)
    if word not in parsed.readings[name].column.values:
        _readable(parsed, ledger, name, places, strange.height)
    ledger.tell(name, reason, places, strange.height)


def _readable(
    parsed: Parsed, ledger: FileLedger, name: str, places: Sequence[Reject], bad: int
) -> None:
    """Refuse a file in which no filled cell of a column can be read, and `bad` cannot."""
    reading, read = parsed.readings[name], parsed.frame[name].drop_nulls()
    if reading.column.unlisted is not None:
        read = read.filter(read != reading.column.unlisted)
    if bad < _MISREAD or not read.is_empty():
        return
    if reading.formats:
        hint = f"it was read as {' or '.join(reading.formats)}: declare its format"
    elif reading.values is not None:
        hint = f"values: lists {', '.join(map(repr, reading.values))}"
    elif reading.column.values:
        hint = f"map its words with values: to {', '.join(reading.column.values)}"
    else:
        hint = "declare how it is written: decimal, thousands, unit or values"
    raise InputError(
        f"{ledger.file}: none of the {bad} filled cells of '{parsed.header(name)}' can be read as "
        f"{name} ({reading.column.type}); the first is '{places[0].value}', line {places[0].line}",
        hint=hint,
    )
