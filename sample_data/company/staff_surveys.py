"""What the staff says: a survey every quarter, talks, assessments and 360-degree reviews.

Every quarter's survey opens on the 20th of its middle month and closes on the 12th of the next, so
that both months have answers. The other surveys go round: each month some people have their turn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from company.chance import Chance
from company.people import DEPARTMENTS, SERVICE, Job, Staff
from company.story import DAY, END, Month, at, months, worked

_BURNOUT = (  # code, question, reversed
    ("B1", "К концу дня нет сил", False),
    ("B2", "Трудно сосредоточиться", False),
    ("B3", "Мне интересна моя работа", True),
)
_TALKS = 7  # a month
_TURNS = 4  # months until everybody has assessed themselves once
_LEADING = (("L1", "Даёт понятные задачи"), ("L2", "Слышит команду"))


@dataclass(kw_only=True)
class Answer:
    """One answer of an employee; `survey` in the words of the export."""

    survey: str
    sent: dt.datetime
    employee: str
    answered: dt.datetime | None
    score: int | None = None
    worst: int | None = None
    best: int | None = None
    item: str | None = None
    question: str | None = None
    is_reversed: bool = False
    about: str | None = None
    relation: str | None = None


def staff_surveys(staff: Staff) -> list[Answer]:
    """Return all answers in order of time."""
    chance = Chance("staff surveys")
    moods = {job.number: 0.8 * chance.normal() for job in staff.by_hire()}
    found: list[Answer] = []
    for month in months():
        if month.first.month % 3 == 2:  # noqa: PLR2004 (the middle month of a quarter)
            found += _wave(month, staff, moods, chance)
        found += _talks(month, staff, chance)
        found += _assessments(month, staff, moods, chance)
        found += _review(month, staff, moods, chance)
    return sorted(
        (one for one in found if one.answered is None or _could(one, staff)),
        key=lambda one: (one.sent, one.survey, one.employee, one.about or "", one.item or ""),
    )


def _could(answer: Answer, staff: Staff) -> bool:
    """Tell whether an answer came in time, and from somebody who was still there."""
    if answer.answered is None or answer.answered > END:
        return False
    return any(job.id == answer.employee for job in staff.at_work(answer.answered.date()))


def _mood(job: Job, month: Month, moods: dict[int, float]) -> float:
    """Return how somebody feels, around 0: the service team suffers with its customers."""
    strained = 1.6 * min(month.gladness, 0.15) if job.department == SERVICE else 0.0
    return moods[job.number] + strained + 0.008 * month.place


def _wave(month: Month, staff: Staff, moods: dict[int, float], chance: Chance) -> Iterator[Answer]:
    opened = at(month.first + 19 * DAY, 10)
    there = [job for job in staff.at_work(opened.date()) if job.kind == "employee"]
    for job, days in zip(there, chance.quota(len(there), {3: 0.66, 15: 0.34}), strict=True):
        if chance.happens(0.12):
            yield Answer(survey="eNPS", sent=opened, employee=job.id, answered=None)
            continue
        answered = at(opened.date() + (days + chance.whole(-3, 4)) * DAY, chance.between(9.5, 19))
        answered = max(answered, opened + dt.timedelta(minutes=chance.whole(5, 400)))
        for one in _questions(_mood(job, month, moods), chance):
            one.sent, one.employee, one.answered = opened, job.id, answered
            yield one


def _questions(mood: float, chance: Chance) -> Iterator[Answer]:
    def answer(survey: str, score: float, worst: int, best: int) -> Answer:
        rounded = max(worst, min(best, round(score)))
        return Answer(
            survey=survey,
            sent=END,
            employee="",
            answered=None,
            score=rounded,
            worst=worst,
            best=best,
        )

    yield answer("eNPS", 7.75 + 1.25 * mood + 0.7 * chance.normal(), 0, 10)
    yield answer("Удовлетворённость работой", 4.05 + 0.5 * mood + 0.5 * chance.normal(), 1, 5)
    yield answer("Мотивация", 7.3 + 0.9 * mood + 0.9 * chance.normal(), 1, 10)
    for item, question, is_reversed in _BURNOUT:
        sign = 1 if is_reversed else -1
        middle = 3.7 if is_reversed else 2.3
        one = answer("Выгорание", middle + sign * 0.65 * mood + 0.7 * chance.normal(), 1, 5)
        one.item, one.question, one.is_reversed = item, question, is_reversed
        yield one


def _talks(month: Month, staff: Staff, chance: Chance) -> Iterator[Answer]:
    """Let colleagues talk to each other; what counts is that they did."""
    there = staff.at_work(month.first)
    for job in chance.shuffled(there)[: _TALKS + month.place // 5]:
        when = at(chance.pick(month.working_days), chance.between(10, 17))
        partner = chance.pick([one for one in there if one is not job])
        yield Answer(
            survey="Беседа P2P", sent=when, employee=partner.id, answered=when, about=job.id
        )


def _assessments(
    month: Month, staff: Staff, moods: dict[int, float], chance: Chance
) -> Iterator[Answer]:
    """Let a quarter of the staff assess themselves, and their managers say how they see it."""
    sent = at(month.working_days[3], 10)
    for job in staff.at_work(sent.date()):
        if job.kind != "employee" or (job.number + month.place) % _TURNS:
            continue
        own = 3.9 + 0.35 * _mood(job, month, moods) + 0.5 * chance.normal()
        yield _assessed("Самооценка", job.id, job.id, "сам", own, sent, chance)
        manager = staff.manager(job, sent.date())
        if manager and chance.happens(0.6):
            seen = own - 0.25 + 0.5 * chance.normal()
            yield _assessed("Самооценка", manager.id, job.id, "руководитель", seen, sent, chance)


def _review(
    month: Month, staff: Staff, moods: dict[int, float], chance: Chance
) -> Iterator[Answer]:
    """Let one leader a month be judged from all sides."""
    sent = at(month.working_days[5], 12)
    department = list(DEPARTMENTS)[month.place % len(DEPARTMENTS)]
    leader = staff.head(department, sent.date())
    manager = staff.manager(leader, sent.date())
    there = staff.at_work(sent.date())
    heads = [job for job in there if job.is_head and job is not leader and job is not manager]
    reports = [job for job in there if staff.manager(job, sent.date()) is leader]
    reports = [job for job in reports if not job.is_head]
    raters = [(leader, "сам"), *((job, "коллега") for job in heads)]
    if manager:
        raters.append((manager, "руководитель"))
    raters += [(job, "подчинённый") for job in chance.shuffled(reports)[:4]]
    quality = 3.9 + 0.3 * _mood(leader, month, moods)
    for rater, relation in raters:
        for item, question in _LEADING:
            score = quality + (0.35 if relation == "сам" else 0) + 0.6 * chance.normal()
            one = _assessed("Оценка 360", rater.id, leader.id, relation, score, sent, chance)
            one.item, one.question = item, question
            yield one


def _assessed(
    survey: str,
    rater: str,
    about: str,
    relation: str,
    score: float,
    sent: dt.datetime,
    chance: Chance,
) -> Answer:
    return Answer(
        survey=survey,
        sent=sent,
        employee=rater,
        answered=worked(sent, chance.between(0.2, 42)),
        score=max(1, min(5, round(score))),
        worst=1,
        best=5,
        about=about,
        relation=relation,
    )
