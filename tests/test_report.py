"""From a question to a report: ranges, `as_of`, coverage, skips, options, privacy."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.errors import InputError, UsageError
from kpicli.periods import Grain
from kpicli.report import Question, Report, Row, compute
from kpicli.report.validation import validate
from tests.shop import orders, write

ORDERS = "order_id,ordered_at,amount,customer_id,channel\n"
ROWS = "1,2025-01-05,10,A,web\n2,2025-03-06,20,B,store\n3,2025-03-20,30,A,\n"


def shop(folder: Path, rows: str = ROWS, **rest: Any) -> Path:
    (folder / "o.csv").write_text(ORDERS + rows)
    source = {"table": "orders", "files": "o.csv", **rest.pop("source", {})}
    return write(folder, {"o": source}, **rest)


def asked(path: Path, *metrics: str, **question: Any) -> Report:
    return compute(load(path), Question(metrics=metrics, **question))


def values(report: Report) -> dict[str, float | None]:
    return {row.period.label: row.value for row in report.rows() if not row.dims}


def only(report: Report) -> Row:
    (row,) = report.rows()
    return row


def test_without_a_range_it_is_what_the_data_cover(tmp_path: Path) -> None:
    report = asked(shop(tmp_path), "revenue")
    assert values(report) == {"2025-01": 10, "2025-02": 0, "2025-03": 50}
    assert report.whole_range


def test_the_last_day_is_that_of_the_latest_event(tmp_path: Path) -> None:
    report = asked(shop(tmp_path), "revenue")
    assert report.grid.as_of == dt.date(2025, 3, 20)
    flags = [row.flags for row in report.rows()]
    assert flags == [(), (), ("incomplete_period",)]


def test_what_lies_after_the_last_day_is_out(tmp_path: Path) -> None:
    report = asked(shop(tmp_path), "revenue", as_of=dt.date(2025, 3, 10))
    assert values(report) == {"2025-01": 10, "2025-02": 0, "2025-03": 20}
    assert report.warnings == ("orders: rows that begin after 2025-03-10 are out: 1",)


def test_events_after_the_last_day_have_not_happened(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "ticket_id,created_at,first_response_at\n1,2025-01-05,2025-02-05\n"
    )
    path = write(tmp_path, {"t": {"table": "tickets", "files": "t.csv"}}, as_of="2025-01-31")
    report = asked(path, "first_response_time")
    assert only(report).status == "no_data"
    assert only(report).beside["unanswered"] == 1


def test_ends_after_the_last_day_have_not_come(tmp_path: Path) -> None:  # TV-36
    (tmp_path / "e.csv").write_text("employee_id,hired_at,terminated_at\n1,2024-01-05,2025-05-15\n")
    path = write(tmp_path, {"e": {"table": "employees", "files": "e.csv"}}, as_of="2025-04-30")
    report = asked(path, "separations", "headcount_average", grain=Grain.YEAR, since="2025")
    assert [row.value for row in report.rows()] == [0, 1]


def test_ends_after_the_latest_event_are_told_unless_they_are_plans(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(
        "employee_id,hired_at,terminated_at\n1,2024-01-05,2024-05-15\n2,2024-02-05,2999-01-01\n"
    )
    sources = {"e": {"table": "employees", "files": "e.csv"}}
    (warning,) = asked(write(tmp_path, sources), "separations").warnings
    assert "rows that end after 2024-02-05, the last event, count as not ended: 1" in warning
    assert "2024-05-15 or later" in warning
    report = asked(write(tmp_path, sources, as_of="2024-05-31"), "separations", grain=Grain.TOTAL)
    assert (only(report).value, report.warnings) == (1, ())


def test_a_last_day_yet_to_come_must_be_said(tmp_path: Path) -> None:
    path = shop(tmp_path, "1,2999-01-05,10,A,web\n")
    with pytest.raises(InputError, match=r"2999-01-05 \(orders.ordered_at\), which is yet to come"):
        asked(path, "revenue")
    assert values(asked(path, "revenue", as_of=dt.date(2999, 1, 31))) == {"2999-01": 10}


def test_every_source_counts_for_the_last_day_whatever_is_asked(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(ORDERS + ROWS)
    (tmp_path / "l.csv").write_text("lead_id,created_at\n1,2025-04-11\n")
    sources = {
        "o": {"table": "orders", "files": "o.csv"},
        "l": {"table": "leads", "files": "l.csv"},
    }
    report = asked(write(tmp_path, sources), "revenue")
    assert report.grid.as_of == dt.date(2025, 4, 11)
    assert [row.period.complete for row in report.rows()] == [True, True, True]


def test_a_table_of_people_covers_every_day_up_to_the_last(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("employee_id,hired_at\n1,2024-01-05\n")
    path = write(tmp_path, {"e": {"table": "employees", "files": "e.csv"}}, as_of="2025-06-30")
    report = asked(path, "hires", since="2025-05", until="2025-07")
    assert [(row.value, row.status) for row in report.rows()] == [
        (0, "ok"),
        (0, "ok"),
        (None, "outside_coverage"),
    ]


def test_declared_coverage_makes_zeros(tmp_path: Path) -> None:
    covers = {"covers": {"from": "2024-12-01", "to": "2025-03-31"}}
    report = asked(shop(tmp_path, source=covers), "revenue", since="2024-11", until="2025-01")
    assert [(row.value, row.status) for row in report.rows()] == [
        (None, "outside_coverage"),
        (0, "ok"),
        (10, "ok"),
    ]


EMPTY = {
    "t": ("tickets", "ticket_id,created_at,first_response_at,resolved_at\n"),
    "e": ("employees", "employee_id,hired_at,terminated_at\n"),
    "c": ("contracts", "contract_id,customer_id,started_at,ended_at\n"),
}


def headers_only(folder: Path, *names: str, **rest: Any) -> dict[str, Any]:
    """Write exports without rows and return their sources."""
    for name in names:
        (folder / f"{name}.csv").write_text(EMPTY[name][1])
    return {name: {"table": EMPTY[name][0], "files": f"{name}.csv", **rest} for name in names}


@pytest.fixture
def a_day(monkeypatch: pytest.MonkeyPatch) -> dt.date:
    """A day that is today."""
    day = dt.date(2025, 6, 17)
    for module in ("data", "horizon", "last_day", "validation"):
        monkeypatch.setattr(f"kpicli.report.{module}.today", lambda _: day)
    return day


@pytest.mark.parametrize("names", [["t"], ["e"], ["t", "e", "c"]])
@pytest.mark.parametrize("grain", Grain)
def test_no_rows_at_all(tmp_path: Path, a_day: dt.date, names: list[str], grain: Grain) -> None:
    path = write(tmp_path, headers_only(tmp_path, *names))
    report = asked(path, grain=grain)
    assert {row.status for row in report.rows()} == {"outside_coverage"}
    (period,) = report.grid.periods
    assert period.start <= a_day < period.end
    (warning,) = report.warnings
    assert "as_of is 2025-06-17, the day of this run" in warning
    found = validate(load(path), Question())
    assert (found.as_of, found.as_of_from) == (a_day, "the day of this run")
    assert (found.refused, found.warnings) == ((), report.warnings)


@pytest.mark.usefixtures("a_day")
def test_no_rows_at_all_and_a_range(tmp_path: Path) -> None:
    path = write(tmp_path, headers_only(tmp_path, "t"))
    asked_for = asked(path, "ticket_volume", since="2025-01", until="2025-02")
    assert [row.status for row in asked_for.rows()] == ["outside_coverage"] * 2
    assert (asked_for.grid.as_of, asked_for.warnings) == (dt.date(2025, 2, 28), ())
    assert len(asked(path, "ticket_volume", last=3).grid) == 3
    said = asked(path, "ticket_volume", as_of=dt.date(2025, 3, 31))
    assert (only(said).period.label, said.warnings) == ("2025-03", ())


@pytest.mark.parametrize("by", [(), ("channel",)])
@pytest.mark.parametrize("said", [None, dt.date(2025, 3, 31)])
def test_a_metric_that_no_export_feeds_is_left_out(
    tmp_path: Path, said: dt.date | None, by: tuple[str, ...]
) -> None:
    config = orders(tmp_path)
    report = compute(config, Question(metrics=("nps",), as_of=said, by=by))
    assert [(skip.metric, skip.needs) for skip in report.skipped] == [("nps", ("responses",))]
    assert [*report.rows()] == []


def test_no_rows_in_days_that_are_covered_are_zeros(tmp_path: Path) -> None:
    covers = {"covers": {"from": "2025-01-01", "to": "2025-02-28"}}
    path = write(tmp_path, headers_only(tmp_path, "t", "e", **covers))
    report = asked(path, "ticket_volume", "first_response_time", "hires")
    told = [(row.metric, row.value, row.status) for row in report.rows()]
    assert told[::2] == [
        ("ticket_volume", 0, "ok"),
        ("first_response_time", None, "no_data"),
        ("hires", 0, "ok"),
    ]
    assert (report.grid.as_of, report.warnings) == (dt.date(2025, 2, 28), ())
    assert validate(load(path), Question()).as_of_from == "covers in the config"


def test_rows_outside_of_what_covers_says_are_told(tmp_path: Path) -> None:
    covers = {"covers": {"from": "2025-03-01", "to": "2025-03-31"}}
    (warning,) = asked(shop(tmp_path, source=covers), "revenue").warnings
    assert "o: rows outside of the days that covers says, 2025-03-01 to 2025-03-31: 1" in warning
    (tmp_path / "e.csv").write_text("employee_id,hired_at\n1,2024-01-05\n")
    sources = {"e": {"table": "employees", "files": "e.csv", **covers}}
    assert asked(write(tmp_path, sources), "hires").warnings == ()


def test_one_source_without_rows_changes_nothing_for_the_others(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(ORDERS + ROWS)
    orders = {"o": {"table": "orders", "files": "o.csv"}}
    alone = asked(write(tmp_path, orders), "revenue")
    path = write(tmp_path, {**headers_only(tmp_path, "t", "e", "c"), **orders})
    beside = asked(path, "revenue", "ticket_volume", "hires")
    assert values(alone) == {
        r.period.label: r.value for r in beside.rows() if r.metric == "revenue"
    }
    assert {row.status for row in beside.rows() if row.metric != "revenue"} == {"outside_coverage"}
    assert (beside.grid, beside.warnings) == (alone.grid, alone.warnings)


def test_rows_without_an_event_count_up_to_a_day_that_must_be_said(tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text("customer_id,segment\nA,small\n")
    sources = {
        "k": {"table": "customers", "files": "k.csv"},
        **headers_only(tmp_path, "t"),
    }
    path = write(tmp_path, sources)
    with pytest.raises(InputError, match="no file holds an event"):
        asked(path, "ticket_volume")
    found = validate(load(path), Question())
    assert found.as_of is None
    assert [problem.message[:24] for problem in found.refused] == ["no file holds an event, "]


def test_the_range_of_the_config_and_of_the_question(tmp_path: Path) -> None:
    path = shop(tmp_path, periods={"grain": "quarter", "last": 1})
    assert values(asked(path, "revenue")) == {"2025-Q1": 60}
    assert values(asked(path, "revenue", grain=Grain.MONTH, last=2)) == {
        "2025-02": 0,
        "2025-03": 50,
    }
    assert values(asked(path, "revenue", grain=Grain.TOTAL, since="2025-03-01")) == {"total": 50}
    assert list(values(asked(path, "revenue", grain=Grain.MONTH, since="2025-01"))) == [
        "2025-01",
        "2025-02",
        "2025-03",
    ]


def test_days_that_cut_a_period_are_told(tmp_path: Path) -> None:
    path = shop(tmp_path)
    told = "periods are whole: days from 2025-02-01 to 2025-03-20 are shown, more than were asked"
    (warning,) = asked(path, "revenue", since="2025-02-10", until="2025-03-05").warnings
    assert warning.startswith(told)
    assert not asked(path, "revenue", since="2025-02-01", until="2025-03-31").warnings
    assert not asked(path, "revenue", since="2025-02", until="2025-03").warnings


def test_days_up_to_as_of_are_no_more_than_was_asked(tmp_path: Path) -> None:
    question = {"since": "2025-02-01", "until": "2025-03-05", "as_of": dt.date(2025, 3, 5)}
    said = asked(shop(tmp_path), "revenue", **question).warnings
    assert not [text for text in said if "periods are whole" in text]


def test_a_metric_whose_needs_are_missing_is_skipped_with_its_reason(tmp_path: Path) -> None:
    report = asked(shop(tmp_path), "revenue", "customer_profit", "nps", "profit_per_customer")
    assert [metric.id for metric in report.metrics] == ["revenue"]
    assert {skip.metric: skip.needs for skip in report.skipped} == {
        "customer_profit": ("orders.cost or the parameter margin.default",),
        "nps": ("responses",),
        "profit_per_customer": ("orders.cost or the parameter margin.default",),
    }


def test_a_parameter_may_provide_what_a_metric_needs(tmp_path: Path) -> None:
    report = asked(shop(tmp_path), "customer_profit", params={"margin.default": "0.4"})
    assert values(report)["2025-03"] == pytest.approx(20)


def test_a_metric_without_the_dimension_is_skipped_with_that_reason(tmp_path: Path) -> None:
    report = asked(shop(tmp_path), "revenue", "customer_churn_rate", by=("channel",))
    assert [skip.metric for skip in report.skipped] == ["customer_churn_rate"]
    assert "has no dimension channel" in report.skipped[0].reason


def test_options_name_what_the_numbers_depend_on(tmp_path: Path) -> None:
    report = asked(shop(tmp_path), "customer_churn_rate", params={"churn.count": "gross"})
    options = {option.name: option for option in report.options}
    assert options["membership.mode"].value == "activity"
    assert options["membership.mode"].default == "auto"
    assert options["churn.count"].value == "gross"
    assert options["membership.inactivity_days"].judgement
    assert "aov.refunds" not in options


def test_metrics_answer_to_aliases_and_come_once(tmp_path: Path) -> None:
    report = asked(shop(tmp_path), "AOV", "средний чек", "average_order_value")
    assert [metric.id for metric in report.metrics] == ["average_order_value"]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (
            {"by": ("chanel",)},
            "--by: there is no dimension 'chanel'\n  hint: did you mean 'channel",
        ),
        ({"by": ("канал",)}, "known: channel, customer, employee"),
        ({"where": "chanel = 'x'"}, "--where: unknown name 'chanel'; did you mean 'channel'?"),
        (
            {"by": ("channel,customers.segment",)},
            "\n  hint: give --by once for each: --by channel --by customers.segment",
        ),
        ({"by": ("channel,segmnt",)}, "hint: did you mean 'channel'?"),
        (
            {"where": "amount > 1000"},
            "--where: unknown name 'amount'\n  hint: conditions are over dimensions, and amount is",
        ),
        (
            {"where": "orders.amount > 1000"},
            "a number\n  hint: conditions are over dimensions, and orders.amount is a measure",
        ),
        ({"where": "orders.is_x"}, "did you mean 'orders.status'?"),
        ({"where": "ordered_at > '2025'"}, "did you mean 'orders.updated_at'?"),
        ({"where": "channel"}, "true or false is needed"),
        ({"where": "channel = 1"}, "channel is text, and 1 is a number"),
        ({"where": "channel in (select 1)"}, "there is no select here"),
        ({"params": {"churn.cont": "net"}}, "there is no parameter 'churn.cont'"),
        ({"params": {"inactivity": "60"}}, "did you mean 'membership.inactivity_days'?"),
        ({"params": {"margin": "60"}}, "did you mean 'margin.default'?"),
        ({"params": {"churn.count": "nett"}}, "--param churn.count: 'nett' is not a choice"),
        ({"since": "2025-99"}, "--from: '2025-99' is neither a date nor a period"),
    ],
)
def test_wrong_questions(tmp_path: Path, question: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        asked(shop(tmp_path), "revenue", **question)
    assert message in str(caught.value)


def test_an_own_metric_works_like_a_built_in_one(tmp_path: Path) -> None:
    own = {
        "web_share": {
            "title": "Sales on the web",
            "formula": "sales on the web ÷ sales",
            "unit": "percent",
            "better": "higher",
            "rows": {"table": "sales", "at": "ordered_at", "where": "is_sale"},
            "share": "coalesce(channel, '') = 'web'",
        },
        "web_revenue": {
            "title": "x",
            "formula": "y",
            "unit": "money",
            "value": "0.01 * web_share * revenue",
        },
    }
    report = asked(shop(tmp_path, custom=own), "web_share", "web_revenue", grain=Grain.TOTAL)
    found = {row.metric: row.value for row in report.rows()}
    assert found["web_share"] == pytest.approx(100 / 3)
    assert found["web_revenue"] == pytest.approx(20)
    assert [metric.family for metric in report.metrics] == ["Custom", "Custom"]


def test_what_fails_while_computing_is_reported_and_the_others_stand(tmp_path: Path) -> None:
    own = {
        "broken": {
            "title": "x",
            "formula": "y",
            "unit": "count",
            "rows": {"table": "sales", "at": "ordered_at"},
            "sum": "cast(channel as bigint)",
        }
    }
    report = asked(shop(tmp_path, custom=own), "broken", "revenue")
    assert [metric.id for metric in report.metrics] == ["revenue"]
    assert report.skipped[0].metric == "broken"
    assert "broken failed" in report.skipped[0].reason


SURVEY = "response_id,survey_type,responded_at,score,respondent_id,respondent_type,channel\n"


def survey(folder: Path, counts: dict[str, int], kind: str = "pulse") -> Path:
    """Write answers of employees, so many by channel."""
    rows = [
        f"{channel}{n},{kind},2025-01-05,{n % 5},{channel}-{n},employee,{channel}\n"
        for channel, count in counts.items()
        for n in range(count)
    ]
    (folder / "s.csv").write_text(SURVEY + "".join(rows))
    own = {
        "pulse": {
            "title": "x",
            "formula": "y",
            "unit": "score",
            "rows": {"table": "answers", "at": "responded_at"},
            "mean": "score",
            "beside": {"top": {"share": "score >= 4"}},
        },
        "doubled": {"title": "twice x", "formula": "y", "unit": "score", "value": "2 * pulse"},
    }
    return write(folder, {"s": {"table": "responses", "files": "s.csv"}}, custom=own)


def hidden(report: Report) -> list[tuple[str, ...]]:
    return [tuple(row.dims.values()) for row in report.rows() if row.status == "suppressed"]


def test_answers_of_employees_are_protected_in_own_metrics_too(tmp_path: Path) -> None:
    path = survey(tmp_path, {"a": 4})
    report = asked(path, "pulse", "doubled")
    for row in report.rows():
        assert row.status == "suppressed"
        assert row.value is row.numerator is row.denominator is row.n is row.ci_low is None
        assert all(value is None for value in row.beside.values())
        assert row.excluded == {}
        assert row.flags == ()
    assert [row.value for row in asked(path, "pulse", params={"privacy.min_n": "4"}).rows()] == [
        1.5
    ]


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        ({"a": 9, "b": 8, "c": 7}, []),
        ({"a": 9, "b": 8, "c": 2}, [("b",), ("c",)]),
        ({"a": 9, "b": 3, "c": 2}, [("b",), ("c",)]),
        ({"a": 9, "b": 8, "c": 2, "d": 1}, [("b",), ("c",), ("d",)]),
        ({"a": 3, "b": 2}, [("a",), ("b",)]),
    ],
)
def test_a_hidden_group_cannot_be_had_by_subtraction(
    tmp_path: Path, counts: dict[str, int], wanted: list[tuple[str, ...]]
) -> None:
    report = asked(survey(tmp_path, counts), "pulse", by=("channel",))
    assert [dims for dims in hidden(report) if dims] == wanted


def test_a_survey_of_customers_has_no_employees(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(
        "response_id,survey_type,responded_at,score,scale_min,scale_max,respondent_id\n"
        "1,nps,2025-01-05,9,0,10,A\n"
    )
    path = write(tmp_path, {"r": {"table": "responses", "files": "r.csv"}})
    for dimension in ("employee", "employees.department"):
        report = asked(path, "nps", by=(dimension,))
        assert [skip.metric for skip in report.skipped] == ["nps"]
        assert f"has no dimension {dimension}" in report.skipped[0].reason


def test_what_any_kind_of_membership_needs_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("ticket_id,created_at\n1,2025-01-05\n")
    path = write(tmp_path, {"t": {"table": "tickets", "files": "t.csv"}})
    needs = {skip.metric: skip.needs for skip in asked(path).skipped}
    assert needs["new_customers"] == ("contracts or customers.acquired_at or orders.customer_id",)
    assert needs["active_customer_rate"][0] == "orders or interactions"


def test_voluntary_churn_needs_reasons(tmp_path: Path) -> None:
    path = shop(tmp_path)
    (skip,) = asked(path, "voluntary_churn_rate").skipped
    assert skip.needs == ("contracts.end_reason or customers.churn_type",)
    (tmp_path / "c.csv").write_text("customer_id,started_at\nA,2024-01-01\n")
    path = write(tmp_path, {"c": {"table": "contracts", "files": "c.csv"}})
    (skip,) = asked(path, "voluntary_churn_rate").skipped
    assert skip.needs == ("contracts.end_reason",)


def test_lifetime_value_needs_costs_or_a_margin(tmp_path: Path) -> None:
    (skip,) = asked(shop(tmp_path), "clv_historical").skipped
    assert skip.needs == ("orders.cost or the parameter margin.default",)
    path = shop(tmp_path, params={"margin.default": 0.5})
    assert values(asked(path, "clv_historical"))["2025-03"] == 15


@pytest.mark.parametrize(
    ("method", "need"),
    [
        ("flag", "customers.is_key"),
        ("segment", "customers.segment"),
        ("pareto", "orders.customer_id"),
        ("auto", "customers.is_key or orders.customer_id"),
    ],
)
def test_key_customers_need_what_tells_them(tmp_path: Path, method: str, need: str) -> None:
    (tmp_path / "o.csv").write_text("order_id,ordered_at,amount\n1,2025-01-05,10\n")
    source = {"table": "orders", "files": "o.csv"}
    path = write(tmp_path, {"o": source}, params={"key.method": method})
    (skip,) = asked(path, "key_customer_revenue_share").skipped
    assert need in skip.needs


def test_key_customers_by_segment_need_its_name(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("customer_id,acquired_at,segment\nA,2024-01-01,big\n")
    sources = {"c": {"table": "customers", "files": "c.csv"}}
    path = write(tmp_path, sources, params={"key.method": "segment"})
    (skip,) = asked(path, "key_customers").skipped
    assert skip.needs == ("the parameter key.segment",)


CLIENTS = "customer_id,acquired_at\nA,2024-01-01\nB,\n"


@pytest.mark.parametrize(
    ("metric", "wanted"), [("key_customers", [0, 1, 1]), ("customers_end", [1, 1, 2])]
)
def test_orders_are_read_where_the_customers_do_not_tell(
    tmp_path: Path, metric: str, wanted: list[float]
) -> None:
    """That a column is not mapped is known only when the files have been read."""
    (tmp_path / "o.csv").write_text(ORDERS + ROWS)
    (tmp_path / "c.csv").write_text(CLIENTS)
    sources = {"o": {"table": "orders", "files": "o.csv"}, "c": {"table": "customers"}}
    sources["c"]["files"] = "c.csv"
    path = write(tmp_path, sources)
    assert list(values(asked(path, metric, since="2025-01", until="2025-03")).values()) == wanted


def test_numbers_do_not_depend_on_what_else_is_asked(tmp_path: Path) -> None:
    path = shop(tmp_path)
    everything = {
        (row.metric, row.period.label): row.value for row in compute(load(path), Question()).rows()
    }
    for metric in ("revenue", "customer_churn_rate", "repeat_purchase_rate"):
        for row in asked(path, metric).rows():
            assert everything[metric, row.period.label] == row.value


def test_large_sums_keep_their_cents(tmp_path: Path) -> None:
    rows = "1,2025-01-05,A,123456789012.34\n2,2025-01-06,A,0.11\n"
    sums = f"order_id,ordered_at,customer_id,amount\n{rows}"
    (tmp_path / "sums.csv").write_text(sums, encoding="utf-8")
    path = write(tmp_path, {"orders": {"table": "orders", "files": "sums.csv"}})
    assert values(asked(path, "revenue")) == {"2025-01": 123456789012.45}


def test_an_answer_out_of_another_table_is_there_when_asked_for_alone(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("lead_id,created_at\n1,2025-01-02T10:00\n", encoding="utf-8")
    (tmp_path / "i.csv").write_text(
        "interaction_id,occurred_at,type,direction,lead_id\n1,2025-01-02T11:00,call,outbound,1\n",
        encoding="utf-8",
    )
    sources = {
        "leads": {"table": "leads", "files": "l.csv"},
        "interactions": {"table": "interactions", "files": "i.csv"},
    }
    path = write(tmp_path, sources)
    assert values(asked(path, "lead_response_time")) == {"2025-01": 3600}
    together = asked(path, "lead_response_time", "activities_per_day")
    assert together.values[0].frame["value"].to_list() == [3600]
