"""`kpi explain`: the definition card of a metric."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from msgspec.structs import replace

from kpicli.cli import completion, options, output, talk
from kpicli.cli.listing import config_if_there, language_of
from kpicli.cli.options import TextOrJson


def explain(
    metric: Annotated[
        str,
        typer.Argument(
            metavar="METRIC",
            help="Id, title or alias: nps, LTV, отток.",
            autocompletion=completion.metrics,
            show_default=False,
        ),
    ],
    config: options.ConfigIfAny = None,
    lang: options.Lang = None,
    format_: Annotated[TextOrJson, typer.Option("-f", "--format", help="Format.")] = (
        TextOrJson.TEXT
    ),
) -> None:
    """Explain a metric: its formula, options and needs.

    Example: kpi explain churn
    """
    from kpicli.errors import InputError  # noqa: PLC0415 (heavy: only when the command runs)
    from kpicli.intake import peek  # noqa: PLC0415
    from kpicli.language.catalogue import built_in  # noqa: PLC0415
    from kpicli.locales import ENGLISH, locale  # noqa: PLC0415
    from kpicli.render import card  # noqa: PLC0415
    from kpicli.report.explanation import explain as explained  # noqa: PLC0415

    loaded = config_if_there(config)
    language = locale(lang.value if lang else language_of(loaded, config) or ENGLISH)
    catalogue = language.translate(built_in().with_own(loaded.own if loaded else {}))
    mapped = None
    if loaded is not None:
        try:
            mapped = peek(loaded)
        except InputError as error:
            for problem in error.problems:
                talk.warning(problem)
    found = explained(catalogue, metric, loaded, mapped)
    if found.lacks:
        found = replace(found, lacks=tuple(map(language.message, found.lacks)))
    if format_ is TextOrJson.JSON:
        text = json.dumps(card.as_json(found), ensure_ascii=False, indent=2)
        output.emit([text, "\n"])
    else:
        currency = loaded.written.currency if loaded else None
        output.emit(card.as_text(found, language, currency, output.columns()))
