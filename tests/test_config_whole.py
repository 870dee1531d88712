"""A config is judged in one go: what is wrong with a part neither hides nor spoils the others."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from kpicli.config import load, schema
from kpicli.yaml import load as parse
from tests.test_config import BASE, said

EVERYTHING = """timezone: Mars
currency: rubles
sources:
  o:
    table: orders
    files: [o.csv, gone.csv]
    where: amount > $start
    columns:
      order_id: {form: ID}
      ordered_at: {from: Date, const: 2025-01-01, format: [excel, "%d.%m.%Y %Q"], scale: x}
      amount: {from: Sum, values: {почта: [a]}}
    keep: [Регион]
    fold: {by: nope, sum: status}
periods: {last: 0}
metrics: mein
intake: {max_rejected: 150%}
custom:
  u: {title: u, formula: u, unit: count, value: u2 + 1}
  u2: {title: u2, formula: u, unit: count, value: u + 1}
  d: {title: d, formula: u, unit: parsec, value: revenue}
  e: {title: e, formula: u, unit: count, value: d + revenu}
  f:
    title: f
    formula: u
    unit: count
    rows: {table: sales, at: ordered_at, where: Регион = 'a' and ordered_at > $start}
    count: {distinct: x}
  g: 5
  h: {title: h, formula: u, unit: count, value: g + d}
