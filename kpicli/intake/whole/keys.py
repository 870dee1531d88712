"""Keys: rows with the same key become one (definitions, rule R8)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from kpicli.config import Duplicates
from kpicli.errors import Problem
from kpicli.intake.values.judge import PLACE
from kpicli.intake.whole.alike import GROUP, Unlike, unlike
from kpicli.intake.whole.joined import PIECE, Joined
from kpicli.model import Table, Type

_NUMBER, _KINDS = "__n", "__kinds"


class Unique(Struct, frozen=True, kw_only=True):
    """Rows of which each has a key of its own, what was worth telling, and what must not be."""

    rows: Joined
    warnings: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def without_duplicates(whole: Joined, policy: Duplicates, *, told: bool) -> Unique:
    """Return one row per key: the latest by `updated_at`, then the last (or the first) in order.

    Rows that are the same in every cell of their files are dropped in silence, others with a
    warning; both are counted in the ledger of their file. Where the policy is error, they are
    dropped alike, and a problem tells it. Rows of a table without a key all count; if `told`, a
    warning tells how many are the same as another.
    """
    frame, table = whole.frame, whole.table
    key = [name for name in table.key if name in frame.columns]
    if not table.key and told:
        return Unique(rows=whole, warnings=_twins(frame, table))
    if len(key) < len([name for name in table.key if table.columns[name].required]) or not key:
        return Unique(rows=whole)
    if _is_unique(frame, key):
        return Unique(rows=whole)
    numbered = frame.with_row_index(_NUMBER)
    repeated = numbered.filter(pl.struct(key).is_duplicated())
    contents = [name for name in frame.columns if name not in {*key, PLACE, PIECE}]
    kinds = pl.struct(contents).n_unique() if contents else pl.lit(1, dtype=pl.UInt32)
    winners = repeated.group_by(key).agg(_chosen(frame, policy).alias(_NUMBER), kinds.alias(_KINDS))
    differing = winners.filter(pl.col(_KINDS) > 1).height
    torn, winners = _torn(whole, repeated, winners, key)
    losers = repeated.join(winners.select(_NUMBER), on=_NUMBER, how="anti").join(
        winners.select(*key, _KINDS), on=key, how="left", nulls_equal=True
    )
    _account(whole, losers, key, policy)
    rest = numbered.join(losers.select(_NUMBER), on=_NUMBER, how="anti", maintain_order="left")
    rows = replace(whole, frame=rest.drop(_NUMBER))
    if policy is Duplicates.ERROR:
        return Unique(rows=rows, problems=_refused(whole, repeated, losers, key))
    warnings = []
    if differing:
        warnings.append(
            f"{table.name}: keys that stand twice with different contents: {differing:,}; "
            f"the {_which(policy)} row counts"
        )
    if not torn.groups.is_empty():
        warnings.append(
            f"{table.name}: keys that stand twice, in rows that differ only in {torn.said}: "
            f"{torn.groups.len():,}; the {_which(policy)} row counts; lines of one thing are made "
            f"one row by fold: {{{_fold(whole, key)}}}"
        )
    return Unique(rows=rows, warnings=tuple(warnings))


def _torn(
    whole: Joined, repeated: pl.DataFrame, winners: pl.DataFrame, key: Sequence[str]
) -> tuple[Unlike, pl.DataFrame]:
    """Return the keys whose rows differ only in their files, and the winners that know of it."""
    same = winners.filter(pl.col(_KINDS) == 1).select(*key, pl.col(_NUMBER).alias(GROUP))
    rows = repeated.join(same, on=key, nulls_equal=True).select(PLACE, PIECE, GROUP)
    torn = unlike(whole, rows)
    kinds = pl.when(pl.col(_NUMBER).is_in(torn.groups.implode())).then(2).otherwise(pl.col(_KINDS))
    return torn, winners.with_columns(kinds.alias(_KINDS))


def _fold(whole: Joined, key: Sequence[str]) -> str:
    """Return what a fold says that makes one row of the lines of a key: what is money adds up."""
    fills = {name for file in whole.files for name in file.fills}
    money = [n for n, c in whole.table.columns.items() if c.type is Type.MONEY and n in fills]
    ways = {"by": key, "sum": money}
    return ", ".join(f"{way}: [{', '.join(names)}]" for way, names in ways.items() if names)


def _chosen(frame: pl.DataFrame, policy: Duplicates) -> pl.Expr:
    """The number of the row that counts, of those with one key."""
    number = pl.col(_NUMBER)
    if policy is Duplicates.FIRST:
        return number.min()
    if policy is Duplicates.LAST and "updated_at" in frame.columns:
        return number.max_by(pl.struct("updated_at", number))
    return number.max()


def _which(policy: Duplicates) -> str:
    return "first" if policy is Duplicates.FIRST else "latest"


def _account(whole: Joined, losers: pl.DataFrame, key: Sequence[str], policy: Duplicates) -> None:
    """Count the rows that are out in the ledgers of their files."""
    differs = pl.col(_KINDS) > 1
    said = {
        "the same row stands elsewhere": losers.filter(~differs),
        f"its key stands elsewhere, and the {_which(policy)} row counts": losers.filter(differs),
    }
    for reason, rows in said.items():
        for ledger, piece, found in whole.by_file(rows):
            ledger.double(reason, whole.places(piece, found, key), found.height)


def _refused(
    whole: Joined, repeated: pl.DataFrame, losers: pl.DataFrame, key: Sequence[str]
) -> tuple[Problem, ...]:
    ledger, piece, rows = next(whole.by_file(losers))
    first = whole.places(piece, rows, key)[0]
    cell = f"'{first.value}'" if first.value is not None else "empty"
    return (
        Problem(
            where=f"{ledger.file}:{first.line}",
            message=f"{whole.table.name}: rows that share their key with another: "
            f"{repeated.height:,}, as {first.column} {cell} here; intake.duplicates is error",
            hint="mend the export, or take the last of them: intake: {duplicates: last}",
        ),
    )


def _twins(frame: pl.DataFrame, table: Table) -> tuple[str, ...]:
    """Tell of rows that are the same as another, in a table where each counts."""
    contents = [name for name in frame.columns if name not in {PLACE, PIECE}]
    more = frame.height - frame.select(contents).n_unique() if frame.height else 0
    if not more:
        return ()
    warning = (
        f"{table.name}: rows that are the same as another in every column: {more:,}; the table has "
        "no key, so each counts: do the files overlap?"
    )
    return (warning,)


def _is_unique(frame: pl.DataFrame, key: Sequence[str]) -> bool:
    """Whether no key occurs twice; exports that are sorted by their key are told at once."""
    if len(key) == 1:
        column = pl.col(key[0])
        if frame.select((column > column.shift()).fill_null(value=True).all()).item():
            return frame[key[0]].null_count() <= 1
    # Different hashes are those of different keys; sorted, they take a fraction of the room.
    keys = frame[key[0]] if len(key) == 1 else frame.select(pl.struct(key)).to_series()
    hashes = keys.hash().sort(in_place=True)
    if not (hashes.head(-1) == hashes.tail(-1)).any():
        return True
    distinct = frame.lazy().select(key).unique().select(pl.len())
    return int(distinct.collect(engine="streaming").item()) == frame.height
