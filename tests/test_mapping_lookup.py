"""Lookups: columns from a second export, matched by keys that are unique there."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpicli.config import Config, load
from kpicli.errors import ConfigError, InputError
from kpicli.intake import Loaded, peek
from kpicli.report import Question, compute
from kpicli.report.validation import validate
from tests.shop import document, loaded, write

LEADS = "lead_id,created_at,source\nA,2025-01-05,ads\nB,2025-01-06,web\n007,2025-01-07,web\n"
WON = "mql_id;won_date;region\nA;05.02.2025;South\n007;13.02.2025;North\nZ;14.02.2025;West\n"


def config(
    folder: Path,
    won: str | bytes = WON,
    /,
    *more: Any,
    leads: str = LEADS,
    mapping: Any = None,
    **lookup: Any,
) -> Config:
    (folder / "leads.csv").write_text(leads)
    (folder / "won.csv").write_bytes(won.encode() if isinstance(won, str) else won)
    first = {
        "files": "won.csv",
        "match": {"lead_id": "mql_id"},
        "columns": {"converted_at": "won_date"},
        **lookup,
    }
    source = {
        "table": "leads",
        "files": "leads.csv",
        "columns": mapping or {},
        "lookup": [first, *more],
    }
    return load(write(folder, {"l": source}))


def days(found: Loaded) -> dict[str, str | None]:
    frame = found.frames["leads"].select("lead_id", "converted_at")
    return {key: at and f"{at:%Y-%m-%d}" for key, at in frame.iter_rows()}


def test_columns_come_from_a_second_export_in_its_own_form(tmp_path: Path) -> None:
    found = loaded(config(tmp_path, keep=["region"]))
    assert days(found) == {"A": "2025-02-05", "B": None, "007": "2025-02-13"}
    assert found.frames["leads"]["region"].to_list() == ["South", None, "North"]
    assert found.mapped["leads"] >= {"converted_at", "region"}
    assert found.warnings == ()


def test_its_files_are_inputs_and_what_matched_is_told(tmp_path: Path) -> None:
    found = loaded(config(tmp_path))
    leads, won = found.ledgers
    assert (won.source, won.file, won.delimiter, won.read, won.used) == ("l", "won.csv", ";", 3, 3)
    assert len(won.sha256) == 64
    told = [note.what for note in won.notes]
    assert "rows of l that found theirs here: 2 of 3" in told
    assert "keys here that no row of l has: 1 of 3" in told
    assert (leads.read, leads.used) == (3, 3)


def test_it_is_read_as_its_own_keys_say(tmp_path: Path) -> None:
    won = "mql_id|won_date|ok|Сделка\n A |02/05/2025|yes|1\nB|02/06/2025|no|2\n".encode("utf-16")
    found = loaded(
        config(
            tmp_path,
            won,
            encoding="utf-16",
            delimiter="|",
            where="ok = 'yes'",
            columns={"converted_at": {"from": "won_date", "format": "%m/%d/%Y"}},
        )
    )
    assert days(found)["A"] == "2025-02-05"
    assert found.ledgers[1].filtered == 1


def test_a_fold_makes_its_keys_unique(tmp_path: Path) -> None:
    won = "mql_id,won_date,step\nA,2025-03-01,2\nA,2025-02-01,1\nB,2025-02-02,1\nB,,2\n"
    found = loaded(config(tmp_path, won, fold={"order": "step"}))
    assert days(found) == {"A": "2025-03-01", "B": "2025-02-02", "007": None}
    made = config(tmp_path, won, fold={"by": "lead_id", "min": "converted_at"})
    assert days(loaded(made)) == {"A": "2025-02-01", "B": "2025-02-02", "007": None}
    assert loaded(made).ledgers[1].folded == 2


def test_a_key_that_stands_twice_is_an_error_that_says_how_to_fold(tmp_path: Path) -> None:
    won = "mql_id,won_date\nB,2025-02-02\nA,2025-03-01\nA,2025-02-01\n"
    with pytest.raises(InputError) as caught:
        loaded(config(tmp_path, won))
    said = str(caught.value)
    assert "sources.l.lookup.0.match: won.csv: the key A stands in lines 3, 4" in said
    assert "fold: {by: [lead_id]}" in said


def test_rows_alike_and_later_files_are_duplicates(tmp_path: Path) -> None:
    (tmp_path / "won_2.csv").write_text("mql_id;won_date;region\nA;15.02.2025;South\n")
    made = config(tmp_path, WON + "A;05.02.2025;East\n", files=["won.csv", "won_2.csv"])
    found = loaded(made)
    assert days(found)["A"] == "2025-02-15"
    assert [ledger.duplicate for ledger in found.ledgers] == [0, 2, 0]
    assert [ledger.used for ledger in found.ledgers] == [3, 2, 1]


@pytest.mark.parametrize("by", ["employee_id", "name"])
def test_people_who_stand_twice_are_not_named(tmp_path: Path, by: str) -> None:
    (tmp_path / "e.csv").write_text("employee_id,hired_at\nIvan Petrov,2025-01-01\n")
    (tmp_path / "d.csv").write_text("who,dept\nIvan Petrov,A\nIvan Petrov,B\n")
    lookup = {"files": "d.csv", "match": {by: "who"}, "columns": {"department": "dept"}}
    keep = {"name": "employee_id"}
    source = {"table": "employees", "files": "e.csv", "keep": keep, "lookup": [lookup]}
    with pytest.raises(InputError) as caught:
        loaded(load(write(tmp_path, {"e": source})))
    assert "Ivan" not in str(caught.value)
    assert "the key (withheld) stands in lines 2, 3" in str(caught.value)


def test_a_lookup_may_match_what_an_earlier_one_brought(tmp_path: Path) -> None:
    (tmp_path / "regions.csv").write_text("name,customer\nSouth,C1\nNorth,C2\n")
    second = {
        "files": "regions.csv",
        "match": {"region": "name"},
        "columns": {"customer_id": "customer"},
    }
    found = loaded(config(tmp_path, WON, second, keep=["region"]))
    assert found.frames["leads"]["customer_id"].to_list() == ["C1", None, "C2"]
    assert [ledger.file for ledger in found.ledgers] == ["leads.csv", "won.csv", "regions.csv"]


def test_what_is_needed_may_come_from_a_lookup(tmp_path: Path) -> None:
    leads = "lead_id,source\nA,ads\nB,web\n,web\n"
    won = "mql_id,started\nA,2025-01-05\nC,2025-01-06\n"
    made = config(tmp_path, won, leads=leads, columns={"created_at": "started"})
    found = loaded(made, enforce=False)
    assert found.frames["leads"]["lead_id"].to_list() == ["A"]
    (leads_ledger, _) = found.ledgers
    assert leads_ledger.reasons == {"lead_id: empty": 1, "created_at: empty": 1}


def test_keys_are_compared_as_their_type_says(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(
        "order_id,ordered_at,amount\n1,2025-01-05,1.50\n2,2025-01-06,2\n"
    )
    (tmp_path / "d.csv").write_text("day;sum;who\n05.01.2025;1,5;A\n13.01.2025;2,0;B\n")
    lookup = {
        "files": "d.csv",
        "match": {"ordered_at": "day", "amount": "sum"},
        "columns": {"customer_id": "who"},
    }
    source = {"table": "orders", "files": "o.csv", "lookup": [lookup]}
    found = loaded(load(write(tmp_path, {"o": source})))
    assert found.frames["orders"]["customer_id"].to_list() == ["A", None]


def test_empty_keys_match_nothing(tmp_path: Path) -> None:
    leads = "lead_id,created_at,customer_id\nA,2025-01-05,\nB,2025-01-05,C\n"
    won = "who,won_date\n,2025-02-01\n,2025-02-02\nC,2025-02-03\n"
    made = config(tmp_path, won, leads=leads, match={"customer_id": "who"})
    assert days(loaded(made)) == {"A": None, "B": "2025-02-03"}


@pytest.mark.parametrize("won", ["mql_id,won_date\n", "mql_id,won_date\n,2025-01-05\n"])
def test_a_lookup_may_be_empty(tmp_path: Path, won: str) -> None:
    found = loaded(config(tmp_path, won))
    assert set(days(found).values()) == {None}
    assert found.warnings == ()


def test_a_lookup_may_read_the_file_of_its_source(tmp_path: Path) -> None:
    leads = "lead_id,created_at,parent\nA,2025-01-05,\nB,2025-01-06,A\n"
    made = config(
        tmp_path,
        leads=leads,
        mapping={"customer_id": "parent"},
        files="leads.csv",
        match={"customer_id": "lead_id"},
        columns={"converted_at": "created_at"},
    )
    assert days(loaded(made)) == {"A": None, "B": "2025-01-05"}


def test_a_lookup_in_which_nothing_is_found_warns(tmp_path: Path) -> None:
    found = loaded(config(tmp_path, "mql_id,won_date\n1,2025-02-01\n"))
    (warning,) = found.warnings
    assert "no row of l found its row in won.csv by lead_id" in warning
    assert "kpi.yaml:" in warning


def test_bad_cells_are_accounted_for_where_they_stand(tmp_path: Path) -> None:
    found = loaded(config(tmp_path, WON + "B;soon;East\n"))
    assert found.ledgers[1].changed == {"won_date: not a time, emptied": 1}
    assert days(found)["B"] is None


def test_what_is_asked_changes_no_number(tmp_path: Path) -> None:
    made = config(tmp_path, keep=["region"])
    one = compute(made, Question(metrics=("new_leads",)))
    more = compute(made, Question(metrics=("new_leads", "conversion_rate")))
    assert list(document(one)["results"]) == [
        result for result in document(more)["results"] if result["metric"] == "new_leads"
    ]
    assert [ledger.file for ledger in one.inputs] == ["leads.csv", "won.csv"]


def test_validation_and_a_peek_know_what_is_brought(tmp_path: Path) -> None:
    made = config(tmp_path, keep=["region"])
    assert peek(made)["leads"] >= {"lead_id", "converted_at", "region"}
    assert validate(made, Question()).mapped["leads"] >= {"converted_at", "region"}
    assert made.kept() == {"leads": ("region",)}


@pytest.mark.parametrize(
    ("lookup", "said"),
    [
        ({"match": {}}, "match"),
        ({"match": {"led_id": "mql_id"}}, "did you mean 'lead_id'?"),
        ({"columns": {"convertd_at": "won_date"}}, "did you mean 'converted_at'?"),
        ({"columns": {}}, "a lookup brings columns"),
        ({"columns": {"lead_id": "won_date"}}, "'lead_id' is what the rows match by"),
        ({"match": {"lead_id": {"const": 1}}}, "match takes headers, not constants"),
        ({"lookups": []}, "unknown key"),
        ({"fold": {"by": "region"}}, "'region' is no column of this export"),
        ({"where": "won_date > 1"}, "headers are text"),
        ({"table": "leads"}, "unknown key"),
    ],
)
def test_lookups_that_cannot_be(tmp_path: Path, lookup: Any, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config(tmp_path, WON, **lookup)
    assert said in str(caught.value)
    assert "kpi.yaml:" in str(caught.value)


def test_what_is_there_is_not_brought(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'converted_at' is there already"):
        config(tmp_path, WON, mapping={"converted_at": "won"})
    with pytest.raises(ConfigError, match="'converted_at' is there already"):
        config(
            tmp_path,
            WON,
            {
                "files": "won.csv",
                "match": {"lead_id": "mql_id"},
                "columns": {"converted_at": "won_date"},
            },
        )


@pytest.mark.parametrize(
    ("lookup", "error", "said"),
    [
        ({"files": "lost.csv"}, InputError, "sources.l.lookup.0.files: there is no file"),
        ({"match": {"lead_id": "mql"}}, ConfigError, "match.lead_id: won.csv has no header 'mql'"),
        ({"columns": {"converted_at": "won"}}, ConfigError, "won.csv has no header 'won'"),
        (
            {"match": {"customer_id": "mql_id"}},
            ConfigError,
            "feed customer_id to match by",
        ),
    ],
)
def test_lookups_that_the_files_do_not_allow(
    tmp_path: Path, lookup: Any, error: Any, said: str
) -> None:
    with pytest.raises(error) as caught:
        loaded(config(tmp_path, WON, **lookup))
    assert said in str(caught.value)


KEYS = st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=12)


@settings(max_examples=40, deadline=None)
@given(left=KEYS, right=KEYS)
def test_a_lookup_is_what_a_slow_one_finds(left: list[str], right: list[str]) -> None:
    table = {key: str(place) for place, key in enumerate(right) if key}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        body = "".join(f"{n},2025-01-05,1,{key}\n" for n, key in enumerate(left))
        (folder / "o.csv").write_text("order_id,ordered_at,amount,customer_id\n" + body)
        body = "".join(f"{key};{n}\n" for n, key in enumerate(right))
        (folder / "c.csv").write_text("who;cost\n" + body)
        lookup = {
            "files": "c.csv",
            "match": {"customer_id": "who"},
            "columns": {"cost": {"from": "cost", "decimal": "."}},
            "fold": {"by": "customer_id"},
        }
        source = {"table": "orders", "files": "o.csv", "lookup": [lookup]}
        found = loaded(load(write(folder, {"o": source})))
    costs = dict(found.frames["orders"].select("order_id", "cost").iter_rows())
    wanted = {str(n): table.get(key) for n, key in enumerate(left)}
    assert costs == {key: cost and Decimal(cost) for key, cost in wanted.items()}
    second = found.ledgers[1]
    assert second.read == second.used + second.folded + second.duplicate == len(right)
