"""Times with a zone behind them: what is known is read, and a name such as MSK is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpicli.errors import InputError
from kpicli.intake.values.formats import shape_of
from kpicli.intake.values.zones import offset, tells_zone, zone_name
from tests.console import inside as kpi
from tests.proposing import init, made, text, values
from tests.shop import loaded, orders

DESK = (
    "Conversation ID,Created at,First reply at,Resolved at,Agent,Channel\n"
    "1,2024-05-01 10:00:00{0},2024-05-01 10:05:00{0},2024-05-01 12:00:00{0},Ann,email\n"
    "2,2024-05-02 10:00:00{0},2024-05-02 10:15:00{0},2024-05-02 12:00:00{0},Bob,chat\n"
    "3,2024-05-31 23:30:00{0},2024-05-31 23:40:00{0},2024-05-31 23:50:00{0},Bob,chat\n"
)
KNOWN = [
    (" UTC", "+00:00"),
    (" GMT", "+00:00"),
    ("Z", "+00:00"),
    (" Z", "+00:00"),
    ("+03:00", "+03:00"),
    (" +0300", "+03:00"),
    (" -05", "-05:00"),
    (" UTC+03:00", "+03:00"),
    (" GMT-0500", "-05:00"),
]


@pytest.mark.parametrize(("zone", "told"), KNOWN)
@pytest.mark.parametrize("time", ["10:00", "10:00:00", "10:00:00.25", "10:00 AM"])
def test_a_zone_that_is_known_makes_an_instant(zone: str, told: str, time: str) -> None:
    shape = shape_of(f"2024-05-01 {time}{zone}")
    assert shape is not None
    assert tells_zone(shape.format)
    assert offset(f"2024-05-01 {time}{zone}") == told


@pytest.mark.parametrize("name", ["MSK", "EST", "CEST", "UTC+3"])
def test_a_name_is_known_only_where_it_is_asked_for(name: str) -> None:
    cell = f"2024-05-01 10:00:00 {name}"
    assert shape_of(cell) is None
    assert offset(cell) is None
    shape = shape_of(cell, named=True)
    assert shape is not None
    assert shape.format == f"%Y-%m-%d %H:%M:%S {name}"
    assert zone_name(shape.format) == name
    assert not tells_zone(shape.format)


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M %Z", "%d %b %Y"])
def test_other_formats_tell_no_zone(form: str) -> None:
    assert not tells_zone(form)
    assert zone_name(form) is None


@pytest.mark.parametrize("zone", [zone for zone, _ in KNOWN])
def test_init_validate_and_compute_read_them(tmp_path: Path, zone: str) -> None:
    config = made(tmp_path, desk_csv=DESK.format(zone))
    assert values(config, "first_response_time", "ticket_volume") == {
        "first_response_time": 600,
        "ticket_volume": 3,
    }
    assert "no time says its zone" not in text(tmp_path)
    assert kpi("validate", cwd=tmp_path).code == kpi("compute", cwd=tmp_path).code == 0


@pytest.mark.parametrize(
    ("cell", "zone", "hour"),
    [
        ("2025-01-05 10:00:00 UTC", "Europe/Moscow", 13),
        ("2025-01-05 10:00:00 GMT+02:00", "Europe/Moscow", 11),
        ("2025-01-05 10:00:00 UTC", "UTC", 10),
    ],
)
def test_a_zone_in_the_cell_is_before_that_of_the_source(
    tmp_path: Path, cell: str, zone: str, hour: int
) -> None:
    export = f"order_id,ordered_at,amount\n1,{cell},10\n"
    config = orders(tmp_path, export, timezone=zone)
    (found,) = loaded(config).frames["orders"]["ordered_at"].to_list()
    assert found.hour == hour


@pytest.mark.parametrize("end", ["UTC", "Z"])
def test_a_format_that_ends_in_utc_is_in_utc(tmp_path: Path, end: str) -> None:
    config = orders(
        tmp_path,
        f"order_id,at,amount\n1,2025-01-05 10:00:00{end},10\n",
        timezone="Europe/Moscow",
        columns={"ordered_at": {"from": "at", "format": f"%Y-%m-%d %H:%M:%S{end}"}},
    )
    (found,) = loaded(config).frames["orders"]["ordered_at"].to_list()
    assert found.hour == 13


def test_a_name_of_a_zone_is_asked_for(tmp_path: Path) -> None:
    config = orders(tmp_path, "order_id,ordered_at,amount\n1,2025-01-05 10:00 MSK,10\n")
    with pytest.raises(InputError) as caught:
        loaded(config)
    said = str(caught.value)
    assert "is written in no known form of a date" in said
    assert 'format: "%Y-%m-%d %H:%M MSK"}; and by the timezone of the source which zone MSK' in said


def test_a_name_among_times_that_are_known_is_a_bad_cell(tmp_path: Path) -> None:
    rows = "1,2025-01-05 10:00 UTC,10\n2,2025-01-05 11:00 MSK,10\n"
    found = loaded(orders(tmp_path, f"order_id,ordered_at,amount\n{rows}"), enforce=False)
    assert found.ledgers[0].rejected == 1


def test_init_asks_for_the_zone_of_a_name(tmp_path: Path) -> None:
    done = init(tmp_path, desk_csv=DESK.format(" MSK"))
    assert (done.code, kpi("validate", cwd=tmp_path).code) == (0, 0)
    said = text(tmp_path)
    assert 'format: "%Y-%m-%d %H:%M:%S MSK"}  # ? ' in said
    assert "say by the timezone of the source which zone MSK is" in said


def test_dates_alone_have_no_zone() -> None:
    assert offset("2024-05-01") is None
    assert offset("2024-05-01 10:00") is None
