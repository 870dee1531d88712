"""What clients say: the survey that is sent to them, and what they write in public."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from company.chance import Chance
from company.clients import Client, Clients
from company.people import MARKETING, SALES, Staff
from company.story import DAY, END, START, Month, at, months, worked

PARTNER_STEPS = ("Постоянный поставщик", "Приоритетный партнёр", "Стратегический союзник")
_INVITED = 45  # a month, in December 2025 a third more
_NPS = {10: 0.26, 9: 0.26, 8: 0.19, 7: 0.12, 6: 0.07, 5: 0.04, 4: 0.02, 3: 0.02, 1: 0.01, 0: 0.01}
_EFFORT = {1: 0.22, 2: 0.31, 3: 0.22, 4: 0.12, 5: 0.07, 6: 0.04, 7: 0.02}
_RATING = {10: 0.22, 9: 0.3, 8: 0.26, 7: 0.12, 6: 0.06, 5: 0.03, 3: 0.01}
_STEPS = {0: 0.46, 1: 0.38, 2: 0.16}

_PLATFORMS = {"Яндекс Карты": 0.34, "2ГИС": 0.2, "VK": 0.2, "Telegram": 0.18, "Отзовик": 0.08}
_REVIEWS = ("Яндекс Карты", "2ГИС", "Отзовик")
_MENTIONS = 16  # a month


@dataclass(kw_only=True)
class Answers:
    """One invitation to the survey of clients, and what came back."""

    sent: dt.datetime
    client: str
    answered: dt.datetime | None = None
    nps: int | None = None
    effort: int | None = None
    project: str | None = None
    rating: int | None = None
    step: int | None = None


@dataclass(kw_only=True)
class Mention:
    """A review, mention or comment."""

    when: dt.datetime
    platform: str
    kind: str
    sentiment: str | None
    rating: int | None = None
    client: str | None = None
    replied: dt.datetime | None = None
    replier: str | None = None
    is_own: bool = False
    is_deleted: bool = False


def client_survey(clients: Clients) -> list[Answers]:
    """Return the invitations in order; nobody is asked twice in a quarter."""
    chance = Chance("client survey")
    asked: dict[str, dt.date] = {}
    found: list[Answers] = []
    for month in months():
        invited = _invited(month, clients, asked, chance)
        answered = [one for one in invited if chance.happens(0.55)]
        _fill(month, answered, clients, chance)
        found += invited
    return sorted(found, key=lambda one: (one.sent, one.client))


def _invited(
    month: Month, clients: Clients, asked: dict[str, dt.date], chance: Chance
) -> list[Answers]:
    count = round(_INVITED * (1 + 0.014 * month.place))
    recent = month.first - 80 * DAY
    there = [c for c in clients.on(month.first) if asked.get(c.id, dt.date.min) < recent]
    found = []
    for client in chance.shuffled(there)[:count]:
        days = [day for day in client.days_in(month) if day < month.following - 5 * DAY]
        if days:
            asked[client.id] = month.first
            sent = at(chance.pick(days), chance.between(10, 16))
            found.append(Answers(sent=sent, client=client.id))
    return found


def _fill(month: Month, answered: list[Answers], clients: Clients, chance: Chance) -> None:
    """Answer: everybody says whether they recommend us, the rest where it applies."""
    known = {client.id: client for client in clients.all}
    served = [one for one in answered if chance.happens(0.6)]
    efforts = chance.quota(len(served), _tilted(_EFFORT, month, middle=2.8, slope=-0.3))
    for one, effort in zip(served, efforts, strict=True):
        one.effort = effort
    scores = chance.quota(len(answered), _tilted(_NPS, month, middle=7.6, slope=0.22))
    for one, score in zip(answered, scores, strict=True):
        one.answered = min(one.sent + dt.timedelta(hours=chance.between(0.2, 90)), END)
        one.nps = score
        client = known[one.client]
        if chance.happens(0.3):
            one.project = f"P-{client.number:04}-{1 + (one.sent.year - client.acquired.year) // 2}"
            one.rating = chance.weighted(_tilted(_RATING, month, middle=8, slope=0.3))
        if chance.happens(0.38):
            one.step = _step(client, month, chance)


def _step(client: Client, month: Month, chance: Chance) -> int:
    """Return the step on the ladder: large and old clients stand higher."""
    years = (month.first - client.acquired).days / 365
    place = 0.3 * min(years, 4) + 0.5 * (client.size - 1) + 0.01 * month.place
    weights = {step: w * (1 + place) ** step for step, w in _STEPS.items()}
    return chance.weighted({step: max(w, 0.02) for step, w in weights.items()})


def _tilted(
    weights: Mapping[int, float], month: Month, *, middle: float, slope: float
) -> dict[int, float]:
    """Return the weights of scores, leaning as customers are glad or not in that month."""
    return {
        score: weight * max(1 + slope * month.gladness * (score - middle), 0.05)
        for score, weight in weights.items()
    }


def mentions(clients: Clients, staff: Staff) -> list[Mention]:
    """Return what was written in public, in order of time."""
    chance = Chance("mentions")
    found = [one for month in months() for one in _of_month(month, clients, staff, chance)]
    return sorted((one for one in found if one.when >= START), key=lambda one: one.when)


def _of_month(month: Month, clients: Clients, staff: Staff, chance: Chance) -> Iterator[Mention]:
    count = round(_MENTIONS * (1 + 0.015 * month.place) * chance.between(0.85, 1.15))
    lean = 0.35 * month.gladness
    moods = {
        "positive": 0.52 * (1 + lean),
        "neutral": 0.24,
        "negative": 0.17 * (1 - 2 * lean),
        "": 0.07,
    }
    for mood in chance.quota(count, moods):
        when = at(chance.pick(month.days), chance.between(8, 23.5))
        platform = chance.weighted(_PLATFORMS)
        is_review = platform in _REVIEWS
        kind = "review" if is_review else chance.weighted({"mention": 0.55, "comment": 0.45})
        if mood == "negative" and chance.happens(0.15):
            kind = "complaint"
        marks = {"positive": {5: 0.8, 4: 0.2}, "negative": {1: 0.5, 2: 0.5}}.get(mood, {3: 1.0})
        mention = Mention(
            when=when,
            platform=platform,
            kind=kind,
            sentiment=mood or None,
            rating=chance.weighted(marks) if is_review else None,
            client=chance.pick(clients.on(when.date())).id if chance.happens(0.4) else None,
            is_own=not is_review and chance.happens(0.07),
            is_deleted=chance.happens(0.02),
        )
        _answer(mention, staff, chance)
        yield mention


def _answer(mention: Mention, staff: Staff, chance: Chance) -> None:
    """Reply, more often to those who complain."""
    wanted = {"negative": 0.92, "positive": 0.7}.get(mention.sentiment or "", 0.5)
    replied = worked(mention.when, chance.lasting(5, 0.9))
    if mention.is_own or mention.is_deleted or replied > END or not chance.happens(wanted):
        return
    department = MARKETING if staff.at_work(replied.date(), MARKETING) else SALES
    mention.replied = replied
    mention.replier = chance.pick(staff.at_work(replied.date(), department)).id
