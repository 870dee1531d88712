"""A parameter of a view acts on the columns that it is said to act on, and on no others."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kpicli import views
from kpicli.config import Config, load
from kpicli.intake import Loaded
from kpicli.language.catalogue import built_in
from kpicli.language.settled import Settled
from kpicli.model import model
from kpicli.report.horizon import up_to
from tests.shop import loaded

ROOT = Path(__file__).parents[1]
OTHER: dict[str, Any] = {
    "frt.agent_created": "exclude",
    "bot_authors": ["E011", "E012", "E013"],
    "resolution.end": "first",
    "resolution.exclude_status": ["pending", "hold"],
    "fcr.repeat_days": 60,
    "complaint.rule": "priority = 'high'",
    "cac.lag_days": 5,
}
SAID = [(view, name) for view, found in model().views.items() for name in found.acts_on]


@cache
def _config() -> Config:
    return load(ROOT / "config.example.yaml")


@cache
def _loaded() -> Loaded:
    return loaded(_config())


def _built(view: str, **changed: Any) -> pl.DataFrame:
    """Return a view of the sample data, with working hours beside."""
    config, as_of = _config(), _config().written.as_of
    assert as_of is not None
    accepted = {name: built_in().parameter(name).accept(raw, {}) for name, raw in changed.items()}
    params = {**config.params, "clock": "both", **accepted}
    inputs = up_to(config, _loaded(), as_of, params, (), said=True).inputs
    frame = views.build(view, inputs).collect()
    found = model().views[view]
    never = {column for columns in found.acts_on.values() for column in columns}
    order = [name for name in found.columns if name not in never]
    return frame.select(sorted(found.columns)).sort(order)


@pytest.mark.parametrize(("view", "parameter"), SAID)
def test_a_parameter_acts_on_what_it_is_said_to_act_on(view: str, parameter: str) -> None:
    found = model().views[view]
    assert parameter in found.parameters
    said = set(found.acts_on[parameter])
    assert said <= set(found.columns)
    before, after = _built(view), _built(view, **{parameter: OTHER[parameter]})
    rest = [name for name in found.columns if name not in said]
    assert_frame_equal(before.select(rest), after.select(rest))
    changed = {name for name in said if not before[name].equals(after[name])}
    assert changed


def test_a_metric_names_no_parameter_that_does_not_act_on_it() -> None:
    catalogue = built_in()
    settled = Settled(catalogue=catalogue, params=catalogue.defaults())
    of_answers = settled.parameters_of(["first_response_time"])
    assert {"frt.agent_created", "bot_authors", "clock"} <= set(of_answers)
    assert not {"complaint.rule", "fcr.repeat_days"} & set(of_answers)
    of_contacts = settled.parameters_of(["first_contact_resolution_rate"])
    assert {"fcr.repeat_days", "resolution.end"} <= set(of_contacts)
    assert "complaint.rule" in settled.parameters_of(["complaint_resolution_time"])
    assert "complaint.rule" in settled.parameters_of(["complaint_response_time"])
