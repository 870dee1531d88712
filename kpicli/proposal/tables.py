"""Which table a sheet of an unknown system feeds: the one whose columns it has most of."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct
from msgspec.structs import replace

from kpicli.model import Table, Type, model
from kpicli.model.synonyms import synonyms
from kpicli.proposal.known import feed
from kpicli.proposal.match import matches
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.types import Draft, Feed
from kpicli.proposal.values import meanings
from kpicli.proposal.words import likeness

_LEAST = 2.2
_CLOSE = 0.85
_NAMED = 1.5
_LIKE = 0.4
_NEAR = 2
_FAR = 1.5


class Candidate(Struct, frozen=True, kw_only=True):
    """A table and what of it a sheet feeds; `score` also counts what the file is called."""

    draft: Draft
    score: float


def drafts(sheet: Sheet) -> tuple[list[Draft], Draft | None]:
    """Return the source that a sheet feeds, or the table that it nearly feeds."""
    candidates = sorted(
        (_candidate(sheet, table) for table in model().tables.values()),
        key=lambda candidate: -candidate.score,
    )
    able = [one for one in candidates if not one.draft.lacks and one.score >= _LEAST]
    if not able or candidates[0].score > _FAR * able[0].score:
        near = max(candidates, key=lambda one: (one.score - len(one.draft.lacks), one.score))
        if near.draft.strength < _NEAR:
            return [], None
        return [], near.draft
    best, *others = (replace(one, draft=_completed(one.draft)) for one in able)
    rival = next((one for one in others if one.score >= _CLOSE * best.score), None)
    if rival is None:
        return [best.draft], None
    doubt = (
        f"the headers would suit {rival.draft.table.name} nearly as well "
        f"({rival.score:.1f} to {best.score:.1f}); there a row is {rival.draft.table.row}"
    )
    return [replace(best.draft, doubts=(doubt,))], None


def _candidate(sheet: Sheet, table: Table) -> Candidate:
    found = matches(sheet, table)
    feeds = [feed(match) for match in found]
    feeds += stand_ins(sheet, table, {match.column for match in found})
    name = named(sheet, table)
    draft = Draft(
        name=table.name,
        table=table,
        sheet=sheet,
        title=_title(table, len(found)),
        feeds=tuple(feeds),
        options={},
    )
    score = sum(match.score for match in found)
    # The columns that make the table what it is weigh more than dimensions, which many have.
    score += sum(match.score for match in found if match.column in table.required)
    return Candidate(draft=draft, score=round(score + _NAMED * name, 3))


def _title(table: Table, headers: int) -> str:
    return f"{table.name} by {headers} of its headers: a row is {table.row}"


def _completed(draft: Draft) -> Draft:
    """Return a draft with what its headers say now that the table is known: Closed, of leads."""
    found = [
        match
        for match in matches(draft.sheet, draft.table, draft.used, short=True)
        if match.column not in draft.fed and not match.doubtful
    ]
    feeds = (*draft.feeds, *map(feed, found))
    return replace(draft, feeds=feeds, title=_title(draft.table, draft.strength + len(found)))


def named(sheet: Sheet, table: Table) -> float:
    """Return how much the names of the files are one of a table, from 0 to 1."""
    name = max(
        (
            likeness(path.stem, word)
            for path in sheet.paths
            for word in (table.name, *synonyms().tables[table.name].all)
        ),
        default=0.0,
    )
    return name if name >= _LIKE else 0.0


def stand_ins(sheet: Sheet, table: Table, fed: Collection[str]) -> list[Feed]:
    """Return what stands in for required columns that no header feeds: keys and constants."""
    made = []
    for name in table.required:
        if name in fed:
            continue
        column = table.columns[name]
        if column.type is Type.ID and table.key[:1] == (name,) and not column.person:
            if table.entity is None and len(table.key) <= len(("review_id", "criterion")):
                spec: dict[str, object] = {"row": True}
                because = (
                    "no header is a key: source, file and line make one, so do not repeat files"
                )
                made.append(Feed(column=name, spec=spec, because=because, doubtful=True))
        elif (value := _constant(sheet, table, name, fed)) is not None:
            because = f"no header tells it: one of {', '.join(column.values) or 'your own words'}"
            made.append(Feed(column=name, spec={"const": value}, because=because, doubtful=True))
    return made


def _constant(sheet: Sheet, table: Table, name: str, fed: Collection[str]) -> str | None:
    """Return a value for all rows: what the name of the file says, else the most general one."""
    for path in sheet.paths[:1]:
        words = path.stem.replace("_", " ").replace("-", " ").split()
        known = meanings(words, table.name, name, table.columns[name].values).known
        if known:
            return next(iter(known.values()))
    match table.name, name:
        case "costs", "category":
            return "other"
        case "quality_reviews", "criterion":
            return "overall"
        case "feedback", "kind":
            return "review" if "rating" in fed else "mention"
    return None
