"""Settles how the dates and numbers of a source are written, over all its files at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from kpicli.errors import InputError, Problem
from kpicli.intake.cells import Reading, filled, trimmed
from kpicli.intake.formats import (
    DateGuess,
    NumberGuess,
    day_first,
    guess_dates,
    guess_numbers,
    month_first,
)
from kpicli.intake.ledger import Note
from kpicli.intake.signs import bare_text

_CELLS = 300
_LAST_MONTH = 12


@dataclass(frozen=True, kw_only=True)
class Column:
    """The raw cells of one canonical column in every file of a source: of its head, and all."""

    name: str
    header: str
    heads: Sequence[pl.LazyFrame]
    frames: Sequence[pl.LazyFrame]

    def sample(self, reading: Reading) -> list[str]:
        """Return some filled cells; the whole column is looked through where its head is empty."""
        return self._some(self.heads, reading) or self._some(self.frames, reading)

    @staticmethod
    def _some(frames: Sequence[pl.LazyFrame], reading: Reading) -> list[str]:
        cell = pl.col("cell")
        wanted = [
            frame.filter(filled(cell, reading))
            .select(trimmed(cell, reading.nulls).alias("cell"))
            .head(_CELLS)
            for frame in frames
        ]
        found = pl.collect_all(wanted, engine="in-memory")
        return [cell for frame in found for cell in frame["cell"].unique(maintain_order=True)]

    def greatest_parts(self) -> tuple[int, int]:
        """Return the greatest first and second number of all its dates."""
        parts = pl.col("cell").str.extract_groups(r"^\s*(\d{1,2})[-/](\d{1,2})[-/]")
        numbers = [
            parts.struct.field(name).cast(pl.Int64, strict=False).max().alias(name)
            for name in ("1", "2")
        ]
        found = pl.collect_all([frame.select(numbers) for frame in self.frames], engine="streaming")
        both = pl.concat(found).max().row(0)
        return both[0] or 0, both[1] or 0


def settle(
    columns: Mapping[str, Column], readings: Mapping[str, Reading], declared_decimal: str | None
) -> tuple[dict[str, Reading], list[Note]]:
    """Return the readings with formats, decimal marks and thousands filled in, and what was found.

    Raises:
        InputError: a column cannot be told, or reads two ways; says what to put into the config.
    """
    settled = dict(readings)
    notes: list[Note] = []
    problems: list[Problem] = []
    times = [
        name
        for name, reading in readings.items()
        if reading.column.type.is_time and not reading.formats and name in columns
    ]
    guesses = {name: guess_dates(columns[name].sample(readings[name])) for name in times}
    order = _known_order(columns, guesses)
    for name in times:
        found = _dates(columns[name], readings[name], guesses[name], order)
        if isinstance(found, Problem):
            problems.append(found)
        elif found is not None:
            settled[name] = replace(readings[name], formats=found.formats)
            what = f"{columns[name].header}: {' or '.join(found.formats)}"
            notes.append(Note(what=what, evidence=f"as in {found.example}{found.doubt}"))
    numbers = [
        name
        for name, reading in readings.items()
        if reading.column.type.is_number and reading.values is None and name in columns
    ]
    found_numbers, more = _numbers(columns, readings, numbers, declared_decimal)
    notes += more
    for name, guess in found_numbers.items():
        if isinstance(guess, Problem):
            problems.append(guess)
        else:
            settled[name] = guess
    if problems:
        raise InputError(problems=problems)
    return settled, notes


def _known_order(
    columns: Mapping[str, Column], guesses: Mapping[str, DateGuess | None]
) -> dict[str, Callable[[str], str]]:
    """Return, per open column, the order that its other cells or another column settle."""
    found: dict[str, Callable[[str], str]] = {}
    settled: set[bool] = set()
    for name, guess in guesses.items():
        if guess is None:
            continue
        if not guess.doubt:
            orders = [form for form in guess.formats if day_first(form) != month_first(form)]
            settled.update(form == day_first(form) for form in orders)
            continue
        first, second = columns[name].greatest_parts()
        if (first > _LAST_MONTH) != (second > _LAST_MONTH):
            found[name] = day_first if first > _LAST_MONTH else month_first
            settled.add(first > _LAST_MONTH)
        elif first > _LAST_MONTH:
            found[name] = _conflict
    if len(settled) == 1:
        shared = day_first if settled.pop() else month_first
        for name, guess in guesses.items():
            if guess is not None and guess.doubt:
                found.setdefault(name, shared)
    return found


def _conflict(form: str) -> str:
    """Stands for a column that is written both ways."""
    raise ValueError(form)


def _dates(
    column: Column,
    reading: Reading,
    guess: DateGuess | None,
    order: Mapping[str, Callable[[str], str]],
) -> DateGuess | Problem | None:
    key = f"{column.name}: {{from: {column.header}, format: "
    if guess is None:
        cells = column.sample(reading)
        if not cells:
            return None
        return Problem(
            message=f"column '{column.header}': '{cells[0]}' is written in no known form of a date",
            hint=f'say how: {key}"%d.%m.%Y"}}',
        )
    if not guess.doubt:
        return replace(guess, doubt="")
    turn = order.get(column.name)
    if turn is None or turn is _conflict:
        example = guess.formats[0]
        return Problem(
            message=f"column '{column.header}': {guess.doubt}, and no cell settles it",
            hint=f'put into the config one of: {key}"{day_first(example)}"}} or '
            f'{key}"{month_first(example)}"}}',
        )
    word = "day" if turn is day_first else "month"
    formats = tuple(turn(form) for form in guess.formats)
    return replace(guess, formats=formats, doubt=f", {word} first as other cells show")


def _numbers(
    columns: Mapping[str, Column],
    readings: Mapping[str, Reading],
    names: Sequence[str],
    declared: str | None,
) -> tuple[dict[str, Reading | Problem], list[Note]]:
    """Settle decimal marks; a column that shows none takes that of the others."""
    guesses: dict[str, NumberGuess] = {
        name: guess_numbers(map(bare_text, columns[name].sample(readings[name]))) for name in names
    }
    marks = {guess.decimal for guess in guesses.values()} - {None}
    shared = declared or (marks.pop() if len(marks) == 1 else None)
    found: dict[str, Reading | Problem] = {}
    notes: list[Note] = []
    for name, guess in guesses.items():
        reading, header = readings[name], columns[name].header
        decimal = reading.decimal or guess.decimal or shared
        if decimal is None and guess.open_cell is not None:
            found[name] = Problem(
                message=f"column '{header}': {guess.open_cell} may be a thousand or a fraction, "
                "and no cell settles it",
                hint=f'put into the config: {name}: {{from: {header}, decimal: "," }} or "."',
            )
            continue
        thousands = reading.thousands
        if thousands is None and guess.thousands not in {None, decimal}:
            thousands = guess.thousands
        if thousands is None and guess.open_cell and decimal and decimal not in guess.open_cell:
            thousands = "," if decimal == "." else "."
        if (not reading.decimal and guess.decimal == ",") or thousands != reading.thousands:
            what = f"{header}: decimal mark '{decimal or '.'}'"
            what += f", thousands '{thousands}'" if thousands else ""
            notes.append(Note(what=what, evidence=f"as in {guess.example or guess.open_cell}"))
        found[name] = replace(reading, decimal=decimal or ".", thousands=thousands)
    return found, notes
