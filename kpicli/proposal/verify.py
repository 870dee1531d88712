"""Reads the files with the config that is proposed: what works, and what does not yet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from kpicli.config import Config, load
from kpicli.errors import InputError, Problem
from kpicli.language.catalogue import Settled, built_in
from kpicli.proposal.text import written
from kpicli.proposal.types import Proposal
from kpicli.report.validation import Feasible, validate

_SURVEY = re.compile(r"survey_type = '(\w+)'")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The metrics that can be computed or not, rows per source that cannot be used, and why."""

    metrics: tuple[Feasible, ...]
    refused: tuple[str, ...]
    problems: tuple[Problem, ...]


def verified(proposal: Proposal, scratch: Path, told: Callable[[str], None]) -> Verdict:
    """Read every row with a proposal, from a config in `scratch`.

    Raises:
        ConfigError: the proposal is no config, which is a mistake of the proposal.
    """
    path = scratch / "kpi.yaml"
    text = written(proposal, lambda sheet: [str(path.resolve()) for path in sheet.paths])
    path.write_text(text, encoding="utf-8", newline="\n")
    config = load(path)
    try:
        found = validate(config, None, told)
    except InputError as error:
        return Verdict(metrics=(), refused=(), problems=error.problems)
    refused = [
        f"{ledger.source}: {ledger.rejected:,} of {ledger.read:,} rows cannot be used: "
        f"{', '.join(reason for reason, _ in ledger.reasons.most_common(3))}"
        for ledger in found.ledgers
        if ledger.rejected
    ]
    metrics = tuple(_with_surveys(metric, config) for metric in found.metrics)
    return Verdict(metrics=metrics, refused=tuple(refused), problems=())


def _with_surveys(metric: Feasible, config: Config) -> Feasible:
    """Return a metric that also lacks the surveys that it reads and no source holds."""
    held: set[str] = set()
    for source in config.written.sources.values():
        if source.table == "responses":
            spec = source.columns.get("survey_type")
            if spec is None or spec.const is None:
                return metric
            held.add(str(spec.const))
    if metric.lacks or not held:
        return metric
    settled = Settled(catalogue=built_in(), params=config.params)
    asked = {
        kind
        for name in settled.closure([metric.metric])
        if (rows := settled[name].rows) is not None
        for kind in _SURVEY.findall(rows.where or "")
    }
    if not asked or asked & held:
        return metric
    return replace(metric, lacks=(f"responses of the survey {' or '.join(sorted(asked))}",))
