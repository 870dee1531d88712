"""The books: costs, goals, and the size of the market."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from company.chance import Chance
from company.clients import PARTNERS, Clients
from company.people import DEPARTMENTS, SALES, Staff
from company.story import DAY, FIRST, LAST, SEASON, Month, months

WINNING, KEEPING, SERVING, PAY, OTHER = "Привлечение", "Удержание", "Сервис", "ФОТ", "Прочее"
_PAY = {"Продажи": 98, "Сервис": 92, "Склад и обжарка": 71, "Администрация": 118, "Маркетинг": 96}

# first day, day after the last, category, what, channel, thousand roubles.
_LONG = (
    ("2024-01-01", "2025-01-01", KEEPING, "Программа лояльности, год", None, 960),
    ("2024-01-01", "2025-01-01", OTHER, "Лицензия CRM, год", None, 540),
    ("2024-03-01", "2024-09-01", WINNING, "Стенд на выставке Coffee Expo", "Выставка", 840),
    ("2024-10-01", "2025-04-01", WINNING, "Рекламные щиты, полгода", "Реклама", 690),
    ("2025-01-01", "2026-01-01", KEEPING, "Программа лояльности, год", None, 1_140),
    ("2025-01-01", "2026-01-01", OTHER, "Лицензия CRM, год", None, 620),
    ("2025-03-01", "2025-09-01", WINNING, "Стенд на выставке Coffee Expo", "Выставка", 930),
    ("2025-10-01", "2026-04-01", WINNING, "Рекламные щиты, полгода", "Реклама", 780),
)
_MONTHLY = (
    (WINNING, "Контекстная реклама", "Яндекс Директ", 232, 0.14),
    (WINNING, "Колл-центр на аутсорсе", "Холодный обзвон", 108, 0.08),
    (WINNING, "Премии за новых клиентов", None, 148, 0.2),
    (WINNING, "Комиссия партнёрам", PARTNERS, 38, 0.3),
    (KEEPING, "Подарки и дегустации", None, 58, 0.25),
    (SERVING, "Запчасти", None, 240, 0.18),
    (SERVING, "Топливо и доставка", None, 185, 0.1),
    (OTHER, "Аренда склада и офиса", None, 410, 0.0),
)
_GOALS = 10  # a month
_REACHED = 0.72


@dataclass(kw_only=True)
class Cost:
    """One entry of the books; money in kopecks, `until` is the day after the last."""

    day: dt.date
    amount: int
    category: str
    what: str
    channel: str | None = None
    until: dt.date | None = None


@dataclass(kw_only=True)
class Goal:
    """What a manager and a client agreed on."""

    number: int
    client: str
    owner: str
    due: dt.date
    target: int
    actual: int | None
    reached: dt.date | None

    @property
    def id(self) -> str:
        """The key of the export."""
        return f"G-{self.number:04}"


@dataclass(kw_only=True)
class Market:
    """What the whole trade sold between two days, in roubles."""

    since: dt.date
    until: dt.date
    size: int


def costs(staff: Staff) -> list[Cost]:
    """Return the entries of the books in order of days."""
    chance = Chance("costs")
    found = [
        Cost(
            day=dt.date.fromisoformat(since),
            until=dt.date.fromisoformat(until),
            category=category,
            what=what,
            channel=channel,
            amount=thousands * 100_000,
        )
        for since, until, category, what, channel, thousands in _LONG
    ]
    for month in months():
        found += _of_month(month, staff, chance)
    return sorted(found, key=lambda cost: cost.day)


def _of_month(month: Month, staff: Staff, chance: Chance) -> Iterator[Cost]:
    grown = 1 + 0.006 * month.place
    for category, what, channel, thousands, spread in _MONTHLY:
        size = grown * (month.season if category == WINNING else 1) * chance.lasting(1, spread)
        day = chance.pick(month.working_days)
        amount = round(thousands * size * 100) * 1000
        yield Cost(day=day, amount=amount, category=category, what=what, channel=channel)
    if month.first.month == 12:  # noqa: PLR2004
        day = chance.pick(month.working_days)
        yield Cost(day=day, amount=31_500_000, category=KEEPING, what="Новогодние подарки клиентам")
    if month.place % 5 == 2:  # noqa: PLR2004
        what = "Возврат бонуса рекламной сети"
        day = month.working_days[-1]
        yield Cost(day=day, amount=-1_840_000, category=WINNING, what=what, channel="Яндекс Директ")
    for department in DEPARTMENTS:
        days = sum(len(staff.at_work(day, department)) for day in month.days) / len(month.days)
        pay = round(days * _PAY[department] * (1 + 0.007 * month.place) * 100) * 1000
        yield Cost(day=month.working_days[-1], amount=pay, category=PAY, what=department)


def goals(clients: Clients, staff: Staff) -> list[Goal]:
    """Return the goals, also a few that are due after the end of the story."""
    chance = Chance("goals")
    found: list[Goal] = []
    days = [day for month in months() for day in chance.shuffled(month.working_days)[:_GOALS]]
    ahead = [LAST + 10 * n * DAY for n in range(1, 5)]
    for number, due in enumerate(sorted(days) + ahead, 1):
        day = max(min(due, LAST) - 20 * DAY, FIRST)
        client = chance.pick(clients.on(day))
        target = chance.pick((50, 80, 100, 120, 150, 200, 300))
        on_time = chance.happens(_REACHED)
        late = not on_time and chance.happens(0.35)
        shift = chance.whole(2, 25) if late else -chance.whole(0, 18)
        reached = max(due + shift * DAY, FIRST) if on_time or late else None
        if reached is not None and reached > LAST:
            reached = None
        part = chance.between(1.0, 1.3) if on_time else chance.between(0.45, 0.97)
        found.append(
            Goal(
                number=number,
                client=client.id,
                owner=staff.keeper(client.number, day, SALES).id,
                due=due,
                target=target,
                actual=None if due > LAST else round(target * part),
                reached=reached,
            )
        )
    return found


def market() -> list[Market]:
    """Return the size of the market for every month, quarter and year."""
    chance = Chance("market")
    sizes = [
        round(2.05e8 * (1 + 0.012 * month.place) * SEASON[month.first.month - 1] ** 0.8, -5)
        * round(chance.between(0.96, 1.04), 3)
        for month in months()
    ]
    found = []
    for length in (1, 3, 12):
        for place, month in enumerate(months()):
            if place % length == 0:
                whole = round(sum(sizes[place : place + length]), -5)
                last = list(months())[place + length - 1]
                found.append(Market(since=month.first, until=last.following, size=int(whole)))
    return found
