"""The JSON Schema of the config, from the types that read it."""

from __future__ import annotations

from functools import cache
from typing import Any

from kpicli.config.types import Written
from kpicli.language.catalogue import built_in
from kpicli.language.faults import keys_in
from kpicli.language.parameters import Kind, Parameter
from kpicli.model import model
from kpicli.yaml import Path

_KINDS: dict[Kind, dict[str, Any]] = {
    Kind.CHOICE: {"type": "string"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.INTEGER: {"type": "integer"},
    Kind.DECIMAL: {"type": "number"},
    Kind.WINDOW: {"type": "string", "pattern": r"^(all|[1-9]\d{0,2} months?)$"},
    Kind.LIST: {"type": ["array", "string"], "items": {"type": "string"}},
    Kind.MAP: {"type": "object", "additionalProperties": {"type": "number"}},
    Kind.CONDITION: {"type": "string"},
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


def known_keys(path: Path) -> tuple[str, ...]:
    """Return the keys that the config knows at `path`, for the nearest spelling."""
    return keys_in(schema())(path)
