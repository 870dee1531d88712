"""`kpi compute`: metrics per period and segment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpicli.cli import accounts, options, output, places, talk
from kpicli.cli.options import Format
from kpicli.errors import UsageError

if TYPE_CHECKING:
    from kpicli.locales import Locale
    from kpicli.periods import Grain
    from kpicli.report import Report

_SAVED = (Format.CSV, Format.JSON, Format.JSONL)
_SHEETS = ("xlsx", "xls", "xlsm", "xlsb", "ods", "numbers", "tsv", "db", "sqlite", "sql")
_DOCUMENTS = ("html", "htm", "pdf", "doc", "docx", "odt", "rtf", "md", "tex")
_DATA = ("xml", "yaml", "yml", "toml", "ndjson", "parquet", "feather", "arrow", "avro")
_PACKED = ("zip", "gz", "bz2", "xz", "zst")
_OTHERS = frozenset((*_SHEETS, *_DOCUMENTS, *_DATA, *_PACKED))
"""What a report cannot be: a table of text under such a name would be no such file."""


def compute(  # noqa: PLR0913, PLR0917 (the options of the contract)
    metrics: options.Metrics = None,
    config: options.Config = options.DEFAULT_CONFIG,
    period: options.Period = None,
    since: options.From = None,
    until: options.To = None,
    last: options.Last = None,
    by: options.By = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    param: options.Param = None,
    lang: options.Lang = None,
    format_: Annotated[
        Format | None,
        typer.Option("-f", "--format", help="Format.", show_default="by the name of -o, table"),
    ] = None,
    output_path: options.Output = None,
    rejects: options.Rejects = None,
    strict: options.Strict = None,
) -> None:
    """Compute metrics per period and segment.

    Example: kpi compute nps churn -p quarter --by customers.segment -f json
    """
    from kpicli.config import load  # noqa: PLC0415 (heavy: only when the command runs)
    from kpicli.locales import locale  # noqa: PLC0415
    from kpicli.report import Question, translation  # noqa: PLC0415
    from kpicli.report import compute as answer  # noqa: PLC0415

    loaded = load(config)
    accounts.check_paths(loaded, output_path, rejects)
    question = Question(
        metrics=tuple(metrics or ()),
        grain=_grain(period),
        since=since,
        until=until,
        last=last,
        by=tuple(by or ()),
        where=where,
        as_of=options.day(as_of),
        params=_pairs(param or ()),
        language=lang.value if lang else None,
    )
    chosen = format_ or _by_name(output_path)
    language = locale(question.language or loaded.written.language)
    with accounts.listing(loaded, rejects, language) as accounted, talk.progress() as told:
        found = answer(loaded, question, told, accounted=accounted)
    report = translation.report(found, language.message)
    accounts.write(loaded, report.inputs, rejects, language)
    accounts.enforce(loaded, _warned(report), strict=strict)
    write(report, chosen, language, output_path, accounts.inputs(loaded, report.inputs))


def _warned(report: Report) -> int:
    """Tell what is worth knowing; return how much that is."""
    texts = [*report.warnings]
    if not report.whole_catalogue:
        texts += [f"{skip.metric} is left out: {skip.reason}" for skip in report.skipped]
    if not report.metrics:
        texts.append("nothing was computed: every metric that was asked for is left out")
    for text in texts:
        talk.warning(text)
    return len(texts)


def write(
    report: Report, chosen: Format, language: Locale, path: Path | None, inputs: Iterable[Path]
) -> None:
    """Write a report to stdout or a file."""
    if path is not None and not places.is_stdout(path):
        output.save(_pieces(report, chosen, language, width=None), path, inputs)
    elif chosen is Format.TABLE and (width := output.columns()) is not None:
        _show(report, language, width)
    else:
        output.emit(_pieces(report, chosen, language, width=None))


def _pieces(report: Report, chosen: Format, language: Locale, width: int | None) -> Iterator[str]:
    match chosen:
        case Format.JSON:
            from kpicli.render.json import as_json  # noqa: PLC0415 (only what is asked for)

            yield from as_json(report)
        case Format.JSONL:
            from kpicli.render.json import as_lines  # noqa: PLC0415

            yield from as_lines(report)
        case Format.CSV:
            from kpicli.render.csv import as_csv  # noqa: PLC0415

            yield from as_csv(report)
        case Format.TABLE:
            from kpicli.render.table import as_table  # noqa: PLC0415

            for line in as_table(report, language, width):
                yield line.plain + "\n"


def _show(report: Report, language: Locale, width: int) -> None:
    """Print a table to the terminal, in colour where it has some."""
    from rich.console import Console  # noqa: PLC0415 (only on a terminal)

    from kpicli.render.table import as_table  # noqa: PLC0415

    console = Console(highlight=False, soft_wrap=True)
    for line in [*as_table(report, language, width)]:  # all or nothing, as in a pipe
        console.print(line)


def _grain(period: options.Grains | None) -> Grain | None:
    from kpicli.periods import Grain  # noqa: PLC0415 (only when the command runs)

    return Grain(period.value) if period else None


def _by_name(path: Path | None) -> Format:
    """Return the format that a file's name asks for.

    Raises:
        UsageError: it asks for one that a report does not have.
    """
    if path is None:
        return Format.TABLE
    suffix = path.suffix.lstrip(".").lower()
    if suffix in _OTHERS and not places.is_stream(path):
        raise UsageError(
            f"{path}: there is no format {suffix}; the formats are {', '.join(Format)}",
            hint="name the file .csv, .json or .jsonl, or say with -f what it is to hold",
        )
    return Format(suffix) if suffix in _SAVED else Format.TABLE


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(
                f"--param: '{text}' is no NAME=VALUE", hint="as in: --param churn.count=gross"
            )
        pairs[name.strip()] = value
    return pairs
