"""`kpi init` on exports of several systems at once: what belongs together, and what does not."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from kpicli.proposal.propose import proposed
from kpicli.proposal.sheets import opened
from kpicli.yaml import load_file
from tests.exports import export
from tests.proposing import init, made, text
from tests.test_systems import CASES, NAMES

TICKETS = "Ticket ID,Created at,Priority\n" + "".join(
    f"{number},2025-01-1{number} 10:00,High\n" for number in range(1, 8)
)
PAIRS = list(combinations(NAMES, 2))


@pytest.mark.parametrize("pair", PAIRS[::7], ids=["-".join(pair) for pair in PAIRS[::7]])
def test_two_systems_feed_what_each_of_them_does(pair: tuple[str, str], tmp_path: Path) -> None:
    paths = []
    wanted: Counter[str] = Counter()
    for name in pair:
        case = load_file(CASES / f"{name}.yaml").data
        wanted.update(case["sources"].values())
        (tmp_path / name).mkdir()
        for file, body in case["files"].items():
            paths.append(tmp_path / name / file)
            paths[-1].write_bytes(export(body))
    sheets, problems = opened(paths, tmp_path)
    found = proposed(sheets, tmp_path)
    assert (problems, found.near, found.unknown) == ([], (), ())
    assert Counter(draft.table.name for draft in found.drafts) == wanted
    assert [draft for draft in found.drafts if draft.lookups] == []


def test_rows_that_begin_on_other_days_are_other_rows(tmp_path: Path) -> None:
    other = "Ticket ID,Created at,Resolved at,Channel\n" + "".join(
        f"{number},2025-03-1{number} 10:00,2025-03-1{number} 12:00,mail\n" for number in range(1, 8)
    )
    made(tmp_path, a_csv=TICKETS, b_csv=other)
    assert "lookup:" not in text(tmp_path)
    said = "# ? a.csv feeds tickets too, and of 7 keys in both the latest row counts"
    assert said in text(tmp_path)


def test_sales_and_payments_of_the_same_money_are_told(tmp_path: Path) -> None:
    sales = "Дата;Номер;Контрагент;Сумма\n14.01.2025;А-1;ООО Тест;100,50\n"
    paid = "Дата оплаты;Номер платежа;Плательщик;Сумма оплаты\n14.02.2025;П-1;ООО Тест;100,50\n"
    init(tmp_path, продажи_csv=sales, оплаты_csv=paid)
    assert "# ? в orders идёт и продажи.csv: ничто не должно быть учтено дважды" in text(tmp_path)
