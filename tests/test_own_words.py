"""Words in a config's own SQL that no row holds are told: a number made of them may be a slip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.report import Question, compute
from tests.shop import write

TICKETS = """\
ticket_id,created_at,channel,status,priority,shop,customer_id,resolved_at
1,2025-01-05,почта,open,high,north,A,2025-01-06
2,2025-01-06,чат,solved,low,south,B,2025-01-06
3,2025-01-07,канал1,solved,low,south,B,2025-01-06
"""
ROWS = {"table": "tickets", "at": "created_at"}


def told(folder: Path, metric: dict[str, Any], content: str = TICKETS, **rest: Any) -> list[str]:
    """Return what is told of a metric of one's own, without where it stands."""
    (folder / "t.csv").write_text(content, encoding="utf-8")
    own = {"title": "x", "formula": "y", "unit": "count", "rows": ROWS, **metric}
    sources = {"t": {"table": "tickets", "files": "t.csv", "keep": ["shop"]}}
    config = load(write(folder, sources, custom={"own": own}, **rest))
    found = compute(config, Question(metrics=("own",))).warnings
    where = config.where("custom", "own")
    return [one.removeprefix(f"{where}: no row has ") for one in found if "no row has" in one]


def where(text: str) -> dict[str, Any]:
    return {"count": "rows", "rows": {**ROWS, "where": text}}


@pytest.mark.parametrize(
    ("metric", "warning"),
    [
        (where("channel = 'канал1 '"), "channel 'канал1 '; did you mean 'канал1'?"),
        (where("channel = 'Чат'"), "channel 'Чат'; did you mean 'чат'?"),
        (where("channel in ('чат', 'почтта')"), "channel 'почтта'; did you mean 'почта'?"),
        (where("channel <> 'почтта'"), "channel 'почтта'; did you mean 'почта'?"),
        (where("shop = 'nort'"), "shop 'nort'"),
        ({"share": "channel = 'почтта'"}, "channel 'почтта'; did you mean 'почта'?"),
        (
            {"sum": "case when channel = 'почтта' then 1 else 0 end"},
            "channel 'почтта'; did you mean 'почта'?",
        ),
        (
            {"score": {"plus": "priority = 'higgh'", "minus": "priority = 'low'"}},
            "priority 'higgh'; did you mean 'high'?",
        ),
        (
            {"count": "rows", "beside": {"b": {"count": "rows", "where": "priority = 'loww'"}}},
            "priority 'loww'; did you mean 'low'?",
        ),
        (
            {"count": "rows", "rows": {**ROWS, "exclude": {"own": "channel = 'почтта'"}}},
            "channel 'почтта'; did you mean 'почта'?",
        ),
    ],
)
def test_a_word_that_no_row_holds_is_told(
    tmp_path: Path, metric: dict[str, Any], warning: str
) -> None:
    assert told(tmp_path, metric) == [warning]


@pytest.mark.parametrize(
    "metric",
    [
        where("channel = 'чат'"),
        where("channel in ('чат', 'e-mail', 'mail')"),  # spellings to be safe
        where("channel = 'чат' or channel = 'канал2'"),
        where("priority = 'жалоба'"),  # none this week
        where("shop = 'west'"),
        where("priority in ('not high', 'lo')"),  # other words, and one too short to tell
        where("ticket_id in ('99', '98')"),
        where("channel <> 'test' and priority not in ('none', 'test')"),
        where("not (channel = 'test')"),
        where("status = 'spam'"),  # one that the column lists
        where("coalesce(channel, '') <> ''"),
        where("lower(channel) = 'ЧАТ'"),
        {"count": "rows", "rows": {**ROWS, "exclude": {"test": "channel = 'test'"}}},
        {
            "count": "rows",
            "rows": {
                **ROWS,
                "then": [
                    {
                        "per": ["customer_id"],
                        "with": {"channel": "case when count(*) > 1 then 'many' else 'one' end"},
                        "where": "channel = 'many'",
                    }
                ],
            },
        },
    ],
)
def test_what_may_well_be_meant_is_not(tmp_path: Path, metric: dict[str, Any]) -> None:
    assert told(tmp_path, metric) == []


def test_a_file_without_rows_says_nothing_of_words(tmp_path: Path) -> None:
    header = TICKETS.splitlines()[0] + "\n"
    assert told(tmp_path, where("channel = 'факс'"), header, as_of="2025-01-31") == []


def complaints(folder: Path, rule: str | None, metric: str, **asked: Any) -> list[str]:
    (folder / "t.csv").write_text(TICKETS, encoding="utf-8")
    sources = {"t": {"table": "tickets", "files": "t.csv", "keep": ["shop"]}}
    rest = {"params": {"complaint.rule": rule}} if rule else {}
    config = load(write(folder, sources, **rest))
    found = compute(config, Question(metrics=(metric,), **asked)).warnings
    place = config.where("params", "complaint.rule") if rule else "--param complaint.rule"
    return [one.removeprefix(f"{place}: ") for one in found if "no row has" in one]


@pytest.mark.parametrize(
    ("rule", "warnings"),
    [
        ("channel = 'почтта'", ["no row has channel 'почтта'; did you mean 'почта'?"]),
        ("channel = 'почта'", []),
        ("is_complaint or category = 'жалоба' or channel = 'чат'", []),  # no category is mapped
    ],
)
def test_so_are_words_of_a_condition_that_is_set(
    tmp_path: Path, rule: str, warnings: list[str]
) -> None:
    metric = "complaint_resolution_time"
    assert complaints(tmp_path, rule, metric) == warnings
    assert complaints(tmp_path, rule, "ticket_volume") == []  # which does not read it
    assert complaints(tmp_path, None, metric, params={"complaint.rule": rule}) == warnings


def test_words_that_none_has_are_told_of_a_condition_that_is_asked_just_now(tmp_path: Path) -> None:
    metric, rule = "complaint_resolution_time", "shop = 'west'"
    assert complaints(tmp_path, rule, metric) == []
    asked = complaints(tmp_path, None, metric, params={"complaint.rule": rule})
    assert asked == ["no row has shop 'west'"]


def test_words_of_people_and_of_answers_are_not_suggested(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(
        "response_id,survey_type,responded_at,respondent_id,answer\n"
        "1,esat,2025-01-05,Ann,tired\n2,esat,2025-01-06,Bob,fine\n"
    )
    rows = {"table": "responses", "at": "responded_at"}
    own = {"title": "x", "formula": "y", "unit": "percent", "rows": rows}
    shares = {"a": "answer = 'tird'", "p": "respondent_id = 'Anna'", "s": "survey_type = 'esta'"}
    custom = {name: {**own, "title": name, "share": text} for name, text in shares.items()}
    sources = {"s": {"table": "responses", "files": "s.csv"}}
    config = load(write(tmp_path, sources, custom=custom))
    found = compute(config, Question(metrics=("a", "p", "s"))).warnings
    assert [one.partition("no row has ")[2] for one in found if "no row has" in one] == [
        "survey_type 'esta'; did you mean 'esat'?",
    ]
