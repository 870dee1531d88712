"""Checks a declaration without running it: as it stands, and under every overlay of its choices."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from kpicli.errors import did_you_mean
from kpicli.language.catalogue import Catalogue, chosen
from kpicli.language.declaration import Declaration, overlay
from kpicli.language.forms import Checker, Finding, Path
from kpicli.language.parameters import Params


def check(
    name: str, catalogue: Catalogue, params: Params, kept: Mapping[str, tuple[str, ...]]
) -> list[Finding]:
    """Return what is wrong with metric `name`: as it stands, and under every single choice.

    `kept` lists the columns that the config keeps, by table: rows of the table have them.
    """
    metric = catalogue.metrics[name]
    findings = Checker(catalogue, params, kept, ()).judged(metric.declaration)
    for parameter, options in metric.declaration.choices.items():
        path: Path = ("choices", parameter)
        if parameter not in catalogue.parameters:
            hint = did_you_mean(parameter, catalogue.parameters)
            findings.append(
                Finding(path=path, message=f"unknown parameter '{parameter}'", hint=hint)
            )
            continue
        for option, change in options.items():
            checker = Checker(catalogue, params, kept, (*path, option))
            try:
                varied = Declaration.model_validate(overlay(metric.raw, change))
            except ValidationError as error:
                first = error.errors()[0]
                key = ".".join(map(str, first["loc"]))
                findings.append(
                    Finding(path=(*path, option), message=f"{key}: {first['msg']}".lstrip(": "))
                )
            else:
                findings += checker.judged(varied)
    if findings:
        return _each_once(findings)
    try:
        chosen(metric, params)
    except ValidationError as error:
        first = error.errors()[0]
        message = f"the options that are set do not go together: {first['msg']}"
        findings.append(Finding(path=("choices",), message=message))
    return _each_once(findings)


def _each_once(findings: list[Finding]) -> list[Finding]:
    return list({(finding.path, finding.message): finding for finding in findings}.values())
