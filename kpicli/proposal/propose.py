"""Puts a proposal together: sheets in, settings and sources out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count
from pathlib import Path

from msgspec.structs import replace

from kpicli.proposal import deals, efforts, folds, headless, known, outcomes, tables
from kpicli.proposal.codes import rows_of
from kpicli.proposal.currencies import told_apart
from kpicli.proposal.finish import finished
from kpicli.proposal.forms import beside, form_of, scaled, sources, unscored
from kpicli.proposal.keys import apart
from kpicli.proposal.lookups import looked_up
from kpicli.proposal.questions import of_file, questions
from kpicli.proposal.scores import scores
from kpicli.proposal.settings import is_russian, settings
from kpicli.proposal.sheets import Sheet, reopened
from kpicli.proposal.systems import System, found, literal, quoted, recognised
from kpicli.proposal.types import Draft, Option, Proposal

_WITH_SURVEYS = ("tickets", "orders", "interactions", "leads")


def proposed(sheets: Sequence[Sheet], scratch: Path, language: str | None = None) -> Proposal:
    """Return what a config for these sheets would say; `scratch` is a folder for copies.

    Where no language is asked for, it is that of the headers.
    """
    made: list[Draft] = []
    seen: list[Sheet] = []
    for sheet in sheets:
        system = None if sheet.headless else recognised(sheet)
        if system is not None and _goes_on(system, sheet):
            sheet = reopened(sheet, system.header, scratch)  # noqa: PLW2901 (the same, read better)
        seen.append(sheet)
        fed, almost = _of_sheet(sheet, system)
        made += [folds.folded(outcomes.told(draft)) for draft in (*fed, *almost)]
    made = looked_up(made, seen)
    scored = scores(made, seen)
    near = [one for one in made if not one.lacks or not any(one.sheet is x.sheet for x in scored)]
    done = [_done(draft) for draft in (*near, *scored)]
    used = [part.sheet for draft in done for part in draft.parts]
    named = _named(told_apart(apart([draft for draft in done if not draft.lacks])))
    return Proposal(
        settings=settings(seen, [part for draft in named for part in draft.parts], language),
        drafts=named,
        near=tuple(draft for draft in done if draft.lacks),
        unknown=tuple(sheet for sheet in seen if not any(sheet is one for one in used)),
    )


def _done(draft: Draft) -> Draft:
    """Return a draft that says how the cells are read, of what it looks up too."""
    english = not is_russian([draft.sheet])
    lookups = [replace(one, draft=_done(one.draft)) for one in draft.lookups]
    whole = efforts.marked(_in_one_currency(finished(draft, english=english)))
    return replace(whole, lookups=tuple(one for one in lookups if one.draft.feeds))


def _goes_on(system: System, sheet: Sheet) -> bool:
    """Whether the header goes on in further lines: they have nothing under its first name."""
    first = found(system.all[0], sheet.names) if system.header and system.all else None
    return first is not None and sheet.begins_empty(first)


def _of_sheet(sheet: Sheet, system: System | None) -> tuple[list[Draft], list[Draft]]:
    """Return the sources of a sheet, and those that lack something."""
    if sheet.headless:
        told, nearly = headless.drafts(sheet)
        return told, [nearly] if nearly else []
    if system is not None:
        fed = known.drafts(system, sheet)
        if system.questions is not None:
            asked = questions(sheet, frozenset())
            fed += sources(sheet, system.questions, asked, system.title, system=system.name)
        elif fed and all(draft.table.name != "responses" for draft in fed):
            fed += beside(fed[0])
        if fed:
            return fed, []
    if won := deals.drafts(sheet):
        return won, []
    fed, near = tables.drafts(sheet)
    fed = [scaled(draft) for draft in fed]
    form = form_of(sheet)
    asked = questions(sheet, frozenset()) if form else []
    survey = unscored(fed[0]) if fed else None
    if survey and len(asked) == 1:
        asked = [of_file(asked[0], sheet.profiles[asked[0].header], survey)]
    if form and asked and (not fed or survey or len(asked) > 1 or _is_counted(fed[0])):
        return sources(sheet, form, asked, "answers to a form"), []
    if fed and fed[0].table.name in _WITH_SURVEYS:
        return [*fed, *beside(fed[0])], []
    return fed, [near] if near else []


def _is_counted(draft: Draft) -> bool:
    """Whether rows have no key of their own, though they would be more than answers with one."""
    return draft.table.name in _WITH_SURVEYS and any("row" in feed.spec for feed in draft.feeds)


def _in_one_currency(draft: Draft) -> Draft:
    """Return a draft of one currency: other amounts need rates that no file has."""
    feed = next((feed for feed in draft.feeds if feed.column == "currency" and feed.headers), None)
    if feed is None or "where" in draft.options:
        return draft
    codes = rows_of(draft.sheet, feed)
    if len(codes) < 2:  # noqa: PLR2004 (one currency)
        return draft
    chosen = max(codes, key=lambda code: codes[code].total())
    left = sum(cells.total() for code, cells in codes.items() if code != chosen)
    header = quoted(feed.headers[0])
    words = [literal(cell) for cell, _ in codes[chosen].most_common()]
    which = f"= {words[0]}" if len(words) == 1 else f"in ({', '.join(words)})"
    option = Option(
        value=f"{header} {which} or {header} is null",
        because=f"{left:,} rows are in other currencies: give rates in fx to take them in",
        doubtful=True,
    )
    return replace(draft, options={**draft.options, "where": option})


def _named(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """Return the drafts under names that differ; some are numbered already."""
    named: dict[str, Draft] = {}
    for draft in drafts:
        numbered = (f"{draft.name}_{number}" for number in count(2))
        name = next(name for name in chain([draft.name], numbered) if name not in named)
        named[name] = draft if name == draft.name else replace(draft, name=name)
    return tuple(named.values())
