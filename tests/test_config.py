"""The config: every problem at once, with file, line, key and the nearest name."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from kpicli.config import load, schema
from kpicli.errors import ConfigError
from kpicli.yaml import load as parse
from tests.shop import write

GOOD = """
timezone: Europe/Moscow
currency: RUB
language: ru
sources:
  deals:
    table: orders
    files: [deals_*.csv]
    columns:
      order_id: ID
      ordered_at: {from: Дата, format: "%d.%m.%Y %H:%M"}
      amount: {from: Сумма, decimal: ",", thousands: " "}
      status: {from: Стадия, values: {Успешно: completed, 7: cancelled}, other: pending}
      customer_id: {from: [Компания, Контакт]}
      currency: {const: RUB}
    keep: [Регион]
    where: '"Сумма" is not null'
    covers: {from: 2024-01-01, to: 2025-06-30}
periods: {grain: quarter, last: 4, week_start: sunday, fiscal_start: 4}
as_of: 2025-06-30
metrics: [revenue, Отток, big_sales]
params: {churn.count: gross, conversion.window_days: null, turnover.types: voluntary}
intake: {max_rejected: 0.5%, on_bad_value: reject, duplicates: first}
custom:
  big_sales:
    title: Big sales in the south
    formula: sales above 1000 in the south ÷ sales
    unit: percent
    rows: {table: sales, at: ordered_at, where: is_sale and Регион is not null}
    share: "amount > 1000 and Регион = 'Юг'"
    choices: {aov.refunds: {net: {share: net_amount > 1000}}}
