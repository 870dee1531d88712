"""`kpi schema`: the JSON Schemas of config and result."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from kpicli.cli import output


class Which(StrEnum):
    """What can be described."""

    CONFIG = "config"
    RESULT = "result"


def schema(
    which: Annotated[
        Which, typer.Argument(metavar="config|result", help="What to describe.", show_default=False)
    ],
) -> None:
    """Print the JSON Schema of the config or of a JSON result.

    Example: kpi schema config > kpi.schema.json
    """
    output.emit([text_of(which)])


def text_of(which: Which) -> str:
    """Return a schema as text."""
    if which is Which.CONFIG:
        from kpicli.config import schema as found  # noqa: PLC0415 (only what is asked for)
    else:
        from kpicli.render.json import schema as found  # noqa: PLC0415
    return json.dumps(found(), ensure_ascii=False, indent=2) + "\n"
