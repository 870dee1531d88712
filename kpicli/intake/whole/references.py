"""References: columns that name a row of another table, and how many name one that is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl
from msgspec import Struct

from kpicli.intake.ledger import SHOWN
from kpicli.intake.values.judge import PLACE
from kpicli.intake.whole.joined import PIECE, Joined
from kpicli.model import Reference

LARGE = 0.1
"""The share of unknown references from which on a report warns."""
_SAMPLE = 10_000


class Linked(Struct, frozen=True, kw_only=True):
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


class _Link(Struct, frozen=True, kw_only=True):
    """A reference between two tables that are there; `read` are the columns that it needs."""

    whole: Joined
    reference: Reference
    condition: pl.Expr | None
    read: frozenset[str]
    known: pl.Series

    def named(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Return the rows of `frame` that name something."""
        named = pl.col(self.reference.column).is_not_null()
        return frame.filter(named if self.condition is None else named & self.condition)


def linked(wholes: Mapping[str, Joined], *, thorough: bool) -> Iterator[Linked]:
    """Yield the references between tables that are there.

    Unless `thorough`, only those of which a sample of evenly spaced rows has a large unknown share:
    who asks for numbers does not wait for a look at every row.
    """
    links = list(_links(wholes))
    yield from map(_judged, links if thorough else _suspicious(links))


def _links(wholes: Mapping[str, Joined]) -> Iterator[_Link]:
    for whole in wholes.values():
        there = set(whole.frame.columns)
        for reference in whole.table.references:
            target = wholes.get(reference.to)
            condition = None if reference.where is None else pl.sql_expr(reference.where)
            others = condition.meta.root_names() if condition is not None else ()
            read = frozenset({reference.column, *others})
            if target is not None and read <= there:
                known = target.frame.get_column(target.table.key[0])
                yield _Link(
                    whole=whole, reference=reference, condition=condition, read=read, known=known
                )


def _suspicious(links: Sequence[_Link]) -> Iterator[_Link]:
    """Yield the links of which a sample has a large unknown share."""
    plans = []
    for link in links:
        column, frame = link.reference.column, link.whole.frame
        spaced = frame.lazy().select(link.read).gather_every(max(1, frame.height // _SAMPLE))
        named = link.named(spaced).select(column)
        found = link.known.to_frame(column).lazy().join(named.unique(), on=column, how="semi")
        unknown = named.join(found, on=column, how="anti")
        plans += [named.select(pl.len()), unknown.select(pl.len())]
    counts = iter(count.item() for count in pl.collect_all(plans, engine="in-memory"))
    for link, rows, unknown in zip(links, counts, counts, strict=True):
        if unknown > LARGE * rows:
            yield link


def _judged(link: _Link) -> Linked:
    whole, reference = link.whole, link.reference
    named = link.named(whole.frame.lazy()).select(PIECE, PLACE, reference.column).collect()
    keys = link.known.to_frame(reference.column)
    unknown = named.join(keys, on=reference.column, how="anti")
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
