"""Key customers by revenue equal those that a plain loop over the reviews finds."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kpicli import views
from kpicli.language.catalogue import built_in
from kpicli.language.parameters import Value
from kpicli.views import Inputs

FIRST, AS_OF = 2023 * 12, dt.date(2025, 2, 28)
LAST = AS_OF.year * 12 + AS_OF.month  # the review of the first day behind as_of
Sale = tuple[str, int, int]

sales = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 25), st.integers(-3, 6).filter(bool)),
    max_size=20,
)


def day(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)


def plain(found: list[Sale], method: str) -> set[tuple[str, dt.date, dt.date]]:
    """Return customer, begin and end of every spell."""
    key: dict[str, list[int]] = defaultdict(list)
    for review in range(FIRST, LAST):
        sums: dict[str, int] = defaultdict(int)
        for who, month, amount in found:
            if review - 12 <= FIRST + month < review:
                sums[who] += amount
        ranked = sorted(sums, key=lambda who: (-sums[who], who))
        before = 0
        for place, who in enumerate(ranked):
            enough = 10 * before < 8 * sum(sums.values())
            if sums[who] > 0 and (place < 2 if method == "top_n" else enough):
                key[who].append(review)
            before += sums[who]
    spells = set()
    for who, reviews in key.items():
        for review in reviews:
            if review - 1 not in reviews:
                end = review
                while end + 1 in reviews:
                    end += 1
                before_each = dt.timedelta(1)
                spells.add((who, day(review) - before_each, day(end + 1) - before_each))
    return spells


@given(found=sales, method=st.sampled_from(["pareto", "top_n"]))
@settings(max_examples=60, deadline=None)
def test_key_customers_are_those_of_a_plain_loop(found: list[Sale], method: str) -> None:
    rows = {
        "order_id": [str(place) for place in range(len(found))],
        "customer_id": [who for who, _, _ in found],
        "ordered_at": [
            dt.datetime.combine(day(FIRST + month), dt.time(12), dt.UTC) for _, month, _ in found
        ],
        "amount": [Decimal(amount) for _, _, amount in found],
    }
    times, money = pl.Datetime("us", "UTC"), pl.Decimal(38, 6)
    kinds = dict(zip(rows, [pl.String(), pl.String(), times, money], strict=True))
    options: dict[str, Value] = {"key.method": method, "key.share": Decimal("0.8"), "key.top_n": 2}
    inputs = Inputs(
        frames={"orders": pl.LazyFrame(rows, schema=kinds)},
        mapped={"orders": frozenset(rows)},
        params={**built_in().defaults(), **options},
        as_of=AS_OF,
        zone="UTC",
    )
    spells = views.build("key_spells", inputs).collect().rows()
    assert set(spells) == plain(found, method)
    assert len(spells) == len(set(spells))
