"""Leads: one for most new clients, and the many that come to nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from company.chance import Chance
from company.clients import PARTNERS, REFERRAL, SOURCES, Client, Clients
from company.people import SALES, Staff
from company.story import END, LEADS, START, Month, at, months, worked

_METHODS = {
    "Сайт": {"Form": 0.6, "Call": 0.3, "Email": 0.1},
    "Яндекс Директ": {"Form": 0.7, "Call": 0.3},
    REFERRAL: {"Personal": 0.7, "Call": 0.2, "Email": 0.1},
    "Холодный обзвон": {"Cold call": 1.0},
    "Выставка": {"Personal": 0.8, "Email": 0.2},
    PARTNERS: {"Email": 0.6, "Call": 0.4},
}
_OUTCOMES = {"Lost": 0.88, "Unqualified": 0.06, "Duplicate": 0.03, "Spam": 0.03}
_NO_LEADS = ("Duplicate", "Spam")


@dataclass(kw_only=True)
class Lead:
    """One lead; `status` in the words of the export."""

    created: dt.datetime
    source: str
    method: str
    status: str
    owner: str
    client: str | None = None
    referrer: str | None = None
    answered: dt.datetime | None = None
    won: dt.datetime | None = None
    closed: dt.datetime | None = None
    number: int = 0

    @property
    def id(self) -> str:
        """The key of the export."""
        return str(510_000 + 37 * self.number)


class Leads:
    """All leads of the two years, and when each new client signed."""

    def __init__(self, clients: Clients, staff: Staff) -> None:
        self._chance = Chance("leads")
        self._clients, self._staff = clients, staff
        self.signed = {
            client.id: at(client.acquired, self._chance.between(9.5, 15)) for client in clients.all
        }
        found = [*self._won(), *self._in_vain()]
        # The export begins in 2024: leads of the winter before are not in it.
        self.all = sorted(
            (lead for lead in found if START <= lead.created <= END), key=lambda lead: lead.created
        )
        for number, lead in enumerate(self.all, 1):
            lead.number = number

    def _won(self) -> Iterator[Lead]:
        chance = self._chance
        for client in self._clients.new():
            if client.source is None or chance.happens(0.1):
                continue  # signed without having been a lead
            signed = self.signed[client.id]
            wait = max(min(chance.lasting(16, 0.75), 85), 1.5)
            created = _by_day(chance, signed.date() - dt.timedelta(days=round(wait)))
            lead = self._lead(created, client.source, "Customer", client)
            lead.client, lead.referrer = client.id, client.referrer
            lead.won = signed
            lead.answered = min(lead.answered or signed, signed - dt.timedelta(hours=3))
            yield lead

    def _in_vain(self) -> Iterator[Lead]:
        chance = self._chance
        for month in months():
            count = chance.about(LEADS[month.place] * 0.86)
            for source in chance.quota(count, SOURCES):
                lead = self._lead(
                    _some_day(chance, month), source, chance.weighted(_OUTCOMES), None
                )
                if source == REFERRAL:
                    lead.referrer = chance.pick(self._clients.on(lead.created.date())).id
                self._close(lead)
                if lead.status == "Lost" and chance.happens(0.05):
                    # An old client asks for more; it was one before the lead.
                    old = chance.pick(self._clients.on(month.first))
                    lead.client = old.id
                    lead.referrer = None if lead.referrer == old.id else lead.referrer
                yield lead

    def _lead(self, created: dt.datetime, source: str, status: str, client: Client | None) -> Lead:
        chance = self._chance
        number = client.number if client else chance.whole(1000, 9999)
        wait = chance.lasting(0.9, 0.9)
        answered = worked(created, wait)
        unanswered = status == "Spam" or (client is None and chance.happens(0.05))
        return Lead(
            created=created,
            source=source,
            method=chance.weighted(_METHODS[source]),
            status=status,
            owner=self._staff.keeper(number, created.date(), SALES).id,
            answered=None if unanswered or answered > END else answered,
        )

    def _close(self, lead: Lead) -> None:
        if lead.status in _NO_LEADS:
            lead.answered = None
        days = 1 if lead.status in _NO_LEADS else self._chance.lasting(24, 0.6)
        closed = worked(lead.created, 9 * days)
        if closed > END:
            lead.status = "Open"
        else:
            lead.closed = closed


def _by_day(chance: Chance, day: dt.date) -> dt.datetime:
    return at(day, chance.between(8.5, 19))


def _some_day(chance: Chance, month: Month) -> dt.datetime:
    days = month.days if chance.happens(0.05) else month.working_days
    return _by_day(chance, chance.pick(days))
