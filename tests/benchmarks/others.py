"""The tables of the company that the first KPI set does not read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from tests.benchmarks.company import Company
from tests.benchmarks.draw import DAY, SPAN, dates, hidden, ids, pieces, times

CRITERIA = ("tone", "solution", "grammar")


def interactions(company: Company) -> Iterator[pl.DataFrame]:
    """Touches of customers, in both directions, and some of leads."""
    for piece in pieces("interactions", company.count(300_000)):
        customer = ids("C", piece.below(company.known(piece.seconds)), piece.chance(0.1))
        lead = piece.below(np.maximum(1, piece.seconds * company.count(300_000) // SPAN))
        length = pl.Series(piece.rng.integers(10, 3600, piece.size))
        yield pl.DataFrame(
            {
                "interaction_id": ids("I", piece.rows),
                "occurred_at": times(piece.seconds),
                "type": piece.pick(("call", "email", "meeting", "login"), (0.4, 0.4, 0.1, 0.1)),
                "direction": piece.pick(("inbound", "outbound")),
                "customer_id": customer,
                "lead_id": ids("L", lead, piece.chance(0.7)),
                "employee_id": ids("E", piece.rng.integers(0, company.count(5000), piece.size)),
                "channel": piece.pick(("email", "phone", "office")),
                "duration_seconds": hidden(length, piece.chance(0.3)),
            }
        )


def feedback(company: Company) -> Iterator[pl.DataFrame]:
    """Reviews and mentions, most of them judged, half of them answered."""
    for piece in pieces("feedback", company.count(50_000)):
        replied = piece.seconds + piece.waits(DAY)
        yield pl.DataFrame(
            {
                "feedback_id": ids("F", piece.rows),
                "created_at": times(piece.seconds),
                "kind": piece.pick(("review", "mention", "comment")),
                "sentiment": hidden(
                    piece.pick(("positive", "neutral", "negative")), piece.chance(0.1)
                ),
                "replied_at": times(replied, piece.chance(0.5) | (replied >= SPAN)),
            }
        )


def quality_reviews(company: Company) -> Iterator[pl.DataFrame]:
    """Reviews of three criteria each."""
    for piece in pieces("quality_reviews", company.count(20_000)):
        for name in CRITERIA:
            yield pl.DataFrame(
                {
                    "review_id": ids("Q", piece.rows),
                    "reviewed_at": times(piece.seconds),
                    "criterion": [name] * piece.size,
                    "score": piece.rng.integers(0, 6, piece.size),
                    "scale_min": [0] * piece.size,
                    "scale_max": [5] * piece.size,
                    "weight": [50 if name == "tone" else 25] * piece.size,
                    "is_critical": [name == "solution"] * piece.size,
                }
            )


def goals(company: Company) -> Iterator[pl.DataFrame]:
    """Goals of customers, three quarters of them reached."""
    for piece in pieces("goals", company.count(10_000)):
        due = piece.seconds // DAY
        done = due - piece.rng.integers(0, 30, piece.size)
        yield pl.DataFrame(
            {
                "goal_id": ids("G", piece.rows),
                "due_at": dates(due),
                "customer_id": ids("C", piece.below(company.known(piece.seconds))),
                "target_value": [100] * piece.size,
                "achieved_at": dates(done, piece.chance(0.25)),
            }
        )


def market(company: Company) -> Iterator[pl.DataFrame]:
    """The size of the market, month by month."""
    months = [f"{year}-{month:02}-01" for year in (2024, 2025) for month in range(1, 13)]
    yield pl.DataFrame(
        {
            "period_start": months,
            "period_end": [*months[1:], "2026-01-01"],
            "market_size": [50_000_000 * company.scale] * len(months),
        }
    )
