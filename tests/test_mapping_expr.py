"""SQL over the headers: `expr` for columns, `where` for rows; told before reading if wrong."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.errors import ConfigError, InputError
from kpicli.intake import read
from tests.shop import loaded, orders, write

pytestmark = pytest.mark.usefixtures("either_way")

TEXT = (
    "order_id,ordered_at,Qty,Price,Note,Full  Name\n"
    "1,2025-01-05,2,1.50, vip ,A\n2,2025-01-06,3,0.10,,B\n3,2025-01-07,1,-,x,C\n"
)


def expr(text: str, **more: Any) -> dict[str, Any]:
    return {"expr": text, **more}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('try_cast("Qty" as decimal(18, 2)) * try_cast("Price" as decimal(18, 2))', ["3", "0.3"]),
        ('coalesce(try_cast("Price" as decimal(18, 2)), 7)', ["1.5", "0.1", "7"]),
        ("case when Note = 'vip' then Qty else Price end", ["2", "0.1"]),
        ("Qty || '.' || Qty", ["2.2", "3.3", "1.1"]),
        ("replace(Price, '.', '')", ["150", "10"]),
        ("cast(Qty as int) * 3000000000", ["6000000000", "9000000000", "3000000000"]),
        ('"#3"', ["2", "3", "1"]),
    ],
)
def test_columns_are_worked_out(tmp_path: Path, text: str, wanted: list[str]) -> None:
    config = orders(tmp_path, TEXT, columns={"amount": expr(text, nulls="-")})
    found = loaded(config, enforce=False)
    assert found.frames["orders"]["amount"].to_list() == [Decimal(one) for one in wanted]


def test_the_text_of_the_result_is_read_as_its_column_is(tmp_path: Path) -> None:
    text = (
        "id;day;time;sum;state\n1;05.01.2025;10:30;1 000,50;won\n2;13.01.2025;11:00;2,25;lost\n"
        "3;14.01.2025;soon;3,00;won\n"
    )
    columns = {
        "order_id": expr("'o-' || id"),
        "ordered_at": expr("day || ' ' || time"),
        "amount": expr("sum"),
        "status": expr("lower(state)", values={"won": "completed", "lost": "cancelled"}),
    }
    found = loaded(orders(tmp_path, text, columns=columns), enforce=False)
    frame = found.frames["orders"]
    assert frame["order_id"].to_list() == ["o-1", "o-2"]
    assert [f"{at:%d %H:%M}" for at in frame["ordered_at"]] == ["05 10:30", "13 11:00"]
    assert frame["amount"].to_list() == [Decimal("1000.5"), Decimal("2.25")]
    assert frame["status"].to_list() == ["completed", "cancelled"]
    (only,) = found.ledgers
    assert only.reasons == {"ordered_at: not a time": 1}
    assert only.rejects[0].value == "14.01.2025 soon"


def test_truth_and_kept_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "ticket_id,created_at,tags\n1,2025-01-05,a complaint\n2,2025-01-05,\n"
    )
    source = {
        "table": "tickets",
        "files": "t.csv",
        "columns": {"is_complaint": expr("tags like '%complaint%'")},
        "keep": {"tagged": expr("tags is not null"), "short": expr("substring(tags, 1, 3)")},
    }
    frame = loaded(load(write(tmp_path, {"t": source}))).frames["tickets"]
    assert frame["is_complaint"].to_list() == [True, False]
    assert frame["tagged"].to_list() == ["true", "false"]
    assert frame["short"].to_list() == ["a c", None]


def test_headers_are_found_as_everywhere(tmp_path: Path) -> None:
    text = TEXT.replace("Full  Name", " Full\u00a0Name ")
    config = orders(
        tmp_path,
        text,
        columns={"amount": "Qty", "customer_id": expr('upper("Full Name")')},
        where="\"Full Name\" <> 'B'",
    )
    found = loaded(config)
    assert found.frames["orders"]["customer_id"].to_list() == ["A", "C"]
    assert found.ledgers[0].filtered == 1
    assert found.warnings == ()


def test_nulls_are_null(tmp_path: Path) -> None:
    config = orders(
        tmp_path, TEXT, columns={"amount": expr("case when Price is null then Qty end")}, nulls="-"
    )
    assert loaded(config, enforce=False).frames["orders"]["amount"].to_list() == [Decimal(1)]


@pytest.mark.parametrize("key", ["where", "expr", "keep"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Qty > 1", "Qty is text, and 1 is a number"),
        ("Qty * 2 > 1", "Qty is text, and a number is needed there"),
        ("count(*) > 1", "count() is over several rows"),
        ("(select 1)", "there is no select here"),
        ("open('x') = 'y'", "open() is not in the language"),
        ("cast(Qty as date) is null", "text is not cast to date here"),
        ("Qty is true", "a header is text"),
        ("1 = 1", "reads no header"),
        ("Qty = ", "not an SQL expression"),
        ("Qty; drop table x", "is not in the language"),
    ],
)
def test_texts_that_cannot_be(tmp_path: Path, key: str, text: str, said: str) -> None:
    forms: dict[str, dict[str, Any]] = {
        "where": {"where": text},
        "expr": {"columns": {"amount": expr(text)}},
        "keep": {"keep": {"x": expr(text)}},
    }
    source = forms[key]
    path = write(tmp_path, {"o": {"table": "orders", "files": "nowhere.csv", **source}})
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert said in str(caught.value)
    assert "kpi.yaml:" in str(caught.value)
    assert "sources.o." in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (expr("Qty = '1'"), "this is true or false, and amount is money"),
        (expr("Qty", const=1), "exactly one of: from, const, row, expr"),
        (expr("Qty", unit="hours"), "unit belongs to ready durations"),
    ],
)
def test_columns_that_cannot_be(tmp_path: Path, spec: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        orders(tmp_path, TEXT, columns={"amount": spec})


def test_a_condition_is_true_or_false(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="where is true or false, and this is text"):
        orders(tmp_path, TEXT, where="Qty || Price")


def test_headers_that_are_not_there_are_told(tmp_path: Path) -> None:
    config = orders(tmp_path, TEXT, columns={"amount": expr("qty || Prise")})
    with pytest.raises(ConfigError) as caught:
        loaded(config)
    said = str(caught.value)
    assert "sources.o.columns.amount.expr: orders.csv has no header 'qty'" in said
    assert "did you mean 'Qty'?" in said
    assert "did you mean 'Price'?" in said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"where": "cast(Price as decimal(18, 2)) > 1"}, "sources.o.where: orders.csv"),
        (
            {"columns": {"amount": expr("cast(Price as decimal(18, 2))")}},
            "sources.o.columns.amount.expr: orders.csv",
        ),
    ],
)
def test_a_cell_that_does_not_fit_a_cast_is_told_without_it(
    tmp_path: Path, source: Any, said: str
) -> None:
    config = orders(tmp_path, TEXT, **{"columns": {"amount": "Qty"}, **source})
    with pytest.raises(InputError) as caught:
        loaded(config)
    assert said in str(caught.value)
    assert "a cell of 'Price' does not fit the cast" in str(caught.value)
    assert "try_cast" in str(caught.value)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("cast(Price as decimal(18, 2))", "a cell of 'Price' does not fit the cast"),
        (
            'try_cast("Price" as decimal(38, 12)) * 100000000000000000000000000000',
            "a result has more than 38 digits",
        ),
        (
            "try_cast(Qty as decimal(18, 2)) % try_cast('0' as decimal(18, 2))",
            "a remainder of a division by 0",
        ),
    ],
)
@pytest.mark.parametrize("where", ["columns", "keep"])
@pytest.mark.parametrize("asked", ["amount", "ordered_at"])
def test_sql_that_fails_ends_every_run(
    tmp_path: Path, sql: str, said: str, where: str, asked: str
) -> None:
    more = {"columns": {"cost": expr(sql)}} if where == "columns" else {"keep": {"k": expr(sql)}}
    columns = {"amount": "Qty", **more.pop("columns", {})}
    config = orders(tmp_path, TEXT, columns=columns, **more)
    with pytest.raises(InputError) as caught:
        read(config, {"orders": {asked}})
    assert said in str(caught.value)
    assert "orders.csv" in str(caught.value)


STATED = "order_id,ordered_at,amount,State\n1,2025-01-05,10,Paid\n2,2025-01-06,20,Paid\n"


def test_a_condition_that_keeps_no_row_is_told(tmp_path: Path) -> None:
    config = orders(tmp_path, STATED, where="State = 'paid'")
    (warning,) = loaded(config).warnings
    place = config.where("sources", "o", "where")
    assert warning == f"{place}: State = 'paid' holds for none of the 2 rows of orders.csv"


@pytest.mark.parametrize(
    ("content", "where"),
    [(STATED, "State = 'Paid'"), (STATED, "amount <> '10'"), (STATED[:33], "State = 'paid'")],
)
def test_one_that_keeps_some_is_not_and_none_of_a_file_without_rows(
    tmp_path: Path, content: str, where: str
) -> None:
    assert loaded(orders(tmp_path, content, where=where)).warnings == ()


def test_files_of_a_source_are_judged_together(tmp_path: Path) -> None:
    (tmp_path / "o2.csv").write_text(STATED.replace("Paid", "paid"), encoding="utf-8")
    source = {"files": ["o2.csv", "orders.csv"], "where": "State = 'paid'"}
    (tmp_path / "orders.csv").write_text(STATED, encoding="utf-8")
    config = load(write(tmp_path, {"o": {"table": "orders", **source}}))
    assert not [one for one in loaded(config).warnings if "holds for none" in one]
