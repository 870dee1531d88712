"""Judges a whole mapping in one go: what is wrong with a part hides nothing of the others.

In place of every wrong part stands another value that fits, so that what goes on from there can be
judged too. What is only wrong because of such a value is no fault: all is judged twice, with two
stand-ins, and what is not found both times is dropped.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Generic, TypeAlias, TypeVar

from msgspec import Struct, field
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kpicli.errors import nearest
from kpicli.language.faults import Fault, Keys, choices, faults, in_data
from kpicli.model.types import LOOSELY, Strict
from kpicli.yaml import Path

Family: TypeAlias = tuple[Any, ...]
_ROWS = {"table": "?", "at": "?"}
_METRIC = {"title": "?", "formula": "?", "unit": "count", "value": "1"}
_FIRST: Family = ("x", "UTC", "RUB", ",", 1, "0001-01-01", "0d", "rows", "mon", "09:00-10:00", True)
_LAST: Family = ("y", "Asia/Tokyo", "EUR", ";", 12, "9999-12-31", "9999d", "rows", "sun")
FAMILIES: tuple[Family, Family] = ((*_FIRST, {}, []), (*_LAST, "11:00-12:00", False, {}, []))
"""Values of which one fits nearly everywhere; the two differ as widely as they can."""
_WHOLE: Family = ({"x": "x"}, ["1", "1"], _ROWS, _METRIC, {"x": {"table": "?", "files": "x"}})
_HAS_PARTS = (tuple, dict, Strict)
_MOST = 200  # rounds; each tries one more value in every wrong place
_Kind = TypeVar("_Kind", bound=BaseModel)


class Judged(Struct, Generic[_Kind], frozen=True, kw_only=True):
    """A mapping that was judged: what is wrong, and its value with stand-ins for what is wrong.

    `raw` is the data that the value was made of, `untold` are the places of stand-ins: nothing that
    is said of them or of what is below means anything. Without a value nothing fits at all.
    """

    value: _Kind | None
    raw: Any
    faults: tuple[Fault, ...]
    untold: frozenset[Path]


def judged(kind: type[_Kind], raw: object, keys: Keys, family: Family) -> Judged[_Kind]:
    """Return everything that is wrong with `raw` as a `kind`, and what stands in for it."""
    work = _Work(data=raw, keys=keys, family=(*family, *_WHOLE))
    value = None
    try:
        value = kind.model_validate(raw, context=LOOSELY)
    except ValidationError as error:
        work.data = copy.deepcopy(raw)
        work.found += faults(error.errors(), raw, keys)
        work.stand_in(error.errors(), told=True)
        for _ in range(_MOST):
            try:
                value = kind.model_validate(work.data, context=LOOSELY)
            except ValidationError as further:
                if not work.stand_in(further.errors(), told=False):
                    break
            else:
                break
    untold = frozenset(work.tried)
    if value is not None:
        work.found += [
            Fault(path=in_data(raw, path), message=message)
            for path, message in _goes_together(value, ())
            if not is_below(path, untold)
        ]
    once = tuple(dict.fromkeys(work.found))
    return Judged(value=value, raw=work.data, faults=once, untold=untold)


def is_below(path: Path, places: frozenset[Path]) -> bool:
    """Whether a path is one of some places, or below one."""
    return any(path[:end] in places for end in range(len(path) + 1))


class _Work(Struct, kw_only=True):
    """Data in which stand-ins are tried, place by place."""

    data: Any
    keys: Keys
    family: Family
    found: list[Fault] = field(default_factory=list)
    tried: dict[Path, int] = field(default_factory=dict)

    def stand_in(self, errors: list[ErrorDetails], *, told: bool) -> bool:
        """Put the next value in every wrong place; tell whether there was one for each.

        Errors that are not `told` yet are what was hidden: rules over a whole of which a part was
        wrong.
        """
        places: dict[Path, ErrorDetails] = {}
        for error in errors:
            path = in_data(self.data, error["loc"])
            missing = error["type"] == "missing"
            place = (*path, error["loc"][-1]) if missing else path
            outer = next(
                (place[:end] for end in range(len(place)) if place[:end] in self.tried), place
            )
            places.setdefault(outer, error)
            hidden = error["type"] == "value_error" and not is_below(path, frozenset(self.tried))
            if hidden and not told:
                self.found.append(Fault(path=path, message=str(error["ctx"]["error"])))
        replaced = [self._replace(place, error) for place, error in places.items()]
        return all(replaced)

    def _replace(self, place: Path, error: ErrorDetails) -> bool:
        """Put the next value in a place; leave it out, or go one up, where none is left."""
        if not place:
            return False
        *path, key = place
        inside = self._at(path)
        if inside is None:
            return True  # what it is in was replaced
        if error["type"] == "extra_forbidden" and place not in self.tried:
            value = inside.pop(key)
            meant = nearest(str(key), self.keys(tuple(path)))
            if meant is not None and meant not in inside:  # it is there, by another name
                inside[meant] = value
                self.tried[*path, meant] = 0
            return True
        number = self.tried.get(place, 0)
        options = (*self._choices(error), *self.family)
        self.tried[place] = number + 1
        if number < len(options):
            if isinstance(inside, list):
                inside[int(key) : int(key) + 1] = [copy.deepcopy(options[number])]
            else:
                inside[key] = copy.deepcopy(options[number])
            return True
        if isinstance(inside, dict) and key in inside:
            del inside[key]  # nothing fits, but it may be left out
            return True
        del self.tried[place]
        return self._replace(tuple(path), error)

    def _at(self, path: Iterable[str | int]) -> Any:  # noqa: ANN401 (a mapping or a list)
        inside = self.data
        for part in path:
            there = range(len(inside)) if isinstance(inside, list) else inside
            if not isinstance(there, dict | range) or part not in there:
                return None
            inside = inside[part]
        return inside if isinstance(inside, dict | list) else None

    def _choices(self, error: ErrorDetails) -> list[str]:
        """Return what is allowed, the first or the last of it in front."""
        allowed = choices(error)
        return allowed if self.family[0] == FAMILIES[0][0] else allowed[::-1]


def _goes_together(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield what is wrong with the keys of every part, taken together."""
    parts: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, Strict):
        for message in value.wrong():
            yield path, message
        parts = [(key, getattr(value, name)) for key, name in _keys_of(type(value))]
    elif isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, tuple):
        parts = enumerate(value)
    for key, part in parts:
        if isinstance(part, _HAS_PARTS):
            yield from _goes_together(part, (*path, key))


@cache
def _keys_of(kind: type[Strict]) -> tuple[tuple[str, str], ...]:
    """Return the keys of a part as YAML has them, each with its name in the code."""
    return tuple((info.alias or name, name) for name, info in kind.model_fields.items())
