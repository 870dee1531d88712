"""Files without a header line: what their columns are, told by their cells alone.

All of it is doubtful. Columns that may name persons or customers are never told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from kpicli.model import Table, Type, model
from kpicli.model.synonyms import synonyms
from kpicli.proposal.forms import scaled
from kpicli.proposal.moments import in_order
from kpicli.proposal.profile import Kind, Profile
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.tables import named, stand_ins
from kpicli.proposal.types import Draft, Feed
from kpicli.proposal.values import meanings

_LEAST = 2.0
_NEAR = 1.0
_CLOSE = 0.5
_MOSTLY = 0.6
_NAMED = 2.0
_EACH = 0.1
_FEW = 2
_WIDE = 9  # digits from which on a number may be that of a phone, a person or a company
_HIGHEST = 10
_CODE = re.compile(r"(?=\D*\d)[^\W_]*[-_/#]?[-\w]+")
_ID = re.compile(r"[^\W\d_]{0,5}[-_/#]?\d{1,9}")
_PART = re.compile(r"\d[.,]\d{1,2}\b(?![.,]?\d)")
_LATER = {
    "tickets": ("first_response_at", "resolved_at"),
    "customers": ("churned_at",),
}
"""What later times are, where it is not the end that the model knows; the last one comes last."""


class Told(Struct, frozen=True, kw_only=True):
    """A table as the cells tell it; `score` says how much speaks for it."""

    draft: Draft
    score: float


def drafts(sheet: Sheet) -> tuple[list[Draft], Draft | None]:
    """Return the source that a sheet feeds, or the table that it nearly feeds."""
    times = in_order(sheet)
    found = sorted((_told(sheet, table, times) for table in model().tables.values()), key=_rank)
    able = [one for one in found if not one.draft.lacks and one.score >= _LEAST]
    if not able:
        near = next((one for one in found if one.score >= _LEAST + _NEAR), None)
        return [], near.draft if near else None
    best, *others = able
    rival = next((one for one in others if one.score > best.score - _CLOSE), None)
    if rival is None:
        return [best.draft], None
    table = rival.draft.table
    doubt = f"the cells would suit {table.name} nearly as well; there a row is {table.row}"
    return [replace(best.draft, doubts=(doubt,))], None


def _rank(told: Told) -> tuple[bool, float]:
    return bool(told.draft.lacks), -told.score


def _told(sheet: Sheet, table: Table, times: tuple[str, ...]) -> Told:
    """Return what a sheet has of a table: its key, times, amount, and words that are known."""
    feeds = list(_feeds(sheet, table, times))
    words = sum(1 for feed in feeds if table.columns[feed.column].values)
    money = any(table.columns[feed.column].type is Type.MONEY for feed in feeds)
    feeds += stand_ins(sheet, table, {feed.column for feed in feeds})
    feeds.sort(key=lambda feed: list(table.columns).index(feed.column))
    name = _NAMED * named(sheet, table)
    draft = Draft(
        name=table.name,
        table=table,
        sheet=sheet,
        title=f"{table.name} by what the cells are, for there is no header: a row is {table.row}",
        feeds=tuple(feeds),
        options={},
    )
    return Told(draft=scaled(draft), score=name + words + money + _EACH * draft.strength)


def _feeds(sheet: Sheet, table: Table, times: tuple[str, ...]) -> Iterator[Feed]:
    taken: set[str] = set()
    for column, header, because in _parts(sheet, table, times):
        if header in taken:
            continue
        taken.add(header)
        yield Feed(
            column=column, spec={"from": header}, because=because, doubtful=True, guessed=True
        )


def _parts(sheet: Sheet, table: Table, times: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield columns, the headers that may feed them, and why; the surest first."""
    profiles = [sheet.profiles[name] for name in sheet.names]
    yield from _words(profiles, table)
    begins = table.begins[-1]
    if times:
        yield begins, times[0], "a guess: the first of its times"
        yield from _later(table, times[1:])
    for name in table.key:
        if table.columns[name].type is Type.ID and name not in table.begins:
            key = next((one for one in profiles if _is_key(one)), None)
            if key is not None:
                yield name, key.header, f"a guess: each row has its own{such_as(key)}"
            break
    for name in table.required:
        if table.columns[name].type is Type.MONEY and (amount := _amount(profiles)):
            yield name, amount.header, f"a guess: numbers{such_as(amount)}"
    if "score" in table.columns and (score := _score(profiles)):
        yield "score", score.header, f"a guess: numbers{such_as(score)}"


