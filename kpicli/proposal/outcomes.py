"""Sales by rows that may be none: which header says what became of each of them.

A row counts as a sale unless something says otherwise, so a header that seems to say it is read,
and its words are asked for where nothing is known of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from kpicli.model.synonyms import synonyms
from kpicli.proposal.match import LEAST
from kpicli.proposal.profile import Kind, Profile
from kpicli.proposal.types import Draft, Feed
from kpicli.proposal.values import meanings
from kpicli.proposal.words import folded, likeness

_MOST = 60
_YES = frozenset(("true", "yes", "y", "t", "1", "да", "истина"))
_SHOWN = 3
_IS = "is"


class _Found(Struct, frozen=True, kw_only=True):
    """A header that tells what became of rows: cells by their value, and how many rows they are."""

    header: str
    known: Mapping[str, str]
    because: str
    values: Mapping[str, str] | None = None


def told(draft: Draft) -> Draft:
    """Return a draft whose rows say what became of them where a header of its sheet tells it.

    Headers further than the first one that seem to tell it are named as doubts.
    """
    name = next((name for name, one in draft.table.columns.items() if one.unlisted), None)
    if name is None or "where" in draft.options or draft.sheet.headless:
        return draft
    feed = next((feed for feed in draft.feeds if feed.column == name), None)
    if feed is not None and (not feed.guessed or len(feed.headers) != 1):
        return draft
    found = sorted(_found(draft, name), key=lambda one: -len({*one.known.values()}))
    if feed is not None and (not found or _knows(draft, name, feed.headers[0])):
        return replace(draft, doubts=(*draft.doubts, *_further(found, feed.headers[0])))
    if not found:
        return draft
    best = found[0]
    spec = {"from": best.header} | ({"values": dict(best.values)} if best.values else {})
    made = Feed(column=name, spec=spec, because=best.because, doubtful=True, guessed=True)
    others = tuple(one for one in draft.feeds if one is not feed)
    doubts = (*draft.doubts, *_further(found[1:], best.header))
    return replace(draft, feeds=(*others, made), doubts=doubts)


def _found(draft: Draft, name: str) -> Iterator[_Found]:
    """Yield headers that nothing else is made of and that seem to tell what became of a row."""
    column = draft.table.columns[name]
    for header in draft.sheet.names:
        if not header or header in draft.used:
            continue
        profile = draft.sheet.profiles[header]
        if profile.truths:
            yield from _yes_or_no(draft, name, profile)
        elif profile.kind in {Kind.WORDS, Kind.TEXT} and profile.distinct <= _MOST:
            known = meanings(profile.cells, draft.table.name, name, column.values).known
            words = ", ".join(f"'{cell}'" for cell in list(known)[:_SHOWN])
            if known and (_is_named(draft, name, header) or _tells(draft, name, known)):
                because = f"its cells say what became of a row: {words}"
                yield _Found(header=header, known=known, because=because)
            elif _is_named(draft, name, header):
                because = "its header seems to say what became of a row"
                yield _Found(header=header, known=known, because=because)


def _yes_or_no(draft: Draft, name: str, profile: Profile) -> Iterator[_Found]:
    """Yield a header that is itself a word for what becomes of rows: Paid with yes and no."""
    column = draft.table.columns[name]
    default = str(column.default)
    words = folded(profile.header).split()
    said = " ".join(words[1:] if words[:1] == [_IS] else words)
    value = meanings([said], draft.table.name, name, column.values).known.get(said)
    if value is None:
        return
    otherwise = next(one for one in column.values if one != value) if value == default else default
    known = {
        cell: value if cell.casefold() in _YES else otherwise for cell in sorted(profile.cells)
    }
    because = "its header is a word for what became of a row"
    yield _Found(header=profile.header, known=known, because=because, values=known)


def _is_named(draft: Draft, name: str, header: str) -> bool:
    names = synonyms().headers(draft.table.name, name)
    return any(likeness(header, known) >= LEAST for known in names)


def _tells(draft: Draft, name: str, known: Mapping[str, str]) -> bool:
    """Whether words tell rows that count from rows that do not, and so are no other kind."""
    values = {*known.values()}
    return draft.table.columns[name].default in values and len(values) > 1


def _knows(draft: Draft, name: str, header: str) -> bool:
    """Whether any of the cells under a header is known."""
    column = draft.table.columns[name]
    cells = draft.sheet.profiles[header].cells
    return bool(meanings(cells, draft.table.name, name, column.values).known)


def _further(found: list[_Found], taken: str) -> list[str]:
    return [
        f"'{one.header}' seems to say what became of a row too, and only '{taken}' is read: look "
        "which of them tells sales"
        for one in found
    ]
