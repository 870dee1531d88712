"""Support: how tickets go.

A ticket is played through from its first message to its last; what lies after the end of the story
is cut off, and the columns of the ticket are read off what is left. So they always agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from company.chance import Chance
from company.clients import Client, Clients
from company.people import SERVICE, Staff
from company.story import END, LAST, STRAIN, TICKETS, Month, at, month_of, months, worked
from company.tickets import (
    AGENT,
    BOT,
    CHAT,
    CLOSED,
    CUSTOMER,
    DELETED,
    MAIL,
    NEW,
    OPEN,
    PENDING,
    PHONE,
    PORTAL,
    SOLVED,
    SUSPENDED,
    SYSTEM,
    Change,
    Message,
    Ticket,
)

_CHANNELS = {MAIL: 0.40, CHAT: 0.19, PHONE: 0.27, PORTAL: 0.14}
_CATEGORIES = {
    "Поломка": 0.34,
    "Обслуживание": 0.2,
    "Доставка": 0.17,
    "Счета и документы": 0.15,
    "Качество зерна": 0.08,
    "Вопрос": 0.06,
}
_HOURS = {  # of work until a first answer solves it, by category
    "Поломка": 9.0,
    "Обслуживание": 7.0,
    "Доставка": 4.0,
    "Счета и документы": 3.0,
    "Качество зерна": 6.0,
    "Вопрос": 1.5,
}
_PRIORITIES = {"Low": 0.12, "Normal": 0.63, "High": 0.2, "Urgent": 0.05}
_REPLIES = {1: 0.56, 2: 0.27, 3: 0.12, 4: 0.05}
_HAPPY = {5: 0.53, 4: 0.32, 3: 0.08, 2: 0.04, 1: 0.03}
_CUSTOMER_OPENS = {CUSTOMER: 0.94, AGENT: 0.045, SYSTEM: 0.015}
_GIVES_UP_AFTER = 240  # seconds in the queue


class Support:
    """All tickets of the two years."""

    def __init__(self, clients: Clients, staff: Staff) -> None:
        self._chance = Chance("tickets")
        self._clients, self._staff = clients, staff
        found = [ticket for month in months() for ticket in self._month(month)]
        found += self._last_day()
        self.tickets = sorted(found, key=lambda ticket: ticket.created)
        for number, ticket in enumerate(self.tickets, 8_301):
            ticket.number = number
        for ticket in self.tickets:
            self._cut(ticket)
        self._rate()

    def _month(self, month: Month) -> Iterator[Ticket]:
        chance = self._chance
        there = [client for client in self._clients.all if client.days_in(month)]
        for channel in chance.quota(TICKETS[month.place], _CHANNELS):
            client = chance.pick(there)
            days = client.days_in(month)
            ticket = self._new(chance.pick(days), channel, client)
            if chance.happens(0.03):
                later = ticket.created + dt.timedelta(minutes=chance.whole(4, 300))
                yield self._double(ticket, min(later, END))
            if channel == PHONE:
                self._call(ticket)
            else:
                self._write(ticket)
            yield ticket
        for status in (SUSPENDED,) * chance.about(0.9) + (DELETED,) * chance.about(0.3):
            yield self._junk(month, status)

    def _last_day(self) -> Iterator[Ticket]:
        """Send some letters on the last afternoon: nobody answers them before the year is over."""
        for client in self._chance.shuffled(self._clients.on(LAST))[:4]:
            ticket = self._new(LAST, MAIL, client)
            ticket.created = at(LAST, self._chance.between(16.5, 21))
            ticket.opened_by = CUSTOMER
            self._write(ticket)
            yield ticket

    def _new(self, day: dt.date, channel: str, client: Client) -> Ticket:
        chance = self._chance
        if channel != PHONE and chance.happens(0.025):
            day += dt.timedelta(days=5 - day.weekday())
        hours = chance.between(9, 17.8) if channel == PHONE else chance.between(8.3, 18.4)
        ticket = Ticket(
            created=min(at(day, hours), END),
            channel=channel,
            category=chance.weighted(_CATEGORIES),
            priority=chance.weighted(_PRIORITIES),
            client=client.id,
            opened_by=CUSTOMER if channel == PHONE else chance.weighted(_CUSTOMER_OPENS),
        )
        ticket.assignee = self._agent(ticket.created)
        ticket.is_complaint = chance.happens(0.07 + 0.05 * (_strain(ticket.created) - 1))
        return ticket

    def _agent(self, when: dt.datetime) -> str:
        return self._staff.keeper(self._chance.whole(0, 9999), when.date(), SERVICE).id

    def _call(self, ticket: Ticket) -> None:
        """Play a call: it waits in the queue, and is served or gives up and is called back."""
        chance = self._chance
        wait = chance.lasting(58, 0.75) * _strain(ticket.created) ** 1.3
        self._say(ticket, CUSTOMER, ticket.created)
        if wait > _GIVES_UP_AFTER or chance.happens(0.03):
            given_up = dt.timedelta(seconds=round(min(wait, chance.between(40, 300))))
            ticket.abandoned = ticket.created + given_up
            served = worked(ticket.created, chance.lasting(1.2, 0.6) * _strain(ticket.created))
        else:
            served = ticket.created + dt.timedelta(seconds=round(wait))
            ticket.answered = served
        self._reply(ticket, served)
        if chance.happens(0.62):
            ended = served + dt.timedelta(seconds=round(chance.lasting(420, 0.5)))
            self._finish(ticket, ended)
        else:
            self._talk(ticket, served, chance.weighted(_REPLIES) - 1)

    def _write(self, ticket: Ticket) -> None:
        """Play a ticket in writing: asked, answered, and so on until it is solved."""
        chance = self._chance
        asked = ticket.created
        if ticket.opened_by == CUSTOMER:
            self._say(ticket, CUSTOMER, asked)
        else:
            role = AGENT if ticket.opened_by == AGENT else SYSTEM
            author = ticket.assignee if role == AGENT else None
            self._say(ticket, role, asked, author)
            asked = worked(asked, chance.lasting(3, 0.8))
            self._say(ticket, CUSTOMER, asked)
        if ticket.channel == CHAT and chance.happens(0.6):
            self._say(ticket, BOT, asked + dt.timedelta(seconds=5), "bot")
        hurry = {"Urgent": 0.35, "High": 0.7}.get(ticket.priority, 1.0)
        hurry *= 0.4 if ticket.channel == CHAT else 1.0
        replied = self._wait(asked, 1.15 * hurry, 0.8)
        if chance.happens(0.12):
            note = worked(asked + 0.6 * (replied - asked), 0)
            self._say(ticket, AGENT, note, ticket.assignee, is_public=False)
        self._reply(ticket, replied)
        self._talk(ticket, replied, chance.weighted(_REPLIES) - 1)

    def _talk(self, ticket: Ticket, since: dt.datetime, rounds: int) -> None:
        """Play the questions and answers after the first one, then solve the ticket."""
        chance = self._chance
        now = since
        for turn in range(rounds):
            asked = worked(now, chance.lasting(2.5, 0.8))
            if chance.happens(0.35):
                self._change(ticket, min(now + dt.timedelta(minutes=1), asked), PENDING)
            self._say(ticket, CUSTOMER, asked)
            self._change(ticket, asked, OPEN)
            if turn == 0 and not ticket.is_complaint and chance.happens(0.08):
                ticket.escalated = asked
            now = self._wait(asked, 1.9, 0.8)
            self._reply(ticket, now)
        hours = _HOURS[ticket.category] * chance.lasting(0.7, 0.7)
        self._finish(ticket, self._wait(now, hours, 0.3))

    def _finish(self, ticket: Ticket, when: dt.datetime) -> None:
        chance = self._chance
        self._change(ticket, when, SOLVED)
        if chance.happens(0.065):
            again = worked(when, chance.lasting(14, 0.5))
            self._say(ticket, CUSTOMER, again)
            self._change(ticket, again, OPEN)
            replied = self._wait(again, 2.0, 0.7)
            self._reply(ticket, replied)
            self._change(ticket, self._wait(replied, 3.0, 0.5), SOLVED)

    def _double(self, ticket: Ticket, when: dt.datetime) -> Ticket:
        """Send the same request a second time; an agent merges it into the first."""
        double = Ticket(
            created=when,
            channel=MAIL,
            category=ticket.category,
            priority=ticket.priority,
            client=ticket.client,
            assignee=ticket.assignee,
            merged_into=ticket,
        )
        self._say(double, CUSTOMER, when)
        self._change(double, worked(when, 2), CLOSED)
        return double

    def _junk(self, month: Month, status: str) -> Ticket:
        when = at(self._chance.pick(month.days), self._chance.between(0, 23.9))
        ticket = Ticket(created=when, channel=MAIL, category="Вопрос", priority="Low")
        self._say(ticket, CUSTOMER, when)
        self._change(ticket, worked(when, 1), status)
        return ticket

    def _wait(self, since: dt.datetime, hours: float, spread: float) -> dt.datetime:
        """Return when an agent gets to it; somebody is there on holidays and Saturdays."""
        hours = self._chance.lasting(hours * _strain(since), spread)
        return worked(since, hours, on_duty=True)

    def _say(
        self,
        ticket: Ticket,
        role: str,
        when: dt.datetime,
        author: str | None = None,
        *,
        is_public: bool = True,
    ) -> None:
        ticket.messages.append(Message(when=when, role=role, author=author, is_public=is_public))

    def _reply(self, ticket: Ticket, when: dt.datetime) -> None:
        """Answer in public; now and then a colleague takes over, or the agent has left."""
        if self._chance.happens(0.12) or not self._still_here(ticket.assignee, when):
            ticket.assignee = self._agent(min(when, END))
        self._say(ticket, AGENT, when, ticket.assignee)
        if not ticket.changes:
            self._change(ticket, when, OPEN)

    def _still_here(self, employee: str | None, when: dt.datetime) -> bool:
        return any(job.id == employee for job in self._staff.at_work(when.date(), SERVICE))

    def _change(self, ticket: Ticket, when: dt.datetime, status: str) -> None:
        before = ticket.changes[-1].after if ticket.changes else NEW
        if before != status:
            actor = ticket.assignee
            ticket.changes.append(Change(when=when, before=before, after=status, actor=actor))

    def _cut(self, ticket: Ticket) -> None:
        ticket.messages = [one for one in ticket.messages if one.when <= END]
        ticket.changes = [one for one in ticket.changes if one.when <= END]
        ticket.status = ticket.changes[-1].after if ticket.changes else NEW
        for name in ("escalated", "answered", "abandoned"):
            if (when := getattr(ticket, name)) is not None and when > END:
                setattr(ticket, name, None)
        if not ticket.changes and not ticket.replies:
            ticket.assignee = None

    def _rate(self) -> None:
        """Ask for a score after each solution; six in ten customers give one."""
        chance = self._chance
        by_month: dict[Month, list[Ticket]] = {}
        for ticket in self.tickets:
            if ticket.solved and ticket.client and not ticket.merged_into and chance.happens(0.62):
                ticket.scored = ticket.solved + dt.timedelta(hours=chance.between(0.3, 40))
                if ticket.scored <= END:
                    by_month.setdefault(month_of(ticket.scored.date()), []).append(ticket)
                else:
                    ticket.scored = None
        for month, rated in by_month.items():
            for ticket, score in zip(rated, chance.quota(len(rated), _mood(month)), strict=True):
                ticket.score = score


def _strain(when: dt.datetime) -> float:
    return STRAIN[max(0, min(month_of(when.date()).place, len(STRAIN) - 1))]


def _mood(month: Month) -> Mapping[int, float]:
    """Return the weights of the scores in a month."""
    tilt = month.gladness
    return {
        score: max(weight * (1 + 0.5 * tilt * (score - 3.4)), 0.005)
        for score, weight in _HAPPY.items()
    }