"""


def said(folder: Path, text: str) -> list[str]:
    """Return the problems of a config, one text each."""
    path = folder / "kpi.yaml"
    path.write_text(text, encoding="utf-8")
    for name in ("o.csv", "t.csv"):
        (folder / name).write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    return [str(problem).removeprefix(f"{path}:") for problem in caught.value.problems]


def test_a_good_config_is_read(tmp_path: Path) -> None:
    path = tmp_path / "kpi.yaml"
    path.write_text(GOOD, encoding="utf-8")
    config = load(path)
    assert config.params["churn.count"] == "gross"
    assert config.params["conversion.window_days"] is None
    assert config.params["turnover.types"] == ("voluntary",)
    assert config.kept() == {"orders": ("Регион",)}
    assert config.written.sources["deals"].columns["status"].values == {
        "Успешно": "completed",
        "7": "cancelled",
    }
    assert len(config.sha256) == 64


def test_a_good_config_fits_the_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(parse(GOOD, "x").data, schema())


BASE = "timezone: UTC\nsources:\n  o:\n    table: orders\n    files: o.csv\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "timezone: UTC\n",
            "1: 'sources' is missing\n  hint: add it; kpi schema config says what it holds",
        ),
        ("sources: {}\ntimezone: Mars/Base\n", "'Mars/Base' is not a time zone"),
        (BASE + "curency: RUB\n", "6: curency: unknown key\n  hint: did you mean 'currency'?"),
        (BASE + "    colums: {}\n", "6: sources.o.colums: unknown key"),
        (BASE.replace("orders", "order"), "unknown table 'order'\n  hint: did you mean 'orders'?"),
        (BASE + "    columns: {amout: X}\n", "table orders has no column 'amout'"),
        (BASE + "    columns: {amount: {form: X}}\n", "did you mean 'from'?"),
        (BASE + "    columns: {amount: {from: X, const: 1}}\n", "exactly one of: from, const, row"),
        (BASE + "    columns: {amount: {from: X, format: x}}\n", "format belongs to dates"),
        (BASE + "    columns: {ordered_at: {from: X, decimal: ','}}\n", "belong to numbers"),
        (BASE + "    columns: {amount: {from: X, unit: hours}}\n", "unit belongs to ready"),
        (BASE + "    columns: {customer_id: {from: X, scale: 2}}\n", "scale belongs to amounts"),
        (BASE + "    columns: {amount: {row: true}}\n", "row makes a key"),
        (BASE + "    columns: {amount: {from: X, scale: 0}}\n", "scale is a factor from 0.0000"),
        (BASE + "    columns: {amount: {from: X, scale: 1e30}}\n", "scale is a factor from"),
        (
            BASE + "    columns: {amount: {const: x}}\n",
            "'x' is no value of amount: a number is needed",
        ),
        (BASE + "    columns: {ordered_at: {const: soon}}\n", "'soon' is not a date such as"),
        (BASE + "    columns: {ordered_at: {from: X, format: '%d.%m %H:%M'}}\n", "is no format of"),
        (BASE + "    columns: {ordered_at: {from: X, format: '%Y-%Q'}}\n", "is no format of"),
        (BASE + "    columns: {ordered_at: {from: X, format: '%Y-%'}}\n", "is no format of"),
        (BASE + "    columns: {ordered_at: {from: X, format: '%F %T %Z'}}\n", "names of zones"),
        (BASE + "    decimal: ','\n    thousands: ','\n", "',' cannot part both thousands and dec"),
        (
            BASE + "    thousands: ','\n    columns: {amount: {from: X, decimal: ','}}\n",
            "sources.o.columns.amount: ',' cannot part both",
        ),
        (BASE + "    thousands: ab\n", "'ab' parts no thousands"),
        (BASE + "    thousands: '0'\n", "'0' parts no thousands"),
        (BASE + "    encoding: idna\n", "'idna' is not an encoding"),
        (BASE + "    columns: {status: {from: X, values: {a: won}}}\n", "'won' is not a value"),
        (BASE + "    columns: {status: {from: X, other: x}}\n", "other and pass belong to values"),
        (BASE + "    keep: [amount]\n", "'amount' is a column of orders or of a view on it"),
        (BASE + "    where: a in (select 1)\n", "there is no select here"),
        (BASE + "    encoding: utf-9\n", "'utf-9' is not an encoding"),
        (BASE + "    delimiter: ';;'\n", "';;' is not one character"),
        (BASE + "    covers: {from: 2025-02-01, to: 2025-01-01}\n", "covers ends before it begins"),
        (BASE + "periods: {grain: mont}\n", "'mont' is not one of 'day', 'week'"),
        (BASE + "periods: {fiscal_start: 13}\n", "13 is out of range: at most 12"),
        (BASE + "as_of: soon\n", "'soon' is not a date"),
        (BASE + "as_of: 9999-12-31\n", "as_of: the year 9999 is out of reach"),
        (
            BASE + "    covers: {from: 0001-01-01, to: 2025-01-01}\n",
            "the year 0001 is out of reach",
        ),
        (BASE + "params: {fcr.repeat_days: 1000000}\n", "1000000 is more than 36500"),
        (BASE + "metrics: [nsp]\n", "unknown metric 'nsp'\n  hint: did you mean 'NPS'?"),
        (BASE + "params: {churn.cont: net}\n", "unknown parameter"),
        (BASE + "params: {inactivity: 60}\n", "did you mean 'membership.inactivity_days'?"),
        (BASE + "params: {churn.count: nett}\n", "did you mean 'net'?"),
        (BASE + "intake: {max_rejected: some}\n", "'some' is neither a number of rows nor a share"),
        (BASE + "intake: {duplicates: newest}\n", "'newest' is not one of"),
        (BASE + "language: de\n", "'de' is not one of 'en' or 'ru'"),
        (BASE + "a: 1\na: 2\n", "the key 'a' stands twice"),
    ],
)
def test_problems_are_told_with_place_and_hint(tmp_path: Path, text: str, message: str) -> None:
    assert any(message in problem for problem in said(tmp_path, text)), said(tmp_path, text)


def test_a_source_needs_a_name(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("order_id,ordered_at,amount\n")
    for name in ("", " "):
        with pytest.raises(ConfigError, match=r"kpi\.yaml:3: sources\. ?: a source needs a name"):
            load(write(tmp_path, {name: {"table": "orders", "files": "o.csv"}}))


def own(body: str) -> str:
    return BASE + f"custom:\n  mine: {{title: x, formula: y, unit: count, {body}}}\n"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("rows: {table: sales, at: ordered_at}", "exactly one measure"),
        ("rows: {table: sales, at: ordered_at}, count: rows, sum: amount", "found count and sum"),
        ("count: rows", "without rows a metric is a formula"),
        ("rows: {table: sale, at: ordered_at}, count: rows", "unknown table 'sale'"),
        ("rows: {table: sales}, count: rows", "rows of a table need one of: at, since"),
        ("rows: {table: sales, at: ordered}, count: rows", "unknown name 'ordered'"),
        ("rows: {table: sales, at: amount}, count: rows", "a date or an instant is needed"),
        ("rows: {table: sales, at: ordered_at, were: x}, count: rows", "did you mean 'where'?"),
        ("rows: {table: sales, at: ordered_at, where: amount}, count: rows", "true or false is"),
        ("rows: {table: sales, at: ordered_at}, sum: channel", "a number is needed"),
        ("rows: {table: sales, at: ordered_at}, share: amount", "true or false is needed"),
        ("rows: {table: sales, at: ordered_at}, count: distinct client", "unknown column 'client'"),
        (
            "rows: {table: sales, at: ordered_at}, count: rows, dimensions: {a: customers.area}",
            "unknown column 'area'",
        ),
        ("rows: {table: sales, at: ordered_at}, sum: $no.such", "unknown parameter 'no.such'"),
        ("rows: {table: sales, at: ordered_at}, mix: chanel", "did you mean 'channel'?"),
        (
            "rows: {table: sales, at: ordered_at, then: [{per: who, with: {x: amount}}]}, sum: x",
            "amount needs an aggregate here",
        ),
        (
            "rows: {table: sales, at: ordered_at, then: [{keep: {per: who, by: paid}}]}, sum: x",
            "unknown column 'who'",
        ),
        ("rows: {table: employments, since: hired_at}, count: rows", "since and until need: take"),
        ("rows: {table: sales, at: ordered_at, among: revenue}, count: rows", "counts no actors"),
        ("value: revenu * 2", "did you mean 'revenue'?"),
        ("ratio: {of: revenue, to: sales_count / 2}", "there is no division"),
        ("value: revenue, beside: {x: nsp}", "unknown metric 'nsp'"),
        ("value: revenue, choices: {no.such: {a: {value: nps}}}", "unknown parameter 'no.such'"),
        ("value: revenue, choices: {churn.count: {net: {value: nsp}}}", "unknown name 'nsp'"),
        ("value: mine + 1", "in a circle"),
    ],
)
def test_problems_of_own_metrics(tmp_path: Path, body: str, message: str) -> None:
    assert any(message in problem for problem in said(tmp_path, own(body))), body


def test_an_own_metric_takes_no_built_in_name(tmp_path: Path) -> None:
    text = own("value: nps").replace("mine:", "revenue:")
    assert any("there is a built-in metric of that name" in line for line in said(tmp_path, text))


@pytest.mark.parametrize(
    ("title", "language", "other"),
    [
        ("Net promoter score (NPS)", "en", "nps"),
        ("net PROMOTER score (NPS) ", "en", "nps"),
        ("CHURN", "en", "customer_churn_rate"),
        ("отток", "en", "customer_churn_rate"),
        ("Индекс потребительской лояльности (NPS)", "ru", "nps"),
    ],
)
def test_a_title_is_no_name_of_a_built_in_metric(
    tmp_path: Path, title: str, language: str, other: str
) -> None:
    text = own("value: nps").replace("title: x", f"title: '{title}'") + f"language: {language}\n"
    (problem,) = said(tmp_path, text)
    assert f"custom.mine.title: '{title}' is a name of {other} as well" in problem


def test_two_own_metrics_do_not_share_a_title(tmp_path: Path) -> None:
    text = own("value: nps") + "  yours: {title: X, formula: y, unit: count, value: csat}\n"
    (problem,) = said(tmp_path, text)
    assert "custom.yours.title: 'X' is a name of mine as well" in problem


def test_an_own_metric_may_be_called_by_its_id(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("a\n1\n")
    path = tmp_path / "kpi.yaml"
    path.write_text(own("value: nps").replace("title: x", "title: Mine"))
    assert load(path).own


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        "timezone: nowhere\nsources:\n  o:\n    table: orders\n    files: o.csv\n"
        "    columns: {amout: X}\nparams: {churn.cont: 1}\nmetrics: [nsp]\nbogus: 1\n"
    )
    lines = [int(problem.split(":")[0]) for problem in said(tmp_path, text)]
    assert lines == [1, 6, 7, 8, 9]


def test_a_key_that_nobody_knows_hides_no_other_problem(tmp_path: Path) -> None:
    text = """timezone: UTC
sources:
  t:
    table: tickets
    files: t.csv
    footer: 2
    columns:
      created_at: {from: Created, thousands: ",", zone: UTC}
    fold: {by: nope, sum: status}
"""
    found = [(int(where), key) for where, key, *_ in (p.split(": ") for p in said(tmp_path, text))]
    assert found == [
        (6, "sources.t.footer"),
        (8, "sources.t.columns.created_at.zone"),
        (8, "sources.t.columns.created_at"),
        (9, "sources.t.fold.by"),
        (9, "sources.t.fold.sum"),
    ]


@pytest.mark.parametrize("text", ["", "[]", "just text", "# nothing\n"])
def test_a_config_that_is_none(tmp_path: Path, text: str) -> None:
    assert any("is empty or no mapping of keys" in line for line in said(tmp_path, text))


def test_a_config_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no config at"):
        load(tmp_path / "kpi.yaml")
