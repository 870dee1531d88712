"""Every SQL text of the catalogue means the same in a second SQL engine, on the same rows."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pytest

from kpicli.engine.relations import relation_of
from kpicli.language.catalogue import built_in
from kpicli.language.declaration import Declaration, overlay
from kpicli.language.rows import FoldStep
from kpicli.language.sql import FACTS, expand, expression, fact, in_years
from kpicli.language.texts import sql_of
from kpicli.model import Column, Type

CATALOGUE = built_in()
PARAMS = CATALOGUE.defaults() | {"turnover.types": ("voluntary", "involuntary")}
ROWS = 12
_UTC = "UTC"


def texts() -> list[tuple[str, str, Declaration]]:
    """Return every text that reads rows or metrics, once for all that read the same."""
    found = []
    for name, metric in CATALOGUE.metrics.items():
        changes = [c for options in metric.declaration.choices.values() for c in options.values()]
        for change in [{}, *changes]:
            form = Declaration.model_validate(overlay(metric.raw, change))
            found += [(name, text, form) for text in sql_of(form) if text != form.matures_in]
    unique = {(text, _read_by(form)): (name, text, form) for name, text, form in found}
    return list(unique.values())


def _read_by(form: Declaration) -> tuple[object, ...]:
    """Tell what the columns of a text depend on: their relation, steps, and the time of a row."""
    if (rows := form.rows) is None:
        return ()
    return (rows.table, rows.at or rows.since, repr(rows.then), form.ratio is not None)


TEXTS = texts()


def values(column: Column) -> list[Any]:
    """Return some values of a column, nulls among them."""
    match column.type:
        case Type.ENUM:
            return [*column.values, None]
        case Type.ID | Type.TEXT:
            return ["a", "b", "1-7", "1-4", "nps", "csat", None]
        case Type.DATE:
            return [dt.date(2025, 1, 31), dt.date(2025, 2, 1), None, dt.date(2024, 12, 31)]
        case Type.TS:
            return [dt.datetime(2025, 1, 31, 23, 59, tzinfo=dt.UTC), None, _instant(1), _instant(9)]
        case Type.BOOL:
            return [True, False, None]
        case Type.INT | Type.SECONDS:
            return [0, 1, 2, -5, 86_400 * 90, None, 7_776_001]
        case Type.POSITION:
            return [Decimal("0.75"), Decimal("0.3333333333333333"), None, Decimal(1)]
        case _:
            return [Decimal("10.5"), Decimal(3), Decimal(-2), None, Decimal(9)]


def _instant(day: int) -> dt.datetime:
    return dt.datetime(2025, 1, day, 12, 30, tzinfo=dt.UTC)


def rows_of(form: Declaration) -> pl.DataFrame:
    """Return rows of what a text reads: the relation with the facts, or metrics."""
    if form.rows is None or form.rows.table is None:
        schema: dict[str, pl.DataType] = dict.fromkeys(CATALOGUE.metrics, pl.Float64())
        cells = {name: [None, 0.0, 2.5, 4.0] * 3 for name in CATALOGUE.metrics}
        return pl.DataFrame(cells, schema=schema).with_columns(_facts(pl.Date()))
    relation = relation_of(form.rows.table)
    cells = {
        name: list(itertools.islice(itertools.cycle(_turned(values(column), place)), ROWS))
        for place, (name, column) in enumerate(relation.columns.items())
    }
    schema = {name: column.type.dtype(_UTC) for name, column in relation.columns.items()}
    kind = relation.columns[form.rows.at or form.rows.since or ""].type if _plain(form) else None
    time = pl.Date() if kind is Type.DATE else pl.Datetime("us", _UTC)
    return pl.DataFrame(cells, schema=schema).with_columns(_facts(time))


def _turned(items: list[Any], places: int) -> list[Any]:
    places %= len(items)
    return [*items[places:], *items[:places]]


def _plain(form: Declaration) -> bool:
    rows = form.rows
    assert rows is not None
    return (rows.at or rows.since) in relation_of(rows.table or "").columns


def _facts(time: pl.DataType) -> list[pl.Expr]:
    day = {"start": dt.date(2025, 1, 1), "end": dt.date(2025, 2, 1), "until": dt.date(2025, 2, 1)}
    found = []
    for name in FACTS:
        if name in day:
            instant = pl.lit(day[name]).cast(time)
            if isinstance(time, pl.Datetime):
                instant = pl.lit(dt.datetime.combine(day[name], dt.time(), dt.UTC)).cast(time)
            found.append(instant.alias(fact(name)))
        elif name == "as_of":
            found.append(pl.lit(dt.date(2025, 1, 31)).alias(fact(name)))
        else:
            found.append(pl.lit(31.0).alias(fact(name)))
    return found


def folded(form: Declaration, text: str) -> bool:
    """Whether a text aggregates: of a fold, or of a ratio on rows."""
    steps = form.rows.then if form.rows else ()
    folds = [t for step in steps if isinstance(step, FoldStep) for t in step.texts()]
    ratio = [form.ratio.of, form.ratio.to] if form.ratio and form.rows else []
    return text in folds or text in ratio


def fold_columns(form: Declaration, rows: pl.DataFrame) -> pl.DataFrame | None:
    """Return rows with the columns that a fold makes; those of the relation hold what it holds."""
    steps = form.rows.then if form.rows else ()
    names = [n for step in steps if isinstance(step, FoldStep) for n in (*step.per, *step.with_)]
    if not names:
        return None
    cells = {name: [1, 2, 3, None] for name in names}
    cells |= {name: [True, False, None, True] for name in names if name.startswith("came")}
    folded = pl.DataFrame(cells, strict=False)
    actors = {name for step in steps if isinstance(step, FoldStep) for name in step.per}
    return folded.with_columns(rows[name].head(4) for name in actors if name in rows.columns)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set timezone = 'UTC'")
        yield opened


@pytest.mark.parametrize(("name", "text", "form"), TEXTS, ids=[f"{n}: {t}" for n, t, _ in TEXTS])
def test_a_text_means_the_same_in_duckdb(
    connection: duckdb.DuckDBPyConnection, name: str, text: str, form: Declaration
) -> None:
    params = PARAMS if form.rows is not None else in_years(PARAMS)
    expanded = expand(text, params)
    compiled = expression(text, params, trusted=True)
    frame = rows_of(form)
    after = fold_columns(form, frame)
    if after is not None and not set(compiled.meta.root_names()) <= set(frame.columns):
        frame = after
    if folded(form, text):
        ours = frame.group_by(pl.lit(1).alias("k")).agg(compiled.alias("x"))["x"].to_list()
    else:
        ours = frame.select(compiled.alias("x"))["x"].to_list()
    connection.register("frame", frame.to_arrow())
    found = connection.sql(f"select {expanded} as x from frame").to_arrow_table()
    theirs = pl.Series(found["x"]).to_list()
    assert len(ours) in {len(theirs), 1}, name
    for mine, other in zip(ours, theirs, strict=False):
        assert _same(mine, other), f"{text}: {mine} and {other}"


def _same(mine: Any, other: Any) -> bool:
    if isinstance(mine, int | float | Decimal) and isinstance(other, int | float | Decimal):
        return abs(float(mine) - float(other)) <= 1e-9 * max(1.0, abs(float(other)))
    return bool(mine == other)
