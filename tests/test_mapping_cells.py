"""Headers as they are addressed, and cells in the forms that other systems write."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kpicli.config import load
from kpicli.errors import ConfigError, InputError
from kpicli.intake import Loaded
from kpicli.intake.mapping import headers, normalised, places_of
from tests.shop import loaded, orders, write

# --- headers


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (" Бюджет ", "Бюджет"),
        ("\ufeffId", "Id"),
        ("First\u00a0reply  time", "First reply time"),
        ("two\nlines", "two lines"),
        ("zero\u200bwidth", "zerowidth"),
        ("cafe\u0301", "café"),
        ("№ заказа", "№ заказа"),
    ],
)
def test_headers_are_compared_without_what_cannot_be_seen(header: str, wanted: str) -> None:
    assert normalised(header) == wanted


def test_repeated_and_nameless_headers_have_names() -> None:
    names = headers(["Id", "Others", " Others ", "", "Others", " "])
    assert names == ["Id", "Others", "Others#2", "#4", "Others#3", "#6"]
    places = places_of(names)
    assert [places[name] for name in ("#1", "#4", "Others#3", "#5")] == [0, 3, 4, 4]


def test_a_header_that_looks_like_a_place_is_a_header() -> None:
    assert places_of(headers(["#2", "x"]))["#2"] == 0


@given(st.lists(st.sampled_from(["a", "b", " a", "", "#1"])))
def test_every_column_has_a_name(raw: list[str]) -> None:
    places = places_of(headers(raw))
    assert set(places.values()) == set(range(len(raw)))


def test_columns_are_addressed_by_their_place(tmp_path: Path) -> None:
    text = "order_id,ordered_at,Others,Others,\n1,2025-01-05,x,10,C1\n"
    columns = {"amount": "Others#2", "customer_id": "#5", "lead_id": {"from": ["#3"]}}
    frame = loaded(orders(tmp_path, text, columns=columns)).frames["orders"]
    assert frame["amount"].to_list() == [Decimal(10)]
    assert (frame["customer_id"].item(), frame["lead_id"].item()) == ("C1", "x")


def test_another_case_is_told_with_the_nearest(tmp_path: Path) -> None:
    config = orders(
        tmp_path, "order_id,ordered_at,SUM\n1,2025-01-05,1\n", columns={"amount": "Sum"}
    )
    with pytest.raises(ConfigError, match="has no header 'Sum'\n  hint: did you mean 'SUM'"):
        loaded(config)


# --- dates and times


def days(found: Loaded) -> list[dt.datetime]:
    return found.frames["orders"]["ordered_at"].to_list()


@pytest.mark.parametrize(
    ("form", "cells", "wanted"),
    [
        (
            ["%d.%m.%Y", "%Y-%m-%d %H:%M"],
            ["05.02.2025", "2025-02-06 10:30"],
            ["05 00:00", "06 10:30"],
        ),
        (
            "%d/%b/%y %I:%M %p",
            ["09/Oct/25 1:42 PM", "10/Oct/25 12:00 AM"],
            ["09 13:42", "10 00:00"],
        ),
        ("%Y-%m-%dT%H:%M:%S%.f%#z", ["2025-02-05T10:00:00.123+03:00"], ["05 07:00"]),
        (
            "%d.%m.%Y %H:%M:%S",
            ["05.02.2025 10:00:01", " 6.2.2025 11:00:02"],
            ["05 10:00", "06 11:00"],
        ),
        ("excel", ["45693", "45693.75", "45693,7083333333"], ["05 00:00", "05 18:00", "05 17:00"]),
        ("unix", ["1738749600", "1738749600.5"], ["05 10:00", "05 10:00"]),
        ("unix_ms", ["1738749600000"], ["05 10:00"]),
        (["%Y-%m-%d", "excel"], ["2025-02-05", "45694"], ["05 00:00", "06 00:00"]),
    ],
)
def test_formats(tmp_path: Path, form: Any, cells: list[str], wanted: list[str]) -> None:
    rows = "".join(f"{n};{cell};1\n" for n, cell in enumerate(cells))
    columns = {"ordered_at": {"from": "when", "format": form}}
    found = loaded(orders(tmp_path, "order_id;when;amount\n" + rows, columns=columns))
    assert [f"{at:%d %H:%M}" for at in days(found)] == wanted


def test_spreadsheet_days_are_days_of_the_wall(tmp_path: Path) -> None:
    columns = {"ordered_at": {"from": "when", "format": "excel"}}
    text = "order_id,when,amount\n1,45693.5,1\n2,59,1\n3,2958466,1\n"
    config = orders(
        tmp_path, text, columns=columns, timezone="Europe/Moscow", intake={"max_rejected": "100%"}
    )
    assert [at.isoformat() for at in days(loaded(config))] == ["2025-02-05T12:00:00+03:00"]


def test_dates_may_be_numbers_too(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("employee_id,hired\n1,45693\n2,45694\n")
    columns = {"hired_at": {"from": "hired", "format": "excel"}}
    source = {"table": "employees", "files": "e.csv", "columns": columns}
    frame = loaded(load(write(tmp_path, {"e": source}))).frames["employees"]
    assert frame["hired_at"].to_list() == [dt.date(2025, 2, 5), dt.date(2025, 2, 6)]


def test_a_pattern_that_is_none_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        orders(tmp_path, columns={"ordered_at": {"from": "x", "format": "dd.mm.yyyy"}})
    assert "'dd.mm.yyyy' is no format of a date or time" in str(caught.value)
    assert '"%d.%m.%Y %H:%M"' in str(caught.value)


@pytest.mark.parametrize("zone", ["UTC", "America/Santiago", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    ("cell", "forms"),
    [
        ("9999-12-31 23:59:59", None),
        ("9999-12-31", None),
        ("9999-12-31T23:59:59Z", None),
        ("9999-12-31T23:59:59-05:00", None),
        ("2958465", ["excel", "%Y-%m-%d"]),
        ("253402214400", ["unix", "%Y-%m-%d"]),
    ],
)
def test_never_is_the_last_day_of_the_calendar_in_any_zone(
    tmp_path: Path, cell: str, forms: list[str] | None, zone: str
) -> None:
    (tmp_path / "t.csv").write_text(f"ticket_id,created_at,resolved_at\n1,2025-01-05,{cell}\n")
    columns = {"resolved_at": {"from": "resolved_at", "format": forms}} if forms else {}
    sources = {"t": {"table": "tickets", "files": "t.csv", "columns": columns, "timezone": "UTC"}}
    found = loaded(load(write(tmp_path, sources, timezone=zone, as_of="2025-01-31")))
    assert str(found.frames["tickets"]["resolved_at"].item())[:7] == "9999-12"


@pytest.mark.parametrize("cell", ["0001-01-01 00:00:00", "0001-01-01T00:00:00Z", "0001-01-01"])
def test_the_first_day_of_the_calendar_is_no_time(tmp_path: Path, cell: str) -> None:
    (tmp_path / "t.csv").write_text(f"ticket_id,created_at,resolved_at\n1,2025-01-05,{cell}\n")
    found = loaded(load(write(tmp_path, {"t": {"table": "tickets", "files": "t.csv"}})))
    assert found.frames["tickets"]["resolved_at"].to_list() == [None]
    assert found.ledgers[0].changed == {"resolved_at: not a time, emptied": 1}


# --- durations


@pytest.mark.parametrize(
    ("spec", "cells", "wanted"),
    [
        (
            {"unit": "hms"},
            ["100:00:01", "00:05", "2 days 01:00:00", "-00:01:00"],
            [360_001, 5, 176_400, -60],
        ),
        (
            {"unit": "hms"},
            ["1 day, 0:00:01", "3д 00:00:10", "00:00:01.999", ""],
            [86_401, 259_210, 1, None],
        ),
        (
            {"unit": "hms"},
            ["1:75:00", "1:00:60", "0:61", "60:59", "1 day 100:00"],
            [None, None, None, 3659, 92_400],
        ),
        (
            {"unit": "hms"},
            [f"{10**20}:00:00", f"{2**63 // 3600}:30:07", "1:00:00"],
            [None, None, 3600],
        ),
        *(
            (
                {"unit": unit},
                [f"{10**size}" for size in (12, 17, 19, 26, 30, 38, 60)] + ["0"],
                wanted,
            )
            for unit, wanted in (
                ("milliseconds", [10**9, *[None] * 6, 0]),
                ("seconds", [*[None] * 7, 0]),
                ("days", [*[None] * 7, 0]),
            )
        ),
        ({"unit": "minutes", "decimal": ","}, ["1,5", "0,25"], [90, 15]),
        ({"unit": "minutes"}, ["1,234.5", "2"], [74_070, 120]),
        ({"unit": "milliseconds"}, ["90061001", "-"], [90_061, None]),
        ({"unit": "days"}, ["1.5"], [129_600]),
    ],
)
def test_ready_durations(
    tmp_path: Path, spec: Any, cells: list[str], wanted: list[int | None]
) -> None:
    rows = "".join(f"{n};2025-01-05;{cell}\n" for n, cell in enumerate(cells))
    (tmp_path / "t.csv").write_text("ticket_id;created_at;Wait\n" + rows)
    columns = {"wait_seconds": {"from": "Wait", **spec}}
    source = {"table": "tickets", "files": "t.csv", "columns": columns}
    found = loaded(load(write(tmp_path, {"t": source})))
    assert found.frames["tickets"]["wait_seconds"].to_list() == wanted


def test_whole_numbers_beyond_64_bits_are_bad_cells(tmp_path: Path) -> None:
    cells = [f"{2**63 - 1}", f"{2**63}", f"{10**40}", "1,5", " 7 ", "-1.0"]
    rows = "".join(f"{n};2025-01-05;{cell}\n" for n, cell in enumerate(cells))
    (tmp_path / "t.csv").write_text("ticket_id;created_at;reopened_count\n" + rows)
    found = loaded(load(write(tmp_path, {"t": {"table": "tickets", "files": "t.csv"}})))
    counts = found.frames["tickets"]["reopened_count"].to_list()
    assert counts == [2**63 - 1, None, None, None, 7, -1]


@pytest.mark.parametrize(
    ("scale", "wanted"),
    [
        ("0.01", [Decimal("0.01"), Decimal(10) ** 10, Decimal(10) ** 16, None]),
        ("1000000", [Decimal(10) ** 6, Decimal(10) ** 18, None, None]),
        ("-1", [Decimal(-1), -(Decimal(10) ** 12), -(Decimal(10) ** 18), None]),
    ],
)
def test_amounts_that_are_scaled_beyond_all_bounds_are_bad_cells(
    tmp_path: Path, scale: str, wanted: list[Decimal | None]
) -> None:
    cells = ["1", f"{10**12}", f"{10**18}", f"{10**30}"]
    rows = "".join(f"{n};2025-01-05;{cell};1\n" for n, cell in enumerate(cells))
    text = "order_id;ordered_at;cost;amount\n" + rows
    found = loaded(orders(tmp_path, text, columns={"cost": {"from": "cost", "scale": scale}}))
    assert found.frames["orders"]["cost"].to_list() == wanted


def test_durations_without_hours_are_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "ticket_id,created_at,Wait\n1,2025-01-05,0:10:00\n2,2025-01-05,1:30\n3,2025-01-05,90:00\n"
    )
    columns = {"wait_seconds": {"from": "Wait", "unit": "hms"}}
    source = {"table": "tickets", "files": "t.csv", "columns": columns}
    (ledger,) = loaded(load(write(tmp_path, {"t": source}))).ledgers
    told = {note.what: note.evidence for note in ledger.notes}
    assert told["Wait: durations of two parts, such as 1:30: 2"] == "read as minutes and seconds"


# --- numbers with signs


@pytest.mark.parametrize(
    ("cells", "wanted", "signs"),
    [
        (["$125,000.00", "$1.50"], ["125000", "1.5"], "$ 2"),
        (["1 234,50 ₽", "5,00 ₽"], ["1234.5", "5"], "₽ 2"),
        (["1\u202f234,50\u00a0руб.", "5,00"], ["1234.5", "5"], "РУБ. 1"),
        (["(1,234.50)", "7.00"], ["-1234.5", "7"], None),
        (["12-", "1.5"], ["-12", "1.5"], None),
        (["−7.5", "1"], ["-7.5", "1"], None),
        (["1'234.50", "1’234’567.00"], ["1234.5", "1234567"], None),
        (["USD 10.00", "US$ 2.5"], ["10", "2.5"], "US$ 1, USD 1"),
        (["12.5 %", "7%"], ["12.5", "7"], "% 2"),
        (["€ -5.5", "(€ 5)"], ["-5.5", "-5"], "€ 2"),
    ],
)
def test_signs_around_numbers(
    tmp_path: Path, cells: list[str], wanted: list[str], signs: str | None
) -> None:
    rows = "".join(f"{n};2025-01-05;{cell}\n" for n, cell in enumerate(cells))
    found = loaded(orders(tmp_path, "order_id;ordered_at;amount\n" + rows))
    assert found.frames["orders"]["amount"].to_list() == [Decimal(one) for one in wanted]
    told = {note.what: note.evidence for note in found.ledgers[0].notes}
    assert told.get("amount: signs left out of numbers") == signs


@pytest.mark.parametrize("cell", ["$", "(5", "5)", "5 5", "$5€5", "12 apples", "1-2", "--5"])
def test_what_is_no_number_stays_none(tmp_path: Path, cell: str) -> None:
    text = f"order_id;ordered_at;amount\n1;2025-01-05;{cell}\n2;2025-01-05;1\n"
    found = loaded(orders(tmp_path, text), enforce=False)
    assert found.ledgers[0].reasons == {"amount: not a number": 1}


def test_signs_of_several_currencies_are_not_added_up(tmp_path: Path) -> None:
    text = "order_id;ordered_at;amount\n1;2025-01-05;$5\n2;2025-01-05;€6\n"
    with pytest.raises(InputError) as caught:
        loaded(orders(tmp_path, text))
    said = str(caught.value)
    assert "orders.csv: amounts of 'amount' bear signs of several currencies: $, €" in said
    assert "currency: {expr:" in said


@pytest.mark.parametrize(
    ("cells", "currency", "wanted"),
    [
        (["$5", "€6"], "EUR", [10, 6]),
        (["$5", "€6", "7 ₽", "8"], "RUB", [500, 720, 7, 8]),
        (["$5", "€6", "8"], "RUB", [500, 720, 8]),
        (["$5", "R$ 6", "7 руб."], "RUB", [500, 150, 7]),
        (["$5", "€6"], None, None),
    ],
)
def test_the_way_out_of_several_currencies_is_the_one_that_is_told(
    tmp_path: Path, cells: list[str], currency: str | None, wanted: list[int] | None
) -> None:
    rows = "".join(f"{n};2025-01-05;{cell}\n" for n, cell in enumerate(cells))
    text = "order_id;ordered_at;The amount\n" + rows
    rates = {"USD": 2, "BRL": 25} if currency == "EUR" else {"USD": 100, "EUR": 120, "BRL": 25}
    money = {"currency": currency, "fx": rates} if currency else {}
    columns: dict[str, Any] = {"amount": "The amount"}
    with pytest.raises(InputError) as caught:
        loaded(orders(tmp_path, text, columns=columns, **money))
    (problem,) = caught.value.problems
    columns |= yaml.safe_load((problem.hint or "").partition("which row is in which: ")[2])
    config = orders(tmp_path, text, columns=columns, **money)
    if wanted is None:
        with pytest.raises(InputError, match="amounts are in EUR, USD"):
            loaded(config)
        return
    found = loaded(config)
    assert found.frames["orders"]["amount"].to_list() == [Decimal(one) for one in wanted]
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ({"currency": "RUB"}, "with the sign €: 2; currency: in the config is RUB"),
        ({"columns": {"currency": {"const": "USD"}}}, "the currency of its row is USD"),
        ({"currency": "EUR"}, None),
        ({}, None),
    ],
)
def test_a_sign_that_contradicts_the_currency_is_told(
    tmp_path: Path, rest: Any, said: str | None
) -> None:
    text = "order_id;ordered_at;amount\n1;2025-01-05;€5.5\n2;2025-01-05;6 EUR\n".replace(
        "6 EUR", "€6"
    )
    found = loaded(orders(tmp_path, text, **rest))
    assert [said in warning for warning in found.warnings if said] == ([True] if said else [])
    assert bool(found.warnings) == (said is not None)


def test_a_mapped_currency_is_held_against_signs_as_it_is_mapped(tmp_path: Path) -> None:
    text = "order_id;ordered_at;amount;cur\n1;2025-01-05;5 ₽;roubles\n2;2025-01-05;$6;bucks\n"
    words = {"from": "cur", "values": {"roubles": "RUB", "bucks": "USD"}}
    config = orders(tmp_path, text, columns={"currency": words}, currency="RUB", fx={"USD": 100})
    found = loaded(config)
    assert found.frames["orders"]["amount"].to_list() == [Decimal(5), Decimal(600)]
    assert found.warnings == ()


def test_a_currency_may_be_looked_up(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,cur\n1,RUB\n2,USD\n")
    text = "order_id;ordered_at;amount\n1;2025-01-05;5 ₽\n2;2025-01-05;$6\n"
    lookup = {"files": "c.csv", "match": {"order_id": "id"}, "columns": {"currency": "cur"}}
    config = orders(tmp_path, text, lookup=[lookup], currency="RUB", fx={"USD": 100})
    found = loaded(config)
    assert found.frames["orders"]["amount"].to_list() == [Decimal(5), Decimal(600)]
    assert found.warnings == ()


# --- nulls and kept columns


def test_nulls_of_one_column(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount,cost,customer_id\n1,2025-01-05,0,0,0\n2,2025-01-05,0,1,?\n"
    columns = {
        "cost": {"from": "cost", "nulls": ["0"]},
        "customer_id": {"from": "customer_id", "nulls": "?"},
    }
    frame = loaded(orders(tmp_path, text, columns=columns)).frames["orders"]
    assert frame["amount"].to_list() == [0, 0]
    assert frame["cost"].to_list() == [None, Decimal(1)]
    assert frame["customer_id"].to_list() == ["0", None]


def test_the_first_filled_is_not_one_that_means_nothing(tmp_path: Path) -> None:
    text = "order_id,a,b,amount,x,y\n1,N/A,2025-01-05,1,?,C\n2,2025-01-06,,2,-,\n"
    columns = {
        "ordered_at": {"from": ["a", "b"]},
        "customer_id": {"from": ["x", "y"], "nulls": ["?"]},
    }
    frame = loaded(orders(tmp_path, text, columns=columns)).frames["orders"]
    assert frame["ordered_at"].dt.day().to_list() == [5, 6]
    assert frame["customer_id"].to_list() == ["C", "-"]


def test_all_forms_of_keep(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount,Регион,b\n1,2025-01-05,1,Юг,\n2,2025-01-05,1,Север,x\n"
    keep = {
        "Регион": "Регион",
        "region": {"from": "Регион", "values": {"Юг": "South"}},
        "south": {"from": "Регион", "values": {"Юг": "yes"}, "other": "no"},
        "first": {"from": ["b", "Регион"]},
        "made": {"expr": "'r-' || \"Регион\""},
        "brand": {"const": "own"},
    }
    config = orders(tmp_path, text, keep=keep)
    frame = loaded(config).frames["orders"]
    assert frame.select(*keep).rows() == [
        ("Юг", "South", "yes", "Юг", "r-Юг", "own"),
        ("Север", "Север", "no", "x", "r-Север", "own"),
    ]
    assert config.kept() == {"orders": tuple(keep)}


def test_a_kept_column_is_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="format belongs to dates and times, and when is text"):
        orders(tmp_path, keep={"when": {"from": "ordered_at", "format": "%Y"}})


# --- a folder of exports that overlap


def test_monthly_exports_that_overlap(tmp_path: Path) -> None:
    head = "ticket_id,created_at,status\n"
    (tmp_path / "t_2025-9.csv").write_text(head + "1,2025-09-01,open\n2,2025-09-30,open\n")
    (tmp_path / "t_2025-10.csv").write_text(head + "2,2025-09-30,solved\n3,2025-10-31,open\n")
    (tmp_path / "t_2025-11.csv").write_text(head + "3,2025-10-31,solved\n2,2025-09-30,closed\n")
    found = loaded(load(write(tmp_path, {"t": {"table": "tickets", "files": "t_*.csv"}})))
    frame = found.frames["tickets"].sort("ticket_id")
    assert frame["status"].to_list() == ["open", "closed", "solved"]
    counts = [(ledger.file, ledger.used, ledger.duplicate) for ledger in found.ledgers]
    assert counts == [("t_2025-9.csv", 1, 1), ("t_2025-10.csv", 0, 2), ("t_2025-11.csv", 2, 0)]
