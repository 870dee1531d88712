"""Rows alike in all that is read of them: what the rest of their cells say.

A key may stand on several lines that differ only in a column which no mapping reads: the lines of
one order, say. Their other cells are read for such rows alone, and kept as hashes: the question is
only whether they differ.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from msgspec import Struct

from kpicli.intake.exports import File
from kpicli.intake.ledger import shown
from kpicli.intake.mapping import headers
from kpicli.intake.values.judge import PLACE
from kpicli.intake.whole.joined import PIECE, Joined
from kpicli.text import first_few

GROUP = "__group"
"""The column by which rows are alike."""
_MOST = 3  # headers that are named


class Unlike(Struct, frozen=True, kw_only=True):
    """Groups whose rows differ in their files, and the headers of the cells in which they do."""

    groups: pl.Series
    headers: tuple[str, ...]

    @property
    def said(self) -> str:
        """The headers as messages name them."""
        return first_few([shown(name, person=False) or "" for name in self.headers], _MOST)


def unlike(whole: Joined, rows: pl.DataFrame) -> Unlike:
    """Return which groups of `rows` (PLACE, PIECE and GROUP) are not the same in a file.

    Lines of one thing stand in one file; another export of it may say otherwise, of the day of the
    export say. Rows that a fold made are no lines of a file.
    """
    hashes = list(_hashes(whole, rows))
    if not hashes:
        return Unlike(groups=rows[GROUP].head(0), headers=())
    cells = pl.concat(hashes, how="diagonal")
    names = [name for name in cells.columns if name not in {GROUP, PIECE}]
    # Where a file has no such column its cells are null, which neither of the two heeds.
    differ = [(pl.col(name).min() != pl.col(name).max()).alias(name) for name in names]
    found = cells.lazy().group_by(GROUP, PIECE).agg(differ).filter(pl.any_horizontal(names))
    torn = found.collect(engine="streaming")  # a fourth of the time
    which = torn.select(pl.col(names).any()).row(0, named=True)
    return Unlike(
        groups=torn[GROUP].unique(), headers=tuple(name[1:] for name in names if which[name])
    )


def _hashes(whole: Joined, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield GROUP, PIECE and the hashes of cells that were not compared as they stand, per file."""
    for piece in rows[PIECE].unique().sort():
        file = whole.files[piece]
        names = headers(file.text.header)
        rest = sorted({*range(len(names))} - _compared(whole, file))
        if piece in whole.folded or not rest:
            continue
        places = rows.lazy().filter(pl.col(PIECE) == piece).select(PLACE, GROUP)
        cells = [
            pl.col(f"c{place}").str.strip_chars().fill_null("").hash().alias(f"={names[place]}")
            for place in rest
        ]
        found = (
            file.text.scan(PLACE)
            .join(places, on=PLACE)
            .select(GROUP, pl.lit(piece).alias(PIECE), *cells)
        )
        yield file.text.collect(found)[0]


def _compared(whole: Joined, file: File) -> set[int]:
    """Return the places whose cells the rows of the table hold as they stand."""
    return {
        column.places[0]
        for column in file.columns
        if column.name in whole.frame.columns
        and len(column.places) == 1
        and column.spec.expr is None
        and column.spec.values is None
    }
