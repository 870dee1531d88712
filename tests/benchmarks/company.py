"""A company and its tables, made up piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from tests.benchmarks.draw import (
    DAY,
    DAYS,
    SEED,
    SPAN,
    Numbers,
    Piece,
    dates,
    hidden,
    ids,
    pieces,
    times,
)

SUBJECTS = (
    "Cannot log in, please help",
    'Invoice "A-17" is wrong',
    "How do I export my data?",
    "Delivery is late",
    "Where is my order, and when will it come?",
    "Please cancel",
    'The app says "try again later", what now?',
    "Change of address",
)
SURVEYS = ("nps", "csat", "ces", "enps")
LOWEST = np.array([0, 1, 1, 0])
HIGHEST = np.array([10, 5, 7, 10])


@dataclass(frozen=True, kw_only=True)
class Company:
    """How much of everything there is; `acquired` are the days of all customers, rising."""

    scale: float
    acquired: Numbers

    def count(self, at_scale_one: int) -> int:
        """How many rows a table has at this scale."""
        return max(1, round(at_scale_one * self.scale))

    def known(self, seconds: Numbers) -> Numbers:
        """How many customers there were before the day of each instant, at least one."""
        return np.maximum(1, np.searchsorted(self.acquired, seconds // DAY))

    def customers(self) -> Iterator[pl.DataFrame]:
        """Customers: one spell of membership each, half of them over by now."""
        for piece in pieces("customers", len(self.acquired)):
            since = self.acquired[piece.rows]
            until = since + piece.rng.integers(20, 900, piece.size)
            yield pl.DataFrame(
                {
                    "customer_id": ids("C", piece.rows),
                    "acquired_at": dates(since),
                    "churned_at": dates(until, piece.chance(0.5) | (until >= DAYS)),
                    "segment": piece.pick(("smb", "mid", "ent")),
                    "region": piece.pick(("north", "south", "east", "west")),
                }
            )

    def leads(self) -> Iterator[pl.DataFrame]:
        """Leads: new people, existing customers and spam."""
        for piece in pieces("leads", self.count(300_000)):
            converted = piece.seconds + piece.rng.integers(3600, 80 * DAY, piece.size)
            won = piece.chance(0.3) & (converted < SPAN)
            existing = piece.chance(0.08) & ~won
            became = np.minimum(self.known(converted + DAY), len(self.acquired)) - 1
            who = np.where(won, became, piece.below(self.known(piece.seconds)))
            state = piece.pick(
                ("open", "lost", "spam", "test", "invalid"), (0.54, 0.4, 0.04, 0.01, 0.01)
            )
            yield pl.DataFrame(
                {
                    "lead_id": ids("L", piece.rows),
                    "created_at": times(piece.seconds),
                    "customer_id": ids("C", who, ~(won | existing) | piece.chance(0.02)),
                    "source": piece.pick(("web", "ads", "referral", "cold")),
                    "status": pl.select(
                        pl.when(pl.Series(won)).then(pl.lit("won")).otherwise(state)
                    ),
                    "converted_at": times(converted, ~won),
                }
            )

    def orders(self) -> Iterator[pl.DataFrame]:
        """Orders and refunds; young customers buy more."""
        for piece in pieces("orders", self.count(600_000)):
            known = self.known(piece.seconds)
            who = known - 1 - (piece.rng.random(piece.size) ** 2 * known).astype(np.int64)
            refund = piece.chance(0.03)
            sign = np.where(refund, -1, 1)
            amount = np.round(piece.rng.lognormal(4, 1, piece.size), 2)
            cost = pl.Series(sign * np.round(amount * 0.6, 2))
            yield pl.DataFrame(
                {
                    "order_id": ids("O", piece.rows),
                    "ordered_at": times(piece.seconds),
                    "customer_id": ids("C", who, piece.chance(0.02)),
                    "amount": sign * amount,
                    "cost": hidden(cost, piece.chance(0.01)),
                    "status": piece.pick(("completed", "cancelled", "pending"), (0.92, 0.05, 0.03)),
                    "type": np.where(refund, "refund", "sale"),
                    "channel": piece.pick(("web", "store", "phone")),
                }
            )

    def tickets(self) -> Iterator[pl.DataFrame]:
        """Tickets: answered and not, solved and open again, merged, spam."""
        for piece in pieces("tickets", self.count(1_000_000)):
            # One answer in two thousand bears a time before its ticket: clocks differ.
            early = np.where(piece.chance(0.0005), 120, 0)
            answered = piece.seconds + piece.waits(3600) - early
            unanswered = piece.chance(0.05) | (answered >= SPAN)
            solved = np.maximum(answered, piece.seconds) + piece.waits(DAY)
            unsolved = piece.chance(0.06) | unanswered | (solved >= SPAN)
            gone = piece.chance(0.01)
            states = pl.DataFrame(
                {
                    "unsolved": unsolved | piece.chance(0.01),  # some were solved and opened again
                    "gone": gone,
                    "lost": piece.pick(("spam", "deleted", "test")),
                    "done": piece.pick(("solved", "closed")),
                    "open": piece.pick(("new", "open", "pending")),
                }
            )
            status = pl.when("gone").then("lost").when("unsolved").then("open").otherwise("done")
            merged = piece.chance(0.005) & (piece.rows > 0)
            yield pl.DataFrame(
                {
                    "ticket_id": ids("T", piece.rows),
                    "created_at": times(piece.seconds),
                    "customer_id": ids("C", piece.below(self.known(piece.seconds))),
                    "channel": piece.pick(("email", "chat", "phone", "web")),
                    "category": piece.pick(("billing", "bug", "howto", "other")),
                    "priority": piece.pick(("low", "normal", "high")),
                    "team": piece.pick(("t1", "t2", "t3")),
                    "assignee_id": ids("E", piece.rng.integers(0, self.count(5000), piece.size)),
                    "status": states.select(status).to_series(),
                    "first_response_at": times(answered, unanswered),
                    "resolved_at": times(solved, unsolved),
                    "wait_seconds": hidden(
                        pl.Series(piece.rng.integers(0, 900, piece.size)), piece.chance(0.3)
                    ),
                    "agent_reply_count": piece.rng.integers(0, 6, piece.size),
                    "reopened_count": piece.chance(0.2).astype(np.int64),
                    "merged_into_id": ids("T", piece.rows - 1, ~merged),
                    "subject": piece.pick(SUBJECTS),
                }
            )

    def responses(self) -> Iterator[pl.DataFrame]:
        """Answers: of customers, and of employees to eNPS; some answer twice."""
        for piece in pieces("responses", self.count(500_000)):
            kind = piece.rng.choice(len(SURVEYS), piece.size, p=(0.35, 0.4, 0.2, 0.05))
            customer = piece.below(self.known(piece.seconds))
            employee = piece.rng.integers(0, self.count(5000), piece.size)
            ticket = piece.rng.integers(0, self.count(1_000_000), piece.size)
            again = piece.chance(0.04) & (np.arange(piece.size) > 0)
            source = np.arange(piece.size) - again
            kind, customer, employee, ticket = (
                drawn[source] for drawn in (kind, customer, employee, ticket)
            )
            low, high = LOWEST[kind], HIGHEST[kind]
            score = low + piece.below(high - low + 1)
            score = np.where(piece.chance(0.002), high + 1, score)  # off the scale
            of_staff = pl.Series(kind == SURVEYS.index("enps"))
            who = pl.when(of_staff).then(ids("E", employee)).otherwise(ids("C", customer))
            about_ticket = (kind == SURVEYS.index("csat")) | (kind == SURVEYS.index("ces"))
            yield pl.DataFrame(
                {
                    "response_id": ids("R", piece.rows),
                    "survey_type": np.array(SURVEYS)[kind],
                    "responded_at": times(piece.seconds),
                    "score": hidden(pl.Series(score), piece.chance(0.01)),
                    "scale_min": low,
                    "scale_max": high,
                    "respondent_id": hidden(pl.select(who).to_series(), piece.chance(0.01)),
                    "ticket_id": ids("T", ticket, ~about_ticket | piece.chance(0.05)),
                }
            )

    def employees(self) -> Iterator[pl.DataFrame]:
        """Employments; one in thirty is of a person hired again."""
        count = self.count(5000)
        rng = np.random.default_rng([SEED, *b"employees"])
        person = np.arange(count)
        hired = rng.integers(-1500, DAYS, count)
        left = hired + rng.integers(30, 2000, count)
        back = (rng.random(count) < 1 / 30) & (left + 200 < DAYS)
        again = left[back] + rng.integers(30, 200, back.sum())
        person = np.concatenate([person, person[back]])
        hired = np.concatenate([hired, again])
        left = np.concatenate([left, again + rng.integers(30, 2000, back.sum())])
        order = np.argsort(hired, kind="stable")
        piece = Piece(rng=rng, rows=person[order], seconds=hired[order])
        there = left[order] >= DAYS
        reasons = ("voluntary", "involuntary", "retirement", "transfer_out")
        reason = piece.pick(reasons, (0.55, 0.3, 0.1, 0.05))
        yield pl.DataFrame(
            {
                "employee_id": ids("E", piece.rows),
                "hired_at": dates(piece.seconds),
                "terminated_at": dates(left[order], there),
                "termination_type": hidden(reason, there),
                "employment_type": piece.pick(
                    ("employee", "temp", "contractor"), (0.85, 0.1, 0.05)
                ),
                "department": piece.pick(("sales", "support", "dev")),
            }
        )

    def costs(self) -> Iterator[pl.DataFrame]:
        """Costs, twenty a month."""
        count = 24 * 20
        for piece in pieces("costs", count):
            yield pl.DataFrame(
                {
                    "incurred_at": dates(piece.seconds // DAY),
                    "amount": np.round(piece.rng.lognormal(9, 1, count) * self.scale, 2),
                    "category": piece.pick(("acquisition", "retention", "service")),
                }
            )


def company(scale: float) -> Company:
    """Return the company at a scale; it began 300 days before START."""
    rng = np.random.default_rng(SEED)
    acquired = np.sort(rng.integers(-300, DAYS, max(1, round(200_000 * scale))))
    return Company(scale=scale, acquired=acquired)
