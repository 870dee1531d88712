"""Results: the values of one metric, as they travel from the engine to a report."""

from __future__ import annotations

import polars as pl
from msgspec import Struct

from kpicli.language.declaration import Companion
from kpicli.units import Unit

BESIDE = "b:"
STATUS_BESIDE = "s:"


class Result(Struct, frozen=True, kw_only=True):
    """The values of one metric.

    `by` names the columns of the dimensions; `frame` has them, PERIOD, the columns of
    `values.valued`, and `b:name` and `s:name` per companion: its value and status. `adds_up` says
    that an absent cell is 0.
    """

    metric: str
    by: tuple[str, ...]
    frame: pl.DataFrame
    adds_up: bool


class FailedError(Exception):
    """A metric cannot be computed; the text says why."""


def natural_unit(companion: Companion, unit: Unit) -> Unit:
    """Return the unit of a companion that names none, beside a metric in `unit`."""
    if companion.share is not None:
        return Unit.PERCENT
    return Unit.COUNT if companion.count is not None else unit
