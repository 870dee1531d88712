"""From files to frames: dialects, formats, policies, and a ledger that adds up."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.errors import ConfigError, InputError
from kpicli.intake import FileLedger, Loaded, Outcome
from tests.shop import ORDERS, loaded, orders, write

TWO = [Decimal(10), Decimal(20)]


def amounts(found: Loaded) -> list[Decimal]:
    return found.frames["orders"]["amount"].to_list()


def ledger(found: Loaded) -> FileLedger:
    (only,) = found.ledgers
    assert only.read == (only.used + only.folded + only.filtered + only.rejected + only.duplicate)
    return only


# --- dialects


@pytest.mark.parametrize(
    ("encode", "name"),
    [
        (lambda text: text.encode(), "utf-8"),
        (lambda text: text.encode("utf-8-sig"), "utf-8"),
        (lambda text: text.encode("cp1251"), "cp1251"),
        (lambda text: text.encode("utf-16"), "utf-16-le"),
        (lambda text: text.encode("utf-16-le"), "utf-16-le"),
        (lambda text: text.encode("utf-32"), "utf-32-le"),
        (lambda text: text.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_encodings_are_told_apart(tmp_path: Path, encode: Any, name: str) -> None:
    text = ORDERS.replace("customer_id", "Клиент").replace("A", "Анна").replace("B", "Борис")
    config = orders(tmp_path, encode(text), columns={"customer_id": "Клиент"})
    found = loaded(config)
    assert found.frames["orders"]["customer_id"].to_list() == ["Анна", "Борис"]
    assert ledger(found).encoding == name


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path: Path, delimiter: str, ends: str) -> None:
    text = ORDERS.replace(",", delimiter).replace("\n", ends)
    found = loaded(orders(tmp_path, text))
    assert amounts(found) == TWO
    assert ledger(found).delimiter == delimiter


def test_what_is_declared_is_not_guessed(tmp_path: Path) -> None:
    text = ORDERS.replace("A", "Ж").encode("koi8-r")
    config = orders(tmp_path, text, encoding="koi8-r", delimiter=",")
    assert loaded(config).frames["orders"]["customer_id"].to_list() == ["Ж", "B"]
    assert ledger(loaded(config)).encoding == "koi8-r"


def test_an_encoding_that_is_not_recognised_is_asked_for(tmp_path: Path) -> None:
    text = ORDERS.replace("A", "Wałęsa Żółć Dąbrowski").encode("cp1250")
    with pytest.raises(InputError, match="declare it in the source: encoding"):
        loaded(orders(tmp_path, text))


def test_headers_are_compared_trimmed_and_composed(tmp_path: Path) -> None:
    text = ORDERS.replace("amount", " Бюджет ").replace("customer_id", "cafe\u0301")
    config = orders(tmp_path, text, columns={"amount": "Бюджет", "customer_id": "café"})
    assert amounts(loaded(config)) == TWO


def test_the_second_of_two_equal_headers_is_numbered(tmp_path: Path) -> None:
    text = "order_id,ordered_at,Sum,Sum\n1,2025-01-05,1,10\n2,2025-01-06,1,20\n"
    assert amounts(loaded(orders(tmp_path, text, columns={"amount": "Sum#2"}))) == TWO


def test_cells_with_quotes_delimiters_and_line_breaks(tmp_path: Path) -> None:
    text = (
        "order_id,ordered_at,amount,product\n"
        '1,2025-01-05,10,"a ""big"" one, blue"\n'
        '2,2025-01-06,20,"two\nlines"\n'
        "\n"
        '3,2025-01-07,30,"three\n\nlines, ""too"""\n'
    )
    found = loaded(orders(tmp_path, text))
    assert found.frames["orders"]["product"].to_list() == [
        'a "big" one, blue',
        "two\nlines",
        'three\n\nlines, "too"',
    ]
    assert ledger(found).blank == 1


def test_a_name_that_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "o[1].csv").write_text(ORDERS)
    path = write(tmp_path, {"o": {"table": "orders", "files": "o[1].csv"}})
    assert amounts(loaded(load(path))) == TWO


