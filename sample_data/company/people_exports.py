"""What the surveys, the monitoring of reviews and HR export."""

from __future__ import annotations

from company.people import Job, Staff
from company.sheets import Sheet, american, russian, to_minute, yes
from company.staff_surveys import Answer
from company.story import LAST
from company.voices import PARTNER_STEPS, Answers, Mention

_KINDS = {
    "employee": "Employee",
    "temp": "Fixed term",
    "contractor": "Contingent",
    "agency": "Agency",
}
_STILL_THERE = "N/A-StillEmployed"
_REASONS = {
    None: _STILL_THERE,
    "voluntary": "Resignation",
    "involuntary": "Dismissal",
    "retirement": "Retirement",
    "contract_end": "End of contract",
    "transfer_out": "Transfer",
}


def client_survey(found: list[Answers]) -> Sheet[tuple[int, Answers]]:
    """Return the survey of clients as an online form exports it: one row per invitation."""
    return Sheet(
        name="client_survey.csv",
        items=list(enumerate(found, 1)),
        columns={
            "#": lambda item: item[0],
            "Компания": lambda item: item[1].client,
            "Проект": lambda item: item[1].project,
            "Готовы ли вы рекомендовать нас, от 0 до 10?": lambda item: item[1].nps,
            "Сколько усилий потребовал ваш вопрос? 1 - мало, 7 - очень много": (
                lambda item: item[1].effort
            ),
            "Оцените установку, от 1 до 10": lambda item: item[1].rating,
            'Кто для вас "Зерно и пар"?': lambda item: (
                None if item[1].step is None else PARTNER_STEPS[item[1].step]
            ),
            "Invited (UTC)": lambda item: american(item[1].sent),
            "Submitted (UTC)": lambda item: american(item[1].answered),
        },
    )


def staff_surveys(found: list[Answer]) -> Sheet[Answer]:
    """Return the surveys of the staff: one row per answer."""
    return Sheet(
        name="staff_surveys.csv",
        items=found,
        columns={
            "Опрос": lambda one: one.survey,
            "Отправлено": lambda one: russian(one.sent),
            "Отвечено": lambda one: russian(one.answered),
            "Сотрудник": lambda one: one.employee,
            "О ком": lambda one: one.about,
            "Кем приходится": lambda one: one.relation,
            "Пункт": lambda one: one.item,
            "Вопрос": lambda one: one.question,
            "Оценка": lambda one: one.score,
            "От": lambda one: one.worst,
            "До": lambda one: one.best,
            "Обратный": lambda one: yes(one.is_reversed) if one.item else None,
        },
        delimiter=";",
    )


def mentions(found: list[Mention]) -> Sheet[tuple[int, Mention]]:
    """Return the reviews and mentions that a monitoring service found."""
    return Sheet(
        name="mentions.csv",
        items=list(enumerate(found, 70_001)),
        columns={
            "id": lambda item: item[0],
            "date": lambda item: to_minute(item[1].when),
            "platform": lambda item: item[1].platform,
            "type": lambda item: item[1].kind,
            "tone": lambda item: item[1].sentiment,
            "stars": lambda item: item[1].rating,
            "company": lambda item: item[1].client,
            "reply date": lambda item: to_minute(item[1].replied),
            "reply by": lambda item: item[1].replier,
            "own post": lambda item: yes(item[1].is_own, ("yes", "no")),
            "deleted": lambda item: yes(item[1].is_deleted, ("yes", "no")),
        },
        encoding="utf-8-sig",
    )


def workers(staff: Staff) -> Sheet[Job]:
    """Return the people as Workday exports them, with dates as in 12/31/2025."""

    def manager(job: Job) -> str | None:
        found = staff.manager(job, min(job.left or LAST, LAST))
        return found.id if found else None

    return Sheet(
        name="workday_workers.csv",
        items=staff.by_hire(),
        columns={
            "Employee ID": lambda job: job.id,
            "Organization": lambda job: job.department,
            "Job Title": lambda job: job.position,
            "Location": lambda job: job.town,
            "Worker Type": lambda job: _KINDS[job.kind],
            "Manager ID": manager,
            "Hire Date": lambda job: f"{job.hired:%m/%d/%Y}",
            "Termination Date": lambda job: f"{job.left:%m/%d/%Y}" if job.left else _STILL_THERE,
            "Termination Reason": lambda job: _REASONS[job.reason],
            "Key Talent": lambda job: yes(job.is_key, ("Y", "N")),
            "Regretted": lambda job: yes(job.is_regretted, ("Y", "N")),
            "FTE": lambda job: "0.5" if job.number % 13 == 0 else "1",
        },
    )
