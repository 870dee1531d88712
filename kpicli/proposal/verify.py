"""Reads the files with the config that is proposed: what works, and what does not yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from kpicli.config import load
from kpicli.errors import InputError, Problem
from kpicli.proposal.rejected import Rejected, marked, rejected, without
from kpicli.proposal.text import written
from kpicli.proposal.types import Draft, Feed, Lookup, Proposal
from kpicli.report.question import Question
from kpicli.report.validation import Feasible, validate

_LINE = re.compile(r":\d+$")


class Verdict(Struct, frozen=True, kw_only=True):
    """What reading every row has shown.

    The metrics that can be computed or not, the sources some rows of which cannot be used, why
    others were left out, and what `validate` would end for; not line by line, for lines hold cells.
    """

    metrics: tuple[Feasible, ...]
    rejected: tuple[Rejected, ...]
    problems: tuple[Problem, ...]
    refused: tuple[Problem, ...]


def verified(
    proposal: Proposal, scratch: Path, told: Callable[[str], None]
) -> tuple[Proposal, Verdict]:
    """Read every row with a proposal, from a config in `scratch`; return what of it can be read.

    A column whose cells cannot be read is taken out; a source that cannot be read without it too,
    and one none of whose rows can be used.

    Raises:
        ConfigError: the proposal is no config, which is a mistake of the proposal.
        InputError: none of its sources can be read, or used.
    """
    try:
        verdict = _read(proposal, scratch, told)
    except InputError as error:
        proposal, problems = _mended(proposal, scratch)
        if not proposal.drafts:
            raise InputError(problems=problems or error.problems) from None
        try:
            verdict = _read(proposal, scratch, told)
        except InputError as together:
            # Each source can be read, all together not: amounts in two currencies, for instance.
            refused = together.problems
            return proposal, Verdict(metrics=(), rejected=(), problems=problems, refused=refused)
        verdict = replace(verdict, problems=problems)
    useless = {one.source: one for one in verdict.rejected if not one.used}
    if not useless:
        return marked(proposal, verdict.rejected), verdict
    proposal, problems = without(proposal, useless)
    if not proposal.drafts:
        raise InputError(problems=(*verdict.problems, *problems))
    proposal, again = verified(proposal, scratch, told)
    return proposal, replace(again, problems=(*verdict.problems, *problems, *again.problems))


def _read(proposal: Proposal, scratch: Path, told: Callable[[str], None]) -> Verdict:
    path = scratch / "kpi.yaml"
    text = written(proposal, lambda sheet: [str(path.resolve()) for path in sheet.paths])
    path.write_text(text, encoding="utf-8", newline="\n")
    config = load(path)
    try:
        found = validate(config, Question(), told, counted=False)
    except InputError as error:
        # A place in the config of the scratch folder is none that anybody can look at.
        told_of = [
            replace(one, where=None) if (one.where or "").startswith(str(scratch)) else one
            for one in error.problems
        ]
        raise InputError(problems=told_of) from None
    return Verdict(
        metrics=found.metrics,
        rejected=rejected(proposal.drafts, found, scratch),
        problems=(),
        refused=tuple(one for one in found.refused if not _LINE.search(one.where or "")),
    )


def _mended(proposal: Proposal, scratch: Path) -> tuple[Proposal, tuple[Problem, ...]]:
    """Return a proposal whose sources can be read one by one, and why others cannot."""
    kept: list[Draft] = []
    problems: list[Problem] = []

    # One source is in a currency of its own, for which the others may need rates.
    settings = {key: one for key, one in proposal.settings.items() if key != "currency"}
    alone = replace(proposal, settings=settings, near=())

    def problem_of(tried: Draft) -> tuple[Problem, ...]:
        try:
            _read(replace(alone, drafts=(tried,)), scratch, lambda _: None)
        except InputError as error:
            return error.problems
        return ()

    for draft in proposal.drafts:
        if not problem_of(draft):
            kept.append(draft)
        elif draft.lookups and not problem_of(replace(draft, lookups=())):
            sound = [_sound(draft, one, problem_of) for one in draft.lookups]
            kept.append(replace(draft, lookups=tuple(one for one in sound if one.draft.feeds)))
            if len(kept[-1].lookups) < len(sound):
                problems += problem_of(draft)
        else:
            needed = [feed for feed in draft.feeds if draft.column(feed).required]
            if problem := problem_of(replace(draft, feeds=tuple(needed))):
                problems += problem
                continue
            kept.append(_readable(draft, needed, problem_of))
    return replace(proposal, drafts=tuple(kept)), tuple(problems)


def _sound(draft: Draft, lookup: Lookup, problem_of: Callable[[Draft], object]) -> Lookup:
    """Return what a lookup can bring, in whose place in `draft` it is tried."""

    def problem(tried: Draft) -> object:
        return problem_of(replace(draft, lookups=(replace(lookup, draft=tried),)))

    return replace(lookup, draft=_readable(lookup.draft, [], problem))


def _readable(draft: Draft, needed: Iterable[Feed], problem_of: Callable[[Draft], object]) -> Draft:
    """Return a draft of those columns that can be read beside the `needed` ones."""
    chosen = list(needed)
    for feed in draft.feeds:
        if feed not in chosen and not problem_of(replace(draft, feeds=(*chosen, feed))):
            chosen.append(feed)
    order = tuple(feed for feed in draft.feeds if feed in chosen)
    dropped = (feed for feed in draft.feeds if feed not in chosen)
    return replace(draft, feeds=order, dropped=(*draft.dropped, *dropped))