# --- structure: nothing is lost in silence


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("3,2025-01-07,30", "too few cells"),
        ("3", "too few cells"),
        ("3,2025-01-07,30,C,D", "too many cells"),
        ('3,2025-01-07,30,"C', "a quote that is never closed"),
        ('3,2025-01-07,30,"C"D', "a stray quote"),
        ("3,2025-01-07,30,C\x00", "a NUL byte"),
    ],
)
def test_a_line_that_is_no_row_is_rejected_and_the_next_is_read(
    tmp_path: Path, line: str, reason: str
) -> None:
    text = ORDERS + line + "\n4,2025-01-08,40,D\n"
    found = loaded(orders(tmp_path, text), enforce=False)
    assert amounts(found) == [*TWO, Decimal(40)]
    only = ledger(found)
    assert only.reasons == {reason: 1}
    assert [reject.line for reject in only.rejects] == [4]


def test_bytes_that_are_no_text_reject_their_line(tmp_path: Path) -> None:
    text = ORDERS.encode() + b"3,2025-01-07,30,\xff\n4,2025-01-08,40,\xd0\x96\n"
    found = loaded(orders(tmp_path, text), enforce=False)
    assert found.frames["orders"]["customer_id"].to_list() == ["A", "B", "Ж"]
    assert ledger(found).reasons == {"bytes that are no text": 1}


def test_a_quote_inside_a_plain_cell_is_a_quote(tmp_path: Path) -> None:
    text = 'order_id,ordered_at,amount,product\n1,2025-01-05,10,5" pipe\n2,2025-01-06,20,"x"\n'
    found = loaded(orders(tmp_path, text))
    assert found.frames["orders"]["product"].to_list() == ['5" pipe', "x"]


def test_an_unclosed_quote_does_not_swallow_the_rest(tmp_path: Path) -> None:
    rows = "".join(f"{n},2025-01-05,1,A\n" for n in range(3, 3000))
    text = ORDERS + '0,2025-01-05,1,"A\n' + rows
    found = loaded(orders(tmp_path, text))
    assert found.frames["orders"].height == 2 + 2997
    assert ledger(found).rejected == 1


def test_lines_are_those_of_the_original_after_cells_with_breaks(tmp_path: Path) -> None:
    text = 'order_id,ordered_at,amount,product\n1,2025-01-05,10,"two\nlines"\n\n2,nonsense,20,x\n'
    found = loaded(orders(tmp_path, text), enforce=False)
    (reject,) = ledger(found).rejects
    assert (reject.line, reject.column, reject.value) == (5, "ordered_at", "nonsense")


# --- cells


@pytest.mark.parametrize(
    ("cells", "wanted", "source"),
    [
        (["2025-01-31", "2025-02-01"], ["2025-01-31T00:00", "2025-02-01T00:00"], {}),
        (["31.01.2025 10:05", "1.2.2025 9:00"], ["2025-01-31T10:05", "2025-02-01T09:00"], {}),
        (["31/01/2025", "01/02/2025"], ["2025-01-31T00:00", "2025-02-01T00:00"], {}),
        (["01/31/2025", "01/02/2025"], ["2025-01-31T00:00", "2025-01-02T00:00"], {}),
        (["09/Oct/25 1:42 PM", "10/Oct/25 1:42 AM"], ["2025-10-09T13:42", "2025-10-10T01:42"], {}),
        (["2025-01-31T10:00:00Z", "2025-01-31T10:00:00.5+03:00"], None, {}),
        (["2025-01-31", "01.02.2025 10:00"], ["2025-01-31T00:00", "2025-02-01T10:00"], {}),
        (["01/02/2025", "03/04/2025"], ["2025-01-02T00:00", "2025-03-04T00:00"], "%m/%d/%Y"),
    ],
)
def test_dates(tmp_path: Path, cells: list[str], wanted: list[str] | None, source: Any) -> None:
    text = "order_id,when,amount\n" + "".join(f"{n},{c},1\n" for n, c in enumerate(cells))
    column = {"from": "when", **({"format": source} if source else {})}
    found = loaded(orders(tmp_path, text, columns={"ordered_at": column}))
    instants = found.frames["orders"]["ordered_at"].to_list()
    if wanted is None:
        assert [i.astimezone(dt.UTC).hour for i in instants] == [10, 7]
    else:
        assert [i.strftime("%Y-%m-%dT%H:%M") for i in instants] == wanted


