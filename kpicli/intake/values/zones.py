"""Zones behind times: which of them say by themselves what instant is meant."""

from __future__ import annotations

import re
from functools import lru_cache

ZONE = (
    r"(?P<zone_gap> ?)(?P<zone>"
    r"Z|(?:UTC|GMT)?(?:[+-]\d{2}:?\d{2}|[+-]\d{2})|[A-Z]{3,5}|(?:UTC|GMT)[+-]\d)?"
)
"""What may stand behind a time: an offset, UTC, GMT, or a name such as MSK."""

_WORDS = ("UTC", "GMT")
_BEHIND = re.compile(rf":\d{{2}}(?:\.\d+)?(?: ?[AaPp][Mm])?{ZONE}$")
_LONG = re.compile(r"(?P<word>UTC|GMT|)[+-]\d{2}:?(?:\d{2})?")
_OFFSET = re.compile(r"%(?:#z|:{0,3}z|\+)")
_DIRECTIVE = re.compile(r"%[-_0#:.\d]*[A-Za-z+%]")
_SAID = re.compile(r"(?<![A-Za-z])(?:UTC|GMT|Z)$")
_NAME = re.compile(r"(?<![A-Za-z])(?:[A-Z]{3,5}|(?:UTC|GMT)[+-]\d)$")


def zone_format(gap: str, zone: str | None) -> str:
    """Return the end of a format for a zone: offsets are read, words stand as they are."""
    if not zone:
        return ""
    if zone == "Z":
        return f"{gap}%#z"
    long = _LONG.fullmatch(zone)
    return f"{gap}{long['word']}%#z" if long else gap + zone


@lru_cache
def tells_zone(form: str) -> bool:
    """Whether times of a format are instants, and no times on a wall: an offset, UTC, GMT or Z."""
    return _OFFSET.search(form) is not None or _SAID.search(_words(form)) is not None


def _words(form: str) -> str:
    """Return what a format holds beside its directives."""
    return _DIRECTIVE.sub("-", form)


@lru_cache
def zone_name(form: str) -> str | None:
    """Return the name of a zone that a format ends with and nobody can know for sure: MSK."""
    found = None if tells_zone(form) else _NAME.search(_words(form))
    return found[0] if found else None


def offset(cell: str) -> str | None:
    """Return the offset behind a time as +03:00; None where there is none, or a name alone."""
    found = _BEHIND.search(cell)
    zone = (found and found["zone"]) or ""
    if zone in {"Z", *_WORDS}:
        return "+00:00"
    if _LONG.fullmatch(zone) is None:
        return None
    digits = zone.lstrip("UTCGM").replace(":", "")
    return f"{digits[:3]}:{digits[3:] or '00'}"
