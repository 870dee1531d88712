"""The assignment of headers to columns has the greatest total of all."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from kpicli.proposal.assignment import assigned


@st.composite
def tables(draw: st.DrawFn) -> list[list[float]]:
    height, width = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    worth = st.sampled_from([0.0, 0.45, 0.5, 0.75, 1.0, 2.0])
    return draw(
        st.lists(st.lists(worth, min_size=width, max_size=width), min_size=height, max_size=height)
    )


@given(tables())
def test_no_other_assignment_is_worth_more(worth: list[list[float]]) -> None:
    found = assigned(worth)
    rows, columns = zip(*found, strict=True)
    assert len({*rows}) == len({*columns}) == len(found) == min(len(worth), len(worth[0]))
    total = sum(worth[row][column] for row, column in found)
    wide = worth if len(worth) <= len(worth[0]) else [list(c) for c in zip(*worth, strict=True)]
    every = permutations(range(len(wide[0])), len(wide))
    best = max(sum(wide[row][column] for row, column in enumerate(chosen)) for chosen in every)
    assert abs(total - best) < 1e-9


def test_nothing_is_assigned_where_there_is_nothing() -> None:
    assert assigned([]) == []
    assert assigned([[]]) == []
