"""Why a cell cannot be read: what it is not, or what is wrong with what it is."""

from __future__ import annotations

import polars as pl
from msgspec.structs import replace

from kpicli.intake.values import cells, instants
from kpicli.intake.values.cells import Reading
from kpicli.model import Type

_NOT_LISTED = "not one of the values"
_SKIPPED = "a time that the clock change skips"
_USUAL = {
    Type.DATE: "not a date",
    Type.TS: "not a time",
    Type.MONEY: "not a number",
    Type.NUMBER: "not a number",
    Type.INT: "not a whole number",
    Type.SECONDS: "not a duration",
    Type.BOOL: "neither true nor false",
}
_LIMITS = {
    Type.MONEY: (cells.LARGEST, "beyond 10^18"),
    Type.NUMBER: (cells.LARGEST, "beyond 10^18"),
    Type.INT: (2**63, "beyond 64 bits"),
    Type.SECONDS: (cells.LONGEST, "beyond 10^10 seconds"),
}


def why(cell: pl.Expr, reading: Reading) -> pl.Expr:
    """Return why a raw cell that is filled cannot be read."""
    kind = reading.column.type
    if reading.values is not None and not reading.pass_:
        return pl.lit(_NOT_LISTED)
    usual, text = pl.lit(_USUAL.get(kind, _NOT_LISTED)), cells.trimmed(cell)
    if kind.is_time:
        on_a_plain_clock = replace(reading, zone="UTC", report_zone="UTC")
        shown = instants.read(text, on_a_plain_clock, reading.formats)
        return pl.when(shown.is_not_null()).then(pl.lit(_SKIPPED)).otherwise(usual)
    if kind in _LIMITS:
        limit, beyond = _LIMITS[kind]
        size = cells.size(text, reading).abs()
        too_large = size.is_finite() & (size >= float(limit))
        return pl.when(too_large).then(pl.lit(beyond)).otherwise(usual)
    return usual
