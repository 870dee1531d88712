"""Words of columns that list them: what no cell can hold is not looked for in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpicli.config import load
from kpicli.errors import ConfigError
from kpicli.language.catalogue import built_in
from kpicli.language.conditions import condition
from kpicli.language.settled import Settled
from kpicli.language.spelling import check_words, words_of, words_of_dimensions
from kpicli.language.texts import sql_of
from tests.shop import write


@pytest.mark.parametrize(
    ("over", "text", "advice"),
    [
        ("orders", "status = 'complete'", "status is never 'complete'; did you mean 'completed'?"),
        ("orders", "status <> 'Completed'", "did you mean 'completed'?"),
        ("sales", "sale_type in ('new', 'upsel')", "sale_type is never 'upsel'"),
        ("tickets", "'done' = status", "status is never 'done'"),
        ("employments", "termination_type = 'fired'", "known: contract_end, death"),
        ("customers", "churn_type = 'voluntry' or segment = 'x'", "did you mean 'voluntary'?"),
        ("orders", "(status) = ('complete')", "did you mean 'completed'?"),
        ("orders", "status in (type, 'paid')", "status is never 'paid'"),
        ("orders", "case status when 'paid' then true else false end", "status is never 'paid'"),
        ("orders", "coalesce(status, '-') in ('-', 'paid')", "status is never 'paid'"),
    ],
)
def test_a_word_that_a_column_does_not_list_is_refused(over: str, text: str, advice: str) -> None:
    with pytest.raises(ValueError, match="is never") as refused:
        condition(text, over, {})
    assert advice in str(refused.value)


@pytest.mark.parametrize(
    ("over", "text"),
    [
        ("orders", "status in ('completed', 'unknown')"),
        ("responses", "respondent_type = 'unknown'"),
        ("employments", "termination_type <> 'unknown'"),
        ("orders", "upper(status) = 'COMPLETED'"),
        ("tickets", "category = 'acquisition' and team = 'Completed'"),
        ("orders", "sale_type <> ''"),
        ("orders", "status < 'd'"),
        ("orders", "coalesce(status, '-') in ('-', 'completed')"),
        ("orders", "coalesce(status, type) = 'paid'"),
        ("orders", "status = 'Completed' or status = 'completed'"),
    ],
)
def test_what_it_lists_and_what_is_no_such_column_is_taken(over: str, text: str) -> None:
    assert condition(text, over, {})


def own(folder: Path, **rows: object) -> None:
    """Load a config with a metric of its own over orders."""
    (folder / "o.csv").write_text("order_id,ordered_at,amount,status\n1,2025-01-05,9,paid\n")
    whole = {"table": "orders", "at": "ordered_at", **rows}
    metric = {"title": "x", "formula": "y", "unit": "count", "count": "rows", "rows": whole}
    sources = {"o": {"table": "orders", "files": "o.csv"}}
    load(write(folder, sources, custom={"own": metric}, params={"activity.types": ["e-NPS"]}))


def test_metrics_of_ones_own_are_judged_alike(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"custom\.own\.rows\.where: status is never 'paid'"):
        own(tmp_path, where="status = 'paid'")


def test_a_column_that_a_step_makes_lists_nothing(tmp_path: Path) -> None:
    vip = "case when sum(amount) > 100 then 'vip' else 'plain' end"
    fold = {"per": ["customer_id"], "with": {"status": vip}, "where": "status = 'vip'"}
    own(tmp_path, then=[fold])
    kept = {"per": ["status"], "with": {"n": "count(*)"}, "where": "status = 'vip'"}
    with pytest.raises(ConfigError, match="status is never 'vip'"):
        own(tmp_path, then=[kept])


def test_parameters_may_bring_in_other_words_of_lists_but_not_of_surveys(tmp_path: Path) -> None:
    own(tmp_path, where="status in $activity.types")
    with pytest.raises(ConfigError, match="'e-NPS' is read as 'enps'"):
        own(tmp_path, table="responses", at="responded_at", where="survey_type in $activity.types")


def test_dimensions_are_judged_by_the_table_that_they_are_of() -> None:
    with pytest.raises(ValueError, match=r"orders\.status is never 'paid'"):
        check_words("orders.status = 'paid'", words_of_dimensions())
    check_words("category = 'billing'", words_of_dimensions())  # a text of tickets
    check_words("orders.status = 'completed'", words_of_dimensions())


def test_the_catalogue_names_words_that_its_columns_list() -> None:
    catalogue = built_in()
    settled = Settled(catalogue=catalogue, params=catalogue.defaults())
    seen = 0
    for name in catalogue.metrics:
        rows = settled[name].rows
        if rows is None or rows.table is None or rows.then:
            continue  # a step may make columns of the same name
        for text in sql_of(settled[name]):
            check_words(text, words_of(rows.table), settled.params)
            seen += 1
    assert seen
