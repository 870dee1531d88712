"""Parses dates, times and durations."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from kpicli.config.columns import NUMBERS_AS_TIMES
from kpicli.intake.values import months
from kpicli.intake.values.binding import of_parts, once
from kpicli.intake.values.zones import tells_zone
from kpicli.model import Type
from kpicli.periods.reach import EARLIEST

if TYPE_CHECKING:
    from kpicli.intake.values.cells import Reading

# `%Y` reads a year of two digits as one of the first century.
_FIRST_DAY = pl.lit(EARLIEST)
_FIRST_TIME = pl.lit(dt.datetime.combine(EARLIEST, dt.time()), dtype=pl.Datetime("us"))
# What is later means never: another zone may be in the year 10000 by then.
_LAST_TIME = pl.lit(dt.datetime(9999, 12, 31), dtype=pl.Datetime("us"))  # noqa: DTZ001
_EXCEL_FIRST, _EXCEL_LAST = 61, 2_958_465  # days
_LONGEST = 200  # bytes of a duration; to look through megabytes takes minutes
_EXCEL_1970 = 25_569
_LAST_MICRO = 253_402_214_400_000_000  # the last day of the year 9999


def read(text: pl.Expr, reading: Reading, formats: tuple[str, ...]) -> pl.Expr:
    """Parse dates and times.

    A wall time that does not exist is null; of one that occurs twice it is the first.
    """
    found = [_one_format(text, reading, form) for form in formats]
    if not found:
        return pl.lit(None, dtype=reading.dtype)
    return found[0] if len(found) == 1 else pl.coalesce(found)


def _one_format(text: pl.Expr, reading: Reading, form: str) -> pl.Expr:
    as_date = reading.column.type is Type.DATE
    if form in NUMBERS_AS_TIMES:
        return _counted(text, reading, form)
    if months.are_named(form):
        text, form = months.read_in_english(text), months.in_english(form)
    if tells_zone(form):
        instant = text.str.to_datetime(
            form, strict=False, time_unit="us", time_zone="UTC", cache=_repeats(form)
        )
        instant = _bounded(instant.dt.replace_time_zone(None)).dt.replace_time_zone("UTC")
        local = instant.dt.convert_time_zone(reading.report_zone)
        return local.dt.date() if as_date else local
    if not _has_time(form):
        day = text.str.to_date(form, strict=False)
        day = once(day, lambda day: pl.when(day >= _FIRST_DAY).then(day))
        if as_date:
            return day
        naive = day.cast(pl.Datetime("us"))
    else:
        naive = _bounded(
            text.str.to_datetime(form, strict=False, time_unit="us", cache=_repeats(form))
        )
    return _zoned(naive, reading)


def _bounded(naive: pl.Expr) -> pl.Expr:
    return once(
        naive,
        lambda naive: (
            pl.when(naive.is_between(_FIRST_TIME, _LAST_TIME))
            .then(naive)
            .when(naive > _LAST_TIME)
            .then(_LAST_TIME)
        ),
    )


def _counted(text: pl.Expr, reading: Reading, form: str) -> pl.Expr:
    """Read times that are written as numbers.

    `unix` and `unix_ms` count seconds and milliseconds since 1970 in UTC. `excel` counts days of
    the wall clock, from March 1900 on: before it a spreadsheet knows a day that never was. Its
    fractions are noisy, and are rounded to milliseconds.
    """
    number = text.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    if form == "excel":
        number = pl.when(number.is_between(_EXCEL_FIRST, _EXCEL_LAST)).then(number)
        since = ((number - _EXCEL_1970) * 86_400_000).round()
        naive = since.cast(pl.Int64).cast(pl.Datetime("ms")).cast(pl.Datetime("us"))
        return _zoned(naive, reading)
    micros = (number * (1_000 if form == "unix_ms" else 1_000_000)).round()
    instant = pl.when(micros.is_between(0, _LAST_MICRO)).then(micros).cast(pl.Int64)
    local = instant.cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(reading.report_zone)
    return local.dt.date() if reading.column.type is Type.DATE else local


def _zoned(naive: pl.Expr, reading: Reading) -> pl.Expr:
    """Turn wall times of the source into instants in the zone of the report."""
    zoned = naive.dt.replace_time_zone(reading.zone, ambiguous="earliest", non_existent="null")
    if reading.zone != reading.report_zone:
        zoned = zoned.dt.convert_time_zone(reading.report_zone)
    return zoned.dt.date() if reading.column.type is Type.DATE else zoned


def _has_time(form: str) -> bool:
    return any(mark in form for mark in ("%H", "%I", "%T", "%R", "%X", "%c"))


def _repeats(form: str) -> bool:
    """Whether cells are likely to be alike: to look others up takes half as long again."""
    return not any(mark in form for mark in ("%S", "%T", "%X", "%c", "%f", "%."))


def hms(text: pl.Expr) -> pl.Expr:
    """Read 1:30:00 (hours may exceed 23), 90:00, 01:30:00.5 or 2 days 03:00:00 as whole seconds."""
    short = once(text, lambda text: pl.when(text.str.len_bytes() <= _LONGEST).then(text))
    parts = short.str.extract_groups(
        r"^(-)?(?:(\d{1,9}) ?(?:d|days?|д|дн|дней|день|дня)[.,]? ?)?"
        r"(?:(?:(\d{1,12}):)?([0-5]?\d)|(\d{1,12})):([0-5]?\d)(?:[.,]\d+)?$"
    )
    days, hours, minutes, many, seconds = (
        pl.field(name).cast(pl.Int64, strict=False) for name in ("2", "3", "4", "5", "6")
    )
    whole = days.fill_null(0) * 86_400 + hours.fill_null(0) * 3600 + seconds
    whole += pl.coalesce(minutes, many) * 60
    return of_parts(parts, whole * pl.when(pl.field("1").is_null()).then(1).otherwise(-1))


def without_hours(text: pl.Expr) -> pl.Expr:
    """Whether a duration has two parts: minutes and seconds, as `hms` reads it."""
    return text.str.contains(r"^-?\d+:\d{1,2}(?:[.,]\d+)?$")
