"""A comparison with null is refused wherever a user writes SQL: it finds nothing in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.errors import ConfigError, UsageError
from kpicli.language.nulls import check_nulls, check_nulls_of
from kpicli.report import Question, compute
from tests.shop import orders, write

ORDERS = "order_id,ordered_at,amount,channel\n1,2025-01-05,9,web\n2,2025-01-06,5,\n"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("channel = null", "channel is null"),
        ("channel <> NULL", "channel is not null"),
        ("channel != (null)", "channel is not null"),
        ("null = channel", "channel is null"),
        ("a = 1 and (b = null)", "b is null"),
        ("channel in (null)", "channel is null"),
        ("channel in ('a', null)", "channel in ('a') or channel is null"),
        ("channel not in ('a', null)", "channel not in ('a') and channel is not null"),
        ("not (channel in (null))", "channel is not null"),
        ("case channel when null then 1 end", "channel is null"),
        ('"Sales channel" = null', '"Sales channel" is null'),
        ("sum(case when x = null then 1 end)", "x is null"),
    ],
)
def test_a_comparison_with_null_is_refused_and_mended(text: str, meant: str) -> None:
    with pytest.raises(ValueError, match="comparison with null is never true") as refused:
        check_nulls(text)
    assert str(refused.value).endswith(f"; write {meant}")


@pytest.mark.parametrize(
    "text",
    ["channel like null", "amount < null", "amount not between 1 and null", "null >= amount"],
)
def test_null_has_no_order(text: str) -> None:
    with pytest.raises(ValueError, match="before, after and like nothing; leave it out"):
        check_nulls(text)


@pytest.mark.parametrize(
    "text",
    [
        "channel is null",
        "channel is not null and a = 1",
        "channel is not distinct from null",
        "coalesce(channel, null) = 'a'",
        "case when a = 1 then null else b end = 2",
        "case channel when 'a' then null end is null",
        "channel = 'null'",
        "channel in ('a', 'null')",
    ],
)
def test_other_nulls_are_fine(text: str) -> None:
    check_nulls(text)


def test_a_parameter_that_is_not_set_is_no_null_of_the_text() -> None:
    check_nulls_of("amount > $own.limit and channel is null", {"own.limit": None})
    with pytest.raises(ValueError, match="write channel is null"):
        check_nulls_of("amount > $own.limit or channel = null", {"own.limit": None})


def test_so_it_is_in_a_question(tmp_path: Path) -> None:
    question = Question(metrics=("revenue",), where="channel = null")
    with pytest.raises(UsageError, match=r"--where: channel = NULL: .* write channel is null"):
        compute(orders(tmp_path, ORDERS), question)


OWN: dict[str, Any] = {"title": "x", "formula": "y", "unit": "count"}
ROWS = {"table": "orders", "at": "ordered_at"}


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (
            {"custom": {"own": {**OWN, "count": "rows", "rows": {**ROWS, "where": "type = null"}}}},
            r"custom\.own\.rows\.where: type = NULL: ",
        ),
        (
            {"custom": {"own": {**OWN, "share": "channel <> null", "rows": ROWS}}},
            r"custom\.own\.share: channel <> NULL: ",
        ),
        ({"params": {"complaint.rule": "team = null"}}, r"params\.complaint\.rule: team = NULL: "),
    ],
)
def test_and_everywhere_in_a_config(tmp_path: Path, place: dict[str, Any], said: str) -> None:
    (tmp_path / "o.csv").write_text(ORDERS)
    with pytest.raises(ConfigError, match=said):
        load(write(tmp_path, {"o": {"table": "orders", "files": "o.csv"}}, **place))


@pytest.mark.parametrize(
    "source",
    [
        {"where": "channel = null"},
        {"columns": {"type": {"expr": "case when channel = null then 'a' end"}}},
    ],
)
def test_and_over_headers(tmp_path: Path, source: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"channel = NULL: .* write channel is null"):
        orders(tmp_path, ORDERS, **source)
