"""Judges a config in one go: its shape, its names, its texts, its metrics, its files."""

from __future__ import annotations

import graphlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from kpicli.config import paths
from kpicli.config.mapping import Source
from kpicli.config.naming import taken
from kpicli.config.schema import known_keys
from kpicli.config.sources import check_names, check_source
from kpicli.config.types import Written, kept_columns
from kpicli.errors import Problem
from kpicli.language.catalogue import Catalogue, built_in
from kpicli.language.judging import FAMILIES, Family, Judged, is_below, judged
from kpicli.language.parameters import ANY, advice_on
from kpicli.language.settled import Settled
from kpicli.model import model
from kpicli.yaml import Document
from kpicli.yaml import Path as Keys

_FORMULA = frozenset({"value", "ratio", "choices"})


class Judgement(Struct, kw_only=True):
    """What a config says, and what is wrong with it.

    `written` and `params` hold stand-ins where there are problems, and mean nothing then.
    """

    document: Document
    written: Written | None = None
    own: dict[str, dict[str, Any]] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    untold: frozenset[Keys] = frozenset()

    def add(self, path: Keys, message: str, hint: str | None = None) -> None:
        """Note a problem, unless it is only one of a stand-in."""
        if not is_below(path, self.untold):
            where = self.document.where(path)
            self.problems.append(Problem(where=where, message=message, hint=hint or None))


def judgement(document: Document, folder: Path) -> Judgement:
    """Return what the config in `document` says, with its problems in the order of the file.

    Its files are relative to `folder`; where nothing else is wrong, whoever reads them tells.
    """
    first, second = FAMILIES
    found = _judgement(document, first)
    if found.problems:
        again = _judgement(document, second).problems
        found.problems = [problem for problem in found.problems if problem in again]
        for path, message, hint in _files(found, folder):
            found.add(path, message, hint)
    found.problems = sorted(dict.fromkeys(found.problems), key=_line)
    return found


def _line(problem: Problem) -> int:
    found = re.search(r":(\d+)(?::|$)", problem.where or "")
    return int(found[1]) if found else 0


def _judgement(document: Document, family: Family) -> Judgement:
    whole = judged(Written, document.data, known_keys, family)
    found = Judgement(document=document, written=whole.value)
    for fault in whole.faults:
        found.add(fault.path, fault.message, fault.hint)
    if whole.value is None:
        return found
    found.untold = whole.untold
    found.own = dict(whole.raw.get("custom", {}))
    catalogue = built_in().with_own(found.own, _untold_of(whole))
    kept = _kept(whole.value, whole.untold)
    _set_params(whole.raw.get("params", {}), catalogue, kept, found)
    for name, raw in whole.raw.get("sources", {}).items():
        if not name.strip():
            found.add(("sources", name), "a source needs a name", "as in sources: {orders: …}")
        complaints = [*check_names(raw), *check_source(whole.value.sources[name])]
        for where, message, hint in complaints:
            found.add(("sources", name, *where), message, hint)
    if ("custom",) not in found.untold:
        _check_metrics(whole.raw.get("metrics"), catalogue, found)
    _check_own(catalogue, kept, whole.value.language, found)
    return found


def _untold_of(whole: Judged[Written]) -> dict[str, frozenset[Keys]]:
    """Return the places in each own metric that cannot be judged."""
    places = set(whole.untold)
    for fault in whole.faults:
        if fault.path[2:] == ("rows",):  # whose rows they are cannot be told
            places.add(fault.path)
    found: dict[str, set[Keys]] = {}
    for place in places:
        if place[:1] == ("custom",) and len(place) > 1:
            found.setdefault(str(place[1]), set()).add(place[2:])
    return {name: frozenset(inside) for name, inside in found.items()}


