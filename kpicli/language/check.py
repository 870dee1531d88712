"""Checks a declaration without running it: as it stands, and under every overlay of its choices."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pydantic import ValidationError

from kpicli.language.catalogue import Catalogue, Metric
from kpicli.language.declaration import Declaration, overlay
from kpicli.language.faults import Fault, Keys, faults, keys_in
from kpicli.language.forms import Checker
from kpicli.language.judging import FAMILIES, judged
from kpicli.language.parameters import Params, advice_on
from kpicli.language.settled import chosen
from kpicli.yaml import Path


def check(
    name: str, catalogue: Catalogue, params: Params, kept: Mapping[str, tuple[str, ...]]
) -> list[Fault]:
    """Return what is wrong with metric `name`: as it stands, and under every single choice.

    `kept` lists the columns that the config keeps, by table: rows of the table have them.
    """
    metric = catalogue.metrics[name]
    findings = Checker(catalogue, params, kept, (), metric.untold).judged(metric.declaration)
    told = _faults(metric.raw)  # whoever loads the metric tells them
    for parameter, options in metric.declaration.choices.items():
        path: Path = ("choices", parameter)
        if parameter not in catalogue.parameters:
            hint = advice_on(parameter, catalogue.parameters)
            findings.append(Fault(path=path, message=f"unknown parameter '{parameter}'", hint=hint))
            continue
        for option, change in options.items():
            varied = judged(Declaration, overlay(metric.raw, change), _keys, FAMILIES[0])
            further = [fault for fault in varied.faults if fault not in told]
            findings += [
                Fault(path=(*path, option, *one.path), message=one.message, hint=one.hint)
                for one in further
            ]
            if varied.value is not None and not further:
                checker = Checker(catalogue, params, kept, (*path, option), metric.untold)
                same = {finding.message for finding in findings}
                findings += [one for one in checker.judged(varied.value) if one.message not in same]
    if not findings and not told and not metric.untold:
        findings += _chosen(metric, params)
    return list({(finding.path, finding.message): finding for finding in findings}.values())


def _chosen(metric: Metric, params: Params) -> list[Fault]:
    """Return what is wrong with a metric under all the options that are set."""
    try:
        chosen(metric, params)
    except ValidationError as error:
        return [
            Fault(
                path=("choices",),
                message=f"the options that are set do not go together: {fault.message}",
            )
            for fault in faults(error.errors(), metric.raw, _keys)
        ]
    return []


def _faults(raw: Mapping[str, object]) -> tuple[Fault, ...]:
    return judged(Declaration, raw, _keys, FAMILIES[0]).faults


def _keys(path: Path) -> tuple[str, ...]:
    """Return the keys that a declaration knows at `path`."""
    return _known()(path)


@cache
def _known() -> Keys:
    return keys_in(Declaration.model_json_schema(by_alias=True))
