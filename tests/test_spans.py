"""Every way of counting spells equals a slow reference in plain Python, on random histories."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpicli.engine.relations import make
from kpicli.engine.run import Run
from kpicli.engine.slices import Slice
from kpicli.language.catalogue import built_in
from kpicli.language.settled import Settled
from kpicli.periods import Calendar, Grain, Grid, Period, Span
from kpicli.report.data import relation_columns
from kpicli.views import Inputs
from tests.cases import computed

EPOCH = dt.date(2024, 1, 1)
SPELLS = {"table": "contracts", "since": "started_at", "until": "ended_at"}
OWN = {
    f"taken_{take}": {
        "title": take,
        "formula": take,
        "unit": "count",
        "rows": {**SPELLS, "take": take, **({} if take in {"started", "ended"} else per)},
        "count": "rows",
    }
    for take in ("opening", "closing", "present", "started", "ended", "kept", "lost", "gained")
    for per in ({"per": "customer_id"},)
}
OWN["spell_days"] = {
    "title": "days",
    "formula": "days",
    "unit": "days",
    "rows": SPELLS,
    "time": "days",
}
OWN["latest_amount"] = {
    "title": "sum",
    "formula": "amounts of the spells begun last",
    "unit": "money",
    "rows": {**SPELLS, "take": "closing", "per": "customer_id"},
    "sum": "amount",
}
OWN["window_actors"] = {
    "title": "actors",
    "formula": "actors of the window",
    "unit": "count",
    "rows": {"table": "contracts", "at": "started_at", "window": "3 months"},
    "count": "distinct customer_id",
}


@dataclass(frozen=True)
class Spell:
    """One spell; `until` is its last day."""

    actor: str
    since: dt.date
    until: dt.date | None
    amount: int

    def holds_at(self, boundary: dt.date) -> bool:
        return self.since < boundary and (self.until is None or self.until >= boundary)


@st.composite
def histories(draw: st.DrawFn) -> list[Spell]:
    """Return spells of some actors, overlapping and touching ones among them."""
    seed = draw(st.integers(0, 2**32))
    chance = random.Random(seed)
    spells = []
    for number in range(chance.randint(1, 12)):
        for _ in range(chance.randint(1, 4)):
            since = EPOCH + dt.timedelta(chance.randint(-120, 200))
            length = chance.choice([None, 0, 1, 5, 29, 30, 31, 60, 200])
            until = None if length is None else since + dt.timedelta(length)
            spells.append(Spell(f"c{number}", since, until, chance.randint(1, 9)))
    return spells


def grids(as_of: dt.date) -> list[Grid]:
    first, last = EPOCH, EPOCH + dt.timedelta(180)
    fiscal = Calendar(fiscal_start=4, week_start=6)
    return [
        Grid.over(Grain.MONTH, first, last, as_of=as_of),
        Grid.over(Grain.WEEK, first, last, as_of=as_of, calendar=fiscal),
        Grid.over(Grain.QUARTER, first, last, as_of=as_of, calendar=fiscal),
        Grid.over(Grain.TOTAL, EPOCH + dt.timedelta(31), last, as_of=as_of),
    ]


def engine(spells: list[Spell], grid: Grid) -> dict[str, list[float | None]]:
    rows = [(s.actor, s.since, s.until, s.amount) for s in spells]
    kinds = {
        "customer_id": pl.String(),
        "started_at": pl.Date(),
        "ended_at": pl.Date(),
        "amount": pl.Decimal(38, 6),
    }
    frame = pl.DataFrame(rows, schema=kinds, orient="row")
    catalogue = built_in().with_own(OWN)
    params = {**catalogue.defaults(), "membership.mode": "contracts"}
    settled = Settled(catalogue=catalogue, params=params)
    inputs = Inputs(
        frames={"contracts": frame.lazy()},
        mapped={"contracts": frozenset(kinds)},
        params=params,
        as_of=grid.as_of,
        zone="UTC",
    )
    cut = Slice(kept={})
    relations = make(inputs, relation_columns(settled, OWN, cut), ())
    covered = {"contracts": Span(first=dt.date(2000, 1, 1), last=dt.date(2100, 1, 1))}
    run = Run(settled=settled, relations=relations, grid=grid, cut=cut, covered=covered)
    results = run.results(OWN, ())
    assert not run.failures
    return {name: result.frame["value"].to_list() for name, result in results.items()}


def reference(spells: list[Spell], grid: Grid) -> dict[str, list[float | None]]:
    found: dict[str, list[float | None]] = {name: [] for name in OWN}
    for place, period in enumerate(grid.periods):
        if period.start > grid.as_of:
            for values in found.values():
                values.append(None)  # it has not begun: nothing is known
            continue
        opening = {s.actor for s in spells if s.holds_at(period.start)}
        closing = {s.actor for s in spells if s.holds_at(period.end)}
        found["taken_opening"].append(len(opening))
        found["taken_closing"].append(len(closing))
        found["taken_present"].append(len({s.actor for s in spells if _touches(s, period)}))
        found["taken_started"].append(sum(_inside(s.since, period) for s in spells))
        found["taken_ended"].append(sum(_inside(s.until, period) for s in spells))
        found["taken_kept"].append(len(opening & closing))
        found["taken_lost"].append(len(opening - closing))
        found["taken_gained"].append(len(closing - opening))
        found["spell_days"].append(sum(_days(s, period, grid.as_of) for s in spells))
        found["latest_amount"].append(_latest(spells, period))
        opens = grid.trailing(3)[place]
        window = {s.actor for s in spells if opens <= s.since < period.end}
        found["window_actors"].append(len(window))
    return found


def _touches(spell: Spell, period: Period) -> bool:
    return spell.since < period.end and (spell.until is None or spell.until >= period.start)


def _inside(day: dt.date | None, period: Period) -> bool:
    return day is not None and period.start <= day < period.end


def _days(spell: Spell, period: Period, as_of: dt.date) -> int:
    stop = min(spell.until or dt.date.max, as_of + dt.timedelta(1))
    return max(0, (min(stop, period.until) - max(spell.since, period.start)).days)


def _latest(spells: list[Spell], period: Period) -> int:
    """Sum, over actors, the amount of the spell that began last of those that hold at the end."""
    chosen: dict[str, tuple[dt.date, int, int]] = {}
    for place, spell in enumerate(spells):
        if spell.holds_at(period.end):
            candidate = (spell.since, place, spell.amount)
            chosen[spell.actor] = max(chosen.get(spell.actor, candidate), candidate)
    return sum(amount for _, _, amount in chosen.values())


@given(spells=histories(), days=st.sampled_from([150, 180, 200]))
@settings(max_examples=40, deadline=None)
def test_spells_count_as_in_the_reference(spells: list[Spell], days: int) -> None:
    as_of = EPOCH + dt.timedelta(days)
    for grid in grids(as_of):
        assert engine(spells, grid) == reference(spells, grid)


@given(spells=histories(), seed=st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_does_not_matter(spells: list[Spell], seed: int) -> None:
    unique = list({(s.actor, s.since): s for s in spells}.values())
    shuffled = random.Random(seed).sample(unique, len(unique))
    grid = grids(EPOCH + dt.timedelta(200))[0]
    assert engine(unique, grid) == engine(shuffled, grid)


@given(spells=histories())
@settings(max_examples=25, deadline=None)
def test_opening_and_started_less_ended_is_closing(spells: list[Spell]) -> None:
    alone = list({s.actor: s for s in spells}.values())  # one spell per actor
    found = engine(alone, grids(EPOCH + dt.timedelta(400))[0])
    columns = zip(
        found["taken_opening"],
        found["taken_started"],
        found["taken_ended"],
        found["taken_closing"],
        strict=True,
    )
    for opening, started, ended, closing in columns:
        assert opening is not None
        assert (opening or 0) + (started or 0) - (ended or 0) == closing
    assert found["taken_closing"][:-1] == found["taken_opening"][1:]


MEMBERSHIP = ("customers_start", "new_customers", "customers_returned", "customers_lost")


@given(spells=histories())
@settings(max_examples=25, deadline=None)
def test_members_add_up(spells: list[Spell]) -> None:
    """R3: closing = opening + new + returned - lost, and retention and churn add up to 100."""
    lines = "\n".join(f"{s.actor} {s.since} {s.until or '-'}" for s in spells)
    body = {
        "tables": {"contracts": f"customer_id started_at ended_at\n{lines}"},
        "as_of": "2024-12-31",
        "periods": ["2023-09", "2024-12"],
    }
    names = [*MEMBERSHIP, "customers_end", "customer_retention_rate", "customer_churn_rate"]
    values: dict[str, list[float | None]] = {}
    for row in computed(body, names):
        values.setdefault(row.metric, []).append(row.value)
    parts = zip(*(values[name] for name in MEMBERSHIP), values["customers_end"], strict=True)
    for opening, new, returned, lost, closing in parts:
        assert (opening or 0) + (new or 0) + (returned or 0) - (lost or 0) == closing
    rates = zip(values["customer_retention_rate"], values["customer_churn_rate"], strict=True)
    for kept, gone in rates:
        assert (kept is None) == (gone is None)
        if kept is not None and gone is not None:
            assert kept + gone == pytest.approx(100)
