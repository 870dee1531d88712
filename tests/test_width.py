"""What is read in a terminal fits into it: `explain`, `list` and `validate`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
import yaml

from kpicli.cli import output
from kpicli.config import load
from kpicli.language.catalogue import built_in
from kpicli.report import Question, validation
from kpicli.report.validation import validate
from tests.console import inside, kpi, terminal

_ROOT = Path(__file__).parent.parent
_INPUT = Path(__file__).parent / "golden" / "input"
_WIDTHS = (60, 80, 100, 140)
_METRICS = ("frt", "churn", "csat", "referral_sales", "clv", "burnout_index")


@contextmanager
def _as_wide_as(columns: int) -> Iterator[None]:
    with mock.patch.object(output, "columns", return_value=columns):
        yield


def _too_long(text: str, columns: int) -> list[str]:
    """Return the lines that a terminal would break, but for those of one word."""
    return [line for line in text.splitlines() if len(line) > columns and " " in line.strip()]


def _words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("metric", _METRICS)
def test_a_card_fits(metric: str, lang: str) -> None:
    asked = ("explain", metric, "--lang", lang)
    whole = inside(*asked, cwd=_INPUT).out
    for columns in _WIDTHS:
        with _as_wide_as(columns):
            found = inside(*asked, cwd=_INPUT).out
        assert _too_long(found, columns) == []
        assert set(_words(found)) == set(_words(whole)), "no word is cut, and none is left out"


@pytest.mark.parametrize("metric", _METRICS)
def test_a_declaration_that_is_wrapped_is_the_same(metric: str) -> None:
    with _as_wide_as(50):
        found = inside("explain", metric, cwd=_ROOT).out
    (name, body), *_ = yaml.safe_load(found.split("\ndeclaration\n")[1]).items()
    raw = built_in().metrics[name].raw
    assert body == {key: value for key, value in raw.items() if key in body}


@pytest.mark.parametrize("asked", [("list",), ("list", "--lang", "ru", "--all")])
def test_a_list_fits(asked: tuple[str, ...]) -> None:
    whole = inside(*asked, cwd=_INPUT).out
    for columns in (40, *_WIDTHS):
        with _as_wide_as(columns):
            found = inside(*asked, cwd=_INPUT).out
        assert _too_long(found, columns) == []
        assert _words(found) == _words(whole)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_validation_fits(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("validate", "--lang", lang)
    whole = inside(*asked, cwd=_INPUT).out
    validated = validate(load(_INPUT / "kpi.yaml"), Question(language=lang))
    monkeypatch.setattr(validation, "validate", lambda *_, **__: validated)  # the same at any width
    for columns in _WIDTHS:
        with _as_wide_as(columns):
            found = inside(*asked, cwd=_INPUT).out
        assert _too_long(found, columns) == []
        words, there = ({one.rstrip(",") for one in _words(text)} for text in (whole, found))
        assert words - there <= {"файл", "источник"}, "what names rows needs no head in text"
        assert there <= words


def test_a_validation_of_the_sample_data_fits() -> None:
    with _as_wide_as(60):
        found = inside("validate", "-c", "config.example.yaml", cwd=_ROOT).out
    assert _too_long(found, 60) == []


@pytest.mark.parametrize(
    "asked", [("explain", "frt"), ("list", "--all"), ("validate", "--lang", "ru")]
)
def test_the_width_is_that_of_the_terminal(asked: tuple[str, ...]) -> None:
    narrow, wide = (terminal(*asked, cwd=_INPUT, columns=columns) for columns in (60, 200))
    assert _too_long(narrow, 60) == []
    assert len(wide.splitlines()) < len(narrow.splitlines())
    assert kpi(*asked, cwd=_INPUT, COLUMNS="60").out == inside(*asked, cwd=_INPUT).out
