"""Options that commands share, each typed and said once."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kpicli.cli import completion
from kpicli.errors import UsageError
from kpicli.periods.reach import check_reach

DEFAULT_CONFIG = Path("kpi.yaml")


class Language(StrEnum):
    """Languages of titles and tables."""

    EN = "en"
    RU = "ru"


class Format(StrEnum):
    """Formats of a report."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"


class Grains(StrEnum):
    """Lengths of periods."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    TOTAL = "total"


class TextOrJson(StrEnum):
    """For people, or for programs."""

    TEXT = "text"
    JSON = "json"


class TableOrJson(StrEnum):
    """For people, or for programs."""

    TABLE = "table"
    JSON = "json"


Config = Annotated[
    Path,
    typer.Option(
        "-c", "--config", metavar="FILE", help="The config; - is stdin.", show_default=True
    ),
]
ConfigIfAny = Annotated[
    Path | None,
    typer.Option(
        "-c",
        "--config",
        metavar="FILE",
        help="The config; - is stdin.",
        show_default="kpi.yaml if it is there",
    ),
]
Metrics = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="METRIC",
        help="Ids, titles or aliases of metrics; all that the data can feed if left out.",
        autocompletion=completion.metrics,
        show_default=False,
    ),
]
Period = Annotated[
    Grains | None,
    typer.Option(
        "-p", "--period", help="Length of the periods.", show_default="of the config, month"
    ),
]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE|LABEL", help="First day or period, such as 2025-01."),
]
To = Annotated[
    str | None, typer.Option("--to", metavar="DATE|LABEL", help="Last day or period, included.")
]
Last = Annotated[
    int | None, typer.Option("--last", min=1, metavar="N", help="Only the last N periods.")
]
By = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        metavar="DIMENSION",
        help="Break down by a dimension: channel, or customers.segment. May be repeated.",
        autocompletion=completion.dimensions,
    ),
]
Where = Annotated[
    str | None,
    typer.Option("--where", metavar="SQL", help="Only rows for which this holds, over dimensions."),
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="The last day that the data cover.")
]
Param = Annotated[
    list[str] | None,
    typer.Option(
        "--param",
        metavar="NAME=VALUE",
        help="Set a parameter. May be repeated.",
        autocompletion=completion.parameters,
    ),
]
Lang = Annotated[
    Language | None,
    typer.Option("--lang", help="Language of titles and tables.", show_default="of the config, en"),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Write there, whole or not at all; - is stdout."
    ),
]
Rejects = Annotated[
    Path | None,
    typer.Option(
        "--rejects",
        metavar="FILE",
        help="Write every row and cell that cannot be used as it stands there, as CSV.",
    ),
]
Strict = Annotated[
    bool | None,
    typer.Option(
        "--strict/--no-strict",
        help="Take warnings for errors: exit code 3.",
        show_default="of the config, no",
    ),
]


def day(text: str | None) -> dt.date | None:
    """Return the day that `--as-of` names.

    Raises:
        UsageError: it is no date, or out of reach.
    """
    if text is None:
        return None
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--as-of: '{text}' is not a date", hint="write it as 2025-01-31"
        ) from None
    try:
        check_reach(found.year)
    except ValueError as error:
        raise UsageError(f"--as-of: {error}") from None
    return found
