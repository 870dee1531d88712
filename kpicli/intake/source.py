"""Reads the files of a source: raw cells become canonical frames, and ledgers account for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from kpicli.config import ColumnSpec, TimeUnit
from kpicli.errors import ConfigError, Problem
from kpicli.intake import cells, guesses, judge, widening
from kpicli.intake.cells import Reading
from kpicli.intake.exports import Export, File
from kpicli.intake.judge import PLACE, Parsed, unread
from kpicli.intake.ledger import Note
from kpicli.intake.mapping import Mapped
from kpicli.model import Column, Type
from kpicli.model.types import MONEY_DIGITS

_KEPT = Column(type=Type.TEXT, meaning="a kept column")


def read(export: Export) -> list[pl.DataFrame]:
    """Return one frame per file: the columns in demand and PLACE; refused rows are gone.

    Raises:
        InputError: a format cannot be told, or a bad value must fail.
        ConfigError: `where` does not fit the cells, which are text.
    """
    readings = {
        column.name: _reading(export, column) for file in export.files for column in file.columns
    }
    raws = [_filtered(export, file) for file in export.files]

    def cell(frame: pl.LazyFrame, file: File, name: str) -> pl.LazyFrame:
        found = [file.raw(other, export.name) for other in file.columns if other.name == name]
        return frame.select(cell=found[0] if found else pl.lit(None, dtype=pl.String))

    guessable = {
        column.name: guesses.Column(
            name=column.name,
            header=column.headers[0],
            source=export.name,
            heads=[cell(file.text.head(PLACE), file, column.name) for file in export.files],
            frames=[cell(r, file, column.name) for r, file in zip(raws, export.files, strict=True)],
        )
        for file in export.files
        for column in file.columns
        if column.headers
    }
    readings, notes = guesses.settle(guessable, readings, export.source.decimal)
    frames = []
    for file, raw in zip(export.files, raws, strict=True):
        frames.append(_read_file(export, file, raw, readings))
        file.ledger.notes += [*file.text.notes, *notes]
        notes = []
    return frames


def _reading(export: Export, column: Mapped) -> Reading:
    """Return what the config declares of a column; the decimal mark is '' where it does not."""
    spec, source, written = column.spec, export.source, export.config.written
    canonical = export.table.columns.get(column.name, _KEPT)
    formats = spec.format or ()
    if spec.const is not None and canonical.type.is_time:
        formats = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
    decimal = spec.decimal or source.decimal or ("." if spec.const is not None else "")
    return Reading(
        column=canonical,
        formats=formats,
        decimal=decimal,
        thousands=spec.thousands or source.thousands,
        values=_values(spec),
        other=None if spec.other is None else str(spec.other),
        pass_=spec.pass_,
        unit=spec.unit or TimeUnit.SECONDS,
        scale=spec.scale,
        nulls=source.nulls,
        zone=source.timezone or written.timezone,
        report_zone=written.timezone,
    )


def _values(spec: ColumnSpec) -> dict[str, str] | None:
    if spec.values is None:
        return None
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in spec.values.items()
    }


def _filtered(export: Export, file: File) -> pl.LazyFrame:
    """Return the raw rows for which the source's `where` holds, with PLACE."""
    raw = file.text.scan(PLACE)
    where = export.source.where
    if where is None:
        return raw
    from kpicli.language.gate import admitted, names_of  # noqa: PLC0415 (a parser, for a user's text)

    places = {name: place for place, name in enumerate(file.names)}
    read = names_of(where)
    nulls = export.source.nulls
    text = [cells.trimmed(pl.col(f"c{places[name]}"), nulls).alias(f"h:{name}") for name in read]
    condition = pl.sql_expr(admitted(where, rename=lambda name: f"h:{name}"))
    try:
        return raw.with_columns(text).filter(condition)
    except pl.exceptions.PolarsError as error:
        place = export.config.where("sources", export.name, "where")
        raise ConfigError(problems=[Problem(where=place, message=str(error))]) from None


def _read_file(
    export: Export, file: File, raw: pl.LazyFrame, readings: Mapping[str, Reading]
) -> pl.DataFrame:
    columns = {column.name: file.raw(column, export.name) for column in file.columns}
    frame = _quickly(raw, columns, readings)
    missed = [
        name
        for name in columns
        if frame[unread(name)].any() or widening.doubtful(frame[name], readings[name])
    ]
    if missed:
        slow, notes = _slowly(export, raw, {name: columns[name] for name in missed}, readings, file)
        frame = frame.with_columns(slow.drop(PLACE).get_columns())
        file.ledger.notes += notes
    ledger = file.ledger
    ledger.read = file.text.rows + len(file.text.rejects)
    ledger.filtered = file.text.rows - frame.height
    ledger.blank = file.text.blank
    ledger.refuse_lines(file.text.rejects)
    long = {n: columns[n] for n in columns if _long(n) in frame.columns and frame[_long(n)].any()}
    if long:
        ledger.notes += _rounded(raw, long, readings)
    parsed = Parsed(
        frame=frame,
        columns={column.name: column for column in file.columns},
        readings=readings,
        cells_at=lambda name, places: _cells_at(raw, columns[name], places),
        line_of=file.text.line_of,
    )
    return judge.judged(parsed, ledger, export.config.written.intake)