def _later(table: Table, times: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield what later times may be, the last of them first."""
    columns = _LATER.get(table.name, table.ends)
    for column, header in zip(reversed(columns), reversed(times), strict=False):
        yield column, header, "a guess: never before the first of its times"


def _words(profiles: list[Profile], table: Table) -> Iterator[tuple[str, str, str]]:
    """Yield columns of words, most of which mean something there; each header once."""
    for name, column in table.columns.items():
        if column.type not in {Type.ENUM, Type.TEXT} or not synonyms().cells(table.name, name):
            continue
        shares = [(_known(one, table, name), one.header) for one in profiles]
        share, header = max(shares, key=lambda found: found[0])
        if share >= _MOSTLY:
            yield name, header, "a guess: most of its words mean something there"


def _known(profile: Profile, table: Table, name: str) -> float:
    if profile.kind not in {Kind.WORDS, Kind.TEXT} or not profile.cells:
        return 0.0
    found = meanings(profile.cells, table.name, name, table.columns[name].values)
    return len(found.known) / len(profile.cells)


def _is_key(profile: Profile) -> bool:
    """Whether every row has an id of its own: no amount, no sentence, no name of anybody."""
    if not profile.unique or profile.kind not in {Kind.NUMBER, Kind.TEXT, Kind.WORDS}:
        return False
    return all(_CODE.fullmatch(cell) and not _PART.search(cell) for cell in profile.cells)


def _score(profiles: list[Profile]) -> Profile | None:
    """Return the first column of a few whole numbers that go no higher than scores do."""
    scores = (one for one in profiles if one.points is not None and not one.unique)
    return next((one for one in scores if one.points and one.points[1] <= _HIGHEST), None)


def _amount(profiles: list[Profile]) -> Profile | None:
    """Return the first column of amounts: with hundredths, else the only one of other numbers."""
    key = next((one for one in profiles if _is_key(one)), None)
    numbers = [
        one for one in profiles if one.kind is Kind.NUMBER and one is not key and not one.truths
    ]
    parts = [one for one in numbers if any(_PART.search(cell) for cell in one.cells)]
    plain = [one for one in numbers if not any(_is_wide(cell) for cell in one.cells)]
    return parts[0] if parts else plain[0] if len(plain) == 1 else None


def _is_wide(cell: str) -> bool:
    return sum(map(str.isdigit, cell)) >= _WIDE


def such_as(profile: Profile) -> str:
    """Return the first cells of a column as evidence; nothing where they may name somebody.

    They may where they are words, and where they are numbers as long as those of phones.
    """
    cells = profile.cells[:_FEW]
    plain = profile.kind in {Kind.NUMBER, Kind.TIME, Kind.DURATION} or all(
        _ID.fullmatch(cell) for cell in cells
    )
    if not cells or not plain or (profile.kind is not Kind.TIME and any(map(_is_wide, cells))):
        return ""
    return f", such as {', '.join(cells)}"


def seen(profile: Profile) -> str:
    """Return what the cells of a column that is not told are like; dates may be of births."""
    match profile.kind:
        case Kind.EMPTY:
            return "empty so far"
        case Kind.TIME:
            return "only dates"
        case Kind.DURATION:
            return "only durations"
        case Kind.NUMBER:
            return f"only numbers{such_as(profile)}"
        case Kind.ADDRESS:
            return "only addresses"
        case Kind.WORDS | Kind.TEXT:
            return f"text; different cells: {profile.distinct:,} of {profile.filled:,}"