def _kept(written: Written, untold: Iterable[Keys]) -> dict[str, tuple[str, ...]]:
    """Return the kept columns by table, and that there may be more where they cannot be told."""
    found = kept_columns(written.sources)
    unknown = [s for s in written.sources.values() if s.kept and s.table not in model().tables]
    if unknown or any(map(_hides_columns, untold)):
        return {table: (*found.get(table, ()), ANY) for table in model().tables}
    return found


def _hides_columns(path: Keys) -> bool:
    if path[:1] != ("sources",):
        return False
    *_, last = path
    within = path[2:]
    return not within or last in {"keep", "lookup", "table"} or isinstance(last, int)


def _set_params(
    raw: Mapping[str, Any],
    catalogue: Catalogue,
    kept: Mapping[str, tuple[str, ...]],
    found: Judgement,
) -> None:
    found.params = catalogue.defaults()
    for name, value in raw.items():
        parameter = catalogue.parameters.get(name)
        if parameter is None:
            hint = advice_on(name, catalogue.parameters)
            found.add(("params", name), "unknown parameter", hint)
            continue
        try:
            found.params[name] = parameter.accept(value, kept)
        except ValueError as error:
            found.add(("params", name), str(error), parameter.meaning)


def _check_metrics(raw: object, catalogue: Catalogue, found: Judgement) -> None:
    listed = raw if isinstance(raw, list) else [raw]
    for place, name in enumerate(listed):
        if isinstance(name, str) and not catalogue.knows(name):
            path: Keys = ("metrics", place) if isinstance(raw, list) else ("metrics",)
            found.add(path, f"unknown metric '{name}'", catalogue.advice(name))


def _check_own(
    catalogue: Catalogue, kept: Mapping[str, tuple[str, ...]], language: str, found: Judgement
) -> None:
    if not found.own:
        return
    from kpicli.language.check import check  # noqa: PLC0415 (a parser, for a user's metrics)

    readable = []
    for name in found.own:
        if not name.isidentifier() or name != name.lower():
            hint = "small letters, digits and _"
            found.add(("custom", name), "a metric's name is an identifier", hint)
        if name in built_in().metrics:
            found.add(("custom", name), "there is a built-in metric of that name")
        findings = check(name, catalogue, found.params, kept)
        for finding in findings:
            found.add(("custom", name, *finding.path), finding.message, finding.hint)
        if not any(_FORMULA.intersection(map(str, finding.path[:1])) for finding in findings):
            readable.append(name)
    for name, other in taken(catalogue, found.own, language):
        message = f"'{catalogue.metrics[name].declaration.title}' is a name of {other} as well"
        hint = "give it another title: by this one the two cannot be told apart"
        found.add(("custom", name, "title"), message, hint)
    settled = Settled(catalogue=catalogue, params=found.params)
    for circle in _circles(settled, readable):
        message = f"metrics refer to each other in a circle: {' → '.join(circle)}"
        found.add(("custom", circle[0]), message)


def _circles(settled: Settled, names: Iterable[str]) -> Iterator[list[str]]:
    """Yield the circles in which own metrics refer to each other, each once."""
    graph: dict[str, set[str]] = {}
    for name in names:
        try:
            graph[name] = set(settled.uses(name))
        except ValueError:
            continue  # told already
    while True:
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            circle = [*reversed(error.args[1])]
            first = min(circle, key=[*graph].index)
            start = circle.index(first)
            yield [*circle[start:-1], *circle[:start], first]
            graph[first] = set()
        else:
            return


def _files(found: Judgement, folder: Path) -> Iterator[tuple[Keys, str, str | None]]:
    """Yield the files that cannot be read."""
    sources: Mapping[str, Source] = found.written.sources if found.written else {}
    for name, source in sources.items():
        for place, origin in source.origins.items():
            key: Keys = ("sources", name, *place, "files")
            sure = [p for n, p in enumerate(origin.files) if (*key, n) not in found.untold]
            for path in (path for pattern in sure for path in paths.matches(pattern, folder)):
                message, hint = paths.unreadable(path)
                if message:
                    yield key, message, hint
