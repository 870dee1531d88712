"""Words of surveys: however a known survey is spelled, and whoever answered, nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpicli.config import Config, load
from kpicli.errors import ConfigError, InputError, UsageError
from kpicli.model import model
from kpicli.report import Question, Report, compute
from tests.shop import loaded, write

ANSWERS: dict[str, Any] = {
    "title": "x",
    "formula": "y",
    "unit": "scale",
    "rows": {"table": "responses", "at": "responded_at"},
    "mean": "score",
}


def config(folder: Path, *rows: str, where: str = "true", **columns: Any) -> Config:
    """Return a config of answers, each a survey and a type of respondent, and a metric of them."""
    lines = [f"{n},{row},2025-01-05,9,p{n}\n" for n, row in enumerate(rows)]
    head = "response_id,survey_type,respondent_type,responded_at,score,respondent_id\n"
    (folder / "r.csv").write_text(head + "".join(lines), encoding="utf-8")
    source = {"table": "responses", "files": "r.csv", "columns": columns}
    own = {"own": {**ANSWERS, "rows": {**ANSWERS["rows"], "where": where}}}
    return load(write(folder, {"r": source}, custom=own))


def values(config: Config, *metrics: str, **question: Any) -> dict[str, tuple[str, int | None]]:
    report: Report = compute(config, Question(metrics=metrics, **question))
    return {row.metric: (row.status, row.n) for row in report.rows()}


@pytest.mark.parametrize("word", ["enps", "eNPS", "ENPS", " eNPS ", "e-NPS", "E_nps"])
def test_a_known_survey_is_read_however_it_is_spelled(tmp_path: Path, word: str) -> None:
    found = config(tmp_path, *[f"{word},"] * 3, where="survey_type = 'enps'")
    assert set(loaded(found).frames["responses"]["survey_type"]) == {"enps"}
    assert values(found, "enps", "own") == {
        "enps": ("suppressed", None),
        "own": ("suppressed", None),
    }


@pytest.mark.parametrize(
    "spec",
    [
        {"const": "Self-Assessment"},
        {"from": "survey_type", "values": {"S": "self assessment"}},
        {"from": "survey_type", "values": {"S": "SELF_ASSESSMENT"}, "pass": True},
        {"expr": "upper(survey_type) || 'elf-Assessment'"},
    ],
)
def test_so_is_one_that_the_config_names(tmp_path: Path, spec: Any) -> None:
    found = config(tmp_path, "S,", survey_type=spec)
    assert loaded(found).frames["responses"]["survey_type"].to_list() == ["self_assessment"]


def test_a_survey_of_ones_own_stays_as_it_is_written(tmp_path: Path) -> None:
    found = config(tmp_path, "Onboarding 2025,", where="survey_type = 'Onboarding 2025'")
    assert values(found, "own") == {"own": ("ok", 1)}


def test_a_score_off_nps_is_told_however_the_survey_is_spelled(tmp_path: Path) -> None:
    source = {"table": "responses", "files": "r.csv"}
    (tmp_path / "r.csv").write_text(
        "response_id,survey_type,responded_at,score\n1,NPS,2025-01-05,11\n"
    )
    ledger = loaded(load(write(tmp_path, {"r": source}))).ledgers[0]
    assert ledger.impossible == {"score_off_nps": 1}


def test_every_known_survey_is_named_to_users() -> None:
    column = model().tables["responses"].columns["survey_type"]
    assert column.meaning.startswith(", ".join(column.known))


# --- SQL that names a survey


@pytest.mark.parametrize(
    "where", ["survey_type = 'eNPS'", "'eNPS' <> survey_type", "survey_type in ('x', 'eNPS')"]
)
def test_a_condition_that_no_answer_can_meet_is_an_error(tmp_path: Path, where: str) -> None:
    with pytest.raises(ConfigError, match="'eNPS' is read as 'enps': write survey_type = 'enps'"):
        config(tmp_path, "eNPS,", where=where)


@pytest.mark.parametrize(
    "where",
    ["survey_type in ('enps', 'eNPS')", "lower(survey_type) = 'enps'", "channel = 'eNPS'"],
)
def test_other_conditions_stand(tmp_path: Path, where: str) -> None:
    config(tmp_path, "eNPS,", where=where)


def test_where_names_surveys_as_they_are_read(tmp_path: Path) -> None:
    found = config(tmp_path, "eNPS,")
    with pytest.raises(UsageError, match="'eNPS' is read as 'enps': write survey = 'enps'"):
        values(found, "survey_response_rate", where="survey = 'eNPS'")


# --- who answered


@pytest.mark.parametrize("word", ["employee", "Employee", "staff", "сотрудник", "n/a"])
def test_whoever_is_not_known_to_be_a_customer_is_protected(tmp_path: Path, word: str) -> None:
    found = config(tmp_path, *[f"Pulse,{word}"] * 3)
    assert values(found, "own") == {"own": ("suppressed", None)}


@pytest.mark.parametrize("word", ["customer", "Customer", ""])
def test_answers_of_customers_are_shown(tmp_path: Path, word: str) -> None:
    found = config(tmp_path, *[f"Pulse,{word}"] * 3)
    assert values(found, "own") == {"own": ("ok", 3)}


def test_a_type_of_respondent_that_is_not_known_is_told(tmp_path: Path) -> None:
    ledger = loaded(config(tmp_path, "Pulse,staff", "Pulse,customer")).ledgers[0]
    assert ledger.changed == {"respondent_type: not one of the values, read as unknown": 1}


def test_where_none_is_known_the_words_are_asked_for(tmp_path: Path) -> None:
    found = config(tmp_path, *["Pulse,сотрудник"] * 10)
    with pytest.raises(InputError, match="none of the 10 filled cells of 'respondent_type'"):
        loaded(found)
    words = {"from": "respondent_type", "values": {"сотрудник": "employee"}}
    found = config(tmp_path, *["Pulse,сотрудник"] * 4, respondent_type=words)
    assert values(found, "own") == {"own": ("suppressed", None)}


def scored(folder: Path, *scores: object, **columns: Any) -> list[str]:
    """Return what is told of scores of a survey that is NPS unless its column says otherwise."""
    kind = columns.pop("kind", "nps")
    lines = [f"{n},{kind},2025-01-05,{score},p{n},0,10\n" for n, score in enumerate(scores)]
    head = "response_id,survey_type,responded_at,score,respondent_id,low,high\n"
    (folder / "r.csv").write_text(head + "".join(lines), encoding="utf-8")
    source = {"table": "responses", "files": "r.csv", "columns": columns}
    found = compute(load(write(folder, {"r": source})), Question(metrics=(kind,)))
    return [one for one in found.warnings if "is it 0-10" in one]


LOW = [n % 3 + 3 for n in range(30)]


@pytest.mark.parametrize("kind", ["nps", "enps"])
def test_scores_of_nps_in_the_lower_half_alone_are_told(tmp_path: Path, kind: str) -> None:
    (warning,) = scored(tmp_path, *LOW, "", kind=kind)
    assert warning == (
        f"r: none of the 30 scores of {kind} is above 5, and no scale is declared: is it 0-10? "
        "say which it is: scale_min, scale_max"
    )


@pytest.mark.parametrize(
    ("scores", "columns"),
    [
        (LOW[1:], {}),  # too few to tell
        ([*LOW, 6], {}),
        (LOW, {"scale_min": {"const": 0}, "scale_max": {"const": 10}}),
        (LOW, {"scale_min": {"const": 1}, "scale_max": {"const": 5}}),
        (LOW, {"scale_min": "low", "scale_max": "high"}),
        (LOW, {"scale_max": {"const": 10}}),
        (LOW, {"kind": "csat"}),
    ],
)
def test_what_may_well_be_on_its_scale_is_not(
    tmp_path: Path, scores: list[object], columns: dict[str, Any]
) -> None:
    assert scored(tmp_path, *scores, **columns) == []
