"""`kpi validate`: what became of every row, without computing."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from kpicli.cli import accounts, options, output, talk
from kpicli.cli.options import TextOrJson
from kpicli.errors import InputError
from kpicli.text import plain


def validate(
    config: options.Config = options.DEFAULT_CONFIG,
    as_of: options.AsOf = None,
    lang: options.Lang = None,
    format_: Annotated[TextOrJson, typer.Option("-f", "--format", help="Format.")] = (
        TextOrJson.TEXT
    ),
    rejects: options.Rejects = None,
    strict: options.Strict = None,
) -> None:
    """Check config and files, and account for every row.

    Tells every guess, and which rows each metric can use.

    Example: kpi validate -c kpi.yaml
    """
    from kpicli.config import load  # noqa: PLC0415 (heavy: only when the command runs)
    from kpicli.locales import locale  # noqa: PLC0415
    from kpicli.render import validation, validation_json  # noqa: PLC0415
    from kpicli.report import Question, translation  # noqa: PLC0415
    from kpicli.report.validation import validate as validated  # noqa: PLC0415

    loaded = load(config)
    accounts.check_paths(loaded, None, rejects)
    language = locale(lang.value if lang else loaded.written.language)
    question = Question(as_of=options.day(as_of), language=language.code)
    with accounts.listing(loaded, rejects, language) as accounted, talk.progress() as told:
        found = validated(loaded, question, told, accounted=accounted)
    accounts.write(loaded, found.ledgers, rejects, language)
    found = translation.validation(found, language.message)
    if format_ is TextOrJson.JSON:
        text = json.dumps(validation_json.as_json(found), ensure_ascii=False, indent=2)
        output.emit([text, "\n"])
    else:
        lines = validation.as_text(found, language, output.columns())
        output.emit(plain(line) for line in lines)
    if found.refused:
        raise typer.Exit(InputError.exit_code)
    accounts.enforce(loaded, len(found.warnings), strict=strict)
