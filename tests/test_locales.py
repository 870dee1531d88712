"""Translations: none is missing, none is left over, and none breaks a declaration."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeGuard

import pytest

from kpicli.engine.accounts import REASONS
from kpicli.intake.text.sniff import delimiter_name
from kpicli.language.catalogue import built_in
from kpicli.language.check import check
from kpicli.locales import ENGLISH, LANGUAGES, Locale, locale
from kpicli.model import model
from kpicli.render import card, columns, legend, numbers, usable, validation
from kpicli.report import accounts
from kpicli.units import Unit
from tests.source import constants, modules

CATALOGUE = built_in()
OTHERS = [locale(code) for code in LANGUAGES if code != ENGLISH]
TOLD = ("title", "answers", "formula", "decision")

each_language = pytest.mark.parametrize("other", OTHERS, ids=lambda other: other.code)


def is_text(node: ast.AST) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@cache
def words() -> frozenset[str]:
    """Return every text that a renderer looks up: written in a call, or listed in a table."""
    found: set[str] = set()
    for module in modules().values():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("locale"):
                found.update(str(arg.value) for arg in node.args[:1] if is_text(arg))
    listed = (legend._MARKS, legend._MEANINGS, legend._CAUTIONS, card._TAKES, numbers.UNITS)
    found.update(word for table in listed for word in table.values() if word)
    found.update(columns.COUNTS)
    found.update(rule.meaning for table in model().tables.values() for rule in table.rules.values())
    found.update((accounts.MADE_OF, accounts.HIDDEN, accounts.FAILED))
    found.update((validation.AFTER_MEANS, *REASONS.values()))
    found.update(f"{unit} of the spells inside the period" for unit in ("days", "months"))
    found.update(delimiter_name(sign) for sign in ",;\t|")
    found.update(card.BETTER.values())
    found.update(usable.WORDS.values())
    found.update(unit.value for unit in Unit if not numbers.UNITS.get(unit))
    return frozenset(word for word in found if any(letter.isalpha() for letter in word))


@each_language
def test_every_word_of_the_interface_is_translated(other: Locale) -> None:
    assert words() - other.words.keys() == set()


@each_language
def test_no_word_is_left_over(other: Locale) -> None:
    assert other.words.keys() - constants() - words() == set()


@each_language
def test_what_is_filled_in_is_filled_in_everywhere(other: Locale) -> None:
    def fields(text: str) -> list[str]:
        return sorted(part.partition("}")[0] for part in text.split("{")[1:])

    assert [key for key, text in other.words.items() if fields(key) != fields(text)] == []


@each_language
def test_every_metric_is_translated(other: Locale) -> None:
    missing = [
        f"{name}.{key}"
        for name, metric in CATALOGUE.metrics.items()
        for key in TOLD
        if getattr(metric.declaration, key) and key not in other.metrics.get(name, {})
    ]
    assert missing == []


@each_language
def test_every_text_that_an_option_changes_is_translated(other: Locale) -> None:
    wanted = {
        (name, *path)
        for name, metric in CATALOGUE.metrics.items()
        for path in texts(metric.declaration.choices)
    }
    found = {
        (name, *path)
        for name, overlay in other.metrics.items()
        for path in texts(overlay.get("choices", {}))
    }
    assert wanted == found


def texts(choices: Mapping[str, Any], *path: str) -> Iterator[tuple[str, ...]]:
    """Yield where words for people stand, in choices within choices too."""
    for key, value in choices.items():
        if isinstance(value, Mapping):
            yield from texts(value, *path, key)
        elif key in (*TOLD, "refused"):
            yield *path, key


@each_language
def test_a_translation_changes_words_only(other: Locale) -> None:
    translated = other.translate(CATALOGUE)
    assert other.metrics.keys() <= CATALOGUE.metrics.keys()
    changed = [
        f"{name}.{key}"
        for name, overlay in other.metrics.items()
        for key in overlay
        if key not in {*TOLD, "choices"}
    ]
    assert changed == []
    params = translated.defaults()
    assert [n for n in other.metrics if check(n, translated, params, {})] == []


@each_language
def test_every_family_is_translated(other: Locale) -> None:
    families = {metric.family for metric in CATALOGUE.metrics.values()}
    assert families <= other.families.keys()
    assert len(set(other.families.values())) == len(other.families)


@each_language
def test_every_parameter_is_translated(other: Locale) -> None:
    assert other.parameters.keys() == CATALOGUE.parameters.keys()


@each_language
def test_every_reason_to_leave_rows_out_is_translated(other: Locale) -> None:
    views = {name for name, view in model().views.items() if "left_out" in view.columns}
    assert other.left_out.keys() == views


@each_language
def test_a_title_finds_its_metric(other: Locale) -> None:
    translated = other.translate(CATALOGUE)
    for name, metric in translated.metrics.items():
        assert translated.find(metric.declaration.title).id == name