def test_an_open_order_of_day_and_month_is_asked_for(tmp_path: Path) -> None:
    text = "order_id,when,amount\n1,01/02/2025,1\n2,03/04/2025,1\n"
    with pytest.raises(InputError) as caught:
        loaded(orders(tmp_path, text, columns={"ordered_at": "when"}))
    said = str(caught.value)
    assert "01/02/2025 may be 2025-02-01 or 2025-01-02, and no cell settles it" in said
    assert 'ordered_at: {from: "when", format: "%d/%m/%Y"}' in said
    assert 'ordered_at: {from: "when", format: "%m/%d/%Y"}' in said


def test_both_orders_in_one_column_are_an_error(tmp_path: Path) -> None:
    text = "order_id,when,amount\n1,13/02/2025,1\n2,03/14/2025,1\n"
    with pytest.raises(InputError, match="13/02/2025 is day first and 03/14/2025 is month first"):
        loaded(orders(tmp_path, text, columns={"ordered_at": "when"}))


@pytest.mark.parametrize("rows", [1, 40_000])
def test_both_orders_are_an_error_wherever_they_stand(tmp_path: Path, rows: int) -> None:
    head = "order_id,when,amount\n" + "".join(f"{n},01/02/2025,1\n" for n in range(rows))
    text = head + "x,13/02/2025,1\ny,03/14/2025,1\n"
    with pytest.raises(InputError, match="13/02/2025 is day first and 03/14/2025 is month first"):
        loaded(orders(tmp_path, text, columns={"ordered_at": "when"}))


def test_an_order_that_changes_nothing_is_not_asked_for(tmp_path: Path) -> None:
    text = "order_id,when,amount\n1,01/01/2025,1\n2,02/02/2025,1\n"
    columns = {"ordered_at": "when"}
    days = loaded(orders(tmp_path, text, columns=columns)).frames["orders"]["ordered_at"]
    assert [f"{day:%m-%d}" for day in days] == ["01-01", "02-02"]
    with pytest.raises(InputError, match="02/03/2025 may be 2025-03-02 or 2025-02-03"):
        loaded(orders(tmp_path, text + "3,02/03/2025,1\n", columns=columns))
    late = text + "".join(f"{n},03/03/2025,1\n" for n in range(10, 40_000)) + "3,02/03/2025,1\n"
    with pytest.raises(InputError, match="02/03/2025 may be 2025-03-02 or 2025-02-03"):
        loaded(orders(tmp_path, late, columns=columns))


@pytest.mark.parametrize(
    ("cell", "form"), [("45000.5", "excel"), ("1700000000", "unix"), ("1700000000000", "unix_ms")]
)
def test_numbers_in_the_place_of_times_are_asked_for(tmp_path: Path, cell: str, form: str) -> None:
    text = f"order_id,when,amount\n1,{cell},1\n"
    with pytest.raises(InputError, match=f'ordered_at: {{from: "when", format: "{form}"}}'):
        loaded(orders(tmp_path, text, columns={"ordered_at": "when"}))
    said = {"ordered_at": {"from": "when", "format": form}}
    (day,) = loaded(orders(tmp_path, text, columns=said)).frames["orders"]["ordered_at"]
    assert day.year == 2023


def test_the_whole_column_settles_the_order(tmp_path: Path) -> None:
    rows = "".join(f"{n},01/02/2025,1\n" for n in range(60_000))
    text = "order_id,when,amount\n" + rows + "x,31/01/2025,1\n"
    found = loaded(orders(tmp_path, text, columns={"ordered_at": "when"}))
    assert found.frames["orders"]["ordered_at"][0].strftime("%m-%d") == "02-01"


def test_a_form_that_comes_late_is_learned(tmp_path: Path) -> None:
    rows = "".join(f"{n},2025-01-02,1\n" for n in range(40_000))
    text = "order_id,ordered_at,amount\n" + rows + "x,31.01.2025 12:00,1\n"
    found = loaded(orders(tmp_path, text))
    assert found.frames["orders"]["ordered_at"][-1].strftime("%d %H") == "31 12"
    assert ledger(found).rejected == 0


