"""Names of the columns that the engine adds to frames; none can be a column of the model."""

from __future__ import annotations

from collections.abc import Iterable

PERIOD = "__p"  # place of a period on the grid, 0 for the first
LOW = "__lo"  # first period in which a row counts
HIGH = "__hi"  # last period in which a row counts
BEGAN = "__began"  # when a spell began
ROW = "__row"  # place of a row in its relation: decides ties
ALL = "__all"  # true in every row: a literal would count once per group, not per row
WHO = "__who"  # the people whose protected answers a row is made of
OUT = "left_out"  # reason why a row counts nowhere


def dimension(name: str) -> str:
    """Return the column that holds dimension `name`."""
    return f"@{name}"


ACTOR = "#"
"""Marks a column, not a dimension, to break results down by: the actor of `rows: {results: …}`."""


def per_actor(columns: Iterable[str]) -> bool:
    """Whether cells are those of single actors: many, mostly empty, and so none are made up."""
    return any(column.startswith(dimension(ACTOR)) for column in columns)
