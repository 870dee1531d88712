"""Tells, in comments, which metrics a proposal can compute, and what the nearest others lack."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from kpicli.language.needs import clear
from kpicli.proposal.quoting import wrapped
from kpicli.proposal.types import Proposal
from kpicli.report.validation import Feasible

_NEAREST = 12
_TABLE = re.compile(r"[a-z_]+")


def reached(
    proposal: Proposal, metrics: Sequence[Feasible], say: Callable[[str], str]
) -> Iterator[str]:
    """Yield lines on what the sources of a proposal are good for; none where nothing was read."""
    if not metrics:
        return
    able = [metric for metric in metrics if not metric.lacks]
    yield f"# {say(_counted(len(able)))}"
    for family in dict.fromkeys(metric.family for metric in able):
        names = ", ".join(metric.metric for metric in able if metric.family == family)
        yield from wrapped(f"{family}: {names}", "#   ", "#     ")
    tables = {draft.table.name for draft in proposal.drafts}
    unable = sorted((m for m in metrics if m.lacks), key=lambda metric: _distance(metric, tables))
    if unable:
        yield f"# {say('The nearest others, and what they lack:')}"
        for metric in unable[:_NEAREST]:
            lacks = "; ".join(say(clear(lack)) for lack in metric.lacks)
            yield from wrapped(f"{metric.metric}: {lacks}", "#   ", "#     ")


def _counted(able: int) -> str:
    if not able:
        return "This config cannot compute any metric yet."
    if able == 1:
        return "This config can compute 1 metric (kpi explain METRIC tells more):"
    return f"This config can compute {able} metrics (kpi explain METRIC tells more):"


def _distance(metric: Feasible, tables: set[str]) -> tuple[int, bool, int]:
    """Return how far a metric is: a column of a table that is there is nearer than a new table."""
    far = sum(1 for lack in metric.lacks if not _is_near(lack, tables))
    return far, metric.tables.isdisjoint(tables), len(metric.lacks)


def _is_near(lack: str, tables: set[str]) -> bool:
    """Whether one of the alternatives is a column, or a survey, of a table that is there."""
    found = (_TABLE.match(one) for one in lack.split(" or "))
    return any(one is not None and one[0] in tables for one in found)
