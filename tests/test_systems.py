"""Known systems: an export of each becomes a config that reads it whole and gives values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpicli.config import Config, load
from kpicli.locales import locale
from kpicli.periods import Grain
from kpicli.proposal.systems import systems
from kpicli.report import Question, compute
from kpicli.report.validation import validate
from kpicli.yaml import load_file
from tests.console import inside as kpi
from tests.exports import export

CASES = Path(__file__).parent / "systems"
NAMES = sorted(path.stem for path in CASES.glob("*.yaml"))


def test_every_system_has_a_case() -> None:
    assert [system.name for system in systems()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_export_becomes_a_config(name: str, tmp_path: Path) -> None:
    case = load_file(CASES / f"{name}.yaml").data
    for file, body in case["files"].items():
        (tmp_path / file).write_bytes(export(body))
    done = kpi("init", *case["files"], cwd=tmp_path)
    assert done.code == 0, done.err
    text = (tmp_path / "kpi.yaml").read_text(encoding="utf-8")
    title = next(system.title for system in systems() if system.name == name)
    language = load(tmp_path / "kpi.yaml").written.language
    assert f"# {locale(language).message(title)}" in text
    for hidden in case.get("hidden", ()):
        assert hidden not in text, hidden
        assert hidden not in done.err, hidden
    config = load(tmp_path / "kpi.yaml")
    sources = config.written.sources
    assert {name: source.table for name, source in sources.items()} == case["sources"]
    assert config.written.currency == case.get("currency")
    _check_rows(config, case)
    _check_values(config, case)


def _check_rows(config: Config, case: dict[str, Any]) -> None:
    found = validate(config, Question(), counted=False)
    assert not found.refused
    assert {ledger.source: ledger.used for ledger in found.ledgers} == case["used"]
    folded = {ledger.source: ledger.folded for ledger in found.ledgers if ledger.folded}
    assert folded == case.get("folded", {})
    for ledger in found.ledgers:
        assert (ledger.rejected, ledger.duplicate) == (0, 0), ledger.reasons
        assert not ledger.changed, ledger.changed


def _check_values(config: Config, case: dict[str, Any]) -> None:
    report = compute(config, Question(metrics=tuple(case["gives"]), grain=Grain.TOTAL))
    values = {row.metric: row.value for row in report.rows() if not row.dims}
    assert values == pytest.approx(case["gives"])