def test_wall_times_are_read_in_the_zone_of_the_source(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount\n1,2025-01-31 23:30:00,1\n"
    config = orders(tmp_path, text, timezone="Europe/Moscow")
    instant = loaded(config).frames["orders"]["ordered_at"][0]
    assert instant.isoformat() == "2025-01-31T23:30:00+03:00"
    (tmp_path / "b").mkdir()
    source = {"table": "orders", "files": "../orders.csv", "timezone": "UTC"}
    other = load(write(tmp_path / "b", {"o": source}, timezone="Europe/Moscow"))
    assert loaded(other).frames["orders"]["ordered_at"][0].isoformat() == (
        "2025-02-01T02:30:00+03:00"
    )


def test_a_wall_time_that_does_not_exist_rejects_one_that_occurs_twice_is_the_first(
    tmp_path: Path,
) -> None:
    text = "order_id,ordered_at,amount\n1,2026-03-29 02:30:00,1\n2,2026-10-25 02:30:00,1\n"
    found = loaded(orders(tmp_path, text, timezone="Europe/Berlin"), enforce=False)
    (instant,) = found.frames["orders"]["ordered_at"].to_list()
    assert instant.isoformat() == "2026-10-25T02:30:00+02:00"
    assert ledger(found).rejected == 1


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["1234.5", "-3"], ["1234.5", "-3"]),
        (["1 234,50", "5"], ["1234.5", "5"]),
        (["1\u00a0234,50", "5,1"], ["1234.5", "5.1"]),
        (["1.234,50", "1.000.000,25"], ["1234.5", "1000000.25"]),
        (["1,234.50", "2"], ["1234.5", "2"]),
        (["1'234.50", "2"], ["1234.5", "2"]),
        (["1,234", "1,5"], ["1.234", "1.5"]),
        (["1,234", "1.5"], ["1234", "1.5"]),
        ([" 5 ", "6"], ["5", "6"]),
        (["0.12345678", "1"], ["0.123457", "1"]),
        (["1e3", "1"], ["1000", "1"]),
    ],
)
def test_numbers(tmp_path: Path, cells: list[str], wanted: list[str]) -> None:
    rows = "".join(f"{n};2025-01-05;{c}\n" for n, c in enumerate(cells))
    found = loaded(orders(tmp_path, "order_id;ordered_at;amount\n" + rows))
    assert amounts(found) == [Decimal(value) for value in wanted]


def test_a_comma_that_reads_two_ways_is_asked_for(tmp_path: Path) -> None:
    text = "order_id;ordered_at;amount\n1;2025-01-05;1,234\n2;2025-01-05;5,678\n"
    with pytest.raises(InputError, match=r"1,234 may be 1234 or 1\.234"):
        loaded(orders(tmp_path, text))
    config = orders(tmp_path, text, columns={"amount": {"from": "amount", "decimal": ","}})
    assert amounts(loaded(config)) == [Decimal("1.234"), Decimal("5.678")]


def test_another_column_shows_the_decimal_mark(tmp_path: Path) -> None:
    text = "order_id;ordered_at;amount;cost\n1;2025-01-05;1,234;0,5\n"
    assert amounts(loaded(orders(tmp_path, text))) == [Decimal("1.234")]


