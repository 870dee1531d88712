"""The catalogue: built-in metrics and a user's own, and what they become under given parameters."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import kpicli.catalogue
from kpicli.errors import ConfigError, UsageError, did_you_mean, nearest
from kpicli.language.declaration import Declaration, overlay
from kpicli.language.parameters import Parameter, Params, advice_on, option_text
from kpicli.language.sql import columns_in, names_in
from kpicli.language.texts import options_of, sql_of
from kpicli.model import model
from kpicli.model.types import LOOSELY
from kpicli.packaged import data
from kpicli.yaml import Path as YamlPath

_FOLDER = Path(kpicli.catalogue.__file__).parent
_PARAMETERS = "parameters.yaml"
FAMILIES = (
    "customers",
    "sales",
    "value",
    "leads",
    "growth",
    "relations",
    "support",
    "feedback",
    "surveys",
    "people",
)
OWN_FAMILY = "Custom"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric as it is written: its declaration before any option is chosen.

    `untold` are places where something else stands in for what is wrong, until it is mended.
    """

    id: str
    family: str
    built_in: bool
    raw: Mapping[str, Any]
    declaration: Declaration
    untold: frozenset[YamlPath] = frozenset()

    def names(self) -> tuple[str, ...]:
        """Every name it answers to: id, title and aliases."""
        return (self.id, self.declaration.title, *self.declaration.aliases)


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Metrics by id, in the order of the families, and the parameters they may read."""

    metrics: Mapping[str, Metric]
    parameters: Mapping[str, Parameter]

    def with_own(
        self,
        own: Mapping[str, Mapping[str, Any]],
        untold: Mapping[str, frozenset[YamlPath]] = MappingProxyType({}),
    ) -> Catalogue:
        """Return the catalogue with a user's declarations added; they are validated already."""
        added = {
            name: Metric(
                id=name,
                family=raw.get("family") or OWN_FAMILY,
                built_in=False,
                raw=raw,
                declaration=Declaration.model_validate(raw, context=LOOSELY),
                untold=untold.get(name, frozenset()),
            )
            for name, raw in own.items()
        }
        return Catalogue(metrics={**self.metrics, **added}, parameters=self.parameters)

    def overlaid(
        self,
        changes: Mapping[str, Mapping[str, Any]],
        families: Mapping[str, str],
        meanings: Mapping[str, str],
    ) -> Catalogue:
        """Return the catalogue with declarations overlaid and families renamed: a translation.

        `meanings` are those of parameters.
        """
        metrics = {}
        for name, metric in self.metrics.items():
            raw = overlay(metric.raw, changes.get(name, {}))
            metrics[name] = replace(
                metric,
                family=families.get(metric.family, metric.family),
                raw=raw,
                declaration=Declaration.model_validate(raw),
            )
        parameters = {
            name: parameter.model_copy(update={"meaning": meanings.get(name, parameter.meaning)})
            for name, parameter in self.parameters.items()
        }
        return Catalogue(metrics=metrics, parameters=parameters)

    def find(self, name: str) -> Metric:
        """Return the metric that `name` (an id, title or alias, in any case) stands for.

        Raises:
            UsageError: there is none; names the nearest.
        """
        if name in self.metrics:
            return self.metrics[name]
        if self.knows(name):
            return self._by_name[name.casefold().strip()]
        raise UsageError(
            f"there is no metric '{name}'",
            hint=self.advice(name) or "kpi list shows every metric",
        )

    def knows(self, name: str) -> bool:
        """Whether `name`, in any case, is an id, title or alias."""
        return name.casefold().strip() in self._by_name

    def advice(self, name: str) -> str:
        """Return a hint for a name that is none.

        What is shown goes before helpers where its name goes on from what was written.
        """
        known = {name: m for m in self.metrics.values() for name in m.names()}
        folded = name.casefold()
        begun = [n for n in known if n.casefold().startswith(folded)]
        shown = [n for n in begun if not known[n].declaration.helper]
        return did_you_mean(name, shown if nearest(name, shown) else known)

    @cached_property
    def _by_name(self) -> dict[str, Metric]:
        found: dict[str, Metric] = {}
        for metric in self.metrics.values():
            for name in metric.names():
                found.setdefault(name.casefold().strip(), metric)
        return found

    def parameter(self, name: str) -> Parameter:
        """Return the parameter called `name`.

        Raises:
            UsageError: there is none; names the nearest.
        """
        if name not in self.parameters:
            raise UsageError(
                f"there is no parameter '{name}'",
                hint=advice_on(name, self.parameters)
                or "kpi explain METRIC shows the parameters of a metric",
            )
        return self.parameters[name]

    def defaults(self) -> dict[str, Any]:
        """Return every parameter with its default value."""
        return {name: parameter.default_value for name, parameter in self.parameters.items()}


