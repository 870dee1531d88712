"""How cells are parsed, as expressions: what they cost does not grow with the steps they take."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from kpicli.config import TimeUnit
from kpicli.intake.values import cells
from kpicli.intake.values.cells import Reading
from kpicli.model import Column, Type

CHOICE = 2
"""How often a cell is named where one step chooses it: `when(cell …).then(cell)`."""


def _column(kind: Type, **told: Any) -> Column:
    return Column(type=kind, meaning="of a test", **told)


READINGS = {
    "comma": Reading(column=_column(Type.MONEY), decimal=",", thousands=" "),
    "scaled": Reading(column=_column(Type.MONEY), decimal=",", scale=Decimal("0.01")),
    "whole": Reading(column=_column(Type.INT), thousands=","),
    "hours": Reading(column=_column(Type.SECONDS), decimal=",", unit=TimeUnit.HOURS),
    "hms": Reading(column=_column(Type.SECONDS), unit=TimeUnit.HMS),
    "date": Reading(column=_column(Type.DATE), formats=("%d.%m.%Y",)),
    "time": Reading(column=_column(Type.TS), formats=("%d.%m.%Y %H:%M",), zone="Europe/Berlin"),
    "truth": Reading(column=_column(Type.BOOL), nulls=("?",)),
    "word": Reading(column=_column(Type.ENUM, values=("open", "closed")), pass_=True),
    "known": Reading(column=_column(Type.TEXT, known=("very satisfied",))),
}


@pytest.mark.parametrize("name", READINGS)
@pytest.mark.parametrize("read", [cells.quick, cells.careful])
def test_steps_do_not_double_what_is_done_before_them(
    name: str, read: Callable[[pl.Expr, Reading], pl.Expr]
) -> None:
    parsed = read(pl.col("cell"), READINGS[name])
    assert 1 <= str(parsed).count('col("cell")') <= CHOICE


@pytest.mark.parametrize("name", READINGS)
@pytest.mark.parametrize("read", [cells.quick, cells.careful])
@pytest.mark.parametrize("step", ["str.to_decimal(", "str.strip_chars(", "str.extract_groups("])
def test_no_step_is_done_more_often_than_it_is_asked_for(
    name: str, read: Callable[[pl.Expr, Reading], pl.Expr], step: str
) -> None:
    # Of a number that has signs around it the digits are read once more.
    assert str(read(pl.col("cell"), READINGS[name])).count(step) <= 1 + ("decimal" in step)
