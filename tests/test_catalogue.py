"""The catalogue, the model and the parameters hold together."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kpicli import views
from kpicli.errors import ConfigError, UsageError
from kpicli.language.catalogue import FAMILIES, built_in
from kpicli.language.check import check
from kpicli.language.declaration import Companion, Declaration, overlay
from kpicli.language.gate import admitted
from kpicli.language.parameters import Condition, Kind, Parameter, Params
from kpicli.language.settled import Settled
from kpicli.language.sql import expand, in_years, literal, names_in
from kpicli.language.texts import options_of, sql_of
from kpicli.model import Model, View, model
from kpicli.views import Inputs

CATALOGUE = built_in()
METRICS = list(CATALOGUE.metrics)
ENGINE_PARAMETERS = {"privacy.min_n", "stats.ci_on_rates", "stats.level", "stats.low_n"}


def forms(name: str) -> list[Declaration]:
    """Return a metric as declared, and under every single choice."""
    metric = CATALOGUE.metrics[name]
    changes = [
        change for options in metric.declaration.choices.values() for change in options.values()
    ]
    varied = [Declaration.model_validate(overlay(metric.raw, change)) for change in changes]
    return [metric.declaration, *varied]


@pytest.mark.parametrize("name", METRICS)
def test_every_declaration_passes_the_check_under_every_choice(name: str) -> None:
    assert check(name, CATALOGUE, CATALOGUE.defaults(), {}) == []


@pytest.mark.parametrize("name", METRICS)
def test_every_text_would_pass_the_gate(name: str) -> None:
    params = in_years(CATALOGUE.defaults())
    for form in forms(name):
        for text in sql_of(form):
            admitted(expand(text, params))


def test_references_lead_somewhere_and_never_in_a_circle() -> None:
    settled = Settled(catalogue=CATALOGUE, params=CATALOGUE.defaults())
    order = settled.closure(METRICS)
    assert set(order) == set(METRICS)
    for place, name in enumerate(order):
        assert set(settled.uses(name)) <= set(order[:place])


def test_a_circle_is_an_error_that_names_it() -> None:
    own = {
        "one": {"title": "x", "formula": "y", "unit": "count", "value": "two + 1"},
        "two": {"title": "z", "formula": "y", "unit": "count", "value": "one + 1"},
    }
    settled = Settled(catalogue=CATALOGUE.with_own(own), params=CATALOGUE.defaults())
    with pytest.raises(ConfigError, match=r"in a circle: .*one.*two"):
        settled.closure(["one"])


def test_every_helper_helps_and_every_parameter_matters() -> None:
    settled = Settled(catalogue=CATALOGUE, params=CATALOGUE.defaults())
    used = {other for name in METRICS for form in forms(name) for other in _referred(form)}
    helpers = {name for name in METRICS if CATALOGUE.metrics[name].declaration.helper}
    assert helpers <= used
    texts = [t for n in METRICS for form in forms(n) for t in (*sql_of(form), *options_of(form))]
    read = {name for text in texts for name in names_in(text)}
    chosen = {name for m in CATALOGUE.metrics.values() for name in m.declaration.choices}
    of_views = {name for view in model().views.values() for name in view.parameters}
    assert set(CATALOGUE.parameters) == read | chosen | of_views | ENGINE_PARAMETERS
    assert set(settled.parameters_of(METRICS)) <= set(CATALOGUE.parameters)


def _referred(form: Declaration) -> set[str]:
    words = {word for text in sql_of(form) for word in re.findall(r"\w+", text)}
    beside = {companion for companion in form.beside.values() if isinstance(companion, str)}
    among = {form.rows.among.metric} if form.rows and form.rows.among else set()
    return {word for word in words if word in CATALOGUE.metrics} | beside | among


def test_choices_name_values_of_their_parameter() -> None:
    for name in METRICS:
        for parameter, options in CATALOGUE.metrics[name].declaration.choices.items():
            declared = CATALOGUE.parameters[parameter]
            allowed = {"set", "none", *declared.values}
            if declared.type is Kind.BOOLEAN:
                allowed |= {"true", "false"}
            assert set(options) <= allowed, f"{name}: {parameter}"


def test_aliases_belong_to_one_metric_each() -> None:
    seen: dict[str, str] = {}
    for name, metric in CATALOGUE.metrics.items():
        for alias in {alias.casefold() for alias in metric.names()}:
            owner = seen.setdefault(alias, name)
            assert owner == name or metric.declaration.helper, f"{alias}: {owner} and {name}"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("LTV", "clv"),
        ("отток", "customer_churn_rate"),
        ("FRT", "first_response_time"),
        ("CAC", "customer_acquisition_cost"),
        ("средний чек", "average_order_value"),
        ("NPS", "nps"),
        ("Net promoter score (NPS)", "nps"),
    ],
)
def test_metrics_answer_to_their_aliases(name: str, wanted: str) -> None:
    assert CATALOGUE.find(name).id == wanted


def test_a_misspelling_gets_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="did you mean 'churn'"):
        CATALOGUE.find("chrun")


def test_every_file_of_the_catalogue_is_read() -> None:
    folder = Path(views.__file__).parent.parent / "catalogue"
    assert {path.stem for path in folder.glob("*.yaml")} == {*FAMILIES, "parameters"}


# --- parameters


@pytest.mark.parametrize("parameter", CATALOGUE.parameters.values(), ids=CATALOGUE.parameters)
def test_defaults_are_values(parameter: Parameter) -> None:
    parameter.accept(parameter.default)


_BOUNDED = [
    parameter
    for parameter in CATALOGUE.parameters.values()
    if parameter.type in {Kind.INTEGER, Kind.DECIMAL, Kind.MAP}
]


@pytest.mark.parametrize("parameter", _BOUNDED, ids=[found.name for found in _BOUNDED])
def test_numbers_have_bounds(parameter: Parameter) -> None:
    assert parameter.at_least is not None
    assert parameter.at_most is not None
    for beyond in (parameter.at_least - 1, parameter.at_most + 1, Decimal("1e300")):
        whole = int(beyond) if parameter.type is Kind.INTEGER else beyond
        key = (*parameter.values, "a")[0]
        with pytest.raises(ValueError, match=r"is (less|more) than"):
            parameter.accept({key: whole} if parameter.type is Kind.MAP else whole)


def parameter(**fields: object) -> Parameter:
    return Parameter.model_validate({"name": "p", "meaning": "m", **fields})


@pytest.mark.parametrize(
    ("fields", "raw", "wanted"),
    [
        ({"type": "choice", "values": ["a", "b"]}, "a", "a"),
        ({"type": "integer", "at_least": 1}, 5, 5),
        ({"type": "decimal"}, 0.75, Decimal("0.75")),
        ({"type": "decimal"}, "0.1", Decimal("0.1")),
        ({"type": "boolean"}, True, True),
        ({"type": "window"}, "12 months", "12 months"),
        ({"type": "window", "values": ["all"]}, "all", "all"),
        ({"type": "list"}, ["a"], ("a",)),
        ({"type": "list"}, "a", ("a",)),
        ({"type": "map"}, {"1-4": 3}, {"1-4": Decimal(3)}),
        ({"type": "integer", "optional": True}, None, None),
        ({"type": "condition", "over": "tickets"}, "team = 'a'", Condition("\"team\" = 'a'")),
    ],
)
def test_values_are_accepted(fields: dict[str, object], raw: object, wanted: object) -> None:
    assert parameter(**fields).accept(raw) == wanted


@pytest.mark.parametrize(
    ("fields", "raw", "message"),
    [
        ({"type": "choice", "values": ["net", "gross"]}, "nett", "did you mean 'net'"),
        ({"type": "integer", "at_least": 1}, 0, "0 is less than 1"),
        ({"type": "integer"}, 1.5, "1.5 is not a whole number"),
        ({"type": "integer"}, True, "true is not a whole number"),
        ({"type": "integer"}, None, "it cannot be empty"),
        ({"type": "decimal", "at_most": 1}, 2, "2 is more than 1"),
        ({"type": "decimal"}, "nan", "'nan' is not a number"),
        ({"type": "decimal"}, "x", "'x' is not a number"),
        ({"type": "boolean"}, "yes", "'yes' is not true or false"),
        ({"type": "window"}, "12", "'12' is not a window"),
        ({"type": "window"}, "all", "a length is needed"),
        ({"type": "list", "values": ["a"]}, ["b"], "'b' is not a choice"),
        ({"type": "map"}, 3, "3 is not a map"),
        ({"type": "condition", "over": "tickets"}, True, "true is not a condition"),
        ({"type": "condition", "over": "tickets"}, "team", "'team' is text"),
        ({"type": "condition", "over": "tickets"}, "taem = 'a'", "did you mean 'team'"),
        ({"type": "condition", "over": "tickets"}, "team in (select 1)", "there is no select"),
    ],
)
def test_values_are_refused(fields: dict[str, object], raw: object, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        parameter(**fields).accept(raw)
    assert message in str(caught.value)


def test_a_condition_may_read_the_columns_that_are_kept() -> None:
    rule = parameter(type="condition", over="tickets", default="true")
    assert rule.accept("tag = 'x'", {"tickets": ("tag",)}) == "\"tag\" = 'x'"
    with pytest.raises(ValueError, match="unknown name 'tag'"):
        rule.accept("tag = 'x'", {"messages": ("tag",)})


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (None, "null"),
        (Condition("a or b"), "(a or b)"),
        (True, "true"),
        (3, "3"),
        (Decimal("0.75"), "0.75"),
        (Decimal("1E-7"), "0.0000001"),
        ("it's", "'it''s'"),
        (("a", "b"), "('a', 'b')"),
        ((), "('')"),
    ],
)
def test_literals(value: Any, wanted: str) -> None:
    assert literal(value) == wanted


def test_expansion() -> None:
    params: Params = {"a.b": 2, "m": {"1-4": Decimal(3)}, "e": {}, "l": ("x",)}
    assert expand("n >= $a.b and k in $l", params) == "n >= 2 and k in ('x')"
    assert expand("s >= lookup($m, scale, null)", params) == (
        "s >= (case scale when '1-4' then 3 else null end)"
    )
    assert expand("lookup($e, scale, 1)", params) == "(1)"
    assert expand("t < $until", params) == "t < __until"
    with pytest.raises(ValueError, match=r"unknown parameter \$z"):
        expand("$z", params)
    with pytest.raises(ValueError, match="a map is read by lookup"):
        expand("$m", params)


# --- model and views


def test_the_model_is_whole() -> None:
    found: Model = model()
    assert len(found.tables) == 15
    for table in found.tables.values():
        names = set(table.columns)
        assert set(table.key) <= names
        assert set(table.begins) <= names
        assert set(table.ends) <= names
        assert set(table.dimensions.values()) <= names
    for view in found.views.values():
        assert view.base in found.tables
        assert set(view.reads) <= set(found.tables)
        assert set(view.dimensions.values()) <= set(view.columns)
        assert set(view.parameters) <= set(CATALOGUE.parameters)
        assert set(view.current) <= set(view.dimensions)
        for column in view.columns.values():
            for need in column.needs:
                for part in need.split(" and "):
                    assert _exists(part), part


def _exists(need: str) -> bool:
    if need.startswith("$"):
        return need[1:] in CATALOGUE.parameters
    table, _, column = need.partition(".")
    return not column or column in model().tables[table].columns


def empty(tables: list[str], params: Params) -> Inputs:
    zone = "Europe/Moscow"
    frames = {
        name: pl.LazyFrame(
            schema={
                k: column.type.dtype(zone) for k, column in model().tables[name].columns.items()
            }
        )
        for name in tables
    }
    mapped = {name: frozenset(model().tables[name].columns) for name in tables}
    as_of = dt.date(2025, 6, 30)
    return Inputs(frames=frames, mapped=mapped, params=params, as_of=as_of, zone=zone)


@pytest.mark.parametrize("tables", [[], list(model().tables)], ids=["no tables", "all tables"])
@pytest.mark.parametrize("view", model().views.values(), ids=list(model().views))
def test_a_view_has_the_columns_that_the_model_declares(view: View, tables: list[str]) -> None:
    params = {
        **CATALOGUE.defaults(),
        "fcr.repeat_days": 7,
        "orders.min_amount": Decimal(1),
        "margin.default": Decimal("0.5"),
    }
    inputs = empty(tables, params)
    found = views.build(view.name, inputs).collect().schema
    wanted = {name: column.type.dtype(inputs.zone) for name, column in view.columns.items()}
    assert {name: found.get(name) for name in wanted} == wanted
    views.facts(view.name, inputs)


def test_companions_are_metrics_or_measures() -> None:
    for name in METRICS:
        for companion in CATALOGUE.metrics[name].declaration.beside.values():
            assert isinstance(companion, Companion) or companion in CATALOGUE.metrics
