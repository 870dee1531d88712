"""What a column says that does not fit what it holds: formats, marks, units, constants."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from kpicli.config.columns import NUMBERS_AS_TIMES, ColumnSpec, TimeUnit
from kpicli.errors import did_you_mean
from kpicli.model import Column, Type
from kpicli.model.types import FALSE, TRUE
from kpicli.yaml import shown

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
        yield from _format_misfits(form)
    if (spec.decimal or spec.thousands) and not kind.is_number:
        yield f"decimal and thousands belong to numbers, and {name} is {kind}", None
    if spec.unit is not None and kind is not Type.SECONDS:
        yield f"unit belongs to ready durations, and {name} is {kind}", None
    if spec.scale is not None and kind not in {Type.MONEY, Type.NUMBER}:
        yield f"scale belongs to amounts and scores, and {name} is {kind}", None
    if spec.scale is not None and not _LEAST <= abs(spec.scale) <= _GREATEST:
        yield f"scale is a factor from {_LEAST:f} to {_GREATEST:,}", None
    if spec.const is not None and kind.is_time and not _is_day(str(spec.const)):
        yield f"{shown(spec.const)} is not a date such as 2025-01-31, and {name} is {kind}", None
    if spec.row and kind is not Type.ID:
        yield f"row makes a key, and {name} is {kind}", None
    targets = [*(spec.values or {}).values(), spec.other, spec.const]
    for value in dict.fromkeys(target for target in targets if target is not None):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if column.values and text not in column.values:
            yield f"'{text}' is not a value of {name}", did_you_mean(text, column.values)
        elif what := _misread(kind, text, spec):
            yield f"{shown(value)} is no value of {name}: {what} is needed", None


def _format_misfits(form: str) -> Iterator[tuple[str, str | None]]:
    """Yield what is wrong with a format: it is of known directives, and tells the year."""
    if form in NUMBERS_AS_TIMES:
        return
    letters = {found for found in _DIRECTIVE.findall(form) if found}
    if "%" in _DIRECTIVE.sub("", form) or not letters <= _KNOWN or not letters & _DATED:
        hint = 'write it as strptime does, such as "%d.%m.%Y %H:%M", or as excel, unix, unix_ms'
        yield f"'{form}' is no format of a date or time", hint
    elif "Z" in letters:
        hint = (
            "write the name as it stands in the cells, such as MSK, and by the timezone of the "
            "source which zone it is; %#z reads an offset"
        )
        yield f"'{form}' passes over names of zones: times of all zones would count alike", hint


def _is_day(text: str) -> bool:
    """Whether a constant is a day, or an instant, as YAML writes them."""
    for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S"):
        try:
            dt.datetime.strptime(text, form)  # noqa: DTZ007 (only whether it is one)
        except ValueError:
            continue
        return True
    return False


def _misread(kind: Type, text: str, spec: ColumnSpec) -> str | None:
    """Return what a value should be that is written for a cell, and is not."""
    if kind is Type.BOOL:
        return None if text.lower() in {*TRUE, *FALSE} else "true or false"
    if not kind.is_number or spec.unit is TimeUnit.HMS:
        return None
    if spec.const is None:  # written as the cells are
        text = text.replace(spec.thousands or " ", "").replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return "a number"
    if not number.is_finite():
        return "a number"
    whole = kind is Type.INT and number != number.to_integral_value()
    return "a whole number" if whole else None
