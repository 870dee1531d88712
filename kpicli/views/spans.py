"""Spans of time between two instants of a row, on the clock that is asked for."""

from __future__ import annotations

import polars as pl

from kpicli.views.inputs import Inputs


def ready(inputs: Inputs, name: str) -> pl.Expr:
    """The ready duration `name`, on the clock that is asked for."""
    return pl.col(f"{name}_business" if inputs.on_working_hours else name)


def by_clock(
    inputs: Inputs,
    name: str,
    ends: tuple[pl.Expr, pl.Expr],
    *,
    made: str | None = None,
    made_where: pl.Expr | None = None,
    less: str | None = None,
    team: str | None = "team",
) -> dict[str, pl.Expr]:
    """Return the columns `<name>_seconds` and `<name>_business` of a row.

    `ends` are the later and the earlier instant. Where one is missing, the column `made` (or
    `<made>_business`) says how long it took, for rows of `made_where`. `<less>_seconds` and
    `<less>_business` are subtracted. With clock=business the first column counts working hours,
    with clock=both the second does; they are those of the column `team`, or the default ones.
    """
    clock = inputs.option("clock")

    def column(suffix: str, taken: pl.Expr, fallback: pl.Expr | None) -> pl.Expr:
        if less is not None:
            taken = taken - pl.col(f"{less}_{suffix}")
        if fallback is None:
            return taken
        known = fallback if made_where is None else pl.when(made_where).then(fallback)
        return pl.coalesce(taken, known)

    later, earlier = ends
    whose = pl.lit(None, dtype=pl.String) if team is None else pl.col(team)
    main = inputs.seconds(later, earlier, whose)
    found = {
        f"{name}_seconds": column("seconds", main, ready(inputs, made) if made else None),
        f"{name}_business": pl.lit(None, dtype=pl.Int64),
    }
    if clock == "both":
        beside = inputs.business_seconds(later, earlier, whose)
        found[f"{name}_business"] = column(
            "business", beside, pl.col(f"{made}_business") if made else None
        )
    return found
