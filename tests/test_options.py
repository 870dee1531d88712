"""Options of one metric go together: none stops acting under another without a word."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.language.catalogue import built_in
from kpicli.language.check import check
from kpicli.language.declaration import Companion
from kpicli.language.parameters import Kind, Params
from kpicli.language.settled import Settled
from kpicli.language.sql import expand, in_years
from kpicli.locales import locale
from kpicli.model import model
from kpicli.render.table import as_table
from kpicli.report import Question, compute
from tests.cases import skipped
from tests.shop import write

CATALOGUE = built_in()
DEFAULTS = CATALOGUE.defaults()
WORDS = {"title", "formula", "answers", "decision", "choices", "aliases", "family", "source"}
OTHER = {
    Kind.INTEGER: 17,
    Kind.DECIMAL: "0.5",
    Kind.WINDOW: "3 months",
    Kind.MAP: {"x": 2},
    Kind.LIST: ["x"],
    Kind.CONDITION: "true",
}
SAID = {
    ("conversion_rate", "conversion.window_days", "event"): "conversions have no window there",
    ("conversion_rate", "conversion.window_days", "pool"): "conversions have no window there",
    ("touches_to_close", "touches.zero", "total"): "every conversion is in the total",
}
"""Options that have no meaning under another; the decision of the metric says so."""

MADE = [
    name for name, metric in CATALOGUE.metrics.items() if not metric.declaration.helper
]  # helpers are reached through those that read them


def values(name: str) -> list[Any]:
    """Return values of a parameter other than its default."""
    parameter = CATALOGUE.parameters[name]
    raw: list[Any]
    if parameter.type is Kind.BOOLEAN:
        raw = [True, False]
    elif parameter.values and parameter.type in {Kind.CHOICE, Kind.LIST}:
        raw = list(parameter.values)
    elif parameter.type is Kind.MAP and parameter.values:
        raw = [dict.fromkeys(parameter.values, 2)]
    else:
        raw = [OTHER[parameter.type]]
    if parameter.optional:
        raw.append(None)
    accepted = [parameter.accept(value) for value in raw]
    return [value for value in accepted if value != parameter.default_value]


def meaning(name: str, params: Params) -> dict[str, Any]:
    """Return what a metric and all it reads mean under parameters, words left out."""
    settled = Settled(catalogue=CATALOGUE, params=params)
    return {other: _meant(settled, other) for other in settled.closure([name])}


def _meant(settled: Settled, name: str) -> dict[str, Any]:
    declaration = settled[name]
    view = model().views.get(declaration.rows.table or "") if declaration.rows else None
    read = view.parameters if view is not None else ()
    written = declaration.model_dump_json(exclude=WORDS)
    if "$" in written:
        written = expand(written, in_years(settled.params))
    return {"written": written, **{p: settled.params[p] for p in read}}


def acting(name: str) -> dict[str, list[Any]]:
    """Return the options that act on a metric by themselves, with the values that do."""
    plain = meaning(name, DEFAULTS)
    found = {}
    for parameter in CATALOGUE.parameters:
        acts = [v for v in values(parameter) if meaning(name, {**DEFAULTS, parameter: v}) != plain]
        if acts:
            found[parameter] = acts
    return found


def silent(name: str) -> Iterator[tuple[str, Any, str, Any]]:
    """Yield an option, its value, and another option and value under which it stops acting.

    An option goes with the metrics that read it: where none of them is read, it is not ignored.
    """
    options, plain = acting(name), meaning(name, DEFAULTS)
    for (one, ours), (other, theirs) in itertools.permutations(options.items(), 2):
        for theirs_is in theirs:
            alone = meaning(name, {**DEFAULTS, other: theirs_is})
            for ours_is in ours:
                acted = meaning(name, {**DEFAULTS, one: ours_is})
                if not alone.keys() & {n for n in plain if acted.get(n) != plain[n]}:
                    continue
                together = meaning(name, {**DEFAULTS, other: theirs_is, one: ours_is})
                if together == alone and (name, one, theirs_is) not in SAID:
                    yield one, ours_is, other, theirs_is


@pytest.mark.parametrize("name", MADE)
def test_no_option_stops_acting_under_another(name: str) -> None:
    assert list(silent(name)) == []


@pytest.mark.parametrize("name", [n for n in MADE if CATALOGUE.metrics[n].declaration.choices])
def test_every_two_choices_make_a_declaration_that_passes_the_check(name: str) -> None:
    choices = CATALOGUE.metrics[name].declaration.choices
    for one, other in itertools.combinations(choices, 2):
        for pair in itertools.product(values(one), values(other)):
            params = {**DEFAULTS, **dict(zip((one, other), pair, strict=True))}
            assert check(name, CATALOGUE, params, {}) == []


def test_what_is_said_to_stop_does() -> None:
    for name, option, theirs in SAID:
        other = {"event": "conversion.attribution", "pool": "conversion.attribution"}.get(
            theirs, "touches.method"
        )
        changed = [
            meaning(name, {**DEFAULTS, other: theirs, option: value}) for value in values(option)
        ]
        assert changed == [meaning(name, {**DEFAULTS, other: theirs})] * len(changed)


_BESIDE_BOTH = [
    n for n in MADE if "both" in CATALOGUE.metrics[n].declaration.choices.get("clock", {})
]


@pytest.mark.parametrize("name", _BESIDE_BOTH)
def test_the_other_clock_measures_what_the_first_does(name: str) -> None:
    """Whatever else is chosen, but for what is refused."""
    options = [o for o in CATALOGUE.metrics[name].declaration.choices if o != "clock"]
    for chosen in itertools.product(*([DEFAULTS[o], *values(o)] for o in options)):
        params = {**DEFAULTS, **dict(zip(options, chosen, strict=True)), "clock": "both"}
        declaration = Settled(catalogue=CATALOGUE, params=params)[name]
        if declaration.refused:
            continue
        beside = declaration.beside["business"]
        assert isinstance(beside, Companion)
        assert beside.title
        assert declaration.duration is not None
        assert beside.duration is not None
        assert (declaration.duration.ready or "").replace("_seconds", "_business") == (
            beside.duration.ready
        )
        assert declaration.duration.headline == beside.duration.headline


@pytest.mark.parametrize("name", ["first_response_time", "complaint_response_time"])
@pytest.mark.parametrize(("option", "value"), [("duration.headline", "median"), ("clock", "both")])
def test_options_that_do_not_go_together_are_refused_with_a_reason(
    name: str, option: str, value: str
) -> None:
    tickets = "ticket_id created_at first_response_at is_complaint\n1 2025-01-02 2025-01-03 true"
    body = {
        "as_of": "2025-01-31",
        "period": "2025-01",
        "tables": {"tickets": tickets},
        "params": {"frt.denominator": "resolved", option: value},
    }
    assert "frt.denominator=resolved" in skipped(body, name)


@pytest.mark.parametrize(
    ("language", "title"), [("en", "in working hours"), ("ru", "в рабочее время")]
)
def test_the_table_shows_both_clocks(tmp_path: Path, language: str, title: str) -> None:
    (tmp_path / "t.csv").write_text(
        "ticket_id,created_at,first_response_at,channel\n"
        "1,2025-01-17 17:00,2025-01-20 10:00,web\n2,2025-01-20 10:00,2025-01-20 10:30,\n"
    )
    source = {"table": "tickets", "files": "t.csv"}
    calendars = {"default": {"hours": {"mon-fri": "09:00-18:00"}}}
    config = load(write(tmp_path, {"t": source}, calendars=calendars))
    question = Question(
        metrics=("first_response_time",),
        params={"clock": "both"},
        by=("channel",),
        language=language,
    )
    lines = as_table(compute(config, question), locale(language), None)
    told = [line.plain.split() for line in lines if title in line.plain]
    # of all, of those of the web, of those without a channel
    assert [words[-2:] for words in told] == (
        [["~1h", "15m"], ["~2h", "00m"], ["~30m", "00s"]]
        if language == "en"
        else [["~1ч", "15м"], ["~2ч", "00м"], ["~30м", "00с"]]
    )


def test_choices_of_ones_own_that_make_no_declaration_together_are_told() -> None:
    own = {
        "title": "x",
        "formula": "y",
        "unit": "count",
        "rows": {"table": "orders", "at": "ordered_at"},
        "count": "rows",
        "choices": {
            "aov.refunds": {"net": {"count": None, "sum": "amount"}},
            "repeat.window": {"within_period": {"count": None, "mean": "amount"}},
        },
    }
    catalogue = CATALOGUE.with_own({"own": own})
    assert check("own", catalogue, DEFAULTS, {}) == []
    both = {**DEFAULTS, "aov.refunds": "net", "repeat.window": "within_period"}
    (finding,) = check("own", catalogue, both, {})
    assert "the options that are set do not go together" in finding.message
    assert "found sum and mean" in finding.message
