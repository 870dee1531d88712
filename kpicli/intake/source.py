"""Reads the files of a source: raw cells become canonical frames, and ledgers account for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from kpicli.config import TimeUnit
from kpicli.intake import suspects
from kpicli.intake.exports import Export, File, condition
from kpicli.intake.folding import folded, order_of, with_order
from kpicli.intake.ledger import Note
from kpicli.intake.lookups import looked_up
from kpicli.intake.mapping import Mapped, path_of
from kpicli.intake.pieces import Piece, completed
from kpicli.intake.values import cells, currencies, guesses, instants, judge, reasons, widening
from kpicli.intake.values.casting import blame
from kpicli.intake.values.cells import Reading
from kpicli.intake.values.judge import PLACE, WHY, Parsed, unread
from kpicli.intake.values.readings import canonical, declared
from kpicli.model import Type
from kpicli.model.types import MONEY_DIGITS


def read(export: Export) -> list[pl.DataFrame]:
    """Return one frame per file: the columns in demand and PLACE; refused rows are gone.

    Words of columns that list them are held as numbers (pl.Enum). Rows are folded and completed by
    lookups where the source says so.

    Raises:
        InputError: a format cannot be told, a bad value must fail, a cell does not fit a cast, or a
            key stands twice where it is looked up.
    """
    pieces = _pieces(export)
    for lookup in export.lookups:
        pieces = looked_up(export, lookup, pieces, _pieces(lookup))
    late = export.late
    frames = (completed(export, piece) if late else piece.frame for piece in pieces)
    return [_narrow(export, frame) for frame in frames]


def _narrow(export: Export, frame: pl.DataFrame) -> pl.DataFrame:
    """Hold words of a list as numbers: they take one byte instead of sixteen."""
    return frame.with_columns(
        pl.col(name).cast(pl.Enum(column.words))
        for name, column in export.table.columns.items()
        if column.type is Type.ENUM and name in frame.columns
    )


def _pieces(export: Export) -> list[Piece]:
    """Return the sound rows of every file, folded where the source says so."""
    raws = [_filtered(export, file) for file in export.files]
    try:
        pieces = _parsed(export, raws)
    except pl.exceptions.PolarsError as error:
        blame(export, raws, error)
        raise
    fold = export.source.fold
    return pieces if fold is None else folded(export, fold, pieces)


def _parsed(export: Export, raws: Sequence[pl.LazyFrame]) -> list[Piece]:
    """Settle how the columns of an export are written, and read its files."""
    order = order_of(export)
    readings = {
        column.name: declared(export, column, order)
        for file in export.files
        for column in file.columns
    }

    heads = [file.rows(file.text.head(PLACE)) for file in export.files]

    def cell(frame: pl.LazyFrame, file: File, name: str) -> pl.LazyFrame:
        found = [_cell(export, file, other) for other in file.columns if other.name == name]
        return frame.select(cell=found[0] if found else pl.lit(None, dtype=pl.String))

    guessable = {
        column.name: guesses.Column(
            name=column.name.strip("_"),
            header=column.headers[0] if column.headers else column.name,
            where=export.where(*path_of(export.source, column.name)),
            heads=[cell(h, f, column.name) for h, f in zip(heads, export.files, strict=True)],
            frames=[cell(r, f, column.name) for r, f in zip(raws, export.files, strict=True)],
        )
        for column in {
            c.name: c for file in export.files for c in file.columns if c.places
        }.values()
    }
    readings, notes = guesses.settle(guessable, readings, export.source.decimal)
    pieces = []
    for file, raw in zip(export.files, raws, strict=True):
        pieces.append(_read_file(export, file, raw, readings))
        file.ledger.note([*file.text.notes, *notes])
        notes = []
    return pieces


def _cell(export: Export, file: File, column: Mapped) -> pl.Expr:
    is_text = canonical(export, column.name).type.is_text
    return file.raw(column, export.name, is_text=is_text)


def _filtered(export: Export, file: File) -> pl.LazyFrame:
    """Return the raw rows for which the source's `where` holds, with PLACE."""
    raw = file.rows(file.text.scan(PLACE))
    where = export.source.where
    return raw if where is None else raw.filter(condition(where))


def _read_file(
    export: Export, file: File, raw: pl.LazyFrame, readings: Mapping[str, Reading]
) -> Piece:
    columns = {column.name: _cell(export, file, column) for column in file.columns}
    frame = _quickly(raw, columns, readings, file)
    learned: Mapping[str, Reading] = {}
    missed = [
        name
        for name in columns
        if frame[unread(name)].any() or widening.doubtful(frame[name], readings[name])
    ]
    if missed:
        slow, learned, notes = _slowly(
            export, raw, {name: columns[name] for name in missed}, readings, file
        )
        frame = frame.with_columns(slow.drop(PLACE).get_columns())
        file.ledger.note(notes)
        currencies.tell(export, file, raw, columns, readings, missed)
    ledger = file.ledger
    ledger.note(_without_hours(file, raw, columns, readings))
    ledger.read = file.text.rows + len(file.text.rejects)
    ledger.filtered = file.text.rows - frame.height
    ledger.blank = file.text.blank
    ledger.refuse_lines(file.text.rejects)
    long = {n: columns[n] for n in columns if _long(n) in frame.columns and frame[_long(n)].any()}
    if long:
        ledger.note(_rounded(file, raw, long, readings))
    parsed = Parsed(
        frame=frame,
        columns={column.name: column for column in file.columns},
        readings=readings,
        cells_at=lambda name, places: _cells_at(file, raw, columns[name], places),
        why=lambda name, places: _why(file, raw, columns[name], readings[name], places),
        line_of=file.text.line_of,
        later=export.late,
    )
    sound = judge.judged(parsed, ledger, export.config.written.intake)
    suspects.tell(export, file, sound, {**readings, **learned})
    return Piece(file=file, parsed=parsed, frame=with_order(export, sound))