params: {churn.cont: 1}
"""


def test_all_that_can_be_judged_is_told_in_one_go(tmp_path: Path) -> None:
    told = {p.partition("\n")[0].replace(str(tmp_path), "") for p in said(tmp_path, EVERYTHING)}
    units = next(text for text in told if "'parsec'" in text)
    assert told - {units} == {
        "1: timezone: 'Mars' is not a time zone: write an IANA name such as Europe/Moscow",
        "2: currency: 'rubles' is not a currency: write its code of three letters, RUB",
        "6: sources.o.files: there is no file /gone.csv",
        "7: sources.o.where: $start is for metrics: a text over headers reads headers only",
        "9: sources.o.columns.order_id.form: unknown key",
        "10: sources.o.columns.ordered_at: a column takes exactly one of: from, const, row, expr",
        (
            "10: sources.o.columns.ordered_at: format, values, nulls, unit and scale belong "
            "to from or expr"
        ),
        "10: sources.o.columns.ordered_at: '%d.%m.%Y %Q' is no format of a date or time",
        (
            "10: sources.o.columns.ordered_at: scale belongs to amounts and scores, and ordered_at "
            "is ts"
        ),
        "10: sources.o.columns.ordered_at.scale: a number is needed, and this is 'x'",
        (
            "11: sources.o.columns.amount.values.почта: one text, number, true or false is needed, "
            "and this is a list"
        ),
        "13: sources.o.fold.by: 'nope' is no column of this export",
        "13: sources.o.fold.sum: sum needs numbers, and status is enum",
        "14: periods.last: 0 is out of range: at least 1",
        "15: metrics: unknown metric 'mein'",
        "16: intake.max_rejected: '150%' is more than all rows: the most is 100%",
        "18: custom.u: metrics refer to each other in a circle: u → u2 → u",
        "21: custom.e.value: unknown name 'revenu' (in: d + revenu)",
        (
            "26: custom.f.rows.where: $start is of the period, which is not known here yet: steps "
            "(then) and measures can read it (in: Регион = 'a' and ordered_at > $start)"
        ),
        (
            "27: custom.f.count: count takes: rows, or distinct and a column, as in count: "
            "distinct channel"
        ),
        "28: custom.g: a mapping of keys is needed, and this is 5",
        "30: params.churn.cont: unknown parameter",
    }


OWN = "custom:\n  mine: {title: x, formula: y, unit: count, value: revenue"
ROWS = "custom:\n  mine: {title: x, formula: y, unit: count, count: rows, rows: "


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BASE.replace("table:", "tabel:"), ["unknown key"]),
        (
            BASE.replace("orders", "order") + "    keep: [a]\n" + ROWS + "{table: sales, at: a}}\n",
            1,
        ),
        (BASE + "    keep: 5\n" + ROWS + "{table: sales, at: ordered_at, where: a = 'x'}}\n", 1),
        (BASE + "    kep: [a]\n" + ROWS + "{table: sales, at: ordered_at, where: a = 'x'}}\n", 1),
        (BASE + ROWS + "{table: sale, at: ordered_at, per: who, where: paid}}\n", 1),
        (BASE + ROWS + "{at: ordered_at, per: who, where: paid}}\n", 1),
        (BASE + ROWS + "{table: sales, at: ordered_at, then: [{pre: x, with: {n: who}}]}}\n", 2),
        (BASE + OWN + ", titel: y}\n  more: {title: z, formula: y, unit: count, value: mine}\n", 1),
        (BASE + OWN + ", choices: {aov.refunds: {net: {value: nsp, unit: x}}}}\n", 1),
        (BASE + "    covers: {from: soon, to: 2025-01-01}\n", 1),
        (BASE + "    max_age: {warn: 7d, fail: soon}\n", 1),
        (BASE + "currency: 5\nfx: {USD: 90}\n", 1),
        (BASE + "custom: 5\nmetrics: [mine]\n", 1),
        (BASE + "    lookup: [{files: t.csv, match: {order_id: ID}, colums: {cost: Cost}}]\n", 1),
    ],
)
def test_one_mistake_is_told_once(tmp_path: Path, text: str, told: int | list[str]) -> None:
    found = said(tmp_path, text)
    assert len(found) == (told if isinstance(told, int) else len(told)), found


def test_circles_are_told_once_each(tmp_path: Path) -> None:
    metric = "formula: y, unit: count, value: "
    text = (
        BASE
        + "custom:\n"
        + "".join(
            f"  {name}: {{title: of {name}, {metric}{other} + 1}}\n"
            for name, other in (("a", "b"), ("b", "a"), ("c", "a"), ("d", "d"), ("e", "revenue"))
        )
    )
    assert said(tmp_path, text) == [
        "7: custom.a: metrics refer to each other in a circle: a → b → a",
        "10: custom.d: metrics refer to each other in a circle: d → d",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("currency: rubles\n", "'rubles' is not a currency"),
        ("currency: руб\n", "'руб' is not a currency"),
        ("intake: {max_rejected: 100.1%}\n", "more than all rows"),
        ("    columns: {status: {from: S, values: {a: 5}}}\n", "'5' is not a value of status"),
        ("    columns: {amount: {from: S, values: {a: many}}}\n", "'many' is no value of amount"),
        ("    columns: {amount: {from: S, values: {a: x}, other: 0}}\n", "'x' is no value of"),
        ("    header: []\n", "header takes line numbers"),
        ("metrics: []\n", "name at least one metric"),
    ],
)
def test_what_no_cell_can_be_is_told(tmp_path: Path, text: str, message: str) -> None:
    assert any(message in problem for problem in said(tmp_path, BASE + text))


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("is_key: {from: K, values: {почта: mayby}}", "'mayby' is no value of is_key: true or"),
        ("is_key: {from: K, values: {a: true}, other: perhaps}", "'perhaps' is no value of is_key"),
        ("acquired_at: {const: yesterday}", "'yesterday' is not a date such as 2025-01-31"),
        ("segment: {from: S, vlaues: {a: b}}", "did you mean 'values'?"),
    ],
)
def test_values_fit_their_columns(tmp_path: Path, column: str, message: str) -> None:
    text = BASE.replace("orders", "customers") + f"    columns: {{{column}}}\n"
    assert any(message in problem for problem in said(tmp_path, text))


def test_a_whole_number_is_needed_for_a_count(tmp_path: Path) -> None:
    text = BASE.replace("orders", "tickets") + "    columns: {reopened_count: {const: 1.5}}\n"
    assert any("a whole number is needed" in problem for problem in said(tmp_path, text))


def test_values_that_fit_are_let_through(tmp_path: Path) -> None:
    text = (
        BASE.replace("orders", "customers")
        + "    columns: {is_key: {from: K, values: {a: да, b: false, c: 1}, other: 'no'}}\n"
        "currency: rub\nmetrics: nps\nintake: {max_rejected: 100%}\n"
    )
    path = tmp_path / "kpi.yaml"
    path.write_text(text, encoding="utf-8")
    assert load(path).written.metrics == ("nps",)
    jsonschema.validate(parse(text, "x").data, schema())
