"""Every metric gives what its case file says."""

from __future__ import annotations

import pytest

from kpicli.language.cases import Case, cases, files
from kpicli.language.catalogue import built_in
from tests.cases import check

_CASES = [case for path in files() for case in cases(path)]


@pytest.mark.parametrize("case", _CASES, ids=[f"{case.metric}: {case.name}" for case in _CASES])
def test_metric_gives(case: Case) -> None:
    check(case)


def test_every_metric_has_a_case_file() -> None:
    metrics = built_in().metrics
    shown = {name for name, metric in metrics.items() if not metric.declaration.helper}
    assert shown == {path.stem for path in files()}
