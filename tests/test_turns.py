"""Turns of conversations equal those that a plain loop finds, in whatever order the rows come."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kpicli import views
from kpicli.language.catalogue import built_in
from kpicli.views import Inputs

START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
Word = tuple[str, int, str, bool, str]
Turn = tuple[str, int, int | None, int | None, str | None]

words = st.lists(
    st.tuples(
        st.sampled_from(["t1", "t2", "t3"]),
        st.integers(0, 9),
        st.sampled_from(["customer", "agent", "bot"]),
        st.sampled_from([True, True, False]),
        st.sampled_from(["ann", "robot"]),
    ),
    max_size=25,
)


def plain(found: list[Word]) -> list[Turn]:
    """Return ticket, first and last question, answer and its author of every turn."""
    threads: dict[str, list[tuple[int, bool, str]]] = defaultdict(list)
    for ticket, at, who, public, author in found:
        human = who == "customer" or (who == "agent" and author != "robot")
        if public and human:
            threads[ticket].append((at, who == "agent", author))
    turns: list[Turn] = []
    for ticket, said in threads.items():
        asked: list[int] = []
        for at, by_agent, author in sorted(said):
            if not by_agent:
                asked.append(at)
            elif asked:
                turns.append((ticket, asked[0], asked[-1], at, author))
                asked = []
        if asked:
            turns.append((ticket, asked[0], None, None, None))
    return sorted(turns, key=str)


def made(found: list[Word]) -> list[Turn]:
    """Return the same of the view."""
    columns = ["ticket_id", "minute", "author_type", "is_public", "author_id"]
    kinds = [pl.String(), pl.Int64(), pl.String(), pl.Boolean(), pl.String()]
    schema = dict(zip(columns, kinds, strict=True))
    said = pl.lit(START) + pl.duration(minutes="minute")
    frame = (
        pl.LazyFrame(found, schema=schema, orient="row")
        .with_row_index("message_id")
        .with_columns(pl.col("message_id").cast(pl.String), sent_at=said.dt.cast_time_unit("us"))
    )
    inputs = Inputs(
        frames={"messages": frame},
        mapped={"messages": frozenset(frame.collect_schema().names())},
        params={**built_in().defaults(), "bot_authors": ("robot",)},
        as_of=dt.date(2025, 1, 31),
        zone="UTC",
    )

    def minute(name: str) -> pl.Expr:
        return (pl.col(name) - pl.lit(START)).dt.total_minutes()

    times = ("asked_at", "last_asked_at", "answered_at")
    turns = views.build("turns", inputs).select("ticket_id", *map(minute, times), "replier_id")
    return sorted(turns.collect().rows(), key=str)


@settings(deadline=None, max_examples=60)
@given(words, st.randoms())
def test_turns_are_those_of_a_plain_loop(found: list[Word], chance: random.Random) -> None:
    wanted = plain(found)
    assert made(found) == wanted
    shuffled = [*found]
    chance.shuffle(shuffled)
    assert made(shuffled) == wanted
