"""Parameters that are conditions in SQL: gated, judged, and put into texts whole."""

from __future__ import annotations

import pytest

from kpicli.language.catalogue import built_in
from kpicli.language.conditions import check_conditions
from kpicli.language.sql import expand

CATALOGUE = built_in()
RULE = "key_employee.rule"


def accepted(text: str) -> dict[str, object]:
    return {RULE: CATALOGUE.parameter(RULE).accept(text)}


def test_a_condition_stands_in_parentheses() -> None:
    found = expand(f"${RULE} and x", accepted("is_key or is_regretted"))  # type: ignore[arg-type]
    assert found == '("is_key" OR "is_regretted") and x'


@pytest.mark.parametrize("text", ["(select 1)", "is_key; drop", "read_csv('x')", "a / b > 1"])
def test_a_condition_passes_the_gate(text: str) -> None:
    with pytest.raises(ValueError):
        accepted(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("is_kye", "unknown name 'is_kye'"),
        ("spell + 1", "true or false is needed"),
        ("spell = 'a'", "is a number"),
        ("grade = '5'", None),
    ],
)
def test_a_condition_fits_its_table(text: str, message: str | None) -> None:
    kept = {"employees": ("grade",)}
    found = check_conditions(accepted(text), CATALOGUE, kept)  # type: ignore[arg-type]
    assert list(found) == ([RULE] if message else [])
    assert message is None or message in found[RULE]
