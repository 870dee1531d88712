"""The question: what is asked of the data, on top of what the config says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from kpicli.config import Config
from kpicli.errors import UsageError
from kpicli.language.catalogue import Catalogue, built_in
from kpicli.language.settled import Settled
from kpicli.locales import locale
from kpicli.periods import Grain
from kpicli.report.types import Option
from kpicli.yaml import load


class Question(Struct, frozen=True, kw_only=True):
    """What is asked: metrics, periods, dimensions and options. Empty fields follow the config."""

    metrics: tuple[str, ...] = ()
    grain: Grain | None = None
    since: str | None = None
    until: str | None = None
    last: int | None = None
    by: tuple[str, ...] = ()
    where: str | None = None
    as_of: dt.date | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None


def catalogue_of(config: Config, language: str | None) -> Catalogue:
    """Return the built-in metrics, in the language asked for, and those of the config."""
    code = language or config.written.language
    return locale(code).translate(built_in().with_own(config.own))


def parameters(question: Question, config: Config, catalogue: Catalogue) -> dict[str, Any]:
    """Return the values of all parameters: defaults, the config's, the question's.

    Raises:
        UsageError: a parameter is not known, or its value is none.
    """
    params = dict(config.params)
    for name, text in question.params.items():
        parameter = catalogue.parameter(name)
        try:
            params[name] = parameter.accept(load(text, f"--param {name}").data, config.kept())
        except ValueError as error:
            raise UsageError(f"--param {name}: {error}", hint=parameter.meaning) from None
    counted = config.written.calendars or _ready_made(config)
    if params["clock"] != "calendar" and not counted:
        raise UsageError(
            f"clock={params['clock']}, and the config has no working hours",
            hint="add calendars: {default: {hours: {mon-fri: 09:00-18:00}}}, or map "
            "durations that come ready, such as first_response_seconds_business",
        )
    return params


def _ready_made(config: Config) -> bool:
    """Whether a source brings durations that were counted in working hours."""
    return any(
        name.endswith("_business")
        for source in config.written.sources.values()
        for name in (*source.columns, *source.brought)
    )


def options(settled: Settled, names: Iterable[str], chosen: Container[str]) -> tuple[Option, ...]:
    """Return parameters as they stand; `chosen` holds those that the user set."""
    known = settled.catalogue.parameters
    return tuple(
        Option(
            name=name,
            value=settled.params[name],
            default=known[name].default_value,
            judgement=known[name].judgement,
            chosen=name in chosen,
        )
        for name in names
    )


def selected(question: Question, config: Config, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the ids of the metrics asked for: named, the config's, or all but helpers.

    Raises:
        UsageError: a name is not known.
    """
    names = named(question, config)
    if names:
        return tuple(dict.fromkeys(catalogue.find(name).id for name in names))
    return shown(catalogue)


def named(question: Question, config: Config) -> tuple[str, ...]:
    """Return the names of metrics as they were asked for; none if all are wanted."""
    return question.metrics or config.written.metrics or ()


def shown(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the metrics that are shown without being asked for: all but helpers."""
    return tuple(
        name for name, metric in catalogue.metrics.items() if not metric.declaration.helper
    )
