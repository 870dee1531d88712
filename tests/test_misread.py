"""Headers that are missing since the source says wrongly how its file is written: said once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpicli.errors import ConfigError
from tests.shop import loaded, orders

COLUMNS = {"order_id": "Номер", "ordered_at": "Дата", "amount": "Сумма", "channel": "Канал"}
RUSSIAN = "Номер;Дата;Сумма;Канал\n1;2025-01-05;10;Сайт\n2;2025-01-06;20;Звонок\n"
PARTED = "is parted by a semicolon, and the source says comma\n  hint: leave delimiter out"
ENCODED = "in cp1251, and the source says {}\n  hint: leave encoding out"


@pytest.mark.parametrize(
    ("written", "source", "said"),
    [
        ("utf-8", {"delimiter": ","}, ["delimiter: orders.csv " + PARTED]),
        ("cp1251", {"delimiter": ","}, ["delimiter: orders.csv " + PARTED]),
        ("cp1251", {"encoding": "latin-1"}, [ENCODED.format("latin-1")]),
        ("cp1251", {"encoding": "cp866"}, [ENCODED.format("cp866")]),
        ("utf-8", {"encoding": "cp1251"}, ["in utf-8, and the source says cp1251"]),
        (
            "cp1251",
            {"encoding": "cp866", "delimiter": ","},
            ["delimiter: orders.csv " + PARTED, ENCODED.format("cp866")],
        ),
        (
            "cp1251",
            {"encoding": "cp866", "keep": ["Каналы"]},
            [ENCODED.format("cp866"), "has no header 'Каналы'\n  hint: did you mean 'Канал'?"],
        ),
        (
            "cp1251",
            {"encoding": "cp866", "where": "\"Сумма\" <> '0'"},
            [ENCODED.format("cp866")],
        ),
    ],
)
def test_what_is_declared_wrongly_is_the_one_thing_told(
    tmp_path: Path, written: str, source: dict[str, object], said: list[str]
) -> None:
    config = orders(tmp_path, RUSSIAN.encode(written), columns=COLUMNS, **source)
    with pytest.raises(ConfigError) as refused:
        loaded(config)
    assert len(refused.value.problems) == len(said)
    assert all(one in str(refused.value) for one in said)


@pytest.mark.parametrize("source", [{"delimiter": ";"}, {"encoding": "cp1251"}, {}])
def test_what_is_declared_rightly_is_not_doubted(tmp_path: Path, source: dict[str, str]) -> None:
    columns = {**COLUMNS, "channel": "Каналл"}
    config = orders(tmp_path, RUSSIAN.encode("cp1251"), columns=columns, **source)
    with pytest.raises(ConfigError) as refused:
        loaded(config)
    (problem,) = refused.value.problems
    assert (problem.message, problem.hint) == (
        "orders.csv has no header 'Каналл'",
        "did you mean 'Канал'?",
    )


def test_a_header_in_one_cell_asks_for_the_delimiter(tmp_path: Path) -> None:
    quoted = '"order_id;ordered_at;amount"\n"1;2025-01-05;10"\n'
    with pytest.raises(ConfigError, match="is the delimiter right"):
        loaded(orders(tmp_path, quoted, columns={"amount": "Sum"}))
