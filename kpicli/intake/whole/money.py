"""Money: one report has one currency (definitions, rule R9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from kpicli.config import Written
from kpicli.errors import InputError
from kpicli.intake.values.cells import MONEY
from kpicli.model import Table, Type
from kpicli.text import first_few

_RATE = pl.Decimal(38, 12)
_SHOWN = 8  # currencies; more are none


def in_one_currency(frame: pl.DataFrame, table: Table, written: Written) -> pl.DataFrame:
    """Return `frame` with all its money in the currency of the report.

    Amounts in another currency are worth what the last rate of `fx` up to their day says.

    Raises:
        InputError: amounts are in a currency, or of a day, for which there is no rate.
    """
    if "currency" not in frame.columns:
        return frame
    code = pl.col("currency").str.to_uppercase()
    found = frame.select(code.drop_nulls().unique().sort()).to_series().to_list()
    own = written.currency.upper() if written.currency else None
    foreign = [name for name in found if name != (own or found[0])]
    if not foreign:
        return frame
    rates = {name.upper(): by_day for name, by_day in written.fx.items()}
    if own is None or not rates.keys() >= {*foreign}:
        listed = first_few(found, _SHOWN)
        said = f", and the config says {written.currency}" if own else ""
        hint = "take one currency with where:, or set currency: and give rates in fx:"
        words = [name for name in frame["currency"].unique().drop_nulls() if not is_code(name)]
        if words:
            hint = (
                f"write at its column currency which codes its words stand for: values: "
                f'{{"{min(words)}": CODE}}'
            )
        raise InputError(f"{table.name}: amounts are in {listed}{said}", hint=hint)
    rows = frame.with_row_index("__n").with_columns(
        __code=code, __day=pl.col(table.events[0]).dt.date()
    )
    known = pl.DataFrame(
        [(name, day, str(rate)) for name in foreign for day, rate in sorted(rates[name].items())],
        schema={"__code": pl.String, "__day": pl.Date, "__rate": pl.String},
        orient="row",
    ).with_columns(pl.col("__rate").cast(_RATE))
    joined = rows.sort("__day").join_asof(
        known.sort("__day"), on="__day", by="__code", strategy="backward", check_sortedness=False
    )
    _check(joined, table, foreign, rates)
    worth = [
        pl.when(pl.col("__rate").is_null())
        .then(pl.col(name))
        .otherwise((pl.col(name).cast(_RATE) * pl.col("__rate")).cast(MONEY))
        .alias(name)
        for name, column in table.columns.items()
        if column.type is Type.MONEY and name in frame.columns
    ]
    converted = joined.sort("__n").with_columns(*worth, pl.lit(own).alias("currency"))
    return converted.select(frame.columns)


def is_code(word: str) -> bool:
    """Whether a word is written as a currency's code of three letters, in any case."""
    return len(word) == 3 and word.isascii() and word.isalpha()  # noqa: PLR2004 (three letters)


def _check(
    joined: pl.DataFrame,
    table: Table,
    foreign: list[str],
    rates: Mapping[str, Mapping[dt.date, object]],
) -> None:
    early = joined.filter(pl.col("__code").is_in(foreign) & pl.col("__rate").is_null())
    if early.is_empty():
        return
    code, day = early.sort("__day").select("__code", "__day").row(0)
    raise InputError(
        f"{table.name}: an amount in {code} is of {day}, and fx begins with {min(rates[code])}",
        hint=f"give a rate of {code} for that day or before",
    )
