"""What the CRM, the books and the sales team export."""

from __future__ import annotations

from collections.abc import Mapping

from company.books import Cost, Goal, Market
from company.clients import Client, Clients, Stay, ends_ahead
from company.leads import Lead
from company.people import SALES, Staff
from company.sheets import Sheet, day, hours, roubles, russian, to_minute, yes
from company.story import LAST
from company.touches import Touch
from company.trade import Order

_LEFT: Mapping[str | None, str] = {
    "voluntary": "Ушёл сам",
    "involuntary": "Отключён за долги",
    "unknown": "Неизвестно",
}
_LEAD_SOURCES = {
    "Сайт": "Organic search",
    "Яндекс Директ": "Paid search",
    "Рекомендация": "Referral",
    "Холодный обзвон": "Cold outreach",
    "Выставка": "Trade show",
    "Партнёры": "Affiliate",
}
_HARD_SPACE = "\u00a0"


def clients(found: Clients, staff: Staff) -> Sheet[Client]:
    """Return the directory of clients, from Excel: semicolons and a byte order mark."""
    return Sheet(
        name="crm_clients.csv",
        items=found.all,
        columns={
            "Код клиента": lambda one: one.id,
            "Название": lambda one: one.name,
            "Сегмент": lambda one: one.segment,
            "Регион": lambda one: one.region,
            "Дата первого договора": lambda one: russian(one.acquired),
            "Дата ухода": lambda one: russian(one.lost),
            "Причина ухода": lambda one: _LEFT.get(one.stays[-1].reason),
            "Источник": lambda one: one.source,
            "Кто рекомендовал": lambda one: one.referrer,
            "Ответственный": lambda one: staff.keeper(one.number, LAST, SALES).id,
            "Ключевой": lambda one: yes(one.is_key),
        },
        delimiter=";",
        encoding="utf-8-sig",
    )


def contracts(found: Clients) -> Sheet[tuple[Client, Stay]]:
    """Return the contracts as a 1C writes them; the end of a running one is a plan."""
    pairs = [(client, stay) for client in found.all for stay in client.stays]
    pairs.sort(key=lambda pair: (pair[1].since, pair[0].number))
    numbers = {id(stay): f"Д-{number:05}" for number, (_, stay) in enumerate(pairs, 101)}
    return Sheet(
        name="contracts_1c.csv",
        items=pairs,
        columns={
            "Номер договора": lambda pair: numbers[id(pair[1])],
            "Контрагент": lambda pair: pair[0].id,
            "Начало": lambda pair: russian(pair[1].since),
            "Окончание": lambda pair: russian(pair[1].until or ends_ahead(*pair)),
            "Причина расторжения": lambda pair: _LEFT.get(pair[1].reason),
            "Аренда в месяц, руб.": lambda pair: roubles(_rent(pair[0]), _HARD_SPACE),
        },
        delimiter=";",
    )


def deals(orders: list[Order], year: int) -> Sheet[Order]:
    """Return the orders of one year as a Russian CRM exports them on Windows."""
    return Sheet(
        name=f"deals_{year}.csv",
        items=[order for order in orders if order.when.year == year],
        columns={
            "Номер заказа": lambda one: one.id,
            "Дата": lambda one: russian(one.when),
            "Клиент": lambda one: one.client,
            "Сумма": lambda one: roubles(one.amount),
            "Себестоимость": lambda one: roubles(one.cost),
            "Статус": lambda one: one.status,
            "Вид": lambda one: "Возврат" if one.refund_of else "Продажа",
            "Возврат к": lambda one: one.refund_of.id if one.refund_of else None,
            "Тип продажи": lambda one: one.sale_type,
            "Базовая сумма": lambda one: roubles(one.base),
            "Менеджер": lambda one: one.owner,
            "Канал": lambda one: one.channel,
            "Товар": lambda one: one.product,
            "Количество": lambda one: one.quantity,
            "Регион": lambda one: one.region,
        },
        delimiter=";",
        encoding="cp1251",
        line_end="\r\n",
    )


def leads(found: list[Lead]) -> Sheet[Lead]:
    """Return the leads as HubSpot exports them."""
    return Sheet(
        name="hubspot_leads.csv",
        items=found,
        columns={
            "Record ID": lambda one: one.id,
            "Create Date": lambda one: to_minute(one.created),
            "Original Source": lambda one: _LEAD_SOURCES[one.source],
            "Outreach Method": lambda one: one.method,
            "Lead Status": lambda one: one.status,
            "Lead Owner": lambda one: one.owner,
            "First Response Date": lambda one: to_minute(one.answered),
            "Became a Customer Date": lambda one: to_minute(one.won),
            "Close Date": lambda one: to_minute(one.closed),
            "Associated Company ID": lambda one: one.client,
            "Referred By Company ID": lambda one: one.referrer,
        },
    )


def activities(found: list[Touch]) -> Sheet[Touch]:
    """Return the activities of the sales team, between tabs, with dates as in 2025/12/31."""
    return Sheet(
        name="activities.tsv",
        items=found,
        columns={
            "activity_id": lambda one: one.id,
            "started": lambda one: f"{one.when:%Y/%m/%d %H:%M:%S}",
            "kind": lambda one: one.kind,
            "way": lambda one: "in" if one.inbound else "out",
            "via": lambda one: one.channel,
            "company": lambda one: one.client,
            "lead": lambda one: one.lead,
            "rep": lambda one: one.employee,
            "length": lambda one: hours(one.seconds),
        },
        delimiter="\t",
    )


def costs(found: list[Cost]) -> Sheet[Cost]:
    """Return the entries of the books; thousands stand between hard spaces."""
    return Sheet(
        name="costs.csv",
        items=found,
        columns={
            "Дата": lambda one: russian(one.day),
            "По дату (не включая)": lambda one: russian(one.until),
            "Категория": lambda one: one.category,
            "Статья": lambda one: one.what,
            "Канал": lambda one: one.channel,
            "Сумма, руб.": lambda one: roubles(one.amount, _HARD_SPACE),
        },
        delimiter=";",
    )


def goals(found: list[Goal]) -> Sheet[Goal]:
    """Return the goals that were agreed on with clients."""
    return Sheet(
        name="client_goals.csv",
        items=found,
        columns={
            "goal": lambda one: one.id,
            "company": lambda one: one.client,
            "manager": lambda one: one.owner,
            "due": lambda one: day(one.due),
            "target, kg": lambda one: one.target,
            "actual, kg": lambda one: one.actual,
            "reached on": lambda one: day(one.reached),
        },
    )


def market(found: list[Market]) -> Sheet[Market]:
    """Return the sizes of the market as Excel saves "Unicode text": UTF-16 and tabs."""
    return Sheet(
        name="market.txt",
        items=found,
        columns={
            "С": lambda one: russian(one.since),
            "По (не включая)": lambda one: russian(one.until),
            "Объём рынка, руб.": lambda one: f"{one.size:,}".replace(",", " "),
            "Основание": lambda _: "отраслевая оценка",
        },
        delimiter="\t",
        encoding="utf-16",
        line_end="\r\n",
    )


def _rent(client: Client) -> int:
    return round(client.size * 90) * 10_000
