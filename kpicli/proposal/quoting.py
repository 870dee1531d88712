"""Plain values as YAML that our own loader reads back the same."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from typing import Any

_PLAIN = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*(?: [a-zA-Z0-9_]+)*")
_WIDTH = 100
_TAKEN = frozenset(("true", "false", "null"))


def name(text: str) -> str:
    """Return a name of ours, quoted only where it must be."""
    return text if _PLAIN.fullmatch(text) and text not in _TAKEN else quoted(text)


def quoted(text: str) -> str:
    """Return a text in quotes; what cannot be seen is written as its number."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    whole = json.dumps(text, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in whole)


def _escaped(letter: str) -> str:
    code = ord(letter)
    return f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}"


def flow(value: Any) -> str:  # noqa: ANN401 (whatever YAML holds)
    """Return a value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return quoted(str(value))


def canonical(value: Any) -> str:  # noqa: ANN401 (whatever YAML holds)
    """Return a value of ours: a word, a number or a truth."""
    return name(value) if isinstance(value, str) else flow(value)


def comment(text: str) -> str:
    """Return a text that stays on the line of a comment and steers no terminal."""
    return " ".join("".join(x if x.isprintable() else " " for x in text).split())


def wrapped(text: str, first: str, further: str | None = None) -> list[str]:
    """Return the lines of a comment; words, and so headers, stay whole."""
    return textwrap.wrap(
        comment(text),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=first if further is None else further,
        break_long_words=False,
        break_on_hyphens=False,
    )