@cache
def built_in() -> Catalogue:
    """Return the catalogue of the package."""
    parameters = {
        name: Parameter.model_validate({"name": name, **body})
        for name, body in data(_FOLDER / _PARAMETERS).items()
    }
    metrics: dict[str, Metric] = {}
    for family in FAMILIES:
        document = data(_FOLDER / f"{family}.yaml")
        for name, raw in document["metrics"].items():
            metrics[name] = Metric(
                id=name,
                family=document["family"],
                built_in=True,
                raw=raw,
                declaration=Declaration.model_validate(raw),
            )
    return Catalogue(metrics=metrics, parameters=parameters)


def chosen(metric: Metric, params: Params) -> Declaration:
    """Return the declaration of `metric` with the overlays that `params` choose."""
    raw = dict(metric.raw)
    changed = False
    seen: set[str] = set()
    while waiting := [name for name in raw.get("choices", {}) if name not in seen]:
        name = waiting[0]
        seen.add(name)
        options = raw["choices"][name]  # an earlier choice may have changed them
        change = options.get(option_text(params[name]))
        if change is None and params[name] is not None:
            change = options.get("set")
        if change is not None:
            raw = overlay(raw, change)
            changed = True
    return Declaration.model_validate(raw) if changed else metric.declaration


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A catalogue under given parameters: every option is chosen, every reference known."""

    catalogue: Catalogue
    params: Params
    _chosen: dict[str, Declaration] = field(default_factory=dict)
    _operands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _own_parameters: dict[str, frozenset[str]] = field(default_factory=dict)

    def trusted(self, name: str) -> bool:
        """Whether the metric is built in; the SQL of others passes the gate."""
        return self.catalogue.metrics[name].built_in

    def __getitem__(self, name: str) -> Declaration:
        """Return the declaration of a metric, options chosen."""
        if name not in self._chosen:
            self._chosen[name] = chosen(self.catalogue.metrics[name], self.params)
        return self._chosen[name]

    def operands(self, name: str) -> tuple[str, ...]:
        """Return the metrics that the formula of `name` reads; none for a metric with rows."""
        if name not in self._operands:
            self._operands[name] = self._read_by_formula(name)
        return self._operands[name]

    def _read_by_formula(self, name: str) -> tuple[str, ...]:
        declaration = self[name]
        if declaration.rows is not None:
            return ()
        texts = [declaration.value] if declaration.value is not None else []
        if declaration.ratio is not None:
            texts = [declaration.ratio.of, declaration.ratio.to]
        trusted = self.trusted(name)
        read = [n for text in texts for n in columns_in(text, self.params, trusted=trusted)]
        return tuple(dict.fromkeys(read))

    def uses(self, name: str) -> tuple[str, ...]:
        """Return every metric that `name` refers to, itself excluded."""
        declaration = self[name]
        named = list(self.operands(name))
        if rows := declaration.rows:
            named += rows.results
            if rows.among:
                named.append(rows.among.metric)
        named += [b for b in declaration.beside.values() if isinstance(b, str)]
        return tuple(dict.fromkeys(named))

    def closure(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return `names` and all they refer to, each after what it refers to.

        Raises:
            ConfigError: a reference leads nowhere, or metrics refer to each other in a circle.
        """
        graph: dict[str, tuple[str, ...]] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in graph:
                continue
            graph[name] = self.uses(name)
            for other in graph[name]:
                if other not in self.catalogue.metrics:
                    hint = did_you_mean(other, self.catalogue.metrics)
                    raise ConfigError(f"metric {name} reads '{other}': no such metric", hint=hint)
            waiting += graph[name]
        try:
            return tuple(graphlib.TopologicalSorter(graph).static_order())
        except graphlib.CycleError as error:
            circle = " → ".join(reversed(error.args[1]))
            raise ConfigError(f"metrics refer to each other in a circle: {circle}") from None

    def parameters_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the parameters that `names` and what they refer to depend on, sorted."""
        found = {p for name in self.closure(names) for p in self._parameters_read(name)}
        return tuple(sorted(found & self.catalogue.parameters.keys()))

    def _parameters_read(self, name: str) -> frozenset[str]:
        """Return the parameters that a metric itself depends on, and names that are none."""
        if name not in self._own_parameters:
            declaration = self[name]
            texts = (*sql_of(declaration), *declaration.beside_flags.values())
            found = set(declaration.choices)
            for text in (*texts, *options_of(declaration)):
                found.update(names_in(text))
            view = model().views.get(declaration.rows.table or "") if declaration.rows else None
            if view is not None:
                trusted = self.trusted(name)
                read = [columns_in(text, self.params, trusted=trusted) for text in texts]
                found.update(view.parameters_of(set().union(*read)))
            self._own_parameters[name] = frozenset(found)
        return self._own_parameters[name]
