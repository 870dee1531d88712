"""What is wrong with a mapping read from YAML, in plain words: what pydantic tells, said anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

from kpicli.errors import did_you_mean, nearest
from kpicli.yaml import Path, shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Keys: TypeAlias = Callable[[Path], tuple[str, ...]]
"""The keys that are known in the mapping at a path."""

_NEEDED = {
    "string": "text",
    "model": "a mapping of keys",
    "dict": "a mapping of keys",
    "tuple": "a list",
    "list": "a list",
    "bool": "true or false",
    "int": "a whole number",
    "decimal": "a number",
    "finite": "a number",
    "date": "a date",
}
"""What is needed where pydantic finds something else, by how the name of its error begins."""
_BOUNDS = {"greater_than_equal": "ge", "less_than_equal": "le"}
_CHOICES = frozenset({"enum", "literal_error"})
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")


class Fault(Struct, frozen=True, kw_only=True):
    """One thing that is wrong: at which path, what it is, how to mend it."""

    path: Path
    message: str
    hint: str = ""


def faults(raised: Iterable[ErrorDetails], data: object, keys: Keys) -> Iterator[Fault]:
    """Yield what was raised about `data`, each thing once: several needs of one place together.

    `keys` gives the known keys, of which the nearest is named.
    """
    errors = list(raised)
    misspelt = {
        (*path[:-1], nearest(str(path[-1]), keys(path[:-1])))
        for path in (in_data(data, e["loc"]) for e in errors if e["type"] == "extra_forbidden")
    }
    needed: dict[Path, dict[str, Any]] = {}
    short: dict[Path, int] = {}
    for error in errors:
        path = in_data(data, error["loc"])
        if error["type"] == "missing" and (*path, error["loc"][-1]) in misspelt:
            continue  # it is there by another name
        if (needs := _needs(error)) is not None:
            needed.setdefault(path, {})[needs] = error["input"]
        elif error["type"] == "missing" and isinstance(last := error["loc"][-1], int):
            short[path] = last + 1
        else:
            message, hint = _said(error, path, keys)
            yield Fault(path=path, message=message, hint=hint)
    for path, number in short.items():
        yield Fault(path=path, message=f"too few stand here: at least {number}")
    for path, by_need in needed.items():
        yield _misfit(path, " or ".join(by_need), next(iter(by_need.values())))


def in_data(data: Any, location: Path) -> Path:  # noqa: ANN401 (whatever YAML holds)
    """Return the parts of an error's location that are keys of the data: others name types."""
    path: list[str | int] = []
    for part in location:
        there = range(len(data)) if isinstance(data, list) else data
        if isinstance(there, Mapping | range) and part in there:
            path.append(part)
            data = data[part]
    return tuple(path)


def choices(error: ErrorDetails) -> list[str]:
    """Return the values that would do, where there is a list of them."""
    if error["type"] not in _CHOICES:
        return []
    expected = str(error["ctx"]["expected"])
    return [quoted[1:-1] for quoted in _QUOTED.findall(expected)] or [expected.lower()]


def _needs(error: ErrorDetails) -> str | None:
    """Return what kind of value is needed, where that is what is wrong."""
    if error["type"] in _CHOICES and not isinstance(error["input"], str | bool | int | float):
        return _listed(choices(error))
    if error["type"] in _CHOICES | {"missing", "extra_forbidden", "value_error"}:
        return None
    return _NEEDED.get(error["type"].partition("_")[0])


def _misfit(path: Path, needed: str, value: object) -> Fault:
    if value is None:
        hint = "give it a value, or leave the key out"
        return Fault(path=path, message=f"{needed} is needed, and nothing stands here", hint=hint)
    if needed == "a date" and not isinstance(value, list | Mapping):
        hint = "write it as 2025-01-31"
        return Fault(path=path, message=f"{shown(value)} is not a date", hint=hint)
    is_plain = isinstance(value, bool | int | float)
    hint = "quote it" if needed == "text" and is_plain else ""
    return Fault(path=path, message=f"{needed} is needed, and this is {shown(value)}", hint=hint)


def _said(error: ErrorDetails, path: Path, keys: Keys) -> tuple[str, str]:
    """Return what an error says to a user, and the hint that mends it."""
    value = shown(error["input"])
    kind = error["type"]
    if kind == "missing":
        return f"'{error['loc'][-1]}' is missing", "add it; kpi schema config says what it holds"
    if kind == "extra_forbidden":
        return "unknown key", did_you_mean(str(path[-1]), keys(path[:-1]))
    if kind in _CHOICES:
        return f"{value} is not one of {_listed(choices(error))}", ""
    if kind in _BOUNDS:
        way = "at least" if kind == "greater_than_equal" else "at most"
        return f"{error['input']} is out of range: {way} {error['ctx'][_BOUNDS[kind]]}", ""
    if kind == "too_short":  # whatever has a least length has that of 1
        return f"at least {error['ctx']['min_length']} is needed, and nothing stands here", ""
    if kind == "too_long":
        return f"too many stand here: at most {error['ctx']['max_length']}", ""
    if kind == "value_error":
        return str(error["ctx"]["error"]), ""
    return f"{value} does not fit here", ""


def _listed(values: list[str]) -> str:
    quoted = [f'"{value}"' if "'" in value else f"'{value}'" for value in values]
    if len(quoted) == 1:
        return values[0]
    return " or ".join((", ".join(quoted[:-1]), quoted[-1]))


def keys_in(schema: dict[str, Any]) -> Keys:
    """Return what gives the keys that are known at a path, by a JSON Schema."""

    def keys(path: Path) -> tuple[str, ...]:
        nodes = [schema]
        for part in path:
            nodes = [step for node in nodes for step in _below(schema, node, part)]
        forms = (form for node in nodes for form in _forms(schema, node))
        return tuple(dict.fromkeys(name for form in forms for name in form.get("properties", {})))

    return keys


def _forms(whole: dict[str, Any], node: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a node and what it refers to or may be."""
    if "$ref" in node:
        return _forms(whole, whole["$defs"][node["$ref"].rsplit("/", 1)[1]])
    options = [*node.get("anyOf", ()), *node.get("oneOf", ())]
    return [node, *(form for option in options for form in _forms(whole, option))]


def _below(whole: dict[str, Any], node: dict[str, Any], part: str | int) -> list[dict[str, Any]]:
    found = []
    for form in _forms(whole, node):
        if isinstance(part, int):
            found.append(form.get("items"))
        elif part in form.get("properties", {}):
            found.append(form["properties"][part])
        else:
            found.append(form.get("additionalProperties"))
    return [step for step in found if isinstance(step, dict)]
