"""What a column says that does not fit what it holds: formats, marks, units, constants."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from kpicli.config.columns import NUMBERS_AS_TIMES, ColumnSpec
from kpicli.errors import did_you_mean
from kpicli.model import Column, Type

_LEAST, _GREATEST = Decimal("0.000000000001"), 10**12
_DIRECTIVE = re.compile(r"%(?:[-_0]?([A-Za-z+%])|:{1,3}z|#z|\.\d?f|\d?f)")
_KNOWN = frozenset("YCymbBhdeaAwuUWGgVjDxFvHkIlPpMSfTRrXZzc+stn%")
_DATED = frozenset("YyGgDxFvcs+")


def misfits(name: str, column: Column, spec: ColumnSpec) -> Iterator[tuple[str, str | None]]:
    """Yield what a column says that does not fit what it holds: message and hint."""
    kind = column.type
    if spec.format is not None and not kind.is_time:
        yield f"format belongs to dates and times, and {name} is {kind}", None
    for form in spec.format or ():
        if form not in NUMBERS_AS_TIMES and not _is_format(form):
            hint = 'write it as strptime does, such as "%d.%m.%Y %H:%M", or as excel, unix, unix_ms'
            yield f"'{form}' is no format of a date or time", hint
    if (spec.decimal or spec.thousands) and not kind.is_number:
        yield f"decimal and thousands belong to numbers, and {name} is {kind}", None
    if spec.unit is not None and kind is not Type.SECONDS:
        yield f"unit belongs to ready durations, and {name} is {kind}", None
    if spec.scale is not None and kind not in {Type.MONEY, Type.NUMBER}:
        yield f"scale belongs to amounts and scores, and {name} is {kind}", None
    if spec.scale is not None and not _LEAST <= abs(spec.scale) <= _GREATEST:
        yield f"scale is a factor from {_LEAST:f} to {_GREATEST:,}", None
    if spec.const is not None and (what := _is_none(kind, str(spec.const))):
        yield f"'{spec.const}' is not {what}, and {name} is {kind}", None
    if spec.row and kind is not Type.ID:
        yield f"row makes a key, and {name} is {kind}", None
    if column.values:
        targets = [
            *(spec.values or {}).values(),
            *(v for v in (spec.other, spec.const) if v is not None),
        ]
        for value in targets:
            text = str(value)
            if text not in column.values:
                yield f"'{text}' is not a value of {name}", did_you_mean(text, column.values)


def _is_format(form: str) -> bool:
    """Whether a format is made of what is known, and tells the year."""
    letters = {found for found in _DIRECTIVE.findall(form) if found}
    return "%" not in _DIRECTIVE.sub("", form) and letters <= _KNOWN and bool(letters & _DATED)


def _is_none(kind: Type, text: str) -> str | None:
    """Return what a constant should be and is not."""
    if kind.is_time:
        for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S"):
            try:
                dt.datetime.strptime(text, form)  # noqa: DTZ007 (only whether it is one)
            except ValueError:
                continue
            return None
        return "a date such as 2025-01-31"
    if kind.is_number:
        try:
            number = Decimal(text)
        except InvalidOperation:
            return "a number"
        return None if number.is_finite() else "a number"
    return None
