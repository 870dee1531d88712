"""What a proposal is made of: sources, what feeds their columns, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from kpicli.locales import ENGLISH
from kpicli.model import Column, Table
from kpicli.proposal.sheets import Sheet


class Feed(Struct, frozen=True, kw_only=True):
    """A canonical column and what feeds it: `spec` is what the config will hold.

    `because` is what that rests on; `doubtful` asks for a look. `unknown` are cells that no
    canonical value is known for. `guessed` says that the header was found without a known system.
    """

    column: str
    spec: Mapping[str, Any]
    because: str
    doubtful: bool = False
    unknown: tuple[str, ...] = ()
    guessed: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that the column is made of, where it is made of headers alone."""
        origin = self.spec.get("from", ())
        return (origin,) if isinstance(origin, str) else tuple(origin)


def also(because: str, more: str) -> str:
    """Return two reasons as one; each keeps a line, since each is a message by itself."""
    return f"{because}\n{more}"


class Option(Struct, frozen=True, kw_only=True):
    """A key of a source beside its columns, and why it is there."""

    value: Any
    because: str
    doubtful: bool = False


class Lookup(Struct, frozen=True, kw_only=True):
    """Columns that a second sheet brings: `draft` reads them, `match` tells whose they are."""

    match: Feed
    draft: Draft

    @property
    def used(self) -> frozenset[str]:
        """The headers of the second sheet that are read."""
        return self.draft.used.union(self.match.headers)


class Draft(Struct, frozen=True, kw_only=True):
    """One proposed source, or what is looked up for one.

    `notes` and `doubts` are told above it. `read` are headers that are used otherwise than by a
    column alone, `dropped` what was taken out because its cells cannot be read, or nothing is known
    of what they mean.
    """

    name: str
    table: Table
    sheet: Sheet
    title: str
    feeds: tuple[Feed, ...]
    options: Mapping[str, Option]
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    read: frozenset[str] = frozenset()
    system: str | None = None
    dropped: tuple[Feed, ...] = ()
    lookups: tuple[Lookup, ...] = ()

    @property
    def fed(self) -> frozenset[str]:
        """The canonical columns that are fed, by lookups too."""
        own = frozenset(feed.column for feed in self.feeds)
        return own.union(*(lookup.draft.fed for lookup in self.lookups))

    @property
    def lacks(self) -> tuple[str, ...]:
        """Required columns that nothing feeds."""
        return tuple(name for name in self.table.required if name not in self.fed)

    @property
    def used(self) -> frozenset[str]:
        """The headers that are read."""
        return self.read.union(*(feed.headers for feed in self.feeds))

    @property
    def parts(self) -> tuple[Draft, ...]:
        """The source itself and what is looked up for it."""
        return (self, *(lookup.draft for lookup in self.lookups))

    @property
    def doubtful(self) -> int:
        """How many of its lines ask for a look."""
        own = sum(feed.doubtful for feed in self.feeds)
        own += sum(option.doubtful for option in self.options.values())
        own += sum(lookup.match.doubtful for lookup in self.lookups)
        own += len(self.doubts) + sum(note.startswith("?") for note in self.notes)
        return own + sum(lookup.draft.doubtful for lookup in self.lookups)

    @property
    def strength(self) -> int:
        """How many columns come from headers."""
        return sum(1 for feed in self.feeds if feed.headers)

    def column(self, feed: Feed) -> Column:
        """Return the canonical column of a feed."""
        return self.table.columns[feed.column]


class Setting(Struct, frozen=True, kw_only=True):
    """A key of the config that holds for all sources; no value where nothing tells it.

    One that is `offered` stands as a comment: it holds once somebody takes the mark away.
    """

    value: str | None
    because: str
    doubtful: bool = False
    offered: bool = False


class Proposal(Struct, frozen=True, kw_only=True):
    """A whole config: settings and sources; `near` are sources that lack something they need.

    `unknown` are files that look like nothing known, `useless` sources none of whose rows can be
    used, without the columns at fault.
    """

    settings: Mapping[str, Setting]
    drafts: tuple[Draft, ...]
    near: tuple[Draft, ...]
    unknown: tuple[Sheet, ...]
    useless: tuple[Draft, ...] = ()

    @property
    def language(self) -> str:
        """The language that the config asks for, which its comments are in too."""
        return self.settings["language"].value or ENGLISH

    def used(self, sheet: Sheet) -> frozenset[str]:
        """Return the headers of a sheet that any source reads."""
        own = (draft.used for draft in self.drafts if draft.sheet is sheet)
        lookups = (lookup for draft in self.drafts for lookup in draft.lookups)
        brought = (lookup.used for lookup in lookups if lookup.draft.sheet is sheet)
        return frozenset[str]().union(*own, *brought)
