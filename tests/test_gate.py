"""A user's SQL: what passes, what is refused, and that what passes is what runs."""

from __future__ import annotations

import polars as pl
import pytest

from kpicli.language.gate import admitted, names_of
from kpicli.language.kinds import Kind, judge

NAMES = {
    "amount": Kind.NUMBER,
    "channel": Kind.TEXT,
    "day": Kind.DATE,
    "at": Kind.INSTANT,
    "ok": Kind.TRUTH,
    "customers.segment": Kind.TEXT,
    "user": Kind.TEXT,
    "регион": Kind.TEXT,
}
FRAME = pl.DataFrame(
    {"amount": [1, 2], "channel": ["a", None], "ok": [True, False], "user": ["x", "y"]}
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("channel = 'email' and amount > 1", Kind.TRUTH),
        ("customers.segment in ('smb', 'big')", Kind.TRUTH),
        ("user = 'x'", Kind.TRUTH),
        ("регион is not null", Kind.TRUTH),
        ("case when ok then amount else 0 end", Kind.NUMBER),
        ("case channel when 'a' then 1 end", Kind.NUMBER),
        ("coalesce(amount, 0) * 2 - 1", Kind.NUMBER),
        ("least(amount, 1) between 0 and 1", Kind.TRUTH),
        ("lower(trim(channel)) like 'a%'", Kind.TRUTH),
        ("day >= date '2025-01-01'", Kind.TRUTH),
        ("channel is distinct from 'a'", Kind.TRUTH),
        ("cast(amount as text) || 'x'", Kind.TEXT),
        ("null", Kind.EMPTY),
        ("not ok", Kind.TRUTH),
    ],
)
def test_what_passes(text: str, kind: Kind) -> None:
    assert judge(text, NAMES, aggregate=False) is kind
    pl.sql_expr(admitted(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("channel in (select 1)", "there is no select here"),
        ("exists(select * from read_csv('/etc/passwd'))", "there is no select here"),
        ("(select count(*) from read_csv('x'))", "there is no select here"),
        ("read_csv('/etc/passwd')", "read_csv() is not in the language"),
        ("now() > at", "now() is not in the language"),
        ("current_date > day", "is not in the language"),
        ("amount / 2", "there is no division in SQL here"),
        ("row_number() over (order by amount)", "there are no window functions here"),
        ("amount; drop table x", "is not in the language"),
        ("a.b.c = 1", "too many parts"),
        ("amount[1]", "is not in the language"),
        ("cast(amount as json)", "cast to JSON is not in the language"),
        ("amount = ?", "is not in the language"),
        ("regexp_like(channel, '(a+)+$')", "is not in the language"),
        ("(", "not an SQL expression"),
        ("amount amount amount", "not an SQL expression"),
        ("", "not an SQL expression"),
        ("(" * 1500 + "1" + ")" * 1500, "not an SQL expression"),
        ("amount" + " + amount" * 1000, "longer than"),
        ("random() > 1", "is not in the language"),
        ("interval '1 day'", "is not in the language"),
        ("*", "* stands only in count(*)"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        judge(text, NAMES, aggregate=False)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("amount > 'x'", "amount is a number, and 'x' is text"),
        ("ok = 'x'", "ok is true or false, and 'x' is text"),
        ("day < 5", "day is a date, and 5 is a number"),
        ("at > day", "at is an instant, and day is a date"),
        ("not amount", "amount is a number, and true or false is needed there"),
        ("chanel = 'x'", "unknown name 'chanel'; did you mean 'channel'?"),
        ("case when ok then 1 else 'x' end", "1 is a number, and 'x' is text"),
        ("sum(amount)", "sum() folds rows, and here each row is judged"),
        ("amount in ('a')", "amount is a number, and 'a' is text"),
        ("lower(amount) = 'x'", "amount is a number, and text is needed there"),
    ],
)
def test_kinds_must_fit(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        judge(text, NAMES, aggregate=False)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "sum(amount) > 1",
        "count(*) filter (where ok)",
        "count(distinct channel)",
        "max(case when ok then 1 else 0 end)",
        "max(amount) - min(amount)",
    ],
)
def test_aggregates_where_they_are_meant(text: str) -> None:
    judge(text, NAMES, aggregate=True)
    FRAME.lazy().group_by("user").agg(pl.sql_expr(admitted(text)).alias("x")).collect()


@pytest.mark.parametrize("text", ["amount > 1", "sum(amount) + amount", "1 + amount"])
def test_an_aggregate_must_not_be_missing(text: str) -> None:
    with pytest.raises(ValueError, match="amount needs an aggregate here"):
        judge(text, NAMES, aggregate=True)


def test_names_are_quoted_so_that_no_word_is_special() -> None:
    rebuilt = admitted("user = 'x' and customers.segment = 'it''s' -- gone")
    assert rebuilt == "\"user\" = 'x' AND \"customers.segment\" = 'it''s'"
    assert names_of("user = 'x' and customers.segment = user") == ("user", "customers.segment")


def test_what_is_judged_is_what_runs() -> None:
    found = FRAME.select(pl.sql_expr(admitted("user in ('x') or channel is null")).alias("hit"))
    assert found["hit"].to_list() == [True, True]
