"""What the help desk and the quality team export; the help desk writes times in UTC."""

from __future__ import annotations

from typing import TypeAlias

from company.quality import Rating
from company.sheets import Sheet, iso, russian, yes
from company.tickets import PHONE, Change, Message, Ticket

Written: TypeAlias = tuple[int, Ticket, Message]

_SUBJECTS = {
    "Поломка": "Машина не работает",
    "Обслуживание": "Плановое обслуживание",
    "Доставка": "Где наш заказ?",
    "Счета и документы": "Нужны документы",
    "Качество зерна": "Вкус не тот",
    "Вопрос": "Вопрос",
}


def tickets(found: list[Ticket]) -> Sheet[Ticket]:
    """Return the tickets as Zendesk exports them, with the scores of satisfaction."""
    return Sheet(
        name="zendesk_tickets.csv",
        items=found,
        columns={
            "Id": lambda one: one.id,
            "Created at": lambda one: iso(one.created),
            "Updated at": lambda one: iso(one.updated),
            "Organization": lambda one: one.client,
            "Submitter role": lambda one: one.opened_by,
            "Subject": lambda one: _SUBJECTS[one.category],
            "Ticket Category [list]": lambda one: one.category,
            "Status": lambda one: one.status,
            "Priority": lambda one: one.priority,
            "Via": lambda one: one.channel,
            "Ticket type": lambda one: "Complaint" if one.is_complaint else "Incident",
            "Assignee": lambda one: one.assignee,
            "First replied at": lambda one: iso(one.first_reply.when if one.first_reply else None),
            "Solved at": lambda one: iso(one.solved),
            "Escalated at": lambda one: iso(one.escalated),
            "Reopens": lambda one: one.reopened,
            "Replies": lambda one: len(one.replies),
            "Call queued at": lambda one: iso(one.created if one.channel == PHONE else None),
            "Call answered at": lambda one: iso(one.answered),
            "Call abandoned at": lambda one: iso(one.abandoned),
            "Merged into": lambda one: one.merged_into.id if one.merged_into else None,
            "Satisfaction Score": lambda one: one.score,
            "Satisfaction rated at": lambda one: iso(one.scored),
        },
    )


def comments(found: list[Ticket]) -> Sheet[Written]:
    """Return what was written on the tickets, without the texts."""
    written = [(message, ticket) for ticket in found for message in ticket.messages]
    written.sort(key=lambda pair: (pair[0].when, pair[1].number))
    return Sheet(
        name="zendesk_comments.csv",
        items=[(number, ticket, one) for number, (one, ticket) in enumerate(written, 90_001)],
        columns={
            "Comment id": lambda item: item[0],
            "Ticket id": lambda item: item[1].id,
            "Created at": lambda item: iso(item[2].when),
            "Author role": lambda item: item[2].role,
            "Author": lambda item: item[2].author,
            "Public": lambda item: yes(item[2].is_public, ("true", "false")),
        },
    )


def status_changes(found: list[Ticket]) -> Sheet[tuple[Ticket, Change]]:
    """Return how the status of the tickets changed."""
    changes = [(ticket, change) for ticket in found for change in ticket.changes]
    changes.sort(key=lambda pair: (pair[1].when, pair[0].number))
    return Sheet(
        name="zendesk_status_changes.csv",
        items=changes,
        columns={
            "Ticket id": lambda pair: pair[0].id,
            "Changed at": lambda pair: iso(pair[1].when),
            "From": lambda pair: pair[1].before,
            "To": lambda pair: pair[1].after,
            "Changed by": lambda pair: pair[1].actor,
        },
    )


def reviews(found: list[Rating]) -> Sheet[Rating]:
    """Return the sheet of the quality team: one row per criterion."""
    return Sheet(
        name="quality_reviews.csv",
        items=found,
        columns={
            "Проверка": lambda one: one.review,
            "Когда": lambda one: russian(one.when),
            "Обращение": lambda one: one.ticket,
            "Сотрудник": lambda one: one.employee,
            "Проверил": lambda one: one.reviewer,
            "Критерий": lambda one: one.criterion,
            "Балл": lambda one: "н/п" if one.score is None else one.score,
            "Минимум": lambda one: one.worst,
            "Максимум": lambda one: one.best,
            "Вес": lambda one: one.weight,
            "Критический": lambda one: yes(one.is_critical),
        },
        delimiter=";",
    )
