"""Keys: rows with the same key become one (definitions, rule R8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from kpicli.config import Duplicates
from kpicli.errors import InputError
from kpicli.intake.judge import PLACE
from kpicli.intake.ledger import FileLedger
from kpicli.model import Table

PIECE = "__piece"
"""Place of a file among those of its table; later files win."""


@dataclass(frozen=True, kw_only=True)
class Unique:
    """Rows of which each has a key of its own, and what was worth telling."""

    frame: pl.DataFrame
    warnings: list[str]


def without_duplicates(
    frame: pl.DataFrame, table: Table, ledgers: Sequence[FileLedger], policy: Duplicates
) -> Unique:
    """Return one row per key: the latest by `updated_at`, then the last (or the first) in order.

    Rows that are the same in every column are dropped in silence, others with a warning; both are
    counted in the ledger of their file.

    Raises:
        InputError: the policy is error, and a key occurs twice.
    """
    key = [name for name in table.key if name in frame.columns]
    if len(key) < len([name for name in table.key if table.columns[name].required]) or not key:
        return Unique(frame=frame, warnings=[])
    if _is_unique(frame, key):
        return Unique(frame=frame, warnings=[])
    numbered = frame.with_row_index("__n")
    repeated = numbered.filter(pl.struct(key).is_duplicated())
    if policy is Duplicates.ERROR:
        first = repeated.sort("__n").row(1, named=True)
        ledger = ledgers[first[PIECE]]
        what = f"key {', '.join(key)} occurs {repeated.height:,} times with a double"
        raise InputError(
            f"{ledger.file}: {what}; intake.duplicates is error",
            hint="mend the export, or take the last of them: intake: {duplicates: last}",
        )
    order = pl.struct("__n")
    if policy is Duplicates.LAST and "updated_at" in frame.columns:
        order = pl.struct(pl.col("updated_at"), pl.col("__n"))
    chosen = pl.col("__n").min() if policy is Duplicates.FIRST else pl.col("__n").max_by(order)
    winners = repeated.group_by(key).agg(chosen)["__n"]
    losers = repeated.filter(~pl.col("__n").is_in(winners.implode()))
    for piece, number in losers.group_by(PIECE).len().iter_rows():
        ledgers[piece].duplicate += number
    contents = [name for name in frame.columns if name not in {*key, PLACE, PIECE}]
    differing = 0
    if contents:
        differing = (
            repeated.group_by(key)
            .agg(pl.struct(contents).n_unique().alias("kinds"))
            .filter(pl.col("kinds") > 1)
            .height
        )
    rest = numbered.filter(~pl.col("__n").is_in(losers["__n"].implode())).drop("__n")
    warnings = []
    if differing:
        which = "first" if policy is Duplicates.FIRST else "latest"
        warnings.append(
            f"{table.name}: keys that stand twice with different contents: {differing:,}; "
            f"the {which} row counts"
        )
    return Unique(frame=rest, warnings=warnings)


def _is_unique(frame: pl.DataFrame, key: Sequence[str]) -> bool:
    """Whether no key occurs twice; exports that are sorted by their key are told at once."""
    if len(key) == 1:
        column = pl.col(key[0])
        if frame.select((column > column.shift()).fill_null(value=True).all()).item():
            return frame[key[0]].null_count() <= 1
    # Different hashes are those of different keys, and cost a fraction of the keys.
    if frame.select(pl.struct(key).hash().n_unique()).item() == frame.height:
        return True
    distinct = frame.lazy().select(key).unique().select(pl.len())
    return int(distinct.collect(engine="streaming").item()) == frame.height
