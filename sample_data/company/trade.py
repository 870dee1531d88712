"""Orders, refunds and cancellations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from company.chance import Chance
from company.clients import Client, Clients
from company.leads import Leads
from company.people import SALES, Staff
from company.story import DAY, END, LAST, Month, at, months

BEANS, RENT, SUPPLIES, TEA, MACHINE = (
    "Зерно",
    "Аренда и обслуживание",
    "Расходные материалы",
    "Чай и сиропы",
    "Кофемашина",
)
_WEIGHTS = {BEANS: 0.58, RENT: 0.24, SUPPLIES: 0.1, TEA: 0.08}
_PRICES = {BEANS: 66_000, RENT: 52_000, SUPPLIES: 27_000, TEA: 24_000, MACHINE: 165_000}
_COSTS = {BEANS: 0.55, RENT: 0.34, SUPPLIES: 0.58, TEA: 0.54, MACHINE: 0.77}
_UNIT_PRICES = {BEANS: 1_650, SUPPLIES: 380, TEA: 520}
_CHANNELS = {"Менеджер": 0.5, "Сайт": 0.28, "Телефон": 0.17, "Маркетплейс": 0.05}
NEW, REPEAT, UPSELL, CROSS_SELL, RENEWAL = (
    "Первая",
    "Повторная",
    "Допродажа",
    "Кросс-продажа",
    "Продление",
)
_LARGE = 2_000_000  # kopecks
_RATE = 0.55  # orders of a common client in a common month
_DEAREST_BEANS = 0.05  # how much more beans cost in the second year
DONE, PENDING, CANCELLED, TEST = "Выполнен", "Ждёт оплаты", "Отменён", "Тест"


@dataclass(kw_only=True)
class Order:
    """A sale or a refund; money in kopecks."""

    when: dt.datetime
    amount: int
    cost: int
    product: str
    region: str
    channel: str
    client: str | None = None
    owner: str | None = None
    quantity: int | None = None
    sale_type: str | None = None
    base: int | None = None
    status: str = DONE
    refund_of: Order | None = None
    number: int = 0

    @property
    def id(self) -> str:
        """The number of the order."""
        return str(self.number)


class Trade:
    """All orders of the two years."""

    def __init__(self, clients: Clients, leads: Leads, staff: Staff) -> None:
        self._chance = Chance("orders")
        self._clients, self._leads, self._staff = clients, leads, staff
        sales = [order for month in months() for order in self._month(month)]
        refunds = [refund for sale in sales for refund in self._refunds(sale)]
        self.all = sorted([*sales, *refunds], key=lambda order: order.when)
        for number, order in enumerate(self.all, 24_118):
            order.number = number

    def _month(self, month: Month) -> Iterator[Order]:
        chance = self._chance
        for client in self._clients.all:
            days = client.days_in(month)
            if not days:
                continue
            came = client.acquired >= month.first
            if came:
                yield self._first(client)
                days = [day for day in days if day > client.acquired + 6 * DAY]
            share = len(days) / len(month.working_days)
            rate = _RATE * client.thirst * month.season * share
            for _ in range(chance.about(rate * chance.lasting(0.86, 0.55))):
                yield self._again(client, chance.pick(days))
        for _ in range(chance.about(0.8)):
            yield self._over_the_counter(month)
        if month.place % 5 == 1:
            yield self._test(month)

    def _first(self, client: Client) -> Order:
        chance = self._chance
        signed = self._leads.signed[client.id]
        product = MACHINE if chance.happens(0.2) else chance.weighted({RENT: 0.5, BEANS: 0.5})
        order = self._order(client, client.acquired, product)
        # On the day of the contract, or in the days after it.
        later = chance.whole(0, 4) * DAY
        order.when = min(signed + dt.timedelta(minutes=chance.whole(10, 160)) + later, END)
        order.sale_type = NEW
        if order.owner:
            order.owner = self._staff.keeper(client.number, order.when.date(), SALES).id
        return order

    def _again(self, client: Client, day: dt.date) -> Order:
        chance = self._chance
        product = MACHINE if chance.happens(0.008) else chance.weighted(_WEIGHTS)
        order = self._order(client, day, product)
        order.sale_type = RENEWAL if product == RENT and chance.happens(0.6) else REPEAT
        if chance.happens(0.075):
            order.sale_type = UPSELL
            more = chance.between(1.15, 1.6)
            base = order.amount
            order.amount = _round(order.amount * more)
            order.cost = _round(order.cost * more * 0.96)
            order.base = base if chance.happens(0.92) else None
        elif chance.happens(0.065):
            order.sale_type, order.product, order.quantity = CROSS_SELL, TEA, None
            order.base = order.amount
            order.amount = _round(order.amount * chance.between(1.12, 1.35))
        if day > LAST - 14 * DAY and chance.happens(0.12):
            order.status = PENDING
        elif chance.happens(0.035):
            order.status = CANCELLED
        return order

    def _order(self, client: Client, day: dt.date, product: str) -> Order:
        chance = self._chance
        month = (day.year - 2024) * 12 + day.month - 1
        price = (
            _PRICES[product]
            * (1 + 0.007 * month)
            * client.size ** (0.35 if product == MACHINE else 1)
        )
        amount = _round(price * 100 * min(chance.lasting(1, 0.24), 2))
        part = _COSTS[product] * chance.between(0.93, 1.07)
        if product == BEANS:
            part *= 1 + _DEAREST_BEANS * month / 23
        unit = _UNIT_PRICES.get(product)
        channel = chance.weighted(_CHANNELS)
        owner = self._staff.keeper(client.number, day, SALES)
        return Order(
            when=at(day, chance.between(9, 19)),
            amount=amount,
            cost=_round(amount * part),
            product=product,
            quantity=max(round(amount / 100 / unit), 1) if unit else None,
            region=client.region,
            channel=channel,
            client=client.id,
            owner=owner.id if channel != "Маркетплейс" else None,
        )

    def _over_the_counter(self, month: Month) -> Order:
        """Sell a bag to a passer-by: nobody knows the client."""
        chance = self._chance
        amount = _round(100 * chance.between(2_400, 9_800))
        return Order(
            when=at(chance.pick(month.working_days), chance.between(10, 19)),
            amount=amount,
            cost=_round(amount * 0.6),
            product=BEANS,
            region="Москва",
            channel="Сайт",
            sale_type=NEW,
        )

    def _test(self, month: Month) -> Order:
        order = self._over_the_counter(month)
        order.amount, order.cost, order.status = 100, 0, TEST
        return order

    def _refunds(self, sale: Order) -> Iterator[Order]:
        chance = self._chance
        if sale.status != DONE or not chance.happens(0.035):
            return
        when = sale.when + dt.timedelta(days=chance.whole(2, 38), minutes=chance.whole(-120, 90))
        if when > END:
            return
        part = 1.0 if chance.happens(0.4) else chance.between(0.15, 0.7)
        yield Order(
            when=when,
            amount=-_round(sale.amount * part),
            cost=-_round(sale.cost * part),
            base=None if sale.base is None else -_round(sale.base * part),
            product=sale.product,
            region=sale.region,
            channel=sale.channel,
            client=sale.client,
            owner=sale.owner,
            sale_type=sale.sale_type,
            refund_of=sale,
        )


def _round(kopecks: float) -> int:
    """Return an amount as price lists have it: large ones in tens of roubles, others in halves."""
    step = 1000 if kopecks > _LARGE else 50
    return round(kopecks / step) * step
