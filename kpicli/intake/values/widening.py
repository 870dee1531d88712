"""Widens what a sample showed to what the whole column holds.

A format or a decimal mark is guessed on the first cells. Where later cells are left unread by it,
or show the first decimal mark, the forms of all of them decide: another known form is read too and
told, one that contradicts is an error that asks.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from msgspec.structs import replace

from kpicli.errors import InputError, Problem
from kpicli.intake.ledger import Note
from kpicli.intake.values.asking import unsettled
from kpicli.intake.values.cells import Reading, trimmed
from kpicli.intake.values.formats import day_first, guess_dates, month_first
from kpicli.intake.values.guesses import Column, written
from kpicli.intake.values.numbers import guess_numbers

_FORMS = 500
_NUMBERS = 10_000
_LAST_MONTH = 12
_LAST_DAY = 31


def doubtful(parsed: pl.Series, reading: Reading) -> bool:
    """Whether numbers have fractions though the sample showed no decimal mark."""
    if not reading.guessed or not parsed.dtype.is_decimal():
        return False
    return bool((parsed != parsed.cast(pl.Int64, strict=False).cast(parsed.dtype)).any())


def widened(
    column: Column, reading: Reading, missed: pl.LazyFrame, decimal: str | None
) -> tuple[Reading, Note | None]:
    """Return how a column is read, with the forms of the cells `missed` by `reading` too.

    `decimal` is the mark that is declared.

    Raises:
        InputError: the forms contradict each other, or read two ways.
    """
    if reading.column.type.is_time:
        return _with_dates(column, reading, missed)
    if reading.column.type.is_number and reading.values is None:
        return _with_numbers(column, reading, missed, decimal)
    return reading, None


def _with_dates(
    column: Column, reading: Reading, missed: pl.LazyFrame
) -> tuple[Reading, Note | None]:
    guess = guess_dates(_typical(missed, reading))
    if guess is None:
        return reading, None
    known = {day_first(form): form for form in reading.formats}
    formats = []
    for form in guess.formats:
        before = known.get(day_first(form))
        if before is not None and before != form and not guess.is_open:
            doubt = f"{guess.example} is month first, and other cells are day first"
            if form == day_first(form):
                doubt = f"{guess.example} is day first, and other cells are month first"
            raise InputError(problems=[unsettled(column, replace(guess, doubt=doubt))])
        formats.append(before or form)
    if guess.is_open:
        turn = _order(reading.formats)
        if turn is None or guess.doubt:
            raise InputError(problems=[unsettled(column, guess)])
        formats = [turn(form) for form in formats]
    new = [form for form in formats if form not in reading.formats]
    if not new:
        return reading, None
    what = f"{column.header}: {' or '.join(new)} too"
    note = Note(what=what, evidence=f"as in {guess.example}, beyond the first cells")
    return replace(reading, formats=(*reading.formats, *new)), note


def _order(formats: tuple[str, ...]) -> Callable[[str], str] | None:
    """Return the order of day and month that known formats share."""
    turns = {form == day_first(form) for form in formats if day_first(form) != month_first(form)}
    if len(turns) != 1:
        return None
    return day_first if turns.pop() else month_first


def _typical(missed: pl.LazyFrame, reading: Reading) -> list[str]:
    """Return cells of every form that occurs, with the greatest first and second number of each."""
    cell = pl.col("cell")
    parts = cell.str.extract_groups(r"^(\d{1,2})[-/](\d{1,2})[-/]")
    found = (
        missed.select(trimmed(cell, reading.nulls).alias("cell"))
        .drop_nulls()
        .with_columns(
            form=cell.str.replace_all(r"[A-Za-z]+", "A").str.replace_all(r"\d", "0"),
            first=_day(parts, "1"),
            second=_day(parts, "2"),
        )
        .group_by("form")
        .agg(
            pl.len().alias("count"),
            cell.min().alias("any"),
            cell.sort_by("first", nulls_last=False).last().alias("first"),
            cell.sort_by("second", nulls_last=False).last().alias("second"),
        )
        .sort("count", "form", descending=[True, False])
        .head(_FORMS)
        .select("any", "first", "second")
        .collect(engine="streaming")
    )
    return [text for row in found.iter_rows() for text in row if text is not None]


def _day(parts: pl.Expr, name: str) -> pl.Expr:
    number = parts.struct.field(name).cast(pl.Int64, strict=False)
    return pl.when(number <= _LAST_DAY).then(number)


def _with_numbers(
    column: Column, reading: Reading, missed: pl.LazyFrame, decimal: str | None
) -> tuple[Reading, Note | None]:
    if reading.guessed:
        # Nothing showed the mark so far: the whole column does, read and unread cells alike.
        guess = guess_numbers(column.marked())
        settled, note = written(column, replace(reading, decimal=""), guess, None)
    else:
        texts = (
            missed.select(trimmed(pl.col("cell"), reading.nulls).alias("cell"))
            .drop_nulls()
            .unique()
            .head(_NUMBERS)
            .collect(engine="streaming")
        )
        guess = guess_numbers(sorted(texts.to_series()))
        if guess.decimal not in {None, reading.decimal}:
            # Cells that were read by one mark may have been written with the other.
            whole = guess_numbers(column.marked())
            asked, _ = written(column, replace(reading, decimal=decimal or ""), whole, None)
            if whole.torn and isinstance(asked, Problem):
                raise InputError(problems=[asked])
            return reading, None
        settled, note = written(column, reading, guess, None)
    if isinstance(settled, Problem):
        raise InputError(problems=[settled])
    return settled, note
