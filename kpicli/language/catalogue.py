"""The catalogue: built-in metrics and a user's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

import kpicli.catalogue
from kpicli.errors import UsageError, did_you_mean, nearest
from kpicli.language.declaration import Declaration, overlay
from kpicli.language.parameters import Parameter, advice_on
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


class Metric(Struct, frozen=True, kw_only=True):
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


class Catalogue(Struct, frozen=True, kw_only=True, dict=True):
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
