"""Parses cells: text columns become typed ones, and what cannot be read is marked.

Each column is parsed twice at most. The quick way reads cells that are written as declared or
guessed; where it leaves a filled cell unread, the careful way reads the column again: trimmed, with
the words for nothing, thousands separators and rarer spellings. What even that cannot read is bad.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import polars as pl
from msgspec import Struct

from kpicli.config import TimeUnit
from kpicli.intake.values import instants
from kpicli.intake.values.binding import of_parts, once
from kpicli.intake.values.numbers import grouping
from kpicli.intake.values.signs import bare
from kpicli.model import Column, Type
from kpicli.model.types import FALSE, MONEY_DIGITS, NO_LETTERS, TRUE, letters

MONEY = pl.Decimal(38, MONEY_DIGITS)
LARGEST = 10**18
LONGEST = 10**10  # seconds: hundredths of microseconds of more do not fit into 64 bits
_FINE = pl.Decimal(38, 12)
_WORDS_FOR_NOTHING = ("null", "na", "n/a", "#n/a", "nan", "none", "-", "—")
_NOTHING = pl.lit(None, dtype=pl.String)
_MANY = 100  # values that are compared one by one
_FACTORS = {
    TimeUnit.SECONDS: Decimal(1),
    TimeUnit.MINUTES: Decimal(60),
    TimeUnit.HOURS: Decimal(3600),
    TimeUnit.DAYS: Decimal(86_400),
    TimeUnit.MILLISECONDS: Decimal("0.001"),
}


class Reading(Struct, frozen=True, kw_only=True):
    """How the cells of one canonical column are read, declared and guessed alike.

    `zone` is that of naive times, `report_zone` that of the result; `guessed` says that no cell of
    the sample shows a decimal mark.
    """

    column: Column
    formats: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str | None = None
    values: Mapping[str, str] | None = None
    other: str | None = None
    pass_: bool = False
    unit: TimeUnit = TimeUnit.SECONDS
    scale: Decimal | None = None
    nulls: tuple[str, ...] = ()
    zone: str = "UTC"
    report_zone: str = "UTC"
    guessed: bool = False

    @property
    def dtype(self) -> pl.DataType:
        """The type of the result."""
        return self.column.type.dtype(self.report_zone)


def trimmed(cell: pl.Expr, nulls: tuple[str, ...] = ()) -> pl.Expr:
    """A cell without spaces at its ends; an empty one, and those of `nulls`, are null."""

    def unless_empty(text: pl.Expr) -> pl.Expr:
        filled = text.str.len_bytes() > 0
        return pl.when(filled & ~text.is_in(nulls) if nulls else filled).then(text)

    return once(cell.str.strip_chars(), unless_empty)


def meant(cell: pl.Expr, nulls: tuple[str, ...], *, is_text: bool) -> pl.Expr:
    """A trimmed cell; null where it says nothing: where no text is meant, words for that too."""
    text = trimmed(cell, nulls)
    if is_text:
        return text
    return once(
        text, lambda text: pl.when(~text.str.to_lowercase().is_in(_WORDS_FOR_NOTHING)).then(text)
    )


def quick(cell: pl.Expr, reading: Reading) -> pl.Expr:
    """Parse a raw cell as it is probably written; null where it is not."""
    kind, words = reading.column.type, reading.column.values or reading.column.known
    if reading.values is not None or (kind in {Type.ID, Type.TEXT} and not words):
        return careful(cell, reading, patient=False)
    if reading.nulls:
        cell = pl.when(~cell.is_in(reading.nulls)).then(cell)
    match kind:
        case Type.ENUM | Type.TEXT:
            return pl.when(cell.is_in(words)).then(cell)
        case Type.DATE | Type.TS:
            return instants.read(cell, reading, reading.formats[:1])
        case Type.MONEY | Type.NUMBER if reading.decimal == "." and reading.thousands is None:
            return _sized(cell.str.to_decimal(scale=MONEY_DIGITS), reading)
        case Type.INT:
            return cell.cast(pl.Int64, strict=False)
        case Type.SECONDS if reading.unit is TimeUnit.SECONDS:
            return _within(cell.cast(pl.Int64, strict=False), LONGEST)
        case _:
            return careful(cell, reading, patient=False)


def filled(cell: pl.Expr, reading: Reading) -> pl.Expr:
    """Whether a raw cell says anything: not empty, and no word for nothing."""
    return meant(cell, reading.nulls, is_text=reading.column.type.is_text).is_not_null()


def careful(cell: pl.Expr, reading: Reading, *, patient: bool = True) -> pl.Expr:
    """Parse a raw cell with all patience; null where it is empty or cannot be read.

    Without patience signs around numbers make a cell unreadable.
    """
    kind = reading.column.type
    text = trimmed(cell, reading.nulls)
    raw = text
    if reading.values is not None:
        text = _mapped(text, reading)
    match kind:
        case Type.ID | Type.TEXT:
            return _spelled(text, reading.column, patient=patient)
        case Type.ENUM:
            found = text if reading.values is not None else _listed(text, reading.column)
            unlisted = reading.column.unlisted
            return found if unlisted is None else _filled(raw, found, unlisted)
        case Type.BOOL:
            return once(text.str.to_lowercase(), _truth)
        case Type.DATE | Type.TS:
            return instants.read(text, reading, reading.formats)
        case Type.SECONDS if reading.unit is TimeUnit.HMS:
            return _within(instants.hms(text), LONGEST)
        case Type.SECONDS:
            number = _number(text, reading, patient=patient)
            return _times(number, _FACTORS[reading.unit], LONGEST).cast(pl.Int64)
        case Type.INT:
            number = _number(text, reading, patient=patient)
            return once(number, _whole).cast(pl.Int64, strict=False)
        case _:
            return _sized(_number(text, reading, patient=patient), reading)


def _truth(lower: pl.Expr) -> pl.Expr:
    known = pl.when(lower.is_in(TRUE)).then(pl.lit(value=True))
    return known.when(lower.is_in(FALSE)).then(pl.lit(value=False))


def _whole(number: pl.Expr) -> pl.Expr:
    return pl.when(number == number.floor()).then(number)


def long(cell: pl.Expr) -> pl.Expr:
    """Whether a raw cell may have more digits after the mark than are kept."""
    return cell.str.len_bytes() > MONEY_DIGITS + 2


def rounded(cell: pl.Expr, reading: Reading) -> pl.Expr:
    """Whether a raw cell has more digits after the mark than are kept."""
    mark = "," if reading.decimal == "," else r"\."
    return cell.str.contains(rf"{mark}\d{{{MONEY_DIGITS}}}\d*[1-9]")


def _mapped(text: pl.Expr, reading: Reading) -> pl.Expr:
    """What cells are mapped to; the config holds no word that its column does not list."""
    values = dict(reading.values or {})
    if reading.pass_:
        is_enum = reading.column.type is Type.ENUM
        return _replaced(text, values, _listed(text, reading.column) if is_enum else text)
    mapped = _replaced(text, values)
    if reading.other is None:
        return mapped
    return _filled(text, mapped, reading.other)


def _filled(text: pl.Expr, found: pl.Expr, otherwise: str) -> pl.Expr:
    """What was found, or a word for cells that are filled and were not."""
    return pl.when(text.is_not_null()).then(found.fill_null(otherwise))


def _listed(text: pl.Expr, column: Column) -> pl.Expr:
    known = {value.lower(): value for value in column.values}
    return _replaced(text.str.to_lowercase(), known)


def _spelled(text: pl.Expr, column: Column, *, patient: bool) -> pl.Expr:
    """Words that are known in their own spelling, whatever the case and the signs of a cell.

    Without patience what is spelled otherwise is left unread: looking at cells letter by letter
    takes twenty times as long as comparing them.
    """
    if not column.known:
        return text
    if not patient:
        return once(text, lambda text: pl.when(text.is_in(column.known)).then(text))

    def known(text: pl.Expr) -> pl.Expr:
        other = pl.when(~text.is_in(column.known)).then(text)
        plain = other.str.to_lowercase().str.replace_all(NO_LETTERS, "")
        return pl.coalesce(_replaced(plain, {letters(word): word for word in column.known}), text)

    return once(text, known)


def _replaced(text: pl.Expr, values: Mapping[str, str], others: pl.Expr = _NOTHING) -> pl.Expr:
    """Map cells one by one.

    `replace_strict` maps a whole column at once, and all other columns wait for it in memory.
    """
    if len(values) > _MANY:
        found = text.replace_strict(values, default=None, return_dtype=pl.String)
        return pl.coalesce(found, others)
    cells: dict[str, list[str]] = {}
    for cell, value in values.items():
        cells.setdefault(value, []).append(cell)

    def replaced(text: pl.Expr) -> pl.Expr:
        found = _NOTHING
        for value, alike in cells.items():
            found = pl.when(text.is_in(alike)).then(pl.lit(value)).otherwise(found)
        return found

    found = once(text, replaced)
    return found if others is _NOTHING else pl.coalesce(found, others)


def _number(text: pl.Expr, reading: Reading, *, patient: bool) -> pl.Expr:
    if not patient:
        return _plain_number(text, reading)

    # Signs are looked for only where the digits alone are no number: it takes fifty times as long.
    def with_signs(text: pl.Expr) -> pl.Expr:
        both = pl.struct(text=text, number=_plain_number(text, reading))
        left = pl.when(pl.field("number").is_null()).then(pl.field("text"))
        signed = _plain_number(bare(left), reading)
        return of_parts(both, pl.coalesce(pl.field("number"), signed))

    return once(text, with_signs)


def _plain_number(text: pl.Expr, reading: Reading) -> pl.Expr:
    return _with_point(text, reading).str.to_decimal(scale=MONEY_DIGITS)


def size(text: pl.Expr, reading: Reading) -> pl.Expr:
    """How large a number is, roughly: what is too large to be read has a size as well."""
    sizes = [_with_point(one, reading).cast(pl.Float64, strict=False) for one in (text, bare(text))]
    factor = reading.scale if reading.scale is not None else _FACTORS.get(reading.unit, Decimal(1))
    return pl.coalesce(sizes) * float(factor)


def _with_point(text: pl.Expr, reading: Reading) -> pl.Expr:
    """A number without marks between thousands, with a point before its decimals."""
    if reading.thousands is not None:
        # A mark that parts no thousands is another mark: 12,50 is not 1250.
        grouped = grouping(reading.thousands, reading.decimal)
        text = once(text, lambda text: pl.when(text.str.contains(grouped)).then(text))
        text = text.str.replace_all(reading.thousands, "", literal=True)
        if reading.thousands.isspace():
            text = text.str.replace_all(r"\s", "")
    if reading.decimal == ",":
        # A point would read as a decimal mark; where the comma is one, it is neither.
        text = once(text, _pointed)
    return text


def _pointed(text: pl.Expr) -> pl.Expr:
    pointed = text.str.replace(",", ".", literal=True)
    return pl.when(~text.str.contains(".", literal=True)).then(pointed)


def _sized(number: pl.Expr, reading: Reading) -> pl.Expr:
    if reading.scale is not None:
        return _times(number, reading.scale, LARGEST).cast(MONEY)
    return _within(number, LARGEST)


def _times(number: pl.Expr, factor: Decimal, largest: int) -> pl.Expr:
    """Multiply numbers; null where the result is too large: decimals fail where they overflow."""
    most = min(Decimal(LARGEST), largest / abs(factor)) if factor else Decimal(LARGEST)
    small = _within(number, int(most))
    return small.cast(_FINE) * pl.lit(factor, dtype=_FINE)


def _within(number: pl.Expr, largest: int) -> pl.Expr:
    return once(number, lambda number: pl.when(number.abs() <= largest).then(number))