def _quickly(
    raw: pl.LazyFrame, columns: Mapping[str, pl.Expr], readings: Mapping[str, Reading]
) -> pl.DataFrame:
    """Return PLACE and the parsed columns; per column whether a filled cell was left unread.

    Decimals also tell which cells are long enough to have more digits than are kept.
    """
    chosen = [pl.col(PLACE)]
    for name, cell in columns.items():
        filled = cell.str.len_bytes() > 0
        chosen += [cells.quick(cell, readings[name]).alias(name), filled.alias(unread(name))]
        if readings[name].column.type in {Type.MONEY, Type.NUMBER}:
            chosen.append(cells.long(cell).fill_null(value=False).alias(_long(name)))
    return _with_missed(raw.select(chosen), columns)


def _carefully(
    raw: pl.LazyFrame, columns: Mapping[str, pl.Expr], readings: Mapping[str, Reading]
) -> pl.DataFrame:
    """Return what `_quickly` does, read with all patience."""
    chosen = [pl.col(PLACE)]
    for name, cell in columns.items():
        filled = cells.filled(cell, readings[name])
        chosen += [cells.careful(cell, readings[name]).alias(name), filled.alias(unread(name))]
    return _with_missed(raw.select(chosen), columns)


def _with_missed(parsed: pl.LazyFrame, columns: Iterable[str]) -> pl.DataFrame:
    """Turn "filled" into "filled and not read"; a step of its own, or cells are parsed twice."""
    missed = [
        (pl.col(unread(name)) & pl.col(name).is_null()).fill_null(value=False).alias(unread(name))
        for name in columns
    ]
    return parsed.with_columns(missed).collect(engine="streaming")


def _long(name: str) -> str:
    return f"#{name}"


def _slowly(
    export: Export,
    raw: pl.LazyFrame,
    columns: Mapping[str, pl.Expr],
    readings: Mapping[str, Reading],
    file: File,
) -> tuple[pl.DataFrame, list[Note]]:
    """Read columns again with all patience; a guess learns from what it misses."""
    frame = _carefully(raw, columns, readings)
    learned: dict[str, Reading] = {}
    notes: list[Note] = []
    headers = {column.name: column.headers for column in file.columns}
    for name, cell in columns.items():
        spec = export.source.columns.get(name)
        declared = spec is not None and spec.format is not None
        if declared or not headers[name]:
            continue
        column = guesses.Column(
            name=name,
            header=headers[name][0],
            source=export.name,
            heads=(),
            frames=[raw.select(cell=cell)],
        )
        places = frame.lazy().filter(pl.col(unread(name))).select(PLACE)
        missed = raw.select(PLACE, cell=cell).join(places, on=PLACE, how="semi").select("cell")
        reading, note = widening.widened(column, readings[name], missed)
        if reading != readings[name]:
            learned[name] = reading
            notes += [note] if note else []
    if not learned:
        return frame, notes
    again = _carefully(raw, {name: columns[name] for name in learned}, learned)
    return frame.with_columns(again.drop(PLACE).get_columns()), notes


def _cells_at(raw: pl.LazyFrame, cell: pl.Expr, places: Sequence[int]) -> dict[int, str | None]:
    """Return the raw text of a column at some places, in their order."""
    if not places:
        return {}
    wanted = pl.lit(pl.Series(places, dtype=pl.UInt32)).implode()
    rows = raw.filter(pl.col(PLACE).is_in(wanted)).select(
        PLACE, cell.str.strip_chars().alias("cell")
    )
    return dict(sorted(rows.collect(engine="streaming").iter_rows()))


def _rounded(
    raw: pl.LazyFrame, columns: Mapping[str, pl.Expr], readings: Mapping[str, Reading]
) -> list[Note]:
    """Tell how many numbers have more digits than are kept."""
    hits = [cells.rounded(cell, readings[name]).sum().alias(name) for name, cell in columns.items()]
    counts = raw.select(hits).collect(engine="streaming").row(0, named=True)
    return [
        Note(what=f"{name}: {count} numbers rounded", evidence=f"more than {MONEY_DIGITS} digits")
        for name, count in counts.items()
        if count
    ]
