"""Dates with the Russian names of months, as spreadsheets and browsers write them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from kpicli.intake.values.formats import shape_of
from kpicli.intake.values.months import in_english, read_in_english
from tests.proposing import made, text
from tests.shop import loaded, orders

NAMES = (
    ("января", "янв."),
    ("февраля", "февр."),
    ("марта", "мар."),
    ("апреля", "апр."),
    ("мая", "мая"),
    ("июня", "июн."),
    ("июля", "июл."),
    ("августа", "авг."),
    ("сентября", "сент."),
    ("октября", "окт."),
    ("ноября", "нояб."),
    ("декабря", "дек."),
)
WRITTEN = (
    "{day} {long} {year} г.",
    "{day} {long} {year}\u00a0г.",
    "{day} {long} {year} года",
    "{day} {short} {year} г., 10:20",
    "{day} {long} {year} г. в 10:20:30",
    "{day:02} {LONG} {year}",
    "{day:02}-{bare}-{year}",
    "{day:02}.{bare}.{year}",
)


@pytest.mark.parametrize("form", WRITTEN)
def test_every_month_is_read_as_python_and_polars_read_it(form: str) -> None:
    days = [dt.date(2024, month, 3 * month % 27 + 1) for month in range(1, 13)]
    cells = [
        form.format(
            day=day.day,
            year=day.year,
            long=long,
            LONG=long.upper(),
            short=short,
            bare=short.rstrip("."),
        )
        for day, (long, short) in zip(days, NAMES, strict=True)
    ]
    english = pl.Series(cells).to_frame("c").select(read_in_english(pl.col("c")))["c"]
    assert english.to_list() == [in_english(cell) for cell in cells]
    shape = shape_of(cells[0])
    assert shape is not None
    assert {shape_of(cell) for cell in cells} == {shape}
    read = (
        english.str.to_datetime(shape.format)
        if "%H" in shape.format
        else english.str.to_date(shape.format)
    )
    assert read.cast(pl.Date).to_list() == days


@pytest.mark.parametrize("cell", ["март 2025", "2 мартобря 2025", "2 маршрута 2025", "в 5", "г."])
def test_other_words_are_no_months(cell: str) -> None:
    assert shape_of(cell) is None


EXPORT = "order_id;ordered_at;amount\n1;2 марта 2025 г.;10\n2;14 нояб. 2025 г.;20\n3;{last};5\n"


@pytest.mark.parametrize("declared", [{}, {"format": "%d %B %Y г."}, {"format": "%d %b %Y"}])
def test_an_export_is_read(tmp_path: Path, declared: dict[str, str]) -> None:
    columns = {"ordered_at": {"from": "ordered_at", **declared}} if declared else {}
    config = orders(tmp_path, EXPORT.format(last="31 февраля 2025 г."), columns=columns)
    found = loaded(config, enforce=False)
    days = found.frames["orders"]["ordered_at"].dt.date().sort().to_list()
    assert days == [dt.date(2025, 3, 2), dt.date(2025, 11, 14)]
    (reason,) = found.ledgers[0].reasons
    assert reason == "ordered_at: not a time"


def test_a_proposal_says_how_they_are_written(tmp_path: Path) -> None:
    made(tmp_path, orders_csv=EXPORT.format(last="1 мая 2025 г."))
    assert "2 марта 2025 г." in text(tmp_path)
