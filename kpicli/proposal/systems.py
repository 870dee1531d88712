"""Known systems: what their exports look like and how they are mapped, one YAML file each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from kpicli.model import model
from kpicli.model.types import OneOrMore, Strict
from kpicli.packaged import data
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.words import folded

_FOLDER = Path(__file__).parent.parent / "systems"
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class Origin(Strict):
    """Where a canonical column comes from: as in a config, but headers may have spellings.

    `from` takes `Header | Other spelling`, the first that the file has; a list of such texts is
    "the first that is filled". `expr` holds headers in braces. `when` takes the cell only in rows
    whose stage means something: {Deal Stage: won}.
    """

    from_: OneOrMore = Field(default=(), alias="from")
    const: str | int | None = None
    row: bool = False
    expr: str | None = None
    when: dict[str, str] = {}
    unit: str | None = None
    format: OneOrMore = ()
    values: dict[str, str | int | bool] = {}
    other: str | int | bool | None = None
    pass_: bool = Field(default=False, alias="pass")
    scale: float | None = None
    note: str = ""
    doubtful: bool = False


def _origins(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    listed = value if isinstance(value, list) else [value]
    return [{"from": one} if isinstance(one, str) else one for one in listed]


_Origins: TypeAlias = Annotated[tuple[Origin, ...], BeforeValidator(_origins)]
"""Where a column comes from: the first of several that the file has."""


class Part(Strict):
    """One source of an export. `only` keeps rows by what their stage means, `where` by SQL.

    The source is proposed only with the columns `needs` beside the required ones, with the headers
    `present`, and without any of the headers `absent`.
    """

    table: str
    columns: dict[str, _Origins]
    only: dict[str, str] = {}
    where: str | None = None
    fold: dict[str, Any] | None = None
    nulls: OneOrMore = ()
    timezone: str | None = None
    needs: OneOrMore = ()
    present: OneOrMore = ()
    absent: OneOrMore = ()
    title: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _known(self) -> Part:
        table = model().tables[self.table]
        unknown = {*self.columns, *self.needs} - set(table.columns)
        if unknown:
            raise ValueError(f"{self.table} has no {', '.join(sorted(unknown))}")
        return self


class Form(Strict):
    """An export of a questionnaire: each question that is recognised becomes a source."""

    responded_at: str | None = None
    sent_at: str | None = None
    respondent_id: str | None = None
    ticket_id: str | None = None
    channel: str | None = None
    timezone: str | None = None


class System(Strict):
    """An export of a system: how it is recognised, and what it feeds.

    `all` must be there, of `some` at least `least`; `first` must be the first header. `leave` are
    headers that are left alone for a reason; `header` says which lines hold the header where the
    second has nothing under the first of `all`.
    """

    name: str
    title: str
    all: OneOrMore = ()
    some: OneOrMore = ()
    least: int = 0
    first: str | None = None
    header: tuple[int, ...] = ()
    sources: dict[str, Part] = {}
    questions: Form | None = None
    leave: dict[str, str] = {}
    notes: OneOrMore = ()

    @model_validator(mode="after")
    def _recognisable(self) -> System:
        if not (self.all or self.some or self.first) or (self.some and not self.least):
            raise ValueError(f"{self.name}: nothing tells how it is recognised")
        if not (self.sources or self.questions):
            raise ValueError(f"{self.name} feeds nothing")
        return self

    def recognises(self, names: Sequence[str]) -> int:
        """Return how many headers speak for this system; 0 where it is another."""
        if self.first and (not names or found(self.first, names[:1]) is None):
            return 0
        if any(found(header, names) is None for header in self.all):
            return 0
        some = sum(1 for header in self.some if found(header, names) is not None)
        return 0 if some < self.least else bool(self.first) + len(self.all) + some


@cache
def systems() -> tuple[System, ...]:
    """Return the systems that are known, by name."""
    return tuple(
        System.model_validate({"name": path.stem, **data(path)})
        for path in sorted(_FOLDER.glob("*.yaml"))
    )


def recognised(sheet: Sheet) -> System | None:
    """Return the system that wrote a sheet: the one for which most headers speak."""
    scores = [(system.recognises(sheet.names), system) for system in systems()]
    best, system = max(scores, key=lambda found: found[0])
    return system if best else None


def found(header: str, names: Sequence[str]) -> str | None:
    """Return the name in a file that is `header`, or one of its spellings `One | Other`."""
    by_words = {folded(name): name for name in reversed(names)}
    for spelling in header.split(" | "):
        if spelling in names:
            return spelling
        words = folded(spelling)
        if words and words in by_words:
            return by_words[words]
    return None


def filled_in(text: str, names: Sequence[str]) -> tuple[str, frozenset[str]] | None:
    """Return SQL with the headers of the file in place of `{Header}`, and which those are.

    None where the file lacks one.
    """
    read: set[str] = set()
    for placeholder in _PLACEHOLDER.findall(text):
        name = found(placeholder, names)
        if name is None:
            return None
        read.add(name)
    return _PLACEHOLDER.sub(lambda part: quoted(found(part[1], names) or ""), text), frozenset(read)


def quoted(name: str) -> str:
    """Return a header as SQL names it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a cell as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