def test_more_than_six_digits_are_rounded_and_told(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount\n1,2025-01-05,0.1000000000000001\n2,2025-01-05,1.5\n"
    notes = [note.what for note in ledger(loaded(orders(tmp_path, text))).notes]
    assert "amount: 1 numbers rounded" in notes


@pytest.mark.parametrize(
    ("spec", "cells", "wanted"),
    [
        ({"unit": "minutes"}, ["1.5", "2"], [90, 120]),
        ({"unit": "hms"}, ["01:30:00", "90:00"], [5400, 5400]),
        ({"unit": "milliseconds"}, ["1500", "999"], [1, 0]),
        ({"unit": "hours"}, ["0.5", "1"], [1800, 3600]),
        ({}, ["61", "1.0"], [61, 1]),
    ],
)
def test_ready_durations(tmp_path: Path, spec: Any, cells: list[str], wanted: list[int]) -> None:
    rows = "".join(f"{n},2025-01-05,{c}\n" for n, c in enumerate(cells))
    (tmp_path / "t.csv").write_text("ticket_id,created_at,Wait\n" + rows)
    columns = {"wait_seconds": {"from": "Wait", **spec}}
    source = {"table": "tickets", "files": "t.csv", "columns": columns}
    found = loaded(load(write(tmp_path, {"t": source})))
    assert found.frames["tickets"]["wait_seconds"].to_list() == wanted


def test_mapping_by_values_constants_keys_and_first_filled(tmp_path: Path) -> None:
    text = (
        "when,sum,state,company,contact,cents\n"
        "2025-01-05,10,Won,Acme,Ann,1050\n"
        "2025-01-06,20,Lost,,Bob,99\n"
        "2025-01-07,30,Odd,-,,1\n"
    )
    columns = {
        "order_id": {"row": True},
        "ordered_at": "when",
        "amount": "sum",
        "status": {"from": "state", "values": {"Won": "completed", "Lost": "cancelled"}},
        "customer_id": {"from": ["company", "contact"]},
        "currency": {"const": "EUR"},
        "cost": {"from": "cents", "scale": 0.01},
    }
    config = orders(tmp_path, text, columns=columns, nulls="-")
    frame = loaded(config).frames["orders"]
    assert frame["order_id"].to_list() == [f"o:orders.csv:{line}" for line in (2, 3, 4)]
    assert frame["status"].to_list() == ["completed", "cancelled", "unknown"]
    assert frame["customer_id"].to_list() == ["Acme", "Bob", None]
    assert frame["currency"].to_list() == ["EUR"] * 3
    assert frame["cost"].to_list() == [Decimal("10.5"), Decimal("0.99"), Decimal("0.01")]
    changed = ledger(loaded(config)).changed
    assert changed == {"state: not one of the values, read as unknown": 1}


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"other": "call"}, ["call", "call", None]),
        ({"pass": True}, ["call", "sms", None]),
        ({}, ["call", None, None]),
    ],
)
def test_unlisted_values(tmp_path: Path, more: Any, wanted: list[str | None]) -> None:
    text = "interaction_id,occurred_at,type,via\n1,2025-01-05,x,Звонок\n2,2025-01-05,x,sms\n"
    (tmp_path / "i.csv").write_text(text + "3,2025-01-05,x,\n", encoding="utf-8")
    columns = {"channel": {"from": "via", "values": {"Звонок": "call"}, **more}}
    source = {"table": "interactions", "files": "i.csv", "columns": columns}
    found = loaded(load(write(tmp_path, {"i": source})))
    assert found.frames["interactions"]["channel"].to_list() == wanted


