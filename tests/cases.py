"""Runs case files: small tables in, values out. One file per metric, one runner for all."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kpicli.config.calendars import WorkCalendar
from kpicli.engine.slices import Slice
from kpicli.intake.values import cells
from kpicli.intake.values.cells import Reading
from kpicli.language.cases import Case, cases
from kpicli.language.catalogue import Catalogue, built_in
from kpicli.model import model
from kpicli.periods import Calendar, Grain, Grid, Span, parse
from kpicli.periods.clock import Clock
from kpicli.report import Row
from kpicli.report.evaluation import evaluated, prepared
from kpicli.report.types import NONE
from kpicli.views import Inputs

LANGUAGE = Path(__file__).parent / "language"
_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M%#z")
_TIMES = re.compile(r"\d+×")
_ROUNDED = re.compile(r"~(-?\d+)(?:\.(\d+))?")


@lru_cache(maxsize=1024)
def frame(text: str, table: str, zone: str) -> pl.LazyFrame:
    """Return a canonical table from text: a header line, cells between spaces, - for null.

    A line that begins with `80×` stands for so many rows.
    """
    header, *lines = [row for line in text.strip().splitlines() for row in _rows(line)]
    rows = [[None if cell == "-" else cell for cell in line] for line in lines]
    raw = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
    columns = model().tables[table].columns
    readings = {
        name: Reading(column=columns[name], formats=_FORMATS, zone=zone, report_zone=zone)
        for name in header
        if name in columns
    }
    typed = raw.select(
        cells.careful(pl.col(name), readings[name]).alias(name)
        if name in readings
        else pl.col(name)
        for name in header
    )
    unread = [name for name in header if typed[name].null_count() > raw[name].null_count()]
    assert not unread, f"{table}: cells of {unread} cannot be read"
    defaults = [
        pl.col(name).fill_null(reading.column.default)
        for name, reading in readings.items()
        if reading.column.default is not None
    ]
    return typed.with_columns(defaults).lazy()


def _rows(line: str) -> list[list[str]]:
    times, *rest = cells_of = shlex.split(line)
    return [rest] * int(times[:-1]) if _TIMES.fullmatch(times) else [cells_of]


def computed(body: Mapping[str, Any], metrics: list[str]) -> list[Row]:
    """Return the values of metrics on the tables of a case."""
    zone = body.get("zone", "UTC")
    texts = Case(metric="", name="", body=body).tables
    frames = {name: frame(text, name, zone) for name, text in texts.items()}
    catalogue: Catalogue = built_in().with_own(body.get("custom", {}))
    params = catalogue.defaults()
    kept = {
        name: tuple(set(f.collect_schema().names()) - set(model().tables[name].columns))
        for name, f in frames.items()
    }
    for name, raw in body.get("params", {}).items():
        params[name] = catalogue.parameter(name).accept(raw, kept)
    as_of = dt.date.fromisoformat(body["as_of"])
    inputs = Inputs(
        frames=frames,
        mapped={name: frozenset(f.collect_schema().names()) for name, f in frames.items()},
        params=params,
        as_of=as_of,
        zone=zone,
        clock=_clock(body, as_of, zone),
    )
    cut = Slice(
        by=tuple(body.get("by", ())),
        where=body.get("where"),
        kept={name: tuple(inputs.kept(name)) for name in frames},
    )
    ready = prepared(catalogue, metrics, inputs, cut)
    found = evaluated(ready, _covered(body, frames), _grid(body, as_of))
    assert not found.skipped, found.skipped
    grid = _grid(body, as_of)
    return [row for values in found.values for row in values.rows(grid)]


def _clock(body: Mapping[str, Any], as_of: dt.date, zone: str) -> Clock | None:
    first, last = dt.date(2024, 1, 1), as_of + dt.timedelta(1)
    hours = {
        name: WorkCalendar.model_validate(calendar).working_hours(name, zone, first, last)
        for name, calendar in body.get("calendars", {}).items()
    }
    return Clock(hours=hours, first=first, last=last) if hours else None


def skipped(body: Mapping[str, Any], metric: str) -> str:
    """Return why a metric is skipped."""
    with pytest.raises(AssertionError, match="Skipped") as caught:
        computed(body, [metric])
    return str(caught.value)


def check(case: Case) -> None:
    """Compare what a metric gives with what its case says."""
    rows = [row for row in computed(case.body, [case.metric]) if row.metric == case.metric]
    wanted = case.body["gives"]
    if "periods" in case.body or (isinstance(wanted, dict) and _are_cells(wanted)):
        for key, expected in wanted.items():
            found = [row for row in rows if _named(row, key)]
            assert len(found) == 1, f"{key}: {len(found)} values in {[dict(r.dims) for r in rows]}"
            compare(found[0], expected, key)
        return
    found = [row for row in rows if not row.dims]
    assert len(found) == 1, f"{len(found)} values: name the period"
    compare(found[0], wanted, "")


_FIELDS = frozenset(Row.__struct_fields__) | {"no_flags"}


def _are_cells(wanted: Mapping[str, Any]) -> bool:
    return not any(key in _FIELDS for key in wanted)


def _named(row: Row, key: str) -> bool:
    """Whether a key (`2025-01`, `email`, `2025-01 email`, `total`) names the row."""
    parts = key.split()
    labels = [part for part in parts if part == row.period.label]
    rest = [part for part in parts if part not in labels]
    if rest == ["total"] and not row.dims:
        return True
    dims = [value.replace(" ", "_") for value in row.dims.values()]
    return rest == dims and (bool(labels) or not any(map(_is_label, parts)))


def _is_label(text: str) -> bool:
    return parse(Calendar(), text) is not None


def compare(row: Row, expected: Any, where: str) -> None:
    """Compare one value with a number, or with a mapping of fields."""
    fields = expected if isinstance(expected, dict) else {"value": expected}
    for field, wanted in fields.items():
        found = getattr(row, field, None)
        label = f"{where} {field}".strip()
        if field == "flags":
            assert set(wanted) <= set(row.flags), f"{label}: {row.flags}"
        elif field == "no_flags":
            assert not set(wanted) & set(row.flags), f"{label}: {row.flags}"
        elif field in {"beside", "excluded"}:
            assert isinstance(found, Mapping)
            for name, number in wanted.items():
                _equal(found.get(name), number, f"{label}.{name}")
        else:
            _equal(found, wanted, label)


def _equal(found: Any, wanted: Any, label: str) -> None:
    """Compare to 1e-9, or where the wanted number is written ~1.23, to the printed digits."""
    if isinstance(wanted, str) and (rounded := _ROUNDED.fullmatch(wanted)):
        tolerance = 0.5 * 10 ** -len(rounded[2] or "") * 1.000001
        assert found is not None, f"{label}: no value"
        assert abs(found - float(wanted[1:])) <= tolerance, f"{label}: {found}, not {wanted}"
    elif isinstance(wanted, int | float) and not isinstance(wanted, bool):
        assert found is not None, f"{label}: no value"
        assert found == pytest.approx(wanted, rel=1e-11, abs=1e-9), f"{label}: {found}"
    else:
        assert found == wanted, f"{label}: {found}, not {wanted}"


def _covered(body: Mapping[str, Any], frames: Mapping[str, pl.LazyFrame]) -> dict[str, Span]:
    """Return what each table covers: as the case says, else everything up to `as_of`."""
    as_of = dt.date.fromisoformat(body["as_of"])
    first = dt.date(2000, 1, 1)
    covered = {name: Span(first=first, last=as_of) for name in frames}
    for name, (start, end) in body.get("covers", {}).items():
        covered[name] = Span(first=dt.date.fromisoformat(start), last=dt.date.fromisoformat(end))
    return covered


def _grid(body: Mapping[str, Any], as_of: dt.date) -> Grid:
    calendar = Calendar(**body.get("calendar", {}))
    labels = [str(label) for label in body.get("periods") or [body["period"]]]
    spans = [parse(calendar, label) for label in labels]
    assert all(spans), labels
    first = min(span[0] for span in spans if span)
    last = max(span[1] for span in spans if span) - dt.timedelta(1)
    grain = body.get("grain") or _grain(labels[0])
    zone = body.get("zone", "UTC")
    return Grid.over(Grain(grain), first, last, as_of=as_of, zone=zone, calendar=calendar)


def _grain(label: str) -> str:
    if "W" in label:
        return "week"
    if "Q" in label:
        return "quarter"
    return {1: "year", 2: "month", 3: "day"}[len(label.split("-"))]


__all__ = [
    "LANGUAGE",
    "NONE",
    "Case",
    "cases",
    "check",
    "compare",
    "computed",
    "frame",
    "skipped",
]
