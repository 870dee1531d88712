"""Parameters that are conditions in SQL: gated, judged, and put into texts whole."""

from __future__ import annotations

import pytest

from kpicli.language.catalogue import built_in
from kpicli.language.sql import expand

RULE = built_in().parameter("key_employee.rule")
KEPT = {"employees": ("grade",)}


def test_a_condition_stands_in_parentheses() -> None:
    params = {RULE.name: RULE.accept("is_key or is_regretted")}
    assert expand(f"${RULE.name} and x", params) == '("is_key" OR "is_regretted") and x'


@pytest.mark.parametrize(
    "text", ["(select 1)", "is_key; drop", "read_csv('x')", "a / b > 1", "spell = 'a'"]
)
def test_a_condition_passes_the_gate(text: str) -> None:
    with pytest.raises(ValueError):
        RULE.accept(text)


def test_a_condition_may_read_what_is_kept() -> None:
    assert str(RULE.accept("grade = '5'", KEPT)) == "\"grade\" = '5'"
    with pytest.raises(ValueError, match="unknown name 'grade'"):
        RULE.accept("grade = '5'")
