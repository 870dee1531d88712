"""References: columns that name a row of another table, and how many name one that is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from kpicli.intake.ledger import SHOWN
from kpicli.intake.values.judge import PLACE
from kpicli.intake.whole.joined import PIECE, Joined
from kpicli.model import Reference

LARGE = 0.1
"""The share of unknown references from which on a report warns."""
_SAMPLE = 10_000


@dataclass(frozen=True, kw_only=True)
class Linked:
    """How the rows of `table` refer to another table by one column.

    `rows` are those that name something, `unknown` those that name what is not there; `first` tells
    file and line of the first of them, never whom they name.
    """

    table: str
    column: str
    to: str
    rows: int
    unknown: int
    first: tuple[tuple[str, int], ...]

    @property
    def is_large(self) -> bool:
        """Whether so many are unknown that numbers across the two tables miss a good part."""
        return self.unknown > LARGE * self.rows

    def __str__(self) -> str:
        told = (
            f"{self.table}.{self.column}: {self.unknown:,} of {self.rows:,} rows name what "
            f"{self.to} does not hold"
        )
        if not self.first:
            return told
        file, line = self.first[0]
        return f"{told}, the first at {file}:{line}"


def linked(wholes: Mapping[str, Joined], *, thorough: bool) -> Iterator[Linked]:
    """Yield the references between tables that are there.

    Unless `thorough`, only those of which a sample of evenly spaced rows has a large unknown share:
    who asks for numbers does not wait for a look at every row.
    """
    for whole in wholes.values():
        there = set(whole.frame.columns)
        for reference in whole.table.references:
            target = wholes.get(reference.to)
            condition = None if reference.where is None else pl.sql_expr(reference.where)
            read = {
                reference.column,
                *(condition.meta.root_names() if condition is not None else ()),
            }
            if target is None or not read <= there:
                continue
            known = target.frame.get_column(target.table.key[0])
            if thorough or _is_suspicious(whole.frame.select(read), reference, condition, known):
                yield _judged(whole, reference, condition, known)


def _naming(frame: pl.DataFrame, column: str, condition: pl.Expr | None) -> pl.DataFrame:
    named = pl.col(column).is_not_null()
    return frame.filter(named if condition is None else named & condition)


def _is_suspicious(
    frame: pl.DataFrame, reference: Reference, condition: pl.Expr | None, known: pl.Series
) -> bool:
    spaced = frame.gather_every(max(1, frame.height // _SAMPLE))
    named = _naming(spaced, reference.column, condition)[reference.column]
    found = known.filter(known.is_in(named.unique().implode()))
    unknown = named.len() - int(named.is_in(found.implode()).sum())
    return unknown > LARGE * named.len()


def _judged(
    whole: Joined, reference: Reference, condition: pl.Expr | None, known: pl.Series
) -> Linked:
    named = _naming(whole.frame, reference.column, condition)
    places = named.select(PIECE, PLACE, reference.column)
    keys = known.to_frame(reference.column)
    unknown = places.join(keys, on=reference.column, how="anti")
    first = unknown.select(PIECE, PLACE).bottom_k(SHOWN, by=[PIECE, PLACE]).sort(PIECE, PLACE)
    return Linked(
        table=whole.table.name,
        column=reference.column,
        to=reference.to,
        rows=named.height,
        unknown=unknown.height,
        first=tuple(
            (whole.files[piece].ledger.file, whole.files[piece].text.line_of(place))
            for piece, place in first.iter_rows()
        ),
    )
