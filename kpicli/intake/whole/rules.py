"""Rules of the model: values that cannot be are counted, and their rows used as they stand."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Container, Iterator

import polars as pl

from kpicli.intake.exports import Export
from kpicli.intake.whole.joined import Joined
from kpicli.model import Table

AFTER = "after_as_of"
"""The rule for instants that are yet to come; the others are the model's."""


def check(whole: Joined, on: dt.date | None) -> None:
    """Count in the ledgers of its files what breaks a rule of the table.

    A rule is judged where all columns that it reads are there. `on` is the last day on which
    anything can have happened.
    """
    broken = list(_broken(whole, on))
    if not broken:
        return
    frame = whole.frame
    counts = frame.select(
        expr.fill_null(value=False).sum().alias(str(place))
        for place, (_, _, expr) in enumerate(broken)
    ).row(0)
    for (name, column, expr), count in zip(broken, counts, strict=True):
        if count:
            for ledger, piece, rows in whole.by_file(frame.filter(expr)):
                ledger.suspect(name, whole.places(piece, rows, [column]), rows.height)


def impossible(table: Table, column: str, there: Container[str]) -> pl.Expr:
    """Whether a rule says of a row that its time in `column` cannot be, by the other times of it.

    Only the columns that are read whatever is asked tell.
    """
    times = {*table.events, *table.begins}
    broken = [pl.lit(value=False)]
    for rule in table.rules.values():
        expr = pl.sql_expr(rule.when)
        read = expr.meta.root_names()
        if read[0] == column and times.issuperset(read) and all(name in there for name in read):
            broken.append(expr.fill_null(value=False))
    return pl.any_horizontal(broken)


def _broken(whole: Joined, on: dt.date | None) -> Iterator[tuple[str, str, pl.Expr]]:
    """Yield the rules that can be judged: name, the column that is shown, and when it is broken."""
    there = set(whole.frame.columns)
    for name, rule in whole.table.rules.items():
        expr = pl.sql_expr(rule.when)
        read = expr.meta.root_names()
        if there.issuperset(read):
            yield name, read[0], expr
    for column in whole.table.events if on is not None else ():
        if column in there:
            yield AFTER, column, pl.col(column).dt.date() > on


def warnings(export: Export) -> Iterator[str]:
    """Yield what is worth telling of the rules that the rows of a source break.

    What lies after `as_of` is told with the day, when rows are cut there.
    """
    total: Counter[str] = Counter()
    for file in export.files:
        total.update(file.ledger.impossible)
    del total[AFTER]
    if total:
        listed = ", ".join(f"{name} {count:,}" for name, count in sorted(total.items()))
        yield (
            f"{export.name}: rows with values that cannot be: {listed}; they are used, and left "
            "out where such a value is read"
        )
