"""Reports in another language: the messages that they carry, translated where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from kpicli.report.types import Report
from kpicli.report.validation import Validation

_OF_USERS = frozenset(
    {"source", "table", "file", "encoding", "delimiter", "sha256", "column", "value", "metric"}
)
"""Fields that hold what users wrote or programs read: never translated."""


def report(found: Report, message: Callable[[str], str]) -> Report:
    """Return a report with its warnings and reasons in the language of `message`."""
    return replace(
        found,
        warnings=tuple(map(message, found.warnings)),
        skipped=tuple(
            replace(skip, reason=message(skip.reason), needs=tuple(map(message, skip.needs)))
            for skip in found.skipped
        ),
    )


def validation(found: Validation, message: Callable[[str], str]) -> Validation:
    """Return a validation with all that it tells in the language of `message`."""
    return cast("Validation", _inside(found, cache(message)))  # much is said of many columns


def _inside(found: Any, message: Callable[[str], str]) -> Any:  # noqa: ANN401 (any part of it)
    """Translate every text in structs, sequences, and the keys of what is counted."""
    match found:
        case str():
            return message(found)
        case tuple() | list():
            return type(found)(_inside(item, message) for item in found)
        case Counter():
            return Counter({message(key): count for key, count in found.items()})
        case Struct():
            changes = {
                name: _inside(getattr(found, name), message)
                for name in found.__struct_fields__
                if name not in _OF_USERS
            }
            return replace(found, **changes)
    return found
