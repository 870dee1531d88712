"""Case files: for every metric small tables and the values that it gives on them.

The first case of a file is the worked example of the metric's card; the tests prove all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

import kpicli.catalogue
from kpicli.yaml import load_file

FOLDER = Path(kpicli.catalogue.__file__).parent / "cases"
_SHARED = "_tables"


class Case(Struct, frozen=True, kw_only=True):
    """One sentence of a case file: tables, options and periods in, values out."""

    metric: str
    name: str
    body: Mapping[str, Any]

    @property
    def tables(self) -> dict[str, str]:
        """The tables as text, by name: a header line, cells between spaces, - for null."""
        named = self.body["tables"]
        tables: dict[str, str] = shared()[named] if isinstance(named, str) else named
        return tables


@cache
def shared() -> Mapping[str, dict[str, str]]:
    """Return the tables that several case files share, by name."""
    tables: Mapping[str, dict[str, str]] = load_file(FOLDER / f"{_SHARED}.yaml").data
    return tables


def files() -> list[Path]:
    """Return the case files of the metrics."""
    return sorted(path for path in FOLDER.glob("*.yaml") if path.stem != _SHARED)


def cases(path: Path) -> Iterator[Case]:
    """Yield the cases of a file; what stands at its top holds for all of them."""
    document = load_file(path).data
    shared = {key: value for key, value in document.items() if key != "cases"}
    for entry in document["cases"]:
        (name, body), *_ = entry.items()
        body = {**shared, **body}
        yield Case(metric=body.get("metric", path.stem), name=name, body=body)


def example(metric: str) -> Case | None:
    """Return the worked example of a metric, if it has a case file."""
    path = FOLDER / f"{metric}.yaml"
    if not path.exists():
        return None
    return next((case for case in cases(path) if case.metric == metric), None)