def _quickly(
    raw: pl.LazyFrame, columns: Mapping[str, pl.Expr], readings: Mapping[str, Reading], file: File
) -> pl.DataFrame:
    """Return PLACE and the parsed columns; per column whether a filled cell was left unread.

    Decimals also tell which cells are long enough to have more digits than are kept.
    """
    chosen = [pl.col(PLACE)]
    for name, cell in columns.items():
        reading = readings[name]
        filled = cells.filled(cell, reading) if reading.nulls else cell.str.len_bytes() > 0
        chosen += [cells.quick(cell, readings[name]).alias(name), filled.alias(unread(name))]
        if readings[name].column.type in {Type.MONEY, Type.NUMBER}:
            chosen.append(cells.long(cell).fill_null(value=False).alias(_long(name)))
    return _with_missed(raw.select(chosen), columns, file)


def _carefully(
    raw: pl.LazyFrame, columns: Mapping[str, pl.Expr], readings: Mapping[str, Reading], file: File
) -> pl.DataFrame:
    """Return what `_quickly` does, read with all patience."""
    chosen = [pl.col(PLACE)]
    for name, cell in columns.items():
        filled = cells.filled(cell, readings[name])
        chosen += [cells.careful(cell, readings[name]).alias(name), filled.alias(unread(name))]
    return _with_missed(raw.select(chosen), columns, file)


def _with_missed(parsed: pl.LazyFrame, columns: Iterable[str], file: File) -> pl.DataFrame:
    """Turn "filled" into "filled and not read"; a step of its own, or cells are parsed twice."""
    missed = [
        (pl.col(unread(name)) & pl.col(name).is_null()).fill_null(value=False).alias(unread(name))
        for name in columns
    ]
    return file.text.collect(parsed.with_columns(missed))[0]


def _long(name: str) -> str:
    return f"#{name}"


def _slowly(
    export: Export,
    raw: pl.LazyFrame,
    columns: Mapping[str, pl.Expr],
    readings: Mapping[str, Reading],
    file: File,
) -> tuple[pl.DataFrame, Mapping[str, Reading], list[Note]]:
    """Read columns again with all patience; a guess learns from what it misses, and is returned."""
    frame = _carefully(raw, columns, readings, file)
    learned: dict[str, Reading] = {}
    notes: list[Note] = []
    of = {column.name: column for column in file.columns}
    for name, cell in columns.items():
        if of[name].spec.format is not None or not of[name].places:
            continue
        column = guesses.Column(
            name=name.strip("_"),
            header=of[name].headers[0] if of[name].headers else name,
            where=export.where(*path_of(export.source, name)),
            heads=(),
            frames=[raw.select(cell=cell)],
        )
        places = frame.lazy().filter(pl.col(unread(name))).select(PLACE)
        missed = raw.select(PLACE, cell=cell).join(places, on=PLACE, how="semi").select("cell")
        decimal = of[name].spec.decimal or export.source.decimal
        reading, note = widening.widened(column, readings[name], missed, decimal)
        if reading != readings[name]:
            learned[name] = reading
            notes += [note] if note else []
    if not learned:
        return frame, learned, notes
    again = _carefully(raw, {name: columns[name] for name in learned}, learned, file)
    return frame.with_columns(again.drop(PLACE).get_columns()), learned, notes


def _cells_at(
    file: File, raw: pl.LazyFrame, cell: pl.Expr, places: Sequence[int]
) -> dict[int, str | None]:
    """Return the raw text of a column at some places, in their order."""
    if not places:
        return {}
    wanted = pl.lit(pl.Series(places, dtype=pl.UInt32)).implode()
    rows = raw.filter(pl.col(PLACE).is_in(wanted)).select(
        PLACE, cell.str.strip_chars().alias("cell")
    )
    return dict(sorted(file.text.collect(rows)[0].iter_rows()))


def _why(
    file: File, raw: pl.LazyFrame, cell: pl.Expr, reading: Reading, places: pl.Series
) -> pl.DataFrame:
    """Return why the cells of a column at some places cannot be read."""
    rows = raw.filter(pl.col(PLACE).is_in(places.implode()))
    return file.text.collect(rows.select(PLACE, reasons.why(cell, reading).alias(WHY)))[0]


def _rounded(
    file: File, raw: pl.LazyFrame, columns: Mapping[str, pl.Expr], readings: Mapping[str, Reading]
) -> list[Note]:
    """Tell how many numbers have more digits than are kept."""
    hits = [cells.rounded(cell, readings[name]).sum().alias(name) for name, cell in columns.items()]
    counts = file.text.collect(raw.select(hits))[0].row(0, named=True)
    return [
        Note(what=f"{name}: {count} numbers rounded", evidence=f"more than {MONEY_DIGITS} digits")
        for name, count in counts.items()
        if count
    ]


def _without_hours(
    file: File, raw: pl.LazyFrame, columns: Mapping[str, pl.Expr], readings: Mapping[str, Reading]
) -> list[Note]:
    """Tell how many durations have two parts: a spreadsheet may have meant hours and minutes."""
    hms = [c for c in file.columns if readings[c.name].unit is TimeUnit.HMS]
    if not hms:
        return []
    hits = [
        instants.without_hours(cells.trimmed(columns[column.name])).sum().alias(column.name)
        for column in hms
    ]
    counts = file.text.collect(raw.select(hits))[0].row(0, named=True)
    return [
        Note(
            what=f"{column.shown}: durations of two parts, such as 1:30: {counts[column.name]:,}",
            evidence="read as minutes and seconds",
        )
        for column in hms
        if counts[column.name]
    ]
