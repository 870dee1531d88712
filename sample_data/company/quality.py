"""Quality reviews: solved tickets are read again and judged by four criteria."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from company.chance import Chance
from company.people import OFFICE, SERVICE, Staff
from company.story import END, Month, month_of, months, worked
from company.tickets import AGENT, Ticket

_A_MONTH = 6
_CRITERIA = {  # worst, best, weight, critical
    "Тон общения": (1, 5, 30, False),
    "Решение вопроса": (0, 1, 40, True),
    "Грамотность": (1, 5, 10, False),
    "Соблюдение сроков": (1, 5, 20, False),
}
_MARKS = {5: 0.56, 4: 0.33, 3: 0.09, 2: 0.02}
_FAILS = 0.055


@dataclass(kw_only=True)
class Rating:
    """One criterion of one review."""

    review: str
    when: dt.datetime
    criterion: str
    score: int | None
    worst: int
    best: int
    weight: int
    is_critical: bool
    ticket: str
    employee: str
    reviewer: str


def reviews(tickets: list[Ticket], staff: Staff) -> list[Rating]:
    """Return the ratings in order of reviews."""
    chance = Chance("quality")
    found: list[Rating] = []
    for month in months():
        for ticket in _drawn(tickets, month, chance):
            when = _when(ticket, chance)
            if when is not None:
                number = f"QR-{len(found) // len(_CRITERIA) + 1:04}"
                found += _review(number, when, ticket, staff, chance)
    return found


def _drawn(tickets: list[Ticket], month: Month, chance: Chance) -> list[Ticket]:
    done = [one for one in tickets if one.solved and one.replies and one.merged_into is None]
    there = [one for one in done if month.first <= one.created.date() < month.following]
    picked = chance.shuffled(there)[:_A_MONTH]
    return sorted(picked, key=lambda ticket: ticket.created)


def _when(ticket: Ticket, chance: Chance) -> dt.datetime | None:
    if ticket.solved is None:
        return None
    when = worked(ticket.solved, chance.between(4, 40))
    return when if when <= END else None


def _review(
    number: str, when: dt.datetime, ticket: Ticket, staff: Staff, chance: Chance
) -> Iterator[Rating]:
    worked_on = [one.author for one in ticket.replies if one.role == AGENT and one.author]
    head = staff.head(SERVICE, when.date())
    other = staff.head(OFFICE, when.date())
    employee = worked_on[-1]
    reviewer = head if head.id != employee else other
    glad = 0.5 * month_of(when.date()).gladness
    for criterion, (worst, best, weight, critical) in _CRITERIA.items():
        score: int | None
        if critical:
            score = 0 if chance.happens(_FAILS - 0.05 * glad) else 1
        else:
            score = chance.weighted(
                {mark: w * (1 + glad * (mark - 4)) for mark, w in _MARKS.items()}
            )
        if criterion == "Грамотность" and ticket.channel == "Phone call":
            score = None  # nothing is written in a call
        yield Rating(
            review=number,
            when=when,
            criterion=criterion,
            score=score,
            worst=worst,
            best=best,
            weight=weight,
            is_critical=critical,
            ticket=ticket.id,
            employee=employee,
            reviewer=reviewer.id,
        )
