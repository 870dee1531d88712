"""Tickets: what is written on them, and how their status changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

CUSTOMER, AGENT, BOT, SYSTEM = "end-user", "agent", "bot", "system"
NEW, OPEN, PENDING, SOLVED, CLOSED = "New", "Open", "Pending", "Solved", "Closed"
SUSPENDED, DELETED = "Suspended", "Deleted"
MAIL, CHAT, PHONE, PORTAL = "Mail", "Chat", "Phone call", "Web form"


@dataclass(kw_only=True)
class Message:
    """One message on a ticket."""

    when: dt.datetime
    role: str
    author: str | None = None
    is_public: bool = True


@dataclass(kw_only=True)
class Change:
    """One change of a ticket's status."""

    when: dt.datetime
    before: str
    after: str
    actor: str | None


@dataclass(kw_only=True)
class Ticket:
    """One ticket with its history."""

    created: dt.datetime
    channel: str
    category: str
    priority: str
    opened_by: str = CUSTOMER
    client: str | None = None
    assignee: str | None = None
    is_complaint: bool = False
    escalated: dt.datetime | None = None
    answered: dt.datetime | None = None
    abandoned: dt.datetime | None = None
    merged_into: Ticket | None = None
    score: int | None = None
    scored: dt.datetime | None = None
    messages: list[Message] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    status: str = NEW
    number: int = 0

    @property
    def id(self) -> str:
        """The key of the export."""
        return str(self.number)

    @property
    def replies(self) -> list[Message]:
        """Public messages of agents."""
        return [one for one in self.messages if one.role == AGENT and one.is_public]

    @property
    def first_reply(self) -> Message | None:
        """The first answer to the customer; what an agent wrote unasked is none."""
        asked = [one.when for one in self.messages if one.role == CUSTOMER]
        if not asked:
            return None
        return next((one for one in self.replies if one.when >= min(asked)), None)

    @property
    def solved(self) -> dt.datetime | None:
        """When it was solved, if it still is."""
        done = self.status in {SOLVED, CLOSED}
        ends = [one.when for one in self.changes if one.after in {SOLVED, CLOSED}]
        return ends[-1] if done and ends else None

    @property
    def reopened(self) -> int:
        """How often it was opened again."""
        return sum(one.before == SOLVED for one in self.changes)

    @property
    def updated(self) -> dt.datetime:
        """The latest thing that happened to it."""
        moments = [self.created, self.scored, self.escalated, self.abandoned]
        moments += [message.when for message in self.messages]
        moments += [change.when for change in self.changes]
        return max(moment for moment in moments if moment is not None)
