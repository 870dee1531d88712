"""Tells which signs were left out of numbers, and whether they fit the currency of the amounts."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import polars as pl

from kpicli.config import Source
from kpicli.errors import InputError, Problem
from kpicli.intake.exports import Export, File
from kpicli.intake.ledger import Note
from kpicli.intake.values import signs
from kpicli.intake.values.cells import Reading, careful, trimmed
from kpicli.model import Type

_CURRENCY = "currency"


def tell(
    export: Export,
    file: File,
    raw: pl.LazyFrame,
    columns: Mapping[str, pl.Expr],
    readings: Mapping[str, Reading],
    patiently: Container[str],
) -> None:
    """Tell the signs in the columns that were read `patiently`; `columns` are all cells by name.

    Raises:
        InputError: amounts bear signs of several currencies, and no column says which is whose.
    """
    code = pl.lit(export.config.written.currency, dtype=pl.String)
    by_row = _CURRENCY in columns
    if by_row:
        code = careful(columns[_CURRENCY], readings[_CURRENCY])
    for column in file.columns:
        name, reading = column.name, readings[column.name]
        if name not in patiently or not reading.column.type.is_number or reading.values:
            continue
        sign = signs.sign(trimmed(columns[name], reading.nulls))
        pairs = raw.select(sign=sign, code=code.str.to_uppercase()).drop_nulls("sign")
        found = pairs.group_by("sign", "code").len().sort("sign", "code")
        seen = found.collect(engine="streaming").rows()
        if not seen:
            continue
        counts: dict[str, int] = {}
        for one, _, number in seen:
            counts[one] = counts.get(one, 0) + number
        header = column.shown
        listed = ", ".join(f"{one} {number:,}" for one, number in counts.items())
        note = Note(what=f"{header}: signs left out of numbers", evidence=listed)
        file.ledger.note([note])
        if reading.column.type is Type.MONEY and not _is_brought(export):
            _judge(export, file, header, seen, counts, by_row=by_row)


def _is_brought(export: Export) -> bool:
    """Whether a lookup says in which currency the amounts are."""
    return isinstance(export.source, Source) and _CURRENCY in export.source.brought


def _judge(
    export: Export,
    file: File,
    header: str,
    seen: list[tuple[str, str | None, int]],
    counts: Mapping[str, int],
    *,
    by_row: bool,
) -> None:
    """Refuse signs of several currencies that nothing tells apart; tell those that do not fit."""
    monies = [one for one in counts if signs.currencies(one)]
    if len(monies) > 1 and not by_row and not signs.shared(monies):
        cases, others = _told_apart(header, monies, export.config.written.currency)
        raise InputError(
            problems=[
                Problem(
                    where=file.ledger.file,
                    message=f"amounts of '{header}' bear signs of several currencies: "
                    f"{', '.join(monies)}",
                    hint=f'say which row is in which: currency: {{expr: "case {cases} else '
                    f"'{others}' end\"}}",
                )
            ]
        )
    for one, code, number in seen:
        fitting = signs.currencies(one)
        if code is not None and fitting and code not in fitting:
            whose = "the currency of its row" if by_row else "currency: in the config"
            export.warnings.append(
                f"{file.ledger.file}: amounts of '{header}' with the sign {one}: {number:,}; "
                f"{whose} is {code}"
            )


def _told_apart(header: str, monies: Sequence[str], others: str | None) -> tuple[str, str]:
    """Return the cases of SQL that tell rows apart by their signs, and the currency of all others.

    Where none is said for `others`, it is that of the last sign.
    """
    # The longer first: R$ holds $ as well.
    codes = {one: signs.likeliest(one) for one in sorted(monies, key=lambda one: (-len(one), one))}
    last = others or [*codes.values()][-1]
    name = header.replace('"', r"\"\"")
    cell = rf"upper(\"{name}\")"
    cases = " ".join(
        f"when {cell} like '%{one}%' then '{code}'" for one, code in codes.items() if code != last
    )
    return cases, last
