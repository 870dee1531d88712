"""The people: who works where, who leads whom, who comes and goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from company.chance import Chance
from company.story import DAY, FIRST, LAST

SALES, SERVICE, STORE, OFFICE, MARKETING = (
    "Продажи",
    "Сервис",
    "Склад и обжарка",
    "Администрация",
    "Маркетинг",
)
DEPARTMENTS = {SALES: 7, SERVICE: 8, STORE: 8, OFFICE: 6, MARKETING: 3}
"""Departments and how many people they had on the first day, heads included."""
_HEADS = {
    SALES: "Директор по продажам",
    SERVICE: "Руководитель сервиса",
    STORE: "Начальник склада",
    OFFICE: "Генеральный директор",
    MARKETING: "Руководитель маркетинга",
}
_JOBS = {
    SALES: ("Менеджер по работе с клиентами", "Менеджер по продажам"),
    SERVICE: ("Инженер поддержки", "Сервисный инженер"),
    STORE: ("Кладовщик", "Водитель", "Обжарщик"),
    OFFICE: ("Бухгалтер", "Специалист по кадрам", "Юрист"),
    MARKETING: ("Маркетолог",),
}
_TOWNS = {"Москва": 0.66, "Санкт-Петербург": 0.24, "Казань": 0.10}

# day, department, what: + hired, - left and why, then what else is known.
_MOVES = """
2024-01-15 Сервис +
2024-01-19 Склад_и_обжарка - involuntary
2024-02-05 Продажи +
2024-02-05 Склад_и_обжарка +
2024-02-28 Продажи - voluntary
2024-03-18 Продажи +
2024-04-08 Сервис +
2024-04-12 Сервис - voluntary regretted back:2025-03-03
2024-04-26 Склад_и_обжарка - retirement
2024-05-13 Склад_и_обжарка +
2024-06-10 Продажи +
2024-06-28 Продажи - voluntary key
2024-07-19 Склад_и_обжарка - involuntary
2024-08-05 Склад_и_обжарка +
2024-08-30 Продажи - involuntary
2024-09-02 Сервис +
2024-09-09 Продажи +
2024-09-23 Продажи +
2024-10-11 Сервис - voluntary
2024-10-14 Сервис +
2024-11-05 Склад_и_обжарка + temp:2025-01-17
2024-11-11 Склад_и_обжарка + temp:2025-01-17
2024-11-29 Администрация - voluntary back:2025-09-01
2024-12-09 Администрация +
2024-12-27 Продажи - involuntary
2025-01-20 Продажи +
2025-02-14 Склад_и_обжарка - voluntary
2025-02-17 Склад_и_обжарка +
2025-03-03 Склад_и_обжарка +
2025-03-24 Маркетинг +
2025-04-04 Маркетинг - voluntary
2025-04-14 Продажи +
2025-04-30 Сервис - voluntary key head
2025-05-16 Сервис - voluntary regretted
2025-06-06 Сервис - voluntary key
2025-06-16 Сервис +
2025-07-07 Сервис +
2025-07-25 Продажи - voluntary
2025-07-28 Сервис +
2025-08-11 Сервис +
2025-08-18 Продажи +
2025-09-12 Сервис - involuntary
2025-09-15 Склад_и_обжарка +
2025-10-06 Сервис +
2025-10-17 Склад_и_обжарка - voluntary
2025-10-20 Продажи +
2025-11-03 Склад_и_обжарка + temp:2026-01-16
2025-11-05 Склад_и_обжарка +
2025-11-10 Склад_и_обжарка + temp:2026-01-16
2025-11-21 Продажи - transfer_out
2025-12-01 Сервис +
2025-12-19 Склад_и_обжарка - involuntary
"""


@dataclass(kw_only=True)
class Job:
    """One employment of a person: a row of the export."""

    number: int
    department: str
    position: str
    town: str
    hired: dt.date
    left: dt.date | None = None
    reason: str | None = None
    kind: str = "employee"
    is_key: bool = False
    is_regretted: bool = False

    @property
    def id(self) -> str:
        """The person, as all systems call them."""
        return f"E{self.number:03}"

    @property
    def is_head(self) -> bool:
        """Whether the job is to lead the department."""
        return self.position == _HEADS[self.department]

    def on(self, day: dt.date) -> bool:
        """Whether the person worked in this job on a day."""
        return self.hired <= day and (self.left is None or day <= self.left)


class Staff:
    """Everybody who worked for the company in its two years."""

    def __init__(self) -> None:
        self._chance = Chance("people")
        self.jobs: list[Job] = []
        self._last = 0
        for department, count in DEPARTMENTS.items():
            for place in range(count):
                self._founder(department, is_head=place == 0)
        for line in _MOVES.strip().splitlines():
            day, department, *what = line.split()
            self._move(dt.date.fromisoformat(day), department.replace("_", " "), what)
        self._contractors()
        self._moved_inside()

    def at_work(self, day: dt.date, department: str | None = None) -> list[Job]:
        """Return who is employed on a day; contractors are not."""
        return [
            job
            for job in self.jobs
            if job.on(day)
            and job.kind in {"employee", "temp"}
            and (department is None or job.department == department)
        ]

    def head(self, department: str, day: dt.date) -> Job:
        """Return who leads a department on a day; between two heads the director does."""
        heads = [job for job in self.at_work(day, department) if job.is_head]
        return heads[0] if heads else self.head(OFFICE, day)

    def manager(self, job: Job, day: dt.date) -> Job | None:
        """Return whom somebody reports to; the director reports to nobody."""
        head = self.head(OFFICE if job.is_head else job.department, day)
        return None if head is job else head

    def keeper(self, number: int, day: dt.date, department: str) -> Job:
        """Return who looks after something: the same person as long as that person is there."""
        juniors = [job for job in self.at_work(day, department) if not job.is_head]
        return max(juniors, key=lambda job: (number * 7919 + job.number * 104_729) % 10_007)

    def by_hire(self) -> Iterator[Job]:
        """Yield the jobs in order of the export."""
        yield from sorted(self.jobs, key=lambda job: (job.number, job.hired))

    def _founder(self, department: str, *, is_head: bool) -> None:
        years = self._chance.between(3.5, 6.5) if is_head else self._chance.lasting(1.7, 0.7)
        hired = FIRST - int(min(years, 5.4) * 365) * DAY
        self._hire(hired - hired.weekday() * DAY, department, is_head=is_head)

    def _hire(self, day: dt.date, department: str, *, is_head: bool = False) -> Job:
        self._last += 1
        job = Job(
            number=self._last,
            department=department,
            position=_HEADS[department] if is_head else self._chance.pick(_JOBS[department]),
            town="Москва" if is_head else self._chance.weighted(_TOWNS),
            hired=day,
            is_key=is_head or self._chance.happens(0.08),
        )
        self.jobs.append(job)
        return job

    def _move(self, day: dt.date, department: str, what: list[str]) -> None:
        sign, *rest = what
        facts = dict(fact.partition(":")[::2] for fact in rest)
        if sign == "+":
            heads = [job for job in self.at_work(day, department) if job.is_head]
            job = self._hire(day, department, is_head=not heads and department == SERVICE)
            if "temp" in facts:
                # A short contract: its end is known from the first day, a plan until it comes.
                job.kind, job.is_key = "temp", False
                job.left = dt.date.fromisoformat(facts["temp"])
                job.reason = "contract_end"
            return
        job = self._chance.pick(self._leavers(department, day, heads="head" in facts))
        job.left, job.reason = day, next(iter(facts))
        job.is_key = job.is_key or "key" in facts
        job.is_regretted = job.is_key or "regretted" in facts
        if back := facts.get("back"):
            again = self._hire(dt.date.fromisoformat(back), department)
            self._last -= 1
            again.number, again.position, again.town = job.number, job.position, job.town

    def _leavers(self, department: str, day: dt.date, *, heads: bool) -> list[Job]:
        there = [job for job in self.at_work(day, department) if job.left is None]
        if heads:
            return [job for job in there if job.is_head]
        settled = [job for job in there if not job.is_head and (day - job.hired).days > 90]  # noqa: PLR2004
        return [job for job in settled if not job.is_key] or settled

    def _contractors(self) -> None:
        """Add people who work for the company without being employed: no metric counts them."""
        for day, end, kind, department in (
            (dt.date(2023, 4, 3), None, "contractor", SERVICE),
            (dt.date(2024, 5, 20), dt.date(2024, 8, 30), "agency", STORE),
            (dt.date(2025, 6, 9), None, "contractor", SERVICE),
            (dt.date(2025, 2, 10), dt.date(2025, 11, 28), "contractor", MARKETING),
        ):
            job = self._hire(day, department)
            job.kind, job.left, job.is_key = kind, end, False
            job.reason = "contract_end" if end else None

    def _moved_inside(self) -> None:
        """Let one person change departments: two rows without a gap, and nobody came or went."""
        day = dt.date(2024, 9, 30)
        store = [job for job in self.at_work(day, STORE) if job.left is None and not job.is_head]
        job = store[0]
        job.left, job.reason = day, "transfer_out"
        new = self._hire(day + DAY, SALES)
        self._last -= 1
        new.number, new.town, new.is_key = job.number, job.town, job.is_key

    @property
    def today(self) -> list[Job]:
        """Who is employed at the end of the story."""
        return self.at_work(LAST)