def test_words_for_nothing_are_nulls_where_no_text_is_meant(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount,cost,customer_id\n"
    words = ["NULL", "n/a", "-", "None", "—", "nan", ""]
    text += "".join(f"{n},2025-01-05,1,{w},{w}\n" for n, w in enumerate(words))
    frame = loaded(orders(tmp_path, text)).frames["orders"]
    assert frame["cost"].null_count() == len(words)
    assert frame["customer_id"].to_list() == [*words[:-1], None]


# --- policies


def test_where_filters_rows_and_counts_them(tmp_path: Path) -> None:
    text = ORDERS + "3,2025-01-07, ,\n4,x,x,\n"
    found = loaded(orders(tmp_path, text, where="customer_id is not null"))
    only = ledger(found)
    assert (only.read, only.used, only.filtered, only.rejected) == (4, 2, 2, 0)


def test_one_file_may_feed_two_tables(tmp_path: Path) -> None:
    text = "Id,Created,Score\n1,2025-01-05,5\n2,2025-01-06,\n"
    (tmp_path / "t.csv").write_text(text)
    sources = {
        "t": {
            "table": "tickets",
            "files": "t.csv",
            "columns": {"ticket_id": "Id", "created_at": "Created"},
        },
        "s": {
            "table": "responses",
            "files": "t.csv",
            "where": '"Score" is not null',
            "columns": {
                "response_id": {"row": True},
                "survey_type": {"const": "csat"},
                "responded_at": "Created",
                "score": "Score",
                "scale_min": {"const": 1},
                "scale_max": {"const": 5},
            },
        },
    }
    found = loaded(load(write(tmp_path, sources)))
    assert found.frames["tickets"].height == 2
    assert found.frames["responses"]["scale_max"].to_list() == [Decimal(5)]


def test_files_feed_a_table_in_order_and_later_rows_win(tmp_path: Path) -> None:
    for number, amount in ((9, 1), (10, 2)):
        text = f"order_id,ordered_at,amount\nx,2025-01-05,{amount}\n{number},2025-01-05,5\n"
        (tmp_path / f"orders_{number}.csv").write_text(text)
    found = loaded(load(write(tmp_path, {"o": {"table": "orders", "files": "orders_*.csv"}})))
    frame = found.frames["orders"]
    assert dict(zip(frame["order_id"], frame["amount"], strict=True))["x"] == 2
    assert [ledger.file for ledger in found.ledgers] == ["orders_9.csv", "orders_10.csv"]
    assert [ledger.duplicate for ledger in found.ledgers] == [1, 0]
    assert "keys that stand twice with different contents: 1" in found.warnings[0]


@pytest.mark.parametrize(("policy", "wanted"), [("last", [Decimal(2)]), ("first", [Decimal(1)])])
def test_duplicates_by_policy(tmp_path: Path, policy: str, wanted: list[Decimal]) -> None:
    text = "order_id,ordered_at,amount\n1,2025-01-05,1\n1,2025-01-05,2\n"
    config = orders(tmp_path, text, intake={"duplicates": policy})
    assert amounts(loaded(config)) == wanted


def test_the_latest_change_wins(tmp_path: Path) -> None:
    text = (
        "order_id,ordered_at,amount,updated_at\n"
        "1,2025-01-05,1,2025-02-02\n1,2025-01-05,2,2025-02-01\n1,2025-01-05,3,\n"
    )
    assert amounts(loaded(orders(tmp_path, text))) == [Decimal(1)]


def test_duplicates_may_be_an_error(tmp_path: Path) -> None:
    config = orders(tmp_path, ORDERS + "1,2025-01-05,10,A\n", intake={"duplicates": "error"})
    with pytest.raises(InputError, match=r"intake\.duplicates is error"):
        loaded(config)


def test_identical_rows_are_dropped_in_silence(tmp_path: Path) -> None:
    found = loaded(orders(tmp_path, ORDERS + "1,2025-01-05,10,A\n"))
    assert ledger(found).duplicate == 1
    assert found.warnings == ()


BAD = "order_id,ordered_at,amount,cost\n1,2025-01-05,1,2\n2,2025-01-05,3,x\n3,soon,4,5\n"


def test_a_cell_that_cannot_be_read_and_has_a_default_takes_it_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "ticket_id,created_at,Status\n1,2025-01-05,Solvd\n2,2025-01-06,SOLVED\n3,2025-01-07,Junk\n"
    )
    columns = {"status": {"from": "Status", "values": {"Junk": "spam"}, "pass": True}}
    source = {"table": "tickets", "files": "t.csv", "columns": columns}
    found = loaded(load(write(tmp_path, {"t": source})))
    assert found.frames["tickets"]["status"].to_list() == ["open", "solved", "spam"]
    assert found.ledgers[0].changed == {"Status: not one of the values, read as open": 1}


def test_a_bad_cell_is_emptied_where_it_is_not_needed_and_rejects_where_it_is(
    tmp_path: Path,
) -> None:
    found = loaded(orders(tmp_path, BAD), enforce=False)
    assert found.frames["orders"]["cost"].to_list() == [Decimal(2), None]
    only = ledger(found)
    assert only.reasons == {"ordered_at: not a time": 1}
    assert only.changed == {"cost: not a number, emptied": 1}
    found_at = [(reject.line, reject.value, reject.outcome) for reject in only.rejects]
    assert sorted(found_at) == [(3, "x", Outcome.EMPTIED), (4, "soon", Outcome.REJECTED)]


