"""Text in messages: what comes from outside and goes to a terminal, and lists."""

from __future__ import annotations

from collections.abc import Sequence

_SPACES = "\n\u00a0\u202f"


def plain(text: str, *, keep: str = "") -> str:
    """Return a text without control characters: names and cells must not steer a terminal.

    Each is replaced by one sign, so that places in the text stay what they are; those of `keep`
    stay.
    """
    if text.isprintable():
        return text
    kept = _SPACES + keep
    return "".join(letter if letter.isprintable() or letter in kept else "�" for letter in text)


def first_few(words: Sequence[str], most: int) -> str:
    """Return words as a list, of many of them the first."""
    return ", ".join(words[:most]) + (" …" if len(words) > most else "")
