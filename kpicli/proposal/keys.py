"""Ids of one sheet that are keys of another: how many, and whether that may be chance."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from kpicli.model import Table
from kpicli.model.synonyms import synonyms
from kpicli.proposal.profile import Kind, Profile, share_of
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.types import Draft
from kpicli.proposal.words import folded, likeness, says_nothing

_NEARLY_ALL = 0.8
_SURE = 0.95
_ALIKE = 0.95
_HINTED = 0.5
_LEAST = {True: 2, False: 5}
_CHANCE = 0.1
_DIGITS = r"^[1-9]\d{0,17}$"


class Keys(Struct, frozen=True, kw_only=True):
    """The keys of a sheet: `cells`, distinct and sorted, are a `column` of the table."""

    table: Table
    column: str
    header: str
    title: str
    cells: pl.Series

    def hold(self, few: pl.Series) -> pl.Series:
        """Return which of a few cells are keys; to look them up among millions takes no time."""
        if self.cells.is_empty():
            return few.is_in([])
        places = self.cells.search_sorted(few).clip(upper_bound=len(self.cells) - 1)
        return self.cells.gather(places) == few


class Overlap(Struct, frozen=True, kw_only=True):
    """A column whose cells are keys of another sheet.

    Of `ids` distinct cells `hits` are among the `keys`; `chance` is the share of numbers drawn
    blindly from the same range that would be. `named` says that the header names the keys, `unique`
    that no file has a cell twice.
    """

    header: str
    ids: int
    hits: int
    keys: int
    chance: float
    named: bool
    unique: bool

    @property
    def share(self) -> float:
        """How much of the column is keys."""
        return self.hits / self.ids

    @property
    def covered(self) -> float:
        """How much of the keys is in the column."""
        return self.hits / self.keys

    @property
    def stands(self) -> bool:
        """Whether it is more than chance: by its name, or by many cells that are no plain count.

        A named column may hold more than the keys, where it has them all: it goes further back.
        """
        if self.hits < _LEAST[self.named]:
            return False
        if self.named:
            return self.share >= _NEARLY_ALL or self.covered >= _SURE
        return self.share >= _NEARLY_ALL and self.chance <= _CHANCE

    @property
    def doubtful(self) -> bool:
        """Whether somebody should look at it."""
        return not self.named or self.share < _SURE


def keys_of(draft: Draft) -> Keys | None:
    """Return the keys by which rows of a draft can be told; None where they are no header.

    Where several columns make the key, the first must tell the rows apart by itself. A draft that
    lacks something must at least say when its rows begin.
    """
    if draft.lacks and not draft.fed.intersection(draft.table.begins):
        return None
    name = next(iter(draft.table.key), None)
    found = next((one for one in draft.feeds if one.column == name), None)
    if name is None or found is None or len(found.headers) != 1 or "values" in found.spec:
        return None
    header = found.headers[0]
    if len(draft.table.key) > 1 and not unique(draft.sheet, header):
        return None
    cells = _distinct(draft.sheet, header).sort()
    return Keys(table=draft.table, column=name, header=header, title=draft.sheet.title, cells=cells)


def overlap(keys: Keys, sheet: Sheet) -> Overlap | None:
    """Return the column of a sheet that holds keys of another; None where none does for sure."""
    found = [
        _overlap(keys, sheet, name)
        for name in sheet.names
        if name and _may_be(keys, sheet.profiles[name])
    ]
    stands = [one for one in found if one.stands]
    return max(stands, key=lambda one: (one.named, one.share, one.hits), default=None)


def _may_be(keys: Keys, profile: Profile) -> bool:
    """Whether a header names the keys, or the first cells of a column look like them."""
    if profile.kind in {Kind.EMPTY, Kind.TIME, Kind.DURATION} or profile.long:
        return False
    if _named(keys, profile.header):
        return True
    return share_of(keys.hold(pl.Series(profile.cells, dtype=pl.String))) >= _HINTED


def _distinct(sheet: Sheet, header: str) -> pl.Series:
    return sheet.cells(header).drop_nulls().unique().collect(engine="streaming")["cell"]


def _overlap(keys: Keys, sheet: Sheet, header: str) -> Overlap:
    cells = _distinct(sheet, header)
    hits = cells.filter(cells.is_in(keys.cells.implode()))
    return Overlap(
        header=header,
        ids=len(cells),
        hits=len(hits),
        keys=len(keys.cells),
        chance=_chance(keys.cells, hits),
        named=_named(keys, header),
        unique=unique(sheet, header),
    )


def _chance(keys: pl.Series, hits: pl.Series) -> float:
    """Return how much of the range of some numbers is keys: 1 for those that count 1, 2, 3, …."""
    if hits.is_empty() or not hits.str.contains(_DIGITS).all():
        return 0.0
    numbers = hits.cast(pl.Int64).sort()
    low, high = int(numbers[0]), int(numbers[-1])
    all_keys = keys.filter(keys.str.contains(_DIGITS)).cast(pl.Int64)
    within = all_keys.filter(all_keys.is_between(pl.lit(low), pl.lit(high)))
    return len(within) / (high - low + 1)


def _named(keys: Keys, header: str) -> bool:
    """Whether a header names the keys: as their own header does, or as such keys are called."""
    if says_nothing(header):
        return False
    if folded(header) == folded(keys.header):
        return True
    known = synonyms().headers(keys.table.name, keys.column)
    return any(likeness(header, name) >= _ALIKE for name in known if not says_nothing(name))


def unique(sheet: Sheet, header: str) -> bool:
    """Whether no file of a sheet has a cell twice in a column."""
    return all(
        frame.drop_nulls()
        .select((pl.len() == pl.col(header).n_unique()).alias("unique"))
        .collect(engine="streaming")
        .item()
        for frame in sheet.per_file(header)
    )


def apart(drafts: Sequence[Draft]) -> list[Draft]:
    """Return drafts that say which other file feeds their table, and how many keys both have.

    Answers are left out: every question of a form is a source.
    """
    told = []
    for place, draft in enumerate(drafts):
        before = [
            one
            for one in drafts[:place]
            if one.table is draft.table and one.sheet is not draft.sheet
        ]
        if before and draft.table.question is None:
            draft = replace(draft, doubts=(*draft.doubts, _twice(draft, before)))  # noqa: PLW2901 (the same, told)
        told.append(draft)
    return told


def _twice(draft: Draft, before: Sequence[Draft]) -> str:
    """Return what is to be looked at where several files feed one table."""
    own = keys_of(draft)
    shared = [(_shared(own, keys_of(one)), one) for one in before]
    count, other = max(shared, key=lambda pair: pair[0])
    table, title = draft.table.name, other.sheet.title
    if count:
        return f"{title} feeds {table} too, and of {count:,} keys in both the latest row counts"
    return f"{title} feeds {table} too: nothing may be counted in both"


def _shared(one: Keys | None, other: Keys | None) -> int:
    return int(one.cells.is_in(other.cells.implode()).sum()) if one and other else 0
