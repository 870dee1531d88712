"""`kpi validate`: what became of every row, without computing."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from kpicli.cli import options, output, talk
from kpicli.cli.options import TextOrJson
from kpicli.errors import InputError
from kpicli.text import plain


def validate(
    config: options.Config = options.DEFAULT_CONFIG,
    lang: options.Lang = None,
    format_: Annotated[TextOrJson, typer.Option("-f", "--format", help="Format.")] = (
        TextOrJson.TEXT
    ),
) -> None:
    """Check config and files: every row and guess.

    Example: kpi validate -c kpi.yaml
    """
    from kpicli.config import load  # noqa: PLC0415 (heavy: only when the command runs)
    from kpicli.locales import locale  # noqa: PLC0415
    from kpicli.render import validation  # noqa: PLC0415
    from kpicli.report import translation  # noqa: PLC0415
    from kpicli.report.validation import validate as validated  # noqa: PLC0415

    loaded = load(config)
    language = lang.value if lang else loaded.written.language
    with talk.progress() as told:
        found = validated(loaded, language, told)
    found = translation.validation(found, locale(language).message)
    if format_ is TextOrJson.JSON:
        text = json.dumps(validation.as_json(found), ensure_ascii=False, indent=2)
        output.emit([text, "\n"])
    else:
        output.emit(plain(line) for line in validation.as_text(found, locale(language)))
    if found.over_budget:
        raise typer.Exit(InputError.exit_code)
