"""Touches: calls, letters and meetings of the sales team, and visits to the client portal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from company.chance import Chance
from company.clients import Client, Clients
from company.leads import Lead, Leads
from company.people import SALES, Staff
from company.story import END, Month, at, months, worked

CALL, EMAIL, MEETING, LOGIN = "call", "email", "meeting", "login"
_KINDS = {CALL: 0.52, EMAIL: 0.33, MEETING: 0.15}
_COLD = {CALL: 0.7, EMAIL: 0.3}
_CHANNELS = {CALL: "phone", EMAIL: "email", MEETING: "onsite", LOGIN: "portal"}
_MINUTES = {CALL: 6.5, MEETING: 48.0}
_VISITS = 9  # to the portal, a month
_TO_CLIENTS = 0.13  # of the clients are in touch with their manager in a month


@dataclass(kw_only=True)
class Touch:
    """One call, letter, meeting or visit."""

    when: dt.datetime
    kind: str
    inbound: bool
    client: str | None = None
    lead: str | None = None
    employee: str | None = None
    seconds: int | None = None
    number: int = 0

    @property
    def channel(self) -> str:
        """Where it took place."""
        return _CHANNELS[self.kind]

    @property
    def id(self) -> str:
        """The key of the export."""
        return f"A{self.number:05}"


def touches(clients: Clients, leads: Leads, staff: Staff) -> list[Touch]:
    """Return all touches in order of time."""
    chance = Chance("touches")
    found: list[Touch] = []
    for lead in leads.all:
        found += _of_lead(lead, staff, chance)
    for month in months():
        found += _of_month(month, clients, staff, chance)
    found = sorted((touch for touch in found if touch.when <= END), key=lambda touch: touch.when)
    for number, touch in enumerate(found, 1):
        touch.number = number
    return found


def _of_lead(lead: Lead, staff: Staff, chance: Chance) -> Iterator[Touch]:
    """Make contact with a lead: from the first answer to the signature, or until it is given up."""
    if lead.answered is None:
        return
    end = lead.won or lead.closed or END
    count = chance.about(chance.lasting(3.4, 0.45)) if lead.won else chance.about(0.3)
    if lead.won and chance.happens(0.06):
        return  # won, and nobody noted how
    moments = [lead.answered]
    for _ in range(count - 1):
        part = chance.between(0.05, 0.97)
        moments.append(worked(lead.answered + part * (end - lead.answered), 0))
    for place, when in enumerate(sorted(moments[:count])):
        touch = _touch(chance, min(when, end), _KINDS if place else _COLD)
        touch.inbound = place > 0 and chance.happens(0.35)
        # Whoever leaves hands the lead over to a colleague.
        there = {job.id for job in staff.at_work(touch.when.date(), SALES)}
        heir = staff.keeper(lead.number, touch.when.date(), SALES)
        touch.lead, touch.employee = lead.id, lead.owner if lead.owner in there else heir.id
        yield touch


def _of_month(month: Month, clients: Clients, staff: Staff, chance: Chance) -> Iterator[Touch]:
    there = [client for client in clients.all if client.days_in(month)]
    for client in there:
        rate = _TO_CLIENTS * (2.6 if client.is_key else 1.0)
        for _ in range(chance.about(rate)):
            when = at(chance.pick(client.days_in(month)), chance.between(9.2, 18))
            touch = _touch(chance, when, _KINDS)
            touch.inbound = chance.happens(0.38)
            touch.client = client.id
            touch.employee = staff.keeper(client.number, when.date(), SALES).id
            yield touch
    for _ in range(chance.about(_VISITS * (1 + 0.02 * month.place))):
        yield _visit(chance, chance.pick(there), month)


def _visit(chance: Chance, client: Client, month: Month) -> Touch:
    when = at(chance.pick(client.days_in(month)), chance.between(8, 22))
    touch = _touch(chance, when, {LOGIN: 1.0})
    touch.client, touch.inbound = client.id, True
    return touch


def _touch(chance: Chance, when: dt.datetime, kinds: Mapping[str, float]) -> Touch:
    kind = chance.weighted(kinds)
    minutes = _MINUTES.get(kind)
    seconds = None if minutes is None else round(60 * min(chance.lasting(minutes, 0.6), 240))
    return Touch(when=when, kind=kind, inbound=False, seconds=seconds)
