"""Finds the module of a view and asks it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol, cast

from kpicli.model import model
from kpicli.views.inputs import Facts, Inputs

if TYPE_CHECKING:
    import polars as pl


class _Module(Protocol):
    def build(self, inputs: Inputs) -> pl.LazyFrame: ...


def build(name: str, inputs: Inputs) -> pl.LazyFrame:
    """Return the frame of a view, or of a canonical table."""
    if name in model().tables:
        return inputs.table(name)
    return _module(name).build(inputs)


def facts(name: str, inputs: Inputs) -> Facts:
    """Return what a view (or table) tells about its inputs."""
    if name in model().tables:
        return Facts(bases=(name,))
    ask = getattr(_module(name), "facts", None)
    if ask is None:
        return Facts(bases=(model().views[name].base,))
    return cast("Facts", ask(inputs))


def variants(name: str, inputs: Inputs) -> tuple[Inputs, ...]:
    """Return the inputs with every way in which a view may be made, where the data decide it."""
    ask = getattr(_module(name), "variants", None) if name in model().views else None
    return cast("tuple[Inputs, ...]", ask(inputs)) if ask is not None else (inputs,)


def _module(name: str) -> _Module:
    return cast("_Module", importlib.import_module(f"kpicli.views.{name}"))
