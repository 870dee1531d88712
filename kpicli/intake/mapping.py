"""Which headers of a file feed which canonical columns."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from kpicli.config import ColumnSpec, Lookup, Origin, Source
from kpicli.config.expressions import headers_in, may_fail
from kpicli.errors import did_you_mean
from kpicli.intake.ledger import shown
from kpicli.intake.text.layout import is_data
from kpicli.model import Table

Path: TypeAlias = tuple[str | int, ...]

ORDER = "__order"
"""The column that a fold goes by, where it is a header of its own."""
_PLACE = re.compile(r"#\d+")
_GAPS = re.compile(r"\s+")
_MARKS = ",;\t|"
_WIDEST = 120  # letters of a header that messages show
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))


class Mapped(Struct, frozen=True, kw_only=True):
    """A canonical or kept column and the cells it is made of: places of headers, in order."""

    name: str
    spec: ColumnSpec
    places: tuple[int, ...] = ()
    headers: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The column as messages name it: by its headers, else by its own name."""
        return " / ".join(self.headers) or self.name


class Lack(Struct, frozen=True, kw_only=True):
    """A header that a file should have: the key of the source that asks for it, and what is wrong.

    Messages leave the file out: the reader names it.
    """

    path: Path
    message: str
    hint: str


def normalised(header: str) -> str:
    """Return a header as it is compared.

    Trimmed, in the composed Unicode form, with one plain space for every gap (no-break spaces and
    line breaks too) and without what cannot be seen.
    """
    composed = unicodedata.normalize("NFC", header).translate(_INVISIBLE)
    return _GAPS.sub(" ", composed).strip()


def headers(raw: Sequence[str]) -> list[str]:
    """Return the names by which the columns of a file are addressed.

    Repeats are `Name#2`; a column without a name is `#5`, by its place from 1.
    """
    seen: Counter[str] = Counter()
    found = []
    for place, header in enumerate(raw):
        name = normalised(header)
        seen[name] += 1
        if not name:
            found.append(f"#{place + 1}")
        else:
            found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return found


def places_of(names: Sequence[str]) -> dict[str, int]:
    """Return the place of every name; any column is also found by its place, as `#1`."""
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        found.setdefault(name, place)
    for place in range(len(names)):
        found.setdefault(f"#{place + 1}", place)
    return found


def columns_of(origin: Origin, table: Table, names: Sequence[str]) -> dict[str, ColumnSpec]:
    """Return what a file feeds by name: what is mapped, and what its headers name by themselves.

    Of an export that is looked up only what is mapped is taken.
    """
    if not isinstance(origin, Source):
        return origin.specs
    implied = {
        name: ColumnSpec.model_validate({"from": name})
        for name in table.columns
        if name in names and name not in origin.columns and name not in origin.brought
    }
    return {**origin.columns, **implied, **origin.keep}


def mapped(origin: Origin, table: Table, names: Sequence[str]) -> tuple[list[Mapped], list[Lack]]:
    """Return the columns that a file fills, kept ones too, and what is wrong with its headers."""
    places = places_of(names)
    found: list[Mapped] = []
    lacks: list[Lack] = []
    specs = columns_of(origin, table, names)
    for name, spec in specs.items():
        by_expr = headers_in(spec.expr) if spec.expr is not None else ()
        sought = [normalised(header) for header in spec.from_ or by_expr]
        missing = [header for header in sought if header not in places]
        if missing:
            path = (*path_of(origin, name), "expr") if by_expr else path_of(origin, name)
            lacks += [absent(header, path, names) for header in missing]
            continue
        found.append(
            Mapped(
                name=name,
                spec=spec,
                places=tuple(places[header] for header in sought),
                headers=() if by_expr else tuple(sought),
            )
        )
    if isinstance(origin, Source):
        lacks += [
            Lack(
                path=("columns",),
                message=f"feeds no {name}, which {table.name} needs",
                hint=_columns_hint(names),
            )
            for name in table.required
            if name not in specs and name not in origin.brought
        ]
    more, unfed = _of_fold(origin, specs, names)
    return [*found, *more], [*lacks, *unfed]


def read_anyway(origin: Origin) -> frozenset[str]:
    """Return the columns that are read whatever is asked for.

    Rows are told apart by them, or their SQL may end the run: it must not depend on the question
    whether it does.
    """
    by = {n for n, spec in origin.specs.items() if spec.expr is not None and may_fail(spec.expr)}
    if origin.fold is not None:
        by |= {*origin.fold.by, ORDER}
        if origin.fold.order is not None:
            by.add(origin.fold.order.from_)
    if isinstance(origin, Source):
        by |= {name for lookup in origin.lookup for name in lookup.match}
    return frozenset(by)


def path_of(origin: Origin, name: str) -> Path:
    """Return the key under which a column of `origin` is written."""
    if name == ORDER:
        return ("fold", "order")
    if isinstance(origin, Lookup) and name in origin.match:
        return ("match", name)
    return ("keep" if name in origin.keep else "columns", name)


def _of_fold(
    origin: Origin, specs: dict[str, ColumnSpec], names: Sequence[str]
) -> tuple[list[Mapped], list[Lack]]:
    """Return the column that a fold goes by, where it is a header, and what the fold lacks."""
    fold = origin.fold
    if fold is None:
        return [], []
    lacks = [
        Lack(
            path=("fold", way),
            message=f"feeds no {name}, which fold names",
            hint=f"map it: columns: {{{name}: Header}}",
        )
        for name, way in {**dict.fromkeys(fold.by, "by"), **fold.named}.items()
        if name not in specs
    ]
    if fold.order is None or fold.order.from_ in specs:
        return [], lacks
    header = normalised(fold.order.from_)
    place = places_of(names).get(header)
    if place is None:
        return [], [*lacks, absent(header, ("fold", "order"), names)]
    spec = ColumnSpec.model_validate({"from": header, "format": fold.order.format})
    return [Mapped(name=ORDER, spec=spec, places=(place,), headers=(header,))], lacks


def absent(header: str, path: Path, names: Sequence[str]) -> Lack:
    """Return what is wrong where the key at `path` asks for a header that a file does not have."""
    names = [shown(name, person=False, widest=_WIDEST) or "" for name in names]
    known = () if _are_values(names) else names
    glued = len(names) == 1 and any(mark in names[0] for mark in _MARKS)
    hint = "" if glued else did_you_mean(header, known)
    return Lack(path=path, message=f"has no header '{header}'", hint=hint or _columns_hint(names))


def _are_values(names: Sequence[str]) -> bool:
    """Whether what is taken for a header holds values, which messages do not show."""
    return is_data(name for name in names if not _PLACE.fullmatch(name))


def _columns_hint(names: Sequence[str]) -> str:
    """Tell what the file has; cells of a row are not shown."""
    if _are_values(names):
        return "the line that is taken for its header holds values: say which line it is, header: 3"
    if len(names) == 1 and any(mark in names[0] for mark in _MARKS):
        return f"its header is one cell, {names[0]}: is the delimiter right?"
    most = 30
    listed = ", ".join(names[:most])
    return f"the file has: {listed}" + (" …" if len(names) > most else "")
