"""`kpi init`: whether a high score of CES is effort or ease."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpicli.proposal.efforts import way
from tests.proposing import made, text

HEAD = "Отметка времени"
ENDS = "Легко ли было решить вопрос? (1 — очень трудно, 7 — очень легко)"


def form(*questions: str, scores: tuple[int, ...] = (7, 6, 5, 2)) -> str:
    head = ",".join([HEAD, *(f'"{question}"' for question in questions)])
    rows = (f"{n:02}.01.2025 09:00:00{f',{s}' * len(questions)}" for n, s in enumerate(scores, 14))
    return "\n".join([head, *rows, ""])


def test_questions_of_ease_make_high_scores_good(tmp_path: Path) -> None:
    config = made(tmp_path, form_csv=form(ENDS))
    assert config.written.params == {"ces.version": "ease"}
    said = text(tmp_path)
    assert f"params: {{ces.version: ease}}  # «{ENDS}» спрашивает, насколько было легко" in said
    assert f'score: "{ENDS}"  # ?' not in said


def test_questions_of_effort_keep_the_default(tmp_path: Path) -> None:
    made(tmp_path, form_csv=form("Сколько усилий потребовалось для решения вопроса? (1-7)"))
    assert "ces.version" not in text(tmp_path)


@pytest.mark.parametrize("question", ["CES (1-7)", "Насколько легко или трудно это было? (1-7)"])
def test_questions_that_tell_no_direction_ask_for_it(tmp_path: Path, question: str) -> None:
    config = made(tmp_path, form_csv=form(question))
    assert not config.written.params
    said = text(tmp_path)
    assert "# params: {ces.version: ease}  # ? " in said
    assert f'score: "{question}"  # ? ' in said


def test_surveys_that_rows_name_ask_for_the_direction_of_effort(tmp_path: Path) -> None:
    rows = "".join(f"2025-01-{n:02},{n},CES,{n},1,7\n" for n in range(1, 5))
    head = "Responded at,Response ID,Survey,Score,Scale min,Scale max\n"
    made(tmp_path, answers_csv=head + rows)
    assert 'score: "Score"  # ? ' in text(tmp_path)


def test_both_directions_are_told(tmp_path: Path) -> None:
    made(tmp_path, form_csv=form(ENDS, "Сколько усилий потребовалось?"))
    assert "params: {ces.version: ease}  # ? " in text(tmp_path)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("How easy was it to solve your issue?", "ease"),
        ("The company made it easy for me to handle my issue", "ease"),
        ("Компания помогла мне легко решить вопрос", "ease"),
        ("Вопрос удалось решить без лишних усилий", "ease"),
        ("How easy was it? 1 = not easy at all, 5 = extremely easy", "ease"),
        ("How much effort did it take? 1 - a lot of effort, 5 - no effort", "ease"),
        ("How easy was it (1 - very easy, 7 - very difficult)", "effort"),
        ("Трудно ли было решить вопрос?", "effort"),
        (
            "How much effort did you have to put forth (1 - very low effort, 5 - high effort)",
            "effort",
        ),
        ("Customer effort score", None),
        ("How easy or difficult was it?", None),
    ],
)
def test_the_direction_of_a_question(question: str, found: str | None) -> None:
    assert way(question) == found


def test_the_direction_of_answers_in_words() -> None:
    assert way("CES", {"very difficult": 1, "very easy": 5}) == "ease"
    assert way("CES", {"1 - very easy": 1, "7 - very hard": 7}) == "effort"
    assert way("CES", {"strongly disagree": 1, "strongly agree": 5}) is None
