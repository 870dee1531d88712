"""What a catalogue becomes under given parameters: options chosen, references followed."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable

from msgspec import Struct, field

from kpicli.errors import ConfigError, did_you_mean
from kpicli.language.catalogue import Catalogue, Metric
from kpicli.language.declaration import Declaration, overlay
from kpicli.language.parameters import Params, option_text
from kpicli.language.sql import columns_in, names_in
from kpicli.language.texts import options_of, sql_of
from kpicli.model import model


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


class Settled(Struct, frozen=True, kw_only=True):
    """A catalogue under given parameters: every option is chosen, every reference known."""

    catalogue: Catalogue
    params: Params
    _chosen: dict[str, Declaration] = field(default_factory=dict)
    _operands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _uses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _own_parameters: dict[str, frozenset[str]] = field(default_factory=dict)
    _closures: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

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
        if name not in self._uses:
            self._uses[name] = self._named_in(name)
        return self._uses[name]

    def _named_in(self, name: str) -> tuple[str, ...]:
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
        asked = tuple(names)
        if asked not in self._closures:
            self._closures[asked] = self._closure(asked)
        return self._closures[asked]

    def _closure(self, names: tuple[str, ...]) -> tuple[str, ...]:
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
