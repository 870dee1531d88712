"""Surveys that metrics ask about, where the config says which ones are held."""

from __future__ import annotations

import re

from kpicli.config import Config
from kpicli.language.settled import Settled

_SURVEY = re.compile(r"survey_type = '(\w+)'")


def held(config: Config) -> frozenset[str] | None:
    """Return the surveys of all sources of answers; None where there is none, or cells say it."""
    found: set[str] = set()
    for source in config.written.sources.values():
        if source.table == "responses":
            spec = source.columns.get("survey_type")
            if spec is None or spec.const is None:
                return None
            found.add(str(spec.const))
    return frozenset(found) or None


def lacking(settled: Settled, name: str, known: frozenset[str] | None) -> tuple[str, ...]:
    """Return what a metric lacks that reads answers of other surveys than the `known` ones alone.

    It can be computed, and there will never be a value.
    """
    asked = {
        kind
        for one in _made_of(settled, name)
        if (rows := settled[one].rows) is not None
        for kind in _SURVEY.findall(rows.where or "")
    }
    if known is None or not asked or asked & known:
        return ()
    return (f"responses of the survey {' or '.join(sorted(asked))}",)


def _made_of(settled: Settled, name: str) -> set[str]:
    """Return a metric and all that its value is made of; what stands beside it is no part."""
    found, waiting = {name}, [name]
    while waiting:
        one = waiting.pop()
        beside = {other for other in settled[one].beside.values() if isinstance(other, str)}
        new = set(settled.uses(one)) - beside - found
        found |= new
        waiting += new
    return found