def test_a_bad_cell_may_reject_its_row_or_fail(tmp_path: Path) -> None:
    config = orders(tmp_path, BAD, intake={"on_bad_value": "reject"})
    assert loaded(config, enforce=False).frames["orders"].height == 1
    config = orders(tmp_path, BAD, intake={"on_bad_value": "fail"})
    with pytest.raises(InputError, match=r"intake\.on_bad_value is fail"):
        loaded(config)


@pytest.mark.parametrize(("budget", "fits"), [("33%", False), ("34%", True), (1, True), (0, False)])
def test_the_budget_for_rejected_rows(tmp_path: Path, budget: str | int, fits: bool) -> None:
    config = orders(tmp_path, BAD, intake={"max_rejected": budget})
    if fits:
        assert loaded(config).frames["orders"].height == 2
        return
    with pytest.raises(InputError) as caught:
        loaded(config)
    assert "1 of 3 rows cannot be used" in str(caught.value)
    assert "orders.csv:4: ordered_at: not a time: 'soon' (rows: 1)" in str(caught.value)


def test_a_column_that_cannot_be_read_at_all_is_an_error(tmp_path: Path) -> None:
    rows = "".join(f"{n},2025-01-05,abc\n" for n in range(20))
    with pytest.raises(InputError, match="none of the 20 filled cells of 'amount' can be read"):
        loaded(orders(tmp_path, "order_id,ordered_at,amount\n" + rows))


def test_people_are_not_named(tmp_path: Path) -> None:
    text = "employee_id,hired_at\nIvan Petrov,soon\n,2025-01-01\n"
    (tmp_path / "e.csv").write_text(text + "x,2025-01-01\n" * 3)
    source = {"table": "employees", "files": "e.csv"}
    found = loaded(load(write(tmp_path, {"e": source})), enforce=False)
    assert not any("Ivan" in str(reject) for reject in found.ledgers[0].rejects)


def test_money_in_two_currencies_is_refused(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount,currency\n1,2025-01-05,1,EUR\n2,2025-01-05,1,usd\n"
    with pytest.raises(InputError, match="orders: amounts are in EUR, USD"):
        loaded(orders(tmp_path, text))


RATES = {"USD": {"2025-01-01": 90, "2025-02-01": 100.5}, "eur": 100}


def test_money_is_converted_by_the_rate_of_its_day(tmp_path: Path) -> None:
    text = (
        "order_id,ordered_at,amount,cost,currency\n"
        "1,2025-01-31,1.5,1,usd\n2,2025-02-01,2,,USD\n3,2025-01-01,3,,RUB\n4,2025-01-01,4,,EUR\n"
        "5,2025-01-01,5,,\n"
    )
    frame = loaded(orders(tmp_path, text, currency="RUB", fx=RATES)).frames["orders"]
    assert [float(amount) for amount in frame["amount"]] == [135, 201, 3, 400, 5]
    assert frame["cost"].to_list()[0] == 90
    assert frame["currency"].to_list() == ["RUB"] * 5


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,2024-12-31,1,USD", "an amount in USD is of 2024-12-31, and fx begins with 2025-01-01"),
        ("1,2025-01-05,1,GBP", "orders: amounts are in GBP, and the config says RUB"),
        ("1,2025-01-05,1,Российский рубль", 'values: {"Российский рубль": CODE}'),
    ],
)
def test_money_without_a_rate_is_refused(tmp_path: Path, row: str, said: str) -> None:
    text = f"order_id,ordered_at,amount,currency\n{row}\n"
    with pytest.raises(InputError, match=said):
        loaded(orders(tmp_path, text, currency="RUB", fx=RATES))


# --- what is missing


