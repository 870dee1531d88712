"""Settles how the dates and numbers of a source are written, over all its files at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from kpicli.errors import InputError, Problem
from kpicli.intake.ledger import Note
from kpicli.intake.ledger import shown as cut
from kpicli.intake.values.asking import how, unsettled
from kpicli.intake.values.cells import Reading, filled, trimmed
from kpicli.intake.values.formats import (
    DateGuess,
    contradiction,
    day_first,
    guess_dates,
    month_first,
)
from kpicli.intake.values.numbers import NumberGuess, guess_numbers
from kpicli.model import Type

_CELLS = 300
_AT_ONCE = 200  # samples: of hundreds of files each holds memory
_DIFFERENT = 100_000
_LAST_MONTH = 12
_LAST_DAY = 31


class Column(Struct, frozen=True, kw_only=True):
    """The raw cells of one canonical column in every file of a source: of its head, and all.

    `where` is the place in the config that says how the column is read.
    """

    name: str
    header: str
    heads: Sequence[pl.LazyFrame]
    frames: Sequence[pl.LazyFrame]
    where: str | None = None

    def marked(self) -> list[str]:
        """Return the cells of the whole column, each once, that hold more than digits."""
        cell = pl.col("cell").str.strip_chars()
        found = pl.collect_all(
            [
                frame.filter(cell.str.contains(r"\d[^\d]+\d")).select(
                    cell.unique().head(_DIFFERENT)
                )
                for frame in self.frames
            ],
            engine="streaming",
        )
        return sorted(text for frame in found for text in frame.to_series())

    def witnesses(self) -> _Witnesses:
        """Return what all its dates tell of the order of day and month."""
        cell = pl.col("cell").str.strip_chars()
        parts = cell.str.extract_groups(r"^(\d{1,2})[-/](\d{1,2})[-/]")
        first, second = (
            parts.struct.field(name).cast(pl.Int64, strict=False) for name in ("1", "2")
        )
        late = [number.is_between(_LAST_MONTH + 1, _LAST_DAY) for number in (first, second)]
        told = [
            late[0] & (second <= _LAST_MONTH),
            late[1] & (first <= _LAST_MONTH),
            (first <= _LAST_MONTH) & (second <= _LAST_MONTH) & (first != second),
        ]
        wanted = [cell.filter(holds).min().alias(str(at)) for at, holds in enumerate(told)]
        found = pl.collect_all([frame.select(wanted) for frame in self.frames], engine="streaming")
        return _Witnesses(*pl.concat(found).min().row(0))


def _samples(
    columns: Mapping[str, Column], readings: Mapping[str, Reading]
) -> dict[str, list[str]]:
    """Return some filled cells per column; where its head is empty, the whole is looked through."""
    found = _some({name: column.heads for name, column in columns.items()}, readings)
    whole = {name: column.frames for name, column in columns.items() if not found[name]}
    return found | _some(whole, readings)


def _some(
    frames: Mapping[str, Sequence[pl.LazyFrame]], readings: Mapping[str, Reading]
) -> dict[str, list[str]]:
    cell = pl.col("cell")
    wanted = [
        frame.filter(filled(cell, readings[name]))
        .select(trimmed(cell, readings[name].nulls).alias("cell"))
        .head(_CELLS)
        for name, several in frames.items()
        for frame in several
    ]
    found = (
        frame
        for begin in range(0, len(wanted), _AT_ONCE)
        for frame in pl.collect_all(wanted[begin : begin + _AT_ONCE], engine="in-memory")
    )
    # Each file has its say: what it repeats counts once, and what two files hold counts twice.
    return {
        name: [text for _ in several for text in dict.fromkeys(next(found)["cell"].to_list())]
        for name, several in frames.items()
    }


class _Witnesses(NamedTuple):
    """Cells of a column that are written with the day first, the month first, or either."""

    day_first: str | None
    month_first: str | None
    either: str | None


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
    numbers = [
        name
        for name, reading in readings.items()
        if reading.column.type.is_number and reading.values is None and name in columns
    ]
    samples = _samples({name: columns[name] for name in (*times, *numbers)}, readings)
    guesses = {name: guess_dates(samples[name]) for name in times}
    order = _known_order(columns, guesses)
    for name in times:
        found = _dates(columns[name], samples[name], guesses[name], order)
        if isinstance(found, Problem):
            problems.append(found)
        elif found is not None:
            settled[name] = replace(readings[name], formats=found.formats)
            what = f"{columns[name].header}: {' or '.join(found.formats)}"
            evidence = f"as in {found.example}"
            if found is not guesses[name]:
                evidence = f"as in {found.example}, alike either way"
            if found is not guesses[name] and name in order:
                evidence = f"as in {found.example}, as other cells show"
            notes.append(Note(what=what, evidence=evidence))
    shown = {name: guess_numbers(samples[name]) for name in numbers}
    found_numbers, more = _numbers(columns, readings, shown, declared_decimal)
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
    columns: Mapping[str, Column], guesses: dict[str, DateGuess | None]
) -> dict[str, Callable[[str], str]]:
    """Return, per open column, the order that its other cells or another column settle.

    A guess that stays open learns which cells contradict each other, or which one reads two ways.
    """
    found: dict[str, Callable[[str], str]] = {}
    settled: set[bool] = set()
    for name, guess in guesses.items():
        if guess is None:
            continue
        if not guess.is_open:
            orders = [form for form in guess.formats if day_first(form) != month_first(form)]
            settled.update(form == day_first(form) for form in orders)
            continue
        day, month, either = columns[name].witnesses()
        if day and month:
            guesses[name] = replace(guess, doubt=contradiction(day, month))
        elif day or month:
            found[name] = day_first if day else month_first
            settled.add(bool(day))
        else:
            guesses[name] = replace(guess, open_cell=either or "", alike=not either)
    if len(settled) == 1:
        shared = day_first if settled.pop() else month_first
        for name, guess in guesses.items():
            if guess is not None and (guess.is_open or guess.alike):
                found.setdefault(name, shared)
    return found


def _dates(
    column: Column,
    cells: Sequence[str],
    guess: DateGuess | None,
    order: Mapping[str, Callable[[str], str]],
) -> DateGuess | Problem | None:
    if guess is None:
        if not cells:
            return None
        return Problem(
            where=column.where,
            message=f"column '{column.header}': '{cut(cells[0], person=False)}' is written in no "
            "known form of a date",
            hint=how(column, cells),
        )
    if not (guess.is_open or guess.alike):
        return guess
    turn = order.get(column.name, day_first if guess.alike else None)
    if turn is None or guess.doubt:
        return unsettled(column, guess)
    return replace(guess, formats=tuple(turn(form) for form in guess.formats))


def _numbers(
    columns: Mapping[str, Column],
    readings: Mapping[str, Reading],
    guesses: Mapping[str, NumberGuess],
    declared: str | None,
) -> tuple[dict[str, Reading | Problem], list[Note]]:
    """Settle decimal marks; a column that shows none takes that of the others."""
    marks = {guess.decimal for guess in guesses.values()} - {None}
    shared = declared or (marks.pop() if len(marks) == 1 else None)
    found: dict[str, Reading | Problem] = {}
    notes: list[Note] = []
    for name, guess in guesses.items():
        reading, column = readings[name], columns[name]
        if not (reading.decimal or guess.decimal or shared) and guess.open_cell is not None:
            guess = guess_numbers(column.marked())  # noqa: PLW2901 (the whole column decides)
        settled, note = written(column, reading, guess, shared)
        found[name] = settled
        notes += [note] if note else []
    return found, notes


def written(
    column: Column, reading: Reading, guess: NumberGuess, shared: str | None
) -> tuple[Reading | Problem, Note | None]:
    """Return how numbers are read by a guess, or what to ask; `shared` is the mark of others."""
    decimal = reading.decimal or guess.decimal or shared
    if decimal is None and guess.open_cell is not None and reading.column.type is Type.INT:
        decimal = "." if "," in guess.open_cell else ","  # what counts has no fractions
    torn = guess.torn and not reading.decimal and reading.column.type is not Type.INT
    if (decimal is None or torn) and guess.open_cell is not None:
        key = f"{column.name}: {{from: {json.dumps(column.header, ensure_ascii=False)}"
        cell, mark = guess.open_cell, "," if "," in guess.open_cell else "."
        other = "." if mark == "," else ","
        return Problem(
            where=column.where,
            message=f"column '{column.header}': {cell} may be {cell.replace(mark, '')} or "
            f"{cell.replace(mark, '.')}, and no cell settles it",
            hint=f'put into the config {key}, decimal: "{other}", thousands: "{mark}"}} for the '
            f'first, or {key}, decimal: "{mark}"}} for the second',
        ), None
    thousands = reading.thousands
    if thousands is None and guess.thousands not in {None, decimal}:
        thousands = guess.thousands
    if thousands is None and guess.open_cell and decimal and decimal not in guess.open_cell:
        thousands = "," if decimal == "." else "."
    note = None
    if (not reading.decimal and guess.decimal == ",") or thousands != reading.thousands:
        what = f"{column.header}: decimal mark '{decimal or '.'}'"
        what += f", thousands '{thousands}'" if thousands else ""
        note = Note(what=what, evidence=f"as in {guess.example or guess.open_cell}")
    settled = replace(reading, decimal=decimal or ".", thousands=thousands, guessed=decimal is None)
    return settled, note
