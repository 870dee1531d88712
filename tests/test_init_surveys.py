"""`kpi init`: exports of surveys, whatever their files are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpicli.config import Config, load
from tests.proposing import init, made, text, values

RECOMMEND = "How likely are you to recommend us? (0-10)"
RUSSIAN = "Насколько вероятно, что вы порекомендуете нас?"
SCORES = (10, 9, 9, 2)


def survey(
    folder: Path, file: str, question: str, names: str = "Response ID,Submitted at"
) -> Config:
    rows = "".join(f"R{n},2025-01-{n:02} 10:00,{s},C{n}\n" for n, s in enumerate(SCORES, 1))
    return made(folder, **{f"{file}_csv": f'{names},"{question}",Customer\n{rows}'})


@pytest.mark.parametrize("file", ["survey", "nps", "client_nps_2025", "csat", "ces_2025"])
@pytest.mark.parametrize("question", [RECOMMEND, RUSSIAN, "NPS"])
def test_a_score_is_mapped_whatever_its_file_is_called(
    tmp_path: Path, file: str, question: str
) -> None:
    config = survey(tmp_path, file, question)
    assert values(config, "nps") == {"nps": 50}
    assert "# ? no header tells it" not in text(tmp_path)


def test_headers_in_russian_of_a_file_called_by_its_survey(tmp_path: Path) -> None:
    config = survey(tmp_path, "nps", RUSSIAN, "ID ответа,Дата ответа")
    assert values(config, "nps") == {"nps": 50}


@pytest.mark.parametrize(
    ("file", "question", "metric"),
    [
        ("csat", "CSAT", "csat_mean"),
        ("csat_2025", "How satisfied are you? (0-10)", "csat_mean"),
        ("ces_2025", "How easy was it to solve your issue? (0-10)", "ces"),
    ],
)
def test_other_surveys_by_their_files(
    tmp_path: Path, file: str, question: str, metric: str
) -> None:
    config = survey(tmp_path, file, question)
    assert values(config, metric) == {metric: 7.5}


def test_what_a_file_of_employees_asks_is_theirs(tmp_path: Path) -> None:
    config = survey(tmp_path, "enps", RECOMMEND)
    columns = config.written.sources["enps"].columns
    assert (columns["survey_type"].const, columns["respondent_type"].const) == ("enps", "employee")
    assert "survey_type: {const: enps}  # ? by what the file is called" in text(tmp_path)


def test_surveys_whose_rows_say_which_they_are_keep_their_scores(tmp_path: Path) -> None:
    rows = "1,2025-01-05,nps,9\n2,2025-01-06,csat,4\n"
    done = init(tmp_path, nps_csv=f"Response ID,Submitted at,Survey,Score\n{rows}")
    assert done.code == 0, done.err
    assert {*load(tmp_path / "kpi.yaml").written.sources} == {"responses"}


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Насколько вы удовлетворены работой поддержки?", "csat"),
        ("Удовлетворены ли вы работой нашего менеджера?", "csat"),
        ("Удовлетворены ли вы качеством работы курьера?", "csat"),
        ("Насколько вы удовлетворены нашей работой?", "csat"),
        ("Оцените вашу удовлетворённость нашей работой", "csat"),
        ("Довольны ли вы тем, как мастер справился со своей работой?", "csat"),
        ("How satisfied are you with the work of our team?", "csat"),
        ("How satisfied are you with working with us?", "csat"),
        ("Готовы ли вы порекомендовать нас как партнёра для работы?", "nps"),
        ("Какова вероятность, что вы порекомендуете работу с нами своим коллегам?", "nps"),
        ("Посоветуете ли вы работать с нами друзьям?", "nps"),
        ("How likely are you to recommend working with us?", "nps"),
        ("Насколько вы удовлетворены своей работой?", "esat"),
        ("Удовлетворены ли вы работой в компании?", "esat"),
        ("How satisfied are you with your current job?", "esat"),
        ("Порекомендуете ли вы компанию как место работы?", "enps"),
        ("Порекомендуете ли вы нас друзьям как работодателя?", "enps"),
        ("How likely are you to recommend us as a place to work?", "enps"),
    ],
)
def test_only_a_job_of_ones_own_is_a_question_to_employees(
    tmp_path: Path, question: str, kind: str
) -> None:
    columns = survey(tmp_path, "answers", question).written.sources[kind].columns
    who = "employee" if kind in {"esat", "enps"} else "customer"
    assert columns["respondent_type"].const == who
    assert f"survey_type: {{const: {kind}}}  # by the words" in text(tmp_path)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Удовлетворённость работой", "esat"),
        ("Насколько вы удовлетворены вашей работой?", "esat"),
        ("Satisfaction with work", "esat"),
        ("Порекомендуете ли вы компанию для работы?", "enps"),
        ("Would you recommend a job to a friend?", "enps"),
    ],
)
def test_whose_work_is_meant_may_be_doubtful(tmp_path: Path, question: str, kind: str) -> None:
    survey(tmp_path, "answers", question)
    doubt = "# ? a guess: the header may ask about one's own job, or about the work of others"
    said = text(tmp_path)
    assert f"survey_type: {{const: {kind}}}  {doubt}" in said
    assert "respondent_type: {const: employee}  # ?" in said


def test_forms_with_several_questions_of_a_kind_have_sources_of_their_own(tmp_path: Path) -> None:
    header = "Timestamp,How satisfied are you with our support?,How satisfied are you with us?\n"
    rows = "".join(f"2025-01-0{n % 9 + 1} 10:00:00,{n % 5 + 1},{5 - n % 5}\n" for n in range(30))
    other = header.replace("us?", "our shop?")
    config = made(tmp_path, a_csv=header + rows, b_csv=other + rows)
    assert len(config.written.sources) == 4
    assert all(source.table == "responses" for source in config.written.sources.values())


def answers(folder: Path, question: str, *scores: object, file: str = "survey") -> str:
    """Return what init makes of a hundred answers and these."""
    every = [*(n % 5 + 1 for n in range(100)), *scores]
    rows = "".join(f"R{n},2025-01-05 10:00,{score},C{n}\n" for n, score in enumerate(every))
    header = f'Response ID,Submitted at,"{question}",Customer\n'
    done = init(folder, **{f"{file}_csv": header + rows})
    assert done.code == 0, done.err
    return text(folder)


@pytest.mark.parametrize("stray", [11, -1, "nine", 1000, "9/10"])
@pytest.mark.parametrize("question", [RECOMMEND, RUSSIAN])
def test_a_slip_among_the_scores_does_not_change_what_they_are(
    tmp_path: Path, question: str, stray: object
) -> None:
    said = answers(tmp_path, question, stray)
    assert "survey_type: {const: nps}  # by" in said
    assert "scale_max: {const: 10}  #" in said
    assert "# ? the question; answers off its scale: 1\n" in said


def test_nor_does_it_change_a_scale_that_the_header_says(tmp_path: Path) -> None:
    said = answers(tmp_path, "How satisfied are you? (1-5)", 55)
    assert "scale_max: {const: 5}  # the header says the scale" in said
    assert "answers off its scale: 1" in said


def test_more_than_a_slip_now_and_then_does(tmp_path: Path) -> None:
    done = init(
        tmp_path,
        survey_csv=f'Response ID,Submitted at,"{RUSSIAN}",Customer\n'
        + "".join(f"R{n},2025-01-05 10:00,{n % 15},C{n}\n" for n in range(100)),
    )
    assert "nps" not in done.out


def test_scores_on_their_scale_are_not_doubted(tmp_path: Path) -> None:
    said = answers(tmp_path, RECOMMEND, 10, 0, 9)
    assert "off its scale" not in said
    assert "# ? the question" not in said


def test_a_rare_end_that_says_what_it_means_is_no_slip(tmp_path: Path) -> None:
    said = answers(tmp_path, RECOMMEND, "10 - Extremely likely")
    assert "off its scale" not in said
    assert '"10 - Extremely likely": 10' in said
