"""Folds: one row per key, where an export has lines, events or snapshots of a thing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl
from msgspec.structs import replace

from kpicli.config import Fold
from kpicli.errors import InputError, Problem
from kpicli.intake.exports import Export
from kpicli.intake.ledger import Note
from kpicli.intake.mapping import ORDER
from kpicli.intake.pieces import Piece
from kpicli.intake.values.cells import trimmed
from kpicli.intake.values.formats import guess_dates
from kpicli.intake.values.judge import PLACE
from kpicli.model import Type

_PIECE, _NUMBER, _ALONE = "__piece", "__number", "__alone"
_SAMPLE = 100
_CURRENCY = "currency"


def folded(export: Export, fold: Fold, pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with one row per key; the ledgers count the rows that went into another.

    A folded row stands where its last line stands. Files that are folded together leave it in the
    file of that line.
    """
    frames = [
        piece.frame.with_columns(pl.lit(number, dtype=pl.UInt32).alias(_PIECE))
        for number, piece in enumerate(pieces)
    ]
    if fold.files == "together":
        frames = [pl.concat(frames, how="diagonal")]
    for frame in frames:
        _in_one_currency(export, fold, frame)
    numbers = {name for name, column in export.table.columns.items() if column.type is Type.INT}
    rows = [one_per_key(frame, fold, numbers) for frame in frames]
    found = []
    for number, piece in enumerate(pieces):
        whole = rows[0] if fold.files == "together" else rows[number]
        frame = whole.filter(pl.col(_PIECE) == number).drop(_PIECE)
        piece.file.ledger.folded += piece.frame.height - frame.height
        found.append(replace(piece, frame=frame))
    if fold.files == "each" and len(pieces) > 1:
        _tell_shared(fold, found)
    return found


def one_per_key(frame: pl.DataFrame, fold: Fold, numbers: Collection[str]) -> pl.DataFrame:
    """Return one row per key of `fold.by`, in the order of the last row of each.

    Rows come in file order, or are sorted by ORDER, those without one first. A row with an empty
    cell in its key has nothing to be folded with. `numbers` are the columns in which a count is a
    number; elsewhere it is text.
    """
    numbered = frame.with_row_index(_NUMBER)
    ordered = numbered.sort(ORDER, maintain_order=True) if ORDER in frame.columns else numbered
    by = list(fold.by)
    keyless = pl.any_horizontal(pl.col(name).is_null() for name in by)
    rows = ordered.with_columns(pl.when(keyless).then(pl.col(_NUMBER)).alias(_ALONE))
    ways = fold.named
    rest = [n for n in frame.columns if n not in {*by, PLACE, _PIECE, ORDER}]
    cells = [
        _cell(name, ways.get(name, "last"), frame.schema[name], number=name in numbers)
        for name in rest
    ]
    grouped = rows.group_by([*by, _ALONE]).agg(*cells, pl.col(_NUMBER).max())
    last = numbered.select(_NUMBER, PLACE, _PIECE)
    whole = grouped.sort(_NUMBER).join(last, on=_NUMBER, how="left", maintain_order="left")
    return whole.select(name for name in frame.columns if name != ORDER)


def _in_one_currency(export: Export, fold: Fold, frame: pl.DataFrame) -> None:
    """Refuse to add up amounts in several currencies.

    Raises:
        InputError: a key that is summed has rows in more than one.
    """
    sums = [n for n in fold.sum if n in frame.columns and frame.schema[n].is_decimal()]
    money = [n for n in sums if export.table.columns[n].type is Type.MONEY]
    if not money or _CURRENCY not in frame.columns or _CURRENCY in fold.by:
        return
    kinds = frame.group_by(fold.by).agg(pl.col(_CURRENCY).drop_nulls().n_unique().alias("kinds"))
    mixed = kinds.filter(pl.col("kinds") > 1).height
    if mixed:
        raise InputError(
            problems=[
                Problem(
                    where=export.where("fold", "sum"),
                    message=f"amounts of one {', '.join(fold.by)} are in several currencies, "
                    f"and cannot be added up (such keys: {mixed:,})",
                    hint=f"make the currency part of it: {fold.by[0]}: "
                    """{expr: "Id || '-' || Currency"}""",
                )
            ]
        )


def _cell(name: str, way: str, kind: pl.DataType, *, number: bool) -> pl.Expr:
    """Return what becomes of the cells of one key; null where none is filled."""
    cell = pl.col(name)
    match way:
        case "first":
            return cell.first(ignore_nulls=True)
        case "min":
            return cell.min()
        case "max":
            return cell.max()
        case "count":
            return cell.count().cast(pl.Int64 if number else pl.String)
        case "sum":
            # Whole numbers wrap beyond 64 bits, decimals do not.
            wide = cell.cast(pl.Int128) if kind.is_integer() else cell
            return pl.when(cell.count() > 0).then(wide.sum()).cast(kind, strict=False)
    return cell.last(ignore_nulls=True)


def _tell_shared(fold: Fold, pieces: Sequence[Piece]) -> None:
    """Tell keys that stand in several files, each folded alone."""
    keys = pl.concat([piece.frame.select(fold.by) for piece in pieces])
    keyed = keys.drop_nulls()
    shared = keyed.height - keyed.unique().height
    if shared:
        what = f"fold by {', '.join(fold.by)}: keys that stand in several files: {shared:,}"
        evidence = "the later file counts; fold: {files: together} if files continue each other"
        pieces[-1].file.ledger.notes.append(Note(what=what, evidence=evidence))


def order_of(export: Export) -> Type:
    """Return what the header holds that the rows of a fold go by: times, numbers or text.

    Found out on the first cells; where it is text, the ledger says so.
    """
    for file in export.files:
        for column in file.columns:
            if column.name != ORDER:
                continue
            if column.spec.format is not None:
                return Type.TS
            cell = trimmed(file.raw(column, export.name), file.nulls).alias("cell")
            head = file.text.head(PLACE).select(cell).drop_nulls().head(_SAMPLE).collect()
            sample = head["cell"].to_list()
            if not sample:
                continue
            if guess_dates(sample[:1]) is not None:
                return Type.TS
            if head["cell"].str.to_decimal(scale=6).null_count() == 0:
                return Type.NUMBER
            what = f"fold goes by {column.headers[0]}, compared as text"
            evidence = "its first cells are no times and no numbers"
            file.ledger.notes.append(Note(what=what, evidence=evidence))
            return Type.TEXT
    return Type.TEXT


def with_order(export: Export, frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows with ORDER, where a fold goes by a column that is read anyway."""
    fold = export.source.fold
    if fold is None or fold.order is None or fold.order.from_ not in frame.columns:
        return frame
    return frame.with_columns(pl.col(fold.order.from_).alias(ORDER))
