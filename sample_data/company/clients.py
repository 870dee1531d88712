"""The clients: who they are, when they come, leave and come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from company.chance import Chance
from company.story import (
    DAY,
    EARLIER,
    EARLIER_LOSSES,
    FIRST,
    LAST,
    LOSSES,
    NEW,
    RETURNS,
    Month,
    month_of,
    months,
)

SEGMENTS = {"Офис": 0.5, "Кафе и рестораны": 0.22, "Коворкинг": 0.15, "Отель": 0.13}
REGIONS = {"Москва": 0.48, "Санкт-Петербург": 0.26, "Казань": 0.14, "Екатеринбург": 0.12}
REFERRAL, PARTNERS = "Рекомендация", "Партнёры"
SOURCES = {
    "Сайт": 0.28,
    "Яндекс Директ": 0.22,
    REFERRAL: 0.22,
    "Холодный обзвон": 0.13,
    "Выставка": 0.09,
    PARTNERS: 0.06,
}
_THIRST = {"Офис": 0.9, "Кафе и рестораны": 1.25, "Коворкинг": 1.0, "Отель": 1.15}
# fmt: off
_ROOTS = (
    "Азимут", "Альфа", "Арсенал", "Базис", "Берег", "Вектор", "Верста", "Веста", "Высота",
    "Гамма", "Горизонт", "Гранит", "Дельта", "Диалог", "Зенит", "Импульс", "Каскад", "Квартал",
    "Квинта", "Контур", "Кристалл", "Лазурь", "Линия", "Магнит", "Маяк", "Меридиан", "Мост",
    "Навигатор", "Орбита", "Оникс", "Опора", "Парус", "Пилот", "Платформа", "Полюс", "Причал",
    "Профиль", "Радиус", "Ракурс", "Резонанс",
)
# fmt: on
_TAILS = ("", " Плюс", " Групп", " Сервис", " Трейд", " Проект", " Инвест", " Лайн", " Дом")
_FORMS = ("ООО", "ООО", "ООО", "АО", "ИП")
_KEY_SIZE = 1.8


@dataclass(kw_only=True)
class Stay:
    """One contract of a client."""

    since: dt.date
    until: dt.date | None = None
    reason: str | None = None


@dataclass(kw_only=True)
class Client:
    """A client with its contracts. `size` is what it spends, 1 for a common one."""

    number: int
    name: str
    segment: str
    region: str
    size: float
    thirst: float
    stays: list[Stay]
    source: str | None = None
    referrer: str | None = None

    @property
    def id(self) -> str:
        """The client, as all systems call it."""
        return f"K{self.number:04}"

    @property
    def acquired(self) -> dt.date:
        """First day of the first contract."""
        return self.stays[0].since

    @property
    def is_key(self) -> bool:
        """Whether it is a key account."""
        return self.size >= _KEY_SIZE

    @property
    def lost(self) -> dt.date | None:
        """Last day of the last contract, None while it lasts."""
        return self.stays[-1].until

    def on(self, day: dt.date) -> bool:
        """Whether it has a contract on a day."""
        return any(
            stay.since <= day and (stay.until is None or day <= stay.until) for stay in self.stays
        )

    def days_in(self, month: Month) -> list[dt.date]:
        """Return the working days of a month on which it has a contract."""
        return [day for day in month.working_days if self.on(day)]


@dataclass(kw_only=True)
class Clients:
    """Everybody who was a client since 2019."""

    all: list[Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = Chance("clients")
        for month in months(min(EARLIER)):
            self._lose(month)
            self._return(month)
            self._win(month)

    def on(self, day: dt.date) -> list[Client]:
        """Return the clients of a day."""
        return [client for client in self.all if client.on(day)]

    def new(self) -> Iterator[Client]:
        """Yield those who came within the two years, in order."""
        yield from (client for client in self.all if client.acquired >= FIRST)

    def _win(self, month: Month) -> None:
        now = month.place >= 0
        rate = NEW[month.place] if now else EARLIER[month.first.year] * month.season
        count = self._chance.about(rate)
        for day in sorted(self._chance.pick(month.working_days) for _ in range(count)):
            self.all.append(self._client(day, known=now))

    def _client(self, day: dt.date, *, known: bool) -> Client:
        chance = self._chance
        number = len(self.all) + 1
        segment = chance.weighted(SEGMENTS)
        root, tail = chance.pick(_ROOTS), chance.pick(_TAILS)
        client = Client(
            number=number,
            name=f"{chance.pick(_FORMS)} «{root}{tail}»",
            segment=segment,
            region=chance.weighted(REGIONS),
            size=min(chance.lasting(0.97, 0.46), 3.6),
            thirst=_THIRST[segment] * chance.between(0.6, 1.4),
            stays=[Stay(since=day)],
        )
        if known:
            # Where a client came from has been written down since 2024 only.
            client.source = chance.weighted(SOURCES)
            if client.source == REFERRAL:
                client.referrer = self._friend(day).id
        return client

    def _friend(self, day: dt.date) -> Client:
        settled = [client for client in self.on(day) if (day - client.acquired).days > 60]  # noqa: PLR2004
        return self._chance.pick(settled)

    def _lose(self, month: Month) -> None:
        there = [c for c in self.on(month.first) if (month.first - c.stays[-1].since).days > 75]  # noqa: PLR2004
        rate = LOSSES[month.place] / 100 if month.place >= 0 else EARLIER_LOSSES
        count = self._chance.about(rate * len(there))
        reasons = {"voluntary": 0.66, "involuntary": 0.16, "unknown": 0.18}
        for client in _drawn(self._chance, there, count):
            stay = client.stays[-1]
            stay.until = self._chance.pick(month.days)
            stay.reason = self._chance.weighted(reasons)

    def _return(self, month: Month) -> None:
        """Bring back clients who left months ago; the gap shows in their contracts."""
        if month.place < 0:
            return
        gone = [c for c in self.all if c.lost and 120 < (month.first - c.lost).days < 500]  # noqa: PLR2004
        for client in self._chance.shuffled(gone)[: RETURNS[month.place]]:
            client.stays.append(Stay(since=self._chance.pick(month.working_days)))


def _drawn(chance: Chance, clients: Iterable[Client], count: int) -> list[Client]:
    """Return who leaves; key accounts are looked after better, and leave less often."""
    ranked = sorted(
        chance.shuffled(clients),
        key=lambda client: chance.unit() * (3.0 if client.is_key else 1.0),
    )
    picked = [client for client in ranked if not client.is_key or chance.happens(0.4)]
    return picked[:count]


def ends_ahead(client: Client, stay: Stay) -> dt.date | None:
    """Return the agreed end of a running contract of fixed length: a plan, not a loss."""
    if stay.until is None and client.number % 17 == 0:
        return month_of(LAST + (90 + client.number % 150) * DAY).following - DAY
    return None
