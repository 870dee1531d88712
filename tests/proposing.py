"""Runs `kpi init` on made-up exports, and reads the config that it writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kpicli.config import Config, load
from kpicli.periods import Grain
from kpicli.report import Question, compute
from kpicli.report.validation import validate
from tests.console import Ended
from tests.console import inside as kpi


def init(folder: Path, *arguments: str, **files: str | bytes) -> Ended:
    """Write files (`tickets_csv` is tickets.csv) and run `kpi init` on them."""
    found = []
    for name, content in files.items():
        path = folder / ".".join(name.rsplit("_", 1))
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        found.append(path.name)
    return kpi("init", *found, *arguments, cwd=folder)


def made(folder: Path, **files: str | bytes) -> Config:
    """Return the config that init makes of files, which must read all their rows."""
    done = init(folder, **files)
    assert done.code == 0, done.err
    config = load(folder / "kpi.yaml")
    found = validate(config, Question(), counted=False)
    assert not found.refused
    assert not any(ledger.rejected for ledger in found.ledgers)
    return config


def values(config: Config, *metrics: str) -> dict[str, Any]:
    report = compute(config, Question(metrics=metrics, grain=Grain.TOTAL))
    return {row.metric: row.value for row in report.rows() if not row.dims}


def text(folder: Path) -> str:
    return (folder / "kpi.yaml").read_text(encoding="utf-8")
