"""What rows are checked for: rules, references, freshness; and that they are used all the same."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kpicli.config import Config, load
from kpicli.errors import ConfigError, InputError
from kpicli.intake import Depth, Loaded, read
from kpicli.model import model
from kpicli.report import Question
from kpicli.report.validation import validate
from tests.shop import write

RULES = [(table.name, rule) for table in model().tables.values() for rule in table.rules]
AT = dt.datetime(2025, 1, 2, 10, tzinfo=dt.UTC)
# A row that breaks each rule, by the columns that the rule reads.
BREAKS: dict[tuple[str, str], dict[str, str]] = {
    ("customers", "lost_before_won"): {"acquired_at": "2025-01-02", "churned_at": "2025-01-01"},
    ("customers", "referred_by_itself"): {"referred_by_customer_id": "1"},
    ("contracts", "ended_before_started"): {"ended_at": "2024-12-31"},
    ("leads", "answered_before_created"): {"first_response_at": "2025-01-01"},
    ("leads", "won_before_created"): {"converted_at": "2025-01-01"},
    ("leads", "won_before_first_contact"): {
        "converted_at": "2025-01-03",
        "first_response_at": "2025-01-04",
    },
    ("leads", "closed_before_created"): {"closed_at": "2025-01-01"},
    ("orders", "refund_of_itself"): {"refund_of": "1"},
    ("orders", "negative_quantity"): {"quantity": "-1"},
    ("interactions", "negative_duration"): {"duration_seconds": "-1"},
    ("costs", "ended_before_incurred"): {"period_end": "2025-01-02"},
    ("goals", "target_of_zero"): {"target_value": "0"},
    ("market", "ended_before_started"): {"period_end": "2025-01-02"},
    ("market", "negative_size"): {"market_size": "-1"},
    ("tickets", "answered_before_created"): {"first_response_at": "2025-01-01"},
    ("tickets", "first_solved_before_created"): {"first_resolved_at": "2025-01-01"},
    ("tickets", "solved_before_created"): {"resolved_at": "2025-01-01"},
    ("tickets", "solved_before_first_solved"): {
        "resolved_at": "2025-01-03",
        "first_resolved_at": "2025-01-04",
    },
    ("tickets", "escalated_before_created"): {"escalated_at": "2025-01-01"},
    ("tickets", "served_before_queued"): {"answered_at": "2025-01-03", "queued_at": "2025-01-04"},
    ("tickets", "gone_before_queued"): {"abandoned_at": "2025-01-03", "queued_at": "2025-01-04"},
    ("tickets", "negative_wait"): {"wait_seconds": "-1"},
    ("tickets", "negative_first_response"): {"first_response_seconds": "-1"},
    ("tickets", "negative_first_response_business"): {"first_response_seconds_business": "-1"},
    ("tickets", "negative_resolution"): {"resolution_seconds": "-1"},
    ("tickets", "negative_resolution_business"): {"resolution_seconds_business": "-1"},
    ("tickets", "negative_reopened_count"): {"reopened_count": "-1"},
    ("tickets", "negative_agent_reply_count"): {"agent_reply_count": "-1"},
    ("tickets", "negative_customer_reply_count"): {"customer_reply_count": "-1"},
    ("tickets", "merged_into_itself"): {"merged_into_id": "1"},
    ("tickets", "first_response_differs"): {
        "first_response_seconds": "3600",
        "first_response_at": "2025-01-02 10:02:00",
    },
    ("tickets", "resolution_differs"): {
        "resolution_seconds": "60",
        "resolved_at": "2025-01-03 10:02:00",
    },
    ("tickets", "wait_differs"): {
        "wait_seconds": "60",
        "queued_at": "2025-01-03 10:00:00",
        "answered_at": "2025-01-03 11:00:00",
    },
    ("quality_reviews", "score_off_scale"): {"score": "6", "scale_min": "1", "scale_max": "5"},
    ("quality_reviews", "scale_upside_down"): {"scale_min": "5", "scale_max": "1"},
    ("quality_reviews", "negative_weight"): {"weight": "-1"},
    ("responses", "score_off_scale"): {"score": "0", "scale_min": "1", "scale_max": "5"},
    ("responses", "score_off_nps"): {"survey_type": "nps", "score": "11"},
    ("responses", "scale_upside_down"): {"scale_min": "5", "scale_max": "5"},
    ("responses", "answered_before_sent"): {"sent_at": "2025-01-03", "responded_at": "2025-01-02"},
    ("feedback", "replied_before_created"): {"replied_at": "2025-01-01"},
    ("employees", "left_before_hired"): {"terminated_at": "2025-01-01"},
    ("employees", "negative_fte"): {"fte": "-0.5"},
}
SOUND = {"id": "1", "text": "x", "ts": "2025-01-02 10:00:00", "date": "2025-01-02", "money": "5"}


def read_all(config: Config, **depth: Any) -> Loaded:
    tables = {source.table: None for source in config.written.sources.values()}
    return read(config, tables, enforce=False, depth=Depth(references=True, **depth))


def one_row(folder: Path, table: str, cells: dict[str, str]) -> Loaded:
    """Read a table of one row: what it needs, and `cells`."""
    known = model().tables[table]
    row = {}
    for name in known.required:
        column = known.columns[name]
        row[name] = column.values[0] if column.values else SOUND.get(column.type.value, "1")
    row |= {"scale_min": "1", "scale_max": "5"} if "score" in cells and "sent_at" in cells else {}
    row |= cells
    (folder / "t.csv").write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n")
    return read_all(load(write(folder, {"t": {"table": table, "files": "t.csv"}})))


def test_every_rule_has_a_row_that_breaks_it() -> None:
    assert BREAKS.keys() == set(RULES)


@pytest.mark.parametrize(("table", "rule"), RULES, ids=[".".join(pair) for pair in RULES])
def test_a_row_that_breaks_a_rule_is_used_and_counted(
    tmp_path: Path, table: str, rule: str
) -> None:
    found = one_row(tmp_path, table, BREAKS[table, rule])
    (ledger,) = found.ledgers
    assert ledger.impossible[rule] == 1
    assert (ledger.used, ledger.rejected, found.frames[table].height) == (1, 0, 1)
    (place,) = ledger.first(rule, ledger.rejects[0].outcome)
    first = pl.sql_expr(model().tables[table].rules[rule].when).meta.root_names()[0]
    assert (place.line, place.column) == (2, first)
    assert any(rule in warning for warning in found.warnings)


@pytest.mark.parametrize(("table", "rule"), RULES, ids=[".".join(pair) for pair in RULES])
def test_a_rule_is_sql_over_its_table_and_holds_for_no_empty_cell(table: str, rule: str) -> None:
    columns = model().tables[table].columns
    schema = {name: column.type.dtype("UTC") for name, column in columns.items()}
    empty = pl.DataFrame({name: [None] for name in schema}, schema=schema)
    holds = empty.select(pl.sql_expr(model().tables[table].rules[rule].when)).to_series()
    assert holds.dtype == pl.Boolean
    assert holds.fill_null(value=False).to_list() == [False]


@pytest.mark.parametrize("seconds", [120, 150, 60, 179])
def test_rounded_durations_do_not_differ_from_their_timestamps(
    tmp_path: Path, seconds: int
) -> None:
    cells = {"first_response_seconds": str(seconds), "first_response_at": "2025-01-02 10:02:00"}
    assert not one_row(tmp_path, "tickets", cells).ledgers[0].impossible


def test_a_rule_without_all_its_columns_is_not_judged(tmp_path: Path) -> None:
    assert not one_row(tmp_path, "tickets", {"resolved_at": ""}).ledgers[0].impossible
    assert not one_row(tmp_path, "orders", {"quantity": "1"}).warnings


def test_what_is_yet_to_come_is_counted(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "ticket_id,created_at,resolved_at\n1,2025-01-01,2025-02-02\n2,2025-02-03,\n3,2025-01-31,\n"
    )
    config = load(write(tmp_path, {"t": {"table": "tickets", "files": "t.csv"}}))
    found = read_all(config, on=dt.date(2025, 1, 31))
    assert found.ledgers[0].impossible == {"after_as_of": 2}
    assert {reject.line for reject in found.ledgers[0].rejects} == {2, 3}
    assert not read_all(config, on=dt.date(2025, 2, 3)).ledgers[0].impossible


def test_impossible_rows_do_not_weigh_on_the_budget(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("ticket_id,created_at,wait_seconds\n1,2025-01-01,-1\n")
    sources = {"t": {"table": "tickets", "files": "t.csv"}}
    config = load(write(tmp_path, sources, intake={"max_rejected": 0}))
    assert read(config, {"tickets": None}).ledgers[0].used == 1


# --- references


def shop(folder: Path, orders: str, people: str | None = None) -> Config:
    (folder / "c.csv").write_text("customer_id\n1\n02\n3\n")
    (folder / "o.csv").write_text("order_id,ordered_at,amount,customer_id,owner_id\n" + orders)
    sources = {
        "c": {"table": "customers", "files": "c.csv"},
        "o": {"table": "orders", "files": "o.csv"},
    }
    if people is not None:
        (folder / "e.csv").write_text("employee_id,hired_at\n" + people)
        sources["e"] = {"table": "employees", "files": "e.csv"}
    return load(write(folder, sources))


ORDERS = "a,2025-01-05,1,1,ann\nb,2025-01-05,1, 3 ,bob\nc,2025-01-05,1,2,ann\nd,2025-01-05,1,,\n"


def test_references_are_followed_by_text(tmp_path: Path) -> None:
    found = read_all(shop(tmp_path, ORDERS))
    (link,) = found.links
    assert (link.table, link.column, link.to) == ("orders", "customer_id", "customers")
    assert (link.rows, link.unknown, link.first) == (3, 1, (("o.csv", 4),))
    assert "orders.customer_id: 1 of 3 rows name what customers does not hold" in found.warnings[0]


def test_references_to_people_tell_lines_and_no_names(tmp_path: Path) -> None:
    found = read_all(shop(tmp_path, ORDERS, people="ann,2020-01-01\nann,2024-01-01\n"))
    of_owner = next(link for link in found.links if link.column == "owner_id")
    assert (of_owner.rows, of_owner.unknown, of_owner.first) == (3, 1, (("o.csv", 3),))
    assert "bob" not in str(found.links) + str(found.warnings)


def test_a_reference_counts_where_its_condition_holds(tmp_path: Path) -> None:
    shop(tmp_path, ORDERS)
    (tmp_path / "r.csv").write_text(
        "response_id,survey_type,responded_at,score,respondent_id,respondent_type\n"
        "1,nps,2025-01-05,9,1,customer\n2,nps,2025-01-05,9,x,customer\n"
        "3,enps,2025-01-05,9,y,employee\n4,nps,2025-01-05,9,z,\n"
    )
    sources = {
        "c": {"table": "customers", "files": "c.csv"},
        "r": {"table": "responses", "files": "r.csv"},
    }
    (link,) = read_all(load(write(tmp_path, sources))).links
    assert (link.rows, link.unknown) == (2, 1)


def test_a_report_warns_only_where_many_are_unknown(tmp_path: Path) -> None:
    known = "".join(f"o{n},2025-01-05,1,{(n % 3 and 3) or 1},\n" for n in range(30_000))
    few, many = (
        "".join(f"x{n},2025-01-05,1,nobody,\n" for n in range(size)) for size in (3_000, 4_000)
    )
    tables = {"orders": {"customer_id"}, "customers": set[str]()}
    assert not read(shop(tmp_path, known + few), tables).links
    (link,) = read(shop(tmp_path, known + many), tables).links
    assert (link.rows, link.unknown) == (34_000, 4_000)


def test_every_reference_names_a_column_and_a_table_with_a_key() -> None:
    for table in model().tables.values():
        for reference in table.references:
            assert reference.column in table.columns
            assert model().tables[reference.to].key
            if reference.where is not None:
                read_by = pl.sql_expr(reference.where).meta.root_names()
                assert set(read_by) <= set(table.columns)


# --- columns and what is beside them


def test_a_column_that_differs_from_what_is_beside_it_counts_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "ticket_id,created_at,first_response_at,resolved_at,reopened_count\n"
        "1,2025-01-01 10:00:00,2025-01-01 11:00:00,2025-01-02 10:00:00,0\n"
        "2,2025-01-01 10:00:00,2025-01-01 11:00:00,2025-01-02 10:00:30,1\n"
        "3,2025-01-01 10:00:00,,,\n"
    )
    (tmp_path / "m.csv").write_text(
        "message_id,ticket_id,sent_at,author_type\n"
        "a,1,2025-01-01 11:00:40,agent\nb,2,2025-01-01 12:00:00,agent\n"
        "c,3,2025-01-01 12:00:00,agent\n"
    )
    (tmp_path / "e.csv").write_text(
        "ticket_id,at,to_status\n1,2025-01-02 10:00:00,solved\n2,2025-01-02 10:00:00,solved\n"
    )
    sources = {
        "t": {"table": "tickets", "files": "t.csv"},
        "m": {"table": "messages", "files": "m.csv"},
        "e": {"table": "ticket_events", "files": "e.csv"},
    }
    assert validate(load(write(tmp_path, sources)), Question()).warnings == (
        "tickets.first_response_at: 1 of 2 differ from what messages say; the column counts",
        "tickets.reopened_count: 1 of 2 differ from what ticket_events say; the column counts",
    )
    del sources["m"], sources["e"]
    assert validate(load(write(tmp_path, sources)), Question()).warnings == ()


# --- freshness


def fresh(folder: Path, limit: Any, *, table: str = "orders", **source: Any) -> Config:
    (folder / "t.csv").write_text(
        "order_id,ordered_at,amount\n1,2025-01-05,1\n2,2025-01-07,1\n3,2052-01-01,1\n"
        if table == "orders"
        else "customer_id,acquired_at,updated_at\n1,2024-01-05,2025-01-07\n"
    )
    body = {"table": table, "files": "t.csv", **source}
    return load(write(folder, {"t": body}, intake={"max_age": limit}))


@pytest.mark.parametrize(
    ("limit", "day", "warns", "fails"),
    [
        ("3d", "2025-01-10", False, False),
        ("3d", "2025-01-11", True, False),
        ("1w", "2025-01-14", False, False),
        ({"fail": "3d"}, "2025-01-10", False, False),
        ({"fail": "3d"}, "2025-01-11", False, True),
        ({"warn": "1d", "fail": "3d"}, "2025-01-09", True, False),
        ({"warn": "1d", "fail": "3d"}, "2025-01-12", False, True),
        ("0d", "2025-01-07", False, False),
        (0, "2025-01-08", True, False),
    ],
)
def test_data_may_be_too_old(
    tmp_path: Path, limit: Any, day: str, *, warns: bool, fails: bool
) -> None:
    config = fresh(tmp_path, limit)
    depth = Depth(on=dt.date.fromisoformat(day))
    found = read(config, {"orders": None}, enforce=False, depth=depth)
    assert [(one.warns, one.fails) for one in found.freshness] == [(warns, fails)]
    told = [warning for warning in found.warnings if "max_age" in warning]
    assert len(told) == warns
    assert len(found.refused) == fails
    said = f"the newest row is of 2025-01-07, {found.freshness[0].age} days before {day}; max_age"
    assert all(said in str(one) for one in (*told, *found.refused))
    if fails:
        with pytest.raises(InputError, match=said):
            read(config, {"orders": None}, depth=depth)


def test_a_source_has_a_limit_of_its_own(tmp_path: Path) -> None:
    on = dt.date(2025, 2, 1)
    assert not read_all(fresh(tmp_path, "3d", max_age="never"), on=on).freshness
    (own,) = read_all(fresh(tmp_path, "3d", max_age={"fail": "30d"}), on=on).freshness
    assert (own.limit.warn, own.limit.fail, own.fails) == (None, 30, False)


def test_who_is_there_ages_only_by_a_limit_of_its_own_and_by_changes(tmp_path: Path) -> None:
    on = dt.date(2025, 2, 1)
    assert not read_all(fresh(tmp_path, "3d", table="customers"), on=on).freshness
    own = fresh(tmp_path, "3d", table="customers", max_age="30d")
    (found,) = read_all(own, on=on).freshness
    assert (found.newest, found.age) == (dt.date(2025, 1, 7), 25)


def test_a_source_without_rows_is_too_old(tmp_path: Path) -> None:
    config = fresh(tmp_path, {"fail": "3d"})
    (tmp_path / "t.csv").write_text("order_id,ordered_at,amount\n")
    with pytest.raises(InputError, match="no row says when it is of, and max_age is 3d"):
        read(config, {"orders": None}, depth=Depth(on=dt.date(2025, 1, 1)))


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("3x", "'3x' is no age: write it as 3d or 2w"),
        ({"warn": "7d", "fail": "2d"}, "max_age warns later than it fails"),
        ({"warns": "7d"}, "did you mean 'warn'"),
    ],
)
def test_a_limit_that_is_none_is_an_error(tmp_path: Path, limit: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        fresh(tmp_path, limit)


# --- what cannot be begins no range


@pytest.mark.parametrize("others", ["", "3,2025-03-07 10:00,2025-03-08 10:00\n"])
def test_an_impossible_time_begins_no_range(tmp_path: Path, others: str) -> None:
    """A solution of 1900 made a report of 125 years, in which each month covered had 0 tickets."""
    text = "ticket_id,created_at,resolved_at\n1,2025-03-05 10:00,1900-01-01 00:00\n"
    (tmp_path / "t.csv").write_text(text + others)
    found = read(
        load(write(tmp_path, {"t": {"table": "tickets", "files": "t.csv"}})), {"tickets": []}
    )
    assert found.ledgers[0].impossible == {"solved_before_created": 1}
    assert found.covered["tickets"].first == dt.date(2025, 3, 5)


def test_a_time_that_nothing_contradicts_begins_one(tmp_path: Path) -> None:
    text = "ticket_id,created_at,resolved_at\n1,1900-01-01 00:00,2025-03-05 10:00\n"
    (tmp_path / "t.csv").write_text(text)
    found = read(
        load(write(tmp_path, {"t": {"table": "tickets", "files": "t.csv"}})), {"tickets": []}
    )
    assert found.covered["tickets"].first == dt.date(1900, 1, 1)
