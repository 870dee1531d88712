"""The language does what its cases say, on metrics of a user's own."""

from __future__ import annotations

import pytest

from tests.cases import LANGUAGE, Case, cases, check

_CASES = [case for path in sorted(LANGUAGE.glob("*.yaml")) for case in cases(path)]


@pytest.mark.parametrize("case", _CASES, ids=[case.name for case in _CASES])
def test_language(case: Case) -> None:
    check(case)
