"""Scores of tickets in a file of their own, which need not say when they were given."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from kpicli.model import model
from kpicli.model.synonyms import synonyms
from kpicli.proposal.forms import LATE, beside, sources
from kpicli.proposal.keys import Overlap, keys_of, overlap, unique
from kpicli.proposal.questions import Question, answered, questions
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.systems import Form
from kpicli.proposal.types import Draft, Feed, Lookup
from kpicli.proposal.words import likeness

_EXACT = 0.95
_SATISFACTION = "csat"
_WHEN = ("resolved_at", "created_at")


def scores(drafts: Sequence[Draft], sheets: Sequence[Sheet]) -> list[Draft]:
    """Return the surveys in sheets whose rows are keys of tickets and which are no source yet."""
    taken = [draft.sheet for draft in drafts if not draft.lacks]
    made: list[Draft] = []
    for tickets in drafts:
        if tickets.table.name != "tickets" or tickets.lacks:
            continue
        for sheet in sheets:
            if not any(sheet is one for one in taken):
                made += _of_sheet(tickets, sheet)
    return made


def _of_sheet(tickets: Draft, sheet: Sheet) -> list[Draft]:
    """Return the surveys of a sheet: with its own times, else with those of the tickets."""
    lookup = next((one for one in tickets.lookups if one.draft.sheet is sheet), None)
    keys = keys_of(tickets)
    found = overlap(keys, sheet) if keys else None
    if found is None:
        return []
    key = Feed(column="ticket_id", spec={"from": found.header}, because="")
    brought = () if lookup is None else lookup.draft.feeds
    rows = replace(tickets, sheet=sheet, feeds=(key, *brought), options={}, lookups=(), system=None)
    asked = questions(sheet, rows.used) or _scored(rows)
    own = beside(rows, asked)
    if own or not asked:
        return own
    form = Form(ticket_id=found.header)
    made = sources(sheet, form, asked[:1], f"scores of {tickets.name}")
    timed = _by_tickets(tickets, found)
    return [replace(one, lookups=(timed,)) for one in made] if timed else []


def _scored(rows: Draft) -> list[Question]:
    """Return the question behind a header that only says that it holds scores."""
    known = synonyms().headers("responses", "score")
    found = [
        answered(rows.sheet.profiles[name], _SATISFACTION)
        for name in rows.sheet.names
        if name not in rows.used and any(likeness(name, word) >= _EXACT for word in known)
    ]
    return [one for one in found if one is not None][:1]


def _by_tickets(tickets: Draft, found: Overlap) -> Lookup | None:
    """Return a lookup that takes the time of an answer from its ticket."""
    feeds = {one.column: one for one in tickets.feeds}
    key = feeds["ticket_id"].headers[0]
    when = next((feeds[name] for name in _WHEN if name in feeds and feeds[name].headers), None)
    if when is None or not unique(tickets.sheet, key):
        return None
    responses = model().tables["responses"]
    time = Feed(column="responded_at", spec={"from": when.headers[0]}, because=LATE, doubtful=True)
    return Lookup(
        match=Feed(
            column="ticket_id",
            spec={"from": key},
            because=f"{found.hits:,} of its {found.ids:,} tickets are there",
            doubtful=found.doubtful,
        ),
        draft=Draft(
            name="tickets",
            table=responses,
            sheet=tickets.sheet,
            title="when the tickets were",
            feeds=(time,),
            options={},
        ),
    )
