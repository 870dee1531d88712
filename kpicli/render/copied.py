"""A declaration as it may be copied into `custom:` of a config."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from kpicli.errors import ConfigError
from kpicli.report.explanation import Card
from kpicli.yaml import load

_WIDTH = 88
_INDENT = "  "
_WORDS = frozenset({"title", "answers", "family", "source", "aliases", "decision", "helper"})


def copied(card: Card, width: int | None) -> Iterator[str]:
    """Yield the declaration of a metric; `width` is that of the terminal, None off one."""
    raw = {key: value for key, value in card.raw.items() if key not in _WORDS}
    body = {card.id: {"title": card.declaration.title, **raw}}
    text = _dumped(body, _WIDTH) if width is None else _fitting(body, width - len(_INDENT))
    yield textwrap.indent(text, _INDENT)


def _dumped(body: Mapping[str, Any], width: float) -> str:
    return str(yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=width))


def _fitting(body: Mapping[str, Any], width: int) -> str:
    """Return YAML whose lines have so much room: the library lets the last word of each stand out.

    A text goes on in the next line at one space; one that would read otherwise is left as it is.
    """
    whole = _dumped(body, math.inf)
    lines: list[str] = []
    for line in whole.splitlines():
        bare = line.lstrip(" ")
        lead = " " * (len(line) - len(bare))
        found = textwrap.wrap(
            bare,
            width,
            initial_indent=lead,
            subsequent_indent=f"{lead}{_INDENT}",
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines += found or [line]
    text = "\n".join(lines) + "\n"
    return text if _reads_as(text, whole) else whole


def _reads_as(text: str, other: str) -> bool:
    """Whether a config that holds the one says the same as one that holds the other."""
    try:
        return bool(load(text, "").data == load(other, "").data)
    except ConfigError:
        return False
