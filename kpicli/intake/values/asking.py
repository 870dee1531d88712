"""What to ask where it cannot be told how dates are written."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kpicli.errors import Problem
from kpicli.intake.values.formats import (
    DateGuess,
    counted,
    day_first,
    guess_dates,
    month_first,
    two_days,
)
from kpicli.intake.values.zones import zone_name

if TYPE_CHECKING:
    from kpicli.intake.values.guesses import Column

_WORDED = re.compile(r"\d{1,2}[ .-]*[^\W\da-zA-Z_]{3,}")


def how(column: Column, cells: Sequence[str]) -> str:
    """Return what to declare for cells that are written in no known form of a date."""
    named = guess_dates(cells[:1], named=True)
    if named is not None:
        form = named.formats[0]
        said = f"say how: {line(column, form)}"
        return f"{said}; and by the timezone of the source which zone {zone_name(form)} is"
    if _WORDED.match(cells[0]):
        return "put numbers for the months: expr with replace(…, ' січня ', '.01.'), and format"
    return f"say how: {line(column, counted(cells) or '%d.%m.%Y')}"


def unsettled(column: Column, guess: DateGuess) -> Problem:
    """Return what to ask where day and month cannot be told apart."""
    if guess.doubt:
        return Problem(
            where=column.where,
            message=f"column '{column.header}': {guess.doubt}",
            hint="export it in one form, or declare one and the other cells count as bad: "
            f"{line(column, day_first(guess.formats[0]))}",
        )
    day, month = two_days(guess.open_cell)
    form = next(form for form in guess.formats if day_first(form) != month_first(form))
    return Problem(
        where=column.where,
        message=f"column '{column.header}': {guess.open_cell} may be {day} or {month}, and no cell "
        "settles it",
        hint=f"put into the config {line(column, day_first(form))} for {day}, or "
        f"{line(column, month_first(form))} for {month}",
    )


def line(column: Column, form: str) -> str:
    """Return the line that declares the format of a column."""
    return (
        f"{column.name}: {{from: {json.dumps(column.header, ensure_ascii=False)}, "
        f'format: "{form}"}}'
    )
