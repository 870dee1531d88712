"""Which headers of a file feed which canonical columns."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kpicli.config import ColumnSpec, Source
from kpicli.errors import did_you_mean
from kpicli.model import Table


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """A canonical or kept column and the cells it is made of: places of headers, in order."""

    name: str
    spec: ColumnSpec
    places: tuple[int, ...] = ()
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Lack:
    """A header that a file should have: the key of the source that asks for it, and what is wrong.

    Messages leave the file out: the reader names it.
    """

    path: tuple[str, ...]
    message: str
    hint: str


def normalised(header: str) -> str:
    """Return a header as it is compared: trimmed, in the composed Unicode form."""
    return unicodedata.normalize("NFC", header).strip().lstrip("\ufeff")


def headers(raw: Sequence[str]) -> list[str]:
    """Return the names by which the columns of a file are addressed; repeats are `Name#2`."""
    seen: Counter[str] = Counter()
    found = []
    for header in raw:
        name = normalised(header)
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return found


def columns_of(source: Source, table: Table, names: Sequence[str]) -> dict[str, ColumnSpec]:
    """Return the canonical columns of a source: those it maps, and those its headers name."""
    implied = {
        name: ColumnSpec.model_validate({"from": name})
        for name in table.columns
        if name in names and name not in source.columns
    }
    return {**source.columns, **implied}


def mapped(source: Source, table: Table, names: Sequence[str]) -> tuple[list[Mapped], list[Lack]]:
    """Return the columns that a file fills, kept ones too, and what is wrong with its headers."""
    places = {name: place for place, name in enumerate(names)}
    found: list[Mapped] = []
    lacks: list[Lack] = []
    specs = columns_of(source, table, names)
    kept = {name: _as_spec(kept.from_, kept.values) for name, kept in source.keep.items()}
    for name, spec in {**specs, **kept}.items():
        sought = [normalised(header) for header in spec.from_ or ()]
        missing = [header for header in sought if header not in places]
        if missing:
            path = ("columns" if name in specs else "keep", name)
            lacks += [absent(header, path, names) for header in missing]
            continue
        found.append(
            Mapped(
                name=name,
                spec=spec,
                places=tuple(places[header] for header in sought),
                headers=tuple(sought),
            )
        )
    lacks += [
        Lack(
            path=("columns",),
            message=f"feeds no {name}, which {table.name} needs",
            hint=_columns_hint(names),
        )
        for name in table.required
        if name not in specs
    ]
    return found, lacks


def _as_spec(header: str, values: dict[str, str] | None) -> ColumnSpec:
    spec: dict[str, object] = {"from": header}
    if values is not None:
        spec |= {"values": values, "pass": True}
    return ColumnSpec.model_validate(spec)


def absent(header: str, path: tuple[str, ...], names: Sequence[str]) -> Lack:
    """Return what is wrong where the key at `path` asks for a header that a file does not have."""
    hint = did_you_mean(header, names) or _columns_hint(names)
    return Lack(path=path, message=f"has no header '{header}'", hint=hint)


def _columns_hint(names: Sequence[str]) -> str:
    most = 30
    listed = ", ".join(name or "(no name)" for name in names[:most])
    return f"the file has: {listed}" + (" …" if len(names) > most else "")
