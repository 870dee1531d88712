"""Titles of own metrics: one that names another metric too would lead to that one, in silence."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kpicli.language.catalogue import Catalogue, Metric
from kpicli.locales import locale


def taken(catalogue: Catalogue, own: Collection[str], language: str) -> Iterator[tuple[str, str]]:
    """Yield the own metrics whose title names another metric as well, and that one's id.

    Of two that bear the same title, the later one does.
    """
    titles = locale(language).metrics
    known: dict[str, str] = {}
    for metric in catalogue.metrics.values():
        told = [] if metric.id in own else [titles.get(metric.id, {}).get("title", "")]
        for name in (*_others(metric), *told):
            known.setdefault(_folded(name), metric.id)
    for name in own:
        title = _folded(catalogue.metrics[name].declaration.title)
        other = known.setdefault(title, name)
        if other != name:
            yield name, other


def _others(metric: Metric) -> tuple[str, ...]:
    """Return the names of a metric; the title of an own one is yet to be judged."""
    title = (metric.declaration.title,) if metric.built_in else ()
    return (metric.id, *metric.declaration.aliases, *title)


def _folded(name: str) -> str:
    return name.casefold().strip()