def test_missing_headers_are_told_at_once_with_the_nearest(tmp_path: Path) -> None:
    config = orders(
        tmp_path, columns={"amount": "Amont", "cost": "Kost"}, keep=["Region"], where="Sum = '1'"
    )
    with pytest.raises(ConfigError) as caught:
        loaded(config)
    said = str(caught.value)
    assert "kpi.yaml:7: sources.o.columns.amount: orders.csv has no header 'Amont'" in said
    assert "did you mean 'amount'?" in said
    assert "kpi.yaml:8: sources.o.columns.cost: orders.csv has no header 'Kost'" in said
    assert "kpi.yaml:9: sources.o.keep.Region: orders.csv has no header 'Region'" in said
    assert "kpi.yaml:11: sources.o.where: orders.csv has no header 'Sum'" in said


def test_a_needed_column_must_be_mapped(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"orders\.csv feeds no amount, which orders needs"):
        loaded(orders(tmp_path, "order_id,ordered_at,sum\n1,2025-01-05,1\n"))


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ({"header": 2}, "the line that is taken for its header holds values"),
        ({"delimiter": ";"}, "is parted by a comma, and the source says semicolon"),
        ({"header": "none"}, "the file has: #1, #2, #3, #4"),
    ],
)
def test_a_wrong_declaration_of_the_header_is_told_without_a_row(
    tmp_path: Path, source: dict[str, Any], hint: str
) -> None:
    config = orders(tmp_path, ORDERS.replace("A", "Anna Petrova"), **source)
    with pytest.raises(ConfigError, match=hint) as caught:
        loaded(config)
    assert "Petrova" not in str(caught.value)


def test_months_in_words_of_another_language_are_told_how_to_mend(tmp_path: Path) -> None:
    text = "order_id,ordered_at,amount\n1,3 січня 2025,1\n2,28 лютого 2025,2\n"
    with pytest.raises(InputError, match="put numbers for the months: expr with replace"):
        loaded(orders(tmp_path, text))
    sql = "replace(replace(ordered_at, ' січня ', '.01.'), ' лютого ', '.02.')"
    when = {"expr": sql, "format": "%d.%m.%Y"}
    found = loaded(orders(tmp_path, text, columns={"ordered_at": when}))
    days = found.frames["orders"]["ordered_at"].dt.date().to_list()
    assert days == [dt.date(2025, 1, 3), dt.date(2025, 2, 28)]


def test_headers_that_stand_twice_are_told(tmp_path: Path) -> None:
    text = "order_id,ordered_at,Sum,amount, amount ,Sum\n1,2025-01-05,1,2,3,4\n"
    found = loaded(orders(tmp_path, text, columns={"cost": "Sum#2"}))
    assert found.frames["orders"].select("amount", "cost").row(0) == (2, 4)
    (note,) = [note for note in ledger(found).notes if "several times" in note.what]
    assert note.what == "header 'amount' stands several times: 2"
    assert note.evidence == "the first is read; the next is called amount#2"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ("nowhere.csv", "there is no file"),
        ("*.tsv", "no file matches"),
        (".", "is a folder"),
        ("empty.csv", "is empty"),
        ("blank.csv", "has no header line"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, files: str, message: str) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "blank.csv").write_text("\n\n\n")
    config = load(write(tmp_path, {"o": {"table": "orders", "files": files}}))
    with pytest.raises(InputError, match=message):
        loaded(config)


def test_a_header_without_rows_is_fine(tmp_path: Path) -> None:
    found = loaded(orders(tmp_path, "order_id,ordered_at,amount\n"))
    assert found.frames["orders"].is_empty()
    assert found.latest is None


def test_a_file_without_a_last_line_end(tmp_path: Path) -> None:
    assert amounts(loaded(orders(tmp_path, ORDERS.rstrip("\n")))) == TWO


def test_coverage_is_that_of_events_or_declared(tmp_path: Path) -> None:
    found = loaded(orders(tmp_path))
    assert (found.covered["orders"].first, found.covered["orders"].last) == (
        dt.date(2025, 1, 5),
        dt.date(2025, 1, 6),
    )
    assert found.latest is not None
    assert (found.latest.day, found.latest.column) == (dt.date(2025, 1, 6), "orders.ordered_at")
    covers = {"from": "2025-01-01", "to": "2025-01-31"}
    assert loaded(orders(tmp_path, covers=covers)).covered["orders"].last == dt.date(2025, 1, 31)
