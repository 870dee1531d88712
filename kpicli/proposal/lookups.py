"""One entity in two files: columns that a second sheet brings to the rows of a source."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from msgspec.structs import replace

from kpicli.model import Type
from kpicli.proposal.keys import Keys, Overlap, keys_of, overlap
from kpicli.proposal.known import feed
from kpicli.proposal.match import matches
from kpicli.proposal.moments import follows, same_rows
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.types import Draft, Feed, Lookup, Option, also

_EXACT = 0.95
_NEARLY_ALL = 0.9
_SUMMED = ("amount", "cost", "quantity")
_OF_ITS_ROW = ("updated_at",)


def looked_up(drafts: Sequence[Draft], sheets: Sequence[Sheet]) -> list[Draft]:
    """Return drafts with the columns that other sheets bring to them.

    A draft that lacks something is completed where other sheets bring all of it. A sheet that is
    looked up is a source itself only where its rows are something else.
    """
    made = list(drafts)
    if len(sheets) < 2:  # noqa: PLR2004 (a second sheet)
        return made
    gone: set[int] = set()
    for place in _complete_first(made):
        keys = None if place in gone else keys_of(made[place])
        if keys is None:
            continue
        host, taken = made[place], set[int]()
        for sheet in sheets:
            own = [at for at, one in enumerate(made) if one.sheet is sheet and at not in gone]
            if sheet is host.sheet:
                continue
            found = _lookup(host, keys, sheet, [made[at] for at in own])
            if found is None:
                about = _is_about(host, keys, sheet, [made[at] for at in own])
                taken |= {at for at in own if about and made[at].table is host.table}
            else:
                host = replace(host, lookups=(*host.lookups, found))
                taken |= {at for at in own if _is_told_by(found, made[at])}
        if not host.lacks:
            made[place] = host
            gone |= taken
    return [draft for place, draft in enumerate(made) if place not in gone]


def _is_about(host: Draft, keys: Keys, sheet: Sheet, own: Sequence[Draft]) -> bool:
    """Whether a sheet is no list of tickets but of answers about them, which come after them.

    Both have ids, times and agents; the answers have scores, and their tickets are all elsewhere.
    """
    alike = next((one for one in own if one.table is host.table and one.system is None), None)
    if alike is None or all(one.table.question is None for one in own):
        return False
    found = overlap(keys, sheet)
    return found is not None and not found.doubtful and follows(host, alike)


def _is_told_by(found: Lookup, draft: Draft) -> bool:
    """Whether a draft of a sheet that is looked up says no more than the lookup does.

    One of another table that lacks something is worth telling where it has a column that it needs.
    """
    if draft.table is found.draft.table:
        return True
    needed = (one for one in draft.feeds if draft.column(one).required and not one.doubtful)
    more = any(one.headers and not found.used.issuperset(one.headers) for one in needed)
    return _is_weak(draft) or (bool(draft.lacks) and not more)


def _is_weak(draft: Draft) -> bool:
    """Whether a sheet is what a draft takes it for only if a header that is needed is guessed."""
    return any(one.headers and one.doubtful and draft.column(one).required for one in draft.feeds)


def _complete_first(drafts: Sequence[Draft]) -> list[int]:
    """Return the places of drafts: first those that lack nothing, and the largest of them."""
    return sorted(
        range(len(drafts)), key=lambda place: (bool(drafts[place].lacks), -drafts[place].sheet.rows)
    )


def _lookup(host: Draft, keys: Keys, sheet: Sheet, own: Sequence[Draft]) -> Lookup | None:
    """Return what a sheet brings to a draft; `own` are the drafts that it feeds itself."""
    found = overlap(keys, sheet)
    if found is None:
        return None
    feeds = [one for one in _offered(host, found, sheet, own) if _wanted(host, one, found)]
    options: dict[str, Option] = {}
    if not found.unique:
        feeds = [one for one in feeds if one.column in _SUMMED]
        if feeds:
            options["fold"] = _fold(sheet, found, feeds)
    if not feeds:
        return None
    said = f"{found.hits:,} of its {found.ids:,} ids are among the {found.keys:,} of {keys.title}"
    because = said if found.named else also(said, "its header does not name them")
    return Lookup(
        match=Feed(
            column=keys.column,
            spec={"from": found.header},
            because=because,
            doubtful=found.doubtful,
        ),
        draft=Draft(
            name=host.name,
            table=host.table,
            sheet=sheet,
            title=f"{sheet.title} has more of the same rows",
            feeds=tuple(feeds),
            options=options,
        ),
    )


def _offered(host: Draft, found: Overlap, sheet: Sheet, own: Sequence[Draft]) -> list[Feed]:
    """Return what a sheet has for the table of a draft.

    Where its rows are something else by themselves, that is only dates which their headers name.
    """
    alike = next((one for one in own if one.table is host.table), None)
    if alike is not None:
        if not alike.lacks and (found.doubtful or not same_rows(host, alike)):
            return []  # its own rows would be lost
        return [one for one in alike.feeds if one.headers or "expr" in one.spec]
    told = matches(sheet, host.table, {found.header})
    if all(one.lacks or _is_weak(one) for one in own):
        return [feed(match) for match in told]
    if host.table.spells:
        return []  # the other table tells when they begin and end: contracts of customers
    return [
        feed(match)
        for match in told
        if match.score >= _EXACT and host.table.columns[match.column].type.is_time
    ]


def _wanted(host: Draft, offered: Feed, found: Overlap) -> bool:
    """Whether a draft lacks a column, and can have it of those of its rows that are found.

    What describes a row is of use for nearly all rows; what happened to some, such as the end of an
    employment, for those.
    """
    if (
        offered.column in {*host.fed, *host.table.key, *_OF_ITS_ROW}
        or found.header in offered.headers
    ):
        return False
    describes = host.table.columns[offered.column].type in {Type.TEXT, Type.ID}
    return not describes or found.covered >= _NEARLY_ALL


def _fold(sheet: Sheet, found: Overlap, feeds: Sequence[Feed]) -> Option:
    """Return how the rows of one id become one: amounts add up, or are the total repeated."""
    amounts = [one.headers[0] for one in feeds]
    varied = repeated = 0
    for frame in sheet.per_file(found.header, *dict.fromkeys(amounts)):
        told = (
            frame.drop_nulls(found.header)
            .group_by(found.header)
            .agg(pl.len().alias("rows"), pl.col(amounts[0]).n_unique().alias("amounts"))
            .filter(pl.col("rows") > 1)
            .select(pl.len(), (pl.col("amounts") > 1).sum().alias("varied"))
            .collect(engine="streaming")
            .row(0)
        )
        repeated, varied = repeated + told[0], varied + told[1]
    columns = [one.column for one in feeds]
    because = f"ids that stand on several of its rows: {repeated:,}; their amounts add up"
    if varied:
        return Option(value={"sum": columns}, because=because, doubtful=True)
    because = f"ids that stand on several of its rows: {repeated:,}; each time with the same amount"
    return Option(value={"last": columns}, because=because, doubtful=True)
