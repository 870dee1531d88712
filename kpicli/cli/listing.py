"""`kpi list`: the metrics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpicli.cli import options, output, talk
from kpicli.cli.options import TableOrJson
from kpicli.cli.speech import of_config
from kpicli.errors import ConfigError

if TYPE_CHECKING:
    from kpicli.config import Config
    from kpicli.language.catalogue import Catalogue
    from kpicli.locales import Locale


def listing(
    *,
    config: options.ConfigIfAny = None,
    helpers: Annotated[
        bool, typer.Option("--all", help="Also helpers, which other metrics are made of.")
    ] = False,
    lang: options.Lang = None,
    format_: Annotated[TableOrJson, typer.Option("-f", "--format", help="Format.")] = (
        TableOrJson.TABLE
    ),
) -> None:
    """List the metrics by family.

    Example: kpi list --lang ru
    """
    from kpicli.language.catalogue import built_in  # noqa: PLC0415 (heavy: only when it runs)
    from kpicli.locales import ENGLISH, locale  # noqa: PLC0415

    loaded = config_if_there(config)
    language = locale(lang.value if lang else language_of(loaded, config) or ENGLISH)
    catalogue = language.translate(built_in().with_own(loaded.own if loaded else {}))
    if format_ is TableOrJson.JSON:
        output.emit(_as_json(catalogue, helpers=helpers))
    else:
        currency = loaded.written.currency if loaded else None
        output.emit(_as_text(catalogue, language, currency, helpers=helpers))


def config_if_there(path: Path | None) -> Config | None:
    """Return the config that is named; the one that lies there may be missing, or be wrong.

    What is wrong with that is told, and stops nothing: the built-in metrics do not depend on it.
    """
    if path is None and not options.DEFAULT_CONFIG.exists():
        return None
    from kpicli.config import load  # noqa: PLC0415 (heavy: only where there is one)

    if path is not None:
        return load(path)
    try:
        return load(options.DEFAULT_CONFIG)
    except ConfigError as error:
        for problem in error.problems:
            talk.warning(problem)
        return None


def language_of(loaded: Config | None, path: Path | None) -> str | None:
    """Return the language of the config that is named or lies there, even where it is wrong."""
    return loaded.written.language if loaded else of_config(path or options.DEFAULT_CONFIG)


def _as_text(
    catalogue: Catalogue, language: Locale, currency: str | None, *, helpers: bool
) -> Iterator[str]:
    from kpicli.render.columns import beside, tied  # noqa: PLC0415 (heavy: only when it runs)
    from kpicli.render.numbers import unit_name  # noqa: PLC0415
    from kpicli.units import Unit  # noqa: PLC0415

    shown = {
        name: metric
        for name, metric in catalogue.metrics.items()
        if helpers or not metric.declaration.helper
    }
    titles = {}
    for name, metric in shown.items():
        unit = unit_name(metric.declaration.unit, currency, language)
        of_time = metric.declaration.unit is Unit.SECONDS  # their titles say so
        titles[name] = metric.declaration.title + (
            tied(f", {unit}") if unit and not of_time else ""
        )
    family = ""
    for metric, lines in zip(
        shown.values(), beside(titles, indent=2, width=output.columns()), strict=True
    ):
        if metric.family != family:
            yield ("\n" if family else "") + f"{metric.family}\n"
            family = metric.family
        yield from (f"{line}\n" for line in lines)


def _as_json(catalogue: Catalogue, *, helpers: bool) -> Iterator[str]:
    from kpicli.render.json import dumps  # noqa: PLC0415 (heavy: only when it runs)

    lines = [
        dumps(
            {
                "id": name,
                "title": metric.declaration.title,
                "family": metric.family,
                "unit": metric.declaration.unit.value,
                "better": metric.declaration.better.value,
                "formula": metric.declaration.formula,
                "source": list(metric.declaration.source),
                "aliases": list(metric.declaration.aliases),
                "helper": metric.declaration.helper,
            }
        )
        for name, metric in catalogue.metrics.items()
        if helpers or not metric.declaration.helper
    ]
    yield "[\n" + ",\n".join(lines) + "\n]\n"
