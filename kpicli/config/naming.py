"""Titles of own metrics: one that names another metric too would lead to that one, in silence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache

from kpicli.language.catalogue import Catalogue, built_in
from kpicli.locales import locale


def taken(catalogue: Catalogue, own: Collection[str], language: str) -> Iterator[tuple[str, str]]:
    """Yield the own metrics whose title names another metric as well, and that one's id.

    Of two that bear the same title, the later one does.
    """
    known = dict(_names_of_built_in(language))
    for name in own:
        for other in (name, *catalogue.metrics[name].declaration.aliases):
            known.setdefault(_folded(other), name)
    for name in own:
        title = _folded(catalogue.metrics[name].declaration.title)
        other = known.setdefault(title, name)
        if other != name:
            yield name, other


@cache
def _names_of_built_in(language: str) -> Mapping[str, str]:
    titles = locale(language).metrics
    known: dict[str, str] = {}
    for metric in built_in().metrics.values():
        for name in (*metric.names(), titles.get(metric.id, {}).get("title", "")):
            known.setdefault(_folded(name), metric.id)
    return known


def _folded(name: str) -> str:
    return name.casefold().strip()
