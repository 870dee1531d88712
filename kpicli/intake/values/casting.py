"""Says which text of the config fails on the cells of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import polars as pl

from kpicli.errors import InputError, Problem
from kpicli.intake.exports import Export, File, condition
from kpicli.intake.mapping import Path, path_of
from kpicli.intake.values.judge import PLACE

_COLUMN = re.compile(r"in column 'h:(.*?)'")


def blame(export: Export, raws: Sequence[pl.LazyFrame], error: pl.exceptions.PolarsError) -> None:
    """Raise for the SQL text of an export that does not fit its cells; the cell is not shown.

    Returns where no text is at fault.

    Raises:
        InputError: names file, key and header.
    """
    for file, raw in zip(export.files, raws, strict=True):
        for path, expression, rows in _texts(export, file, raw):
            try:
                rows.select(expression.alias("__of")).collect(engine="streaming")
            except pl.exceptions.PolarsError as found:
                message, hint = _said(file.ledger.file, str(found), str(error))
                problem = Problem(where=export.where(*path), message=message, hint=hint)
                raise InputError(problems=[problem]) from None


def _said(file: str, *errors: str) -> tuple[str, str]:
    """Return what is wrong, and what mends it."""
    if "overflow" in errors[0]:
        hint = "cast to fewer digits after the point: decimal(18, 2)"
        return f"{file}: a result has more than 38 digits", hint
    if "division by zero" in errors[0]:
        hint = "mod(x, nullif(y, 0)) is empty where y is 0"
        return f"{file}: a remainder of a division by 0 is asked for", hint
    header = next(filter(None, map(_COLUMN.search, errors)), None)
    where = f"a cell of '{header[1]}'" if header else "a cell"
    hint = "try_cast is empty where a cell does not fit; or leave such rows out with where"
    return f"{file}: {where} does not fit the cast", hint


def _texts(
    export: Export, file: File, raw: pl.LazyFrame
) -> Iterator[tuple[Path, pl.Expr, pl.LazyFrame]]:
    """Yield the texts of an export as they are evaluated, `where` before the columns."""
    if export.source.where is not None:
        rows = file.rows(file.text.scan(PLACE))
        yield ("where",), condition(export.source.where), rows
    for column in file.columns:
        if column.spec.expr is not None:
            path = (*path_of(export.source, column.name), "expr")
            yield path, condition(column.spec.expr), raw
