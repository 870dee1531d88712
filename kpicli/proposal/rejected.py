"""Rows that a proposal cannot use: of which source, how many, and for want of which column."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from kpicli.errors import Problem
from kpicli.proposal.types import Draft, Feed, Proposal, Setting, also
from kpicli.report.validation import Validation

_REASONS = 3


class Rejected(Struct, frozen=True, kw_only=True):
    """Rows of a source that cannot be used, of `read` rows; `reasons` counts them by why.

    `used` are those of which something became; `refused` says that `validate` ends for it.
    """

    source: str
    title: str
    rows: int
    read: int
    used: int
    reasons: Counter[str]
    refused: bool

    @property
    def where(self) -> str:
        """The source as problems name it."""
        return f"sources.{self.source}"

    @property
    def why(self) -> str:
        """The commonest reasons, without any cell."""
        return "; ".join(reason for reason, _ in self.reasons.most_common(_REASONS))

    def blamed_on(self, feed: Feed) -> int:
        """Return how many rows cannot be used for want of what a feed gives."""
        shown = " / ".join(feed.headers) or feed.column
        return sum(n for reason, n in self.reasons.items() if reason.startswith(f"{shown}: "))


def rejected(drafts: Iterable[Draft], found: Validation, folder: Path) -> tuple[Rejected, ...]:
    """Return the sources some rows of which cannot be used, not counting what is looked up.

    `folder` is that of the config.
    """
    refused = {problem.where for problem in found.refused}
    told = []
    for draft in drafts:
        files = {path.resolve() for path in draft.sheet.paths}
        own = [
            ledger
            for ledger in found.ledgers
            if ledger.source == draft.name and (folder / ledger.file).resolve() in files
        ]
        rows = sum(ledger.rejected for ledger in own)
        if not rows:
            continue
        reasons: Counter[str] = Counter()
        for ledger in own:
            reasons.update(ledger.reasons)
        told.append(
            Rejected(
                source=draft.name,
                title=draft.sheet.title,
                rows=rows,
                read=sum(ledger.read for ledger in own),
                used=sum(ledger.used + ledger.folded + ledger.duplicate for ledger in own),
                reasons=reasons,
                refused=f"sources.{draft.name}" in refused,
            )
        )
    return tuple(told)


def marked(proposal: Proposal, found: Iterable[Rejected]) -> Proposal:
    """Return a proposal that says which of its columns rows are refused for, and what to do."""
    refused = {one.source: one for one in found if one.refused}
    if not refused:
        return proposal
    drafts = [
        _marked(draft, refused[draft.name]) if draft.name in refused else draft
        for draft in proposal.drafts
    ]
    share = max(math.ceil(100 * one.rows / one.read) for one in refused.values())
    titles = ", ".join(dict.fromkeys(one.title for one in refused.values()))
    because = f"too many rows of {titles} cannot be used: this would go on without them"
    settings: Mapping[str, Setting] = {
        **proposal.settings,
        "intake": Setting(
            value=f"{{max_rejected: {share}%}}", because=because, doubtful=True, offered=True
        ),
    }
    return replace(proposal, drafts=tuple(drafts), settings=settings)


def _marked(draft: Draft, found: Rejected) -> Draft:
    feeds = []
    for feed in draft.feeds:
        if rows := found.blamed_on(feed):
            because = also(feed.because, f"without it rows cannot be used: {rows:,}")
            feeds.append(replace(feed, because=because, doubtful=True))
        else:
            feeds.append(feed)
    return replace(draft, feeds=tuple(feeds))


def without(
    proposal: Proposal, useless: Mapping[str, Rejected]
) -> tuple[Proposal, tuple[Problem, ...]]:
    """Return a proposal without the sources none of whose rows can be used, and why."""
    problems = tuple(
        Problem(
            message=f"{one.title} looks like {draft.table.name}, but none of its {one.read:,} rows "
            f"can be used: {one.why}",
            hint="mend the export, or name the right headers in the config yourself",
        )
        for draft in proposal.drafts
        if (one := useless.get(draft.name))
    )
    kept = tuple(draft for draft in proposal.drafts if draft.name not in useless)
    left = tuple(
        _unfed(draft, useless[draft.name]) for draft in proposal.drafts if draft not in kept
    )
    return replace(proposal, drafts=kept, useless=(*proposal.useless, *left)), problems


def _unfed(draft: Draft, found: Rejected) -> Draft:
    """Return a source without what its rows are rejected for."""
    return replace(draft, feeds=tuple(f for f in draft.feeds if not found.blamed_on(f)))
