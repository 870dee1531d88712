"""The JSON Schema of the config, from the types that read it."""

from __future__ import annotations

from functools import cache
from typing import Any

from kpicli.config.types import Written
from kpicli.language.catalogue import built_in
from kpicli.language.parameters import Kind, Parameter
from kpicli.model import model

_KINDS: dict[Kind, dict[str, Any]] = {
    Kind.CHOICE: {"type": "string"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.INTEGER: {"type": "integer"},
    Kind.DECIMAL: {"type": "number"},
    Kind.WINDOW: {"type": "string", "pattern": r"^(all|[1-9]\d{0,2} months?)$"},
    Kind.LIST: {"type": ["array", "string"], "items": {"type": "string"}},
    Kind.SQL: {"type": "string"},
    Kind.MAP: {"type": "object", "additionalProperties": {"type": "number"}},
}


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of the config, with its tables and parameters by name."""
    found = Written.model_json_schema(by_alias=True)
    found["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    found["title"] = "kpicli config"
    tables = found["$defs"]["Source"]["properties"]["table"]
    tables["enum"] = sorted(model().tables)
    found["properties"]["params"] = {
        "title": "Params",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: _parameter(parameter) for name, parameter in built_in().parameters.items()
        },
    }
    return found


def _parameter(parameter: Parameter) -> dict[str, Any]:
    found = dict(_KINDS[parameter.type])
    found["description"] = parameter.meaning
    found["default"] = parameter.default
    if parameter.values and parameter.type is Kind.CHOICE:
        found["enum"] = list(parameter.values)
    if parameter.at_least is not None:
        found["minimum"] = float(parameter.at_least)
    if parameter.at_most is not None:
        found["maximum"] = float(parameter.at_most)
    if parameter.optional:
        return {"anyOf": [found, {"type": "null"}], "description": found.pop("description")}
    return found


def known_keys(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Return the keys that the config knows at `path`, for the nearest spelling."""
    whole = schema()
    nodes = [whole]
    for part in path:
        nodes = [step for node in nodes for step in _below(whole, node, part)]
    found = [
        name
        for node in nodes
        for option in _forms(whole, node)
        for name in option.get("properties", {})
    ]
    return tuple(dict.fromkeys(found))


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
