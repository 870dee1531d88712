"""Nothing of a small group of employees can be had from a report, on random answers."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpicli.language.catalogue import built_in
from kpicli.language.check import check
from kpicli.report import Row
from tests.cases import computed

LEAST = 5
ESAT = {"table": "answers", "at": "responded_at", "where": "survey_type = 'esat'"}
LATEST = {"keep": {"per": ["respondent_id", "question"], "by": "responded_at"}}
WORDS = {"title": "x", "formula": "y"}
OWN: dict[str, dict[str, Any]] = {
    "plain": {**WORDS, "unit": "scale", "rows": ESAT, "mean": "score"},
    "latest": {**WORDS, "unit": "scale", "rows": {**ESAT, "then": [LATEST]}, "mean": "score"},
    "part": {**WORDS, "unit": "scale", "rows": ESAT, "mean": "case when score > 2 then score end"},
    "window": {**WORDS, "unit": "scale", "rows": {**ESAT, "window": "2 months"}, "mean": "score"},
    "folded": {
        **WORDS,
        "unit": "scale",
        "rows": {**ESAT, "then": [{"per": "voice", "with": {"worst": "min(score)"}}]},
        "mean": "worst",
        "beside": {"low": {"where": "worst < 3", "count": "rows"}},
    },
    "doubled": {**WORDS, "unit": "scale", "value": "plain + plain"},
}
SHARES = {**WORDS, "unit": "percent", "rows": ESAT, "mix": "score"}
PEOPLE = "abcdefghijkl"

answers = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(["east", "west", "north", "-"]),
        st.integers(1, 28),
        st.integers(1, 5),
    ),
    min_size=1,
    max_size=40,
)


def tables(found: list[tuple[str, str, int, int]]) -> dict[str, str]:
    header = "response_id survey_type responded_at score scale_min scale_max respondent_id site"
    lines = [
        f"{place} esat 2025-01-{day:02d} {score} 1 5 {person} {site}"
        for place, (person, site, day, score) in enumerate(found)
    ]
    return {"responses": "\n".join([header, *lines])}


def is_silent(row: Row) -> bool:
    figures = (row.value, row.numerator, row.denominator, row.n, row.moe, row.ci_low, row.ci_high)
    told = [*figures, *row.beside.values(), *row.excluded.values()]
    return not row.flags and all(figure is None for figure in told)


def people_by_cell(name: str, found: list[tuple[str, str, int, int]]) -> Mapping[str, set[str]]:
    """Return who stands behind each cell of the metrics that take every answer."""
    cells: dict[str, set[str]] = defaultdict(set)
    for person, site, _, score in found:
        if name != "part" or score > 2:
            cells["(none)" if site == "-" else site].add(person)
    return cells


@settings(max_examples=40, deadline=None)
@given(answers)
def test_no_cell_and_no_rest_of_cells_is_of_too_few(
    found: list[tuple[str, str, int, int]],
) -> None:
    body = {
        "as_of": "2025-01-31",
        "period": "2025-01",
        "tables": tables(found),
        "custom": OWN,
        "by": ["site"],
    }
    rows = computed(body, list(OWN))
    for name in OWN:
        of_metric = [row for row in rows if row.metric == name]
        hidden = [row for row in of_metric if row.status == "suppressed"]
        assert all(is_silent(row) for row in hidden), name
        if name == "latest":
            continue  # which answer is the latest is told in the test below
        people = people_by_cell(name, found)
        total = next(row for row in of_metric if not row.dims)
        cells = {row.dims["site"]: row for row in of_metric if row.dims}
        shown = {site for site, row in cells.items() if row.value is not None}
        assert all(len(people[site]) >= LEAST for site in shown), name
        rest = {site for site, row in cells.items() if row in hidden and people[site]}
        if total.value is None:
            assert len(set().union(*people.values())) < LEAST, name
        elif rest:
            assert len(rest) > 1, name
            assert len(set().union(*(people[site] for site in rest))) >= LEAST, name


@settings(max_examples=30, deadline=None)
@given(answers)
def test_a_value_moves_by_no_single_answer_that_can_be_told(
    found: list[tuple[str, str, int, int]],
) -> None:
    """Sums of what is shown never leave a rest of fewer than the least number of answers."""
    body = {
        "as_of": "2025-01-31",
        "period": "2025-01",
        "tables": tables(found),
        "custom": OWN,
        "by": ["site"],
    }
    rows = computed(body, ["latest"])
    total = next(row for row in rows if not row.dims)
    cells = [row for row in rows if row.dims]
    if total.n is None:
        return
    rest = total.n - sum(row.n for row in cells if row.n is not None)
    assert rest == 0 or rest >= LEAST


SLICES = [
    sites
    for count in (1, 2, 3)
    for sites in itertools.combinations(("east", "west", "north"), count)
]


@settings(max_examples=12, deadline=None)
@given(answers, st.sampled_from(["plain", "folded", "shares"]))
def test_no_two_conditions_tell_of_too_few(
    found: list[tuple[str, str, int, int]], name: str
) -> None:
    """Of two questions that are answered, one of which asks for more, the rest is none or large."""
    own = {name: {**OWN, "shares": SHARES}[name]}
    body = {"as_of": "2025-01-31", "period": "2025-01", "tables": tables(found), "custom": own}
    every = ("east", "west", "north", "-")
    answered = []
    for sites in (*SLICES, every):
        listed = ", ".join(f"'{site}'" for site in sites)
        sliced = body if sites is every else {**body, "where": f"site in ({listed})"}
        rows = [row for row in computed(sliced, [name]) if row.metric == name]
        if any(row.value is not None for row in rows):
            answered.append(set(sites))
        else:
            assert all(is_silent(row) for row in rows if row.status == "suppressed")
    people: dict[str, set[str]] = defaultdict(set)
    for person, site, _, _ in found:
        people[site].add(person)
    for more, less in itertools.permutations(answered, 2):
        if less < more:
            rest = set().union(*(people[site] for site in more - less))
            assert not rest or len(rest) >= LEAST


def test_a_breakdown_under_a_condition_hides_what_it_hides_without() -> None:
    people = [("a", 3), ("b", 8), ("c", 15)]
    lines = [
        f"{site}{place} esat 2025-01-10 4 1 5 {site}{place} {site}"
        for site, count in people
        for place in range(count)
    ]
    header = "response_id survey_type responded_at score scale_min scale_max respondent_id site"
    body = {
        "as_of": "2025-01-31",
        "period": "2025-01",
        "tables": {"responses": "\n".join([header, *lines])},
        "custom": OWN,
        "by": ["site"],
    }

    def shown(where: str | None) -> set[str]:
        rows = computed({**body, "where": where} if where else body, ["plain"])
        return {row.dims.get("site", "total") for row in rows if row.value is not None}

    assert shown(None) == {"total", "c"}
    assert shown("site <> 'a'") == set()
    assert shown("site = 'b'") == set()
    assert shown("site = 'c'") == {"total", "c"}
    assert shown("site in ('a', 'b')") == {"total"}


@pytest.mark.parametrize(
    ("own", "message"),
    [
        (
            {"unit": "days", "rows": {"table": "answers", "since": "responded_at"}, "time": "days"},
            "answers of employees are no spells",
        ),
        (
            {
                "unit": "count",
                "rows": {
                    "table": "employments",
                    "at": "terminated_at",
                    "among": {"metric": "unhappy", "actor": "employee_id"},
                },
                "count": "rows",
            },
            "unhappy counts answers of employees",
        ),
    ],
)
def test_what_would_go_round_privacy_is_refused(own: dict[str, Any], message: str) -> None:
    unhappy = {
        **WORDS,
        "title": "z",
        "unit": "people",
        "rows": {
            "table": "answers",
            "since": "responded_at",
            "take": "present",
            "per": "respondent_id",
            "where": "score < 3",
        },
        "count": "rows",
    }
    catalogue = built_in().with_own({"own": {**WORDS, **own}, "unhappy": unhappy})
    findings = check("own", catalogue, catalogue.defaults(), {})
    assert [finding for finding in findings if message in finding.message]
