"""Reads the model's YAML files; they are part of the package and checked by its tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from kpicli.model.types import Column, Model, Table, Type, View
from kpicli.packaged import data

_FOLDER = Path(__file__).parent
_GROUPS = ("crm", "tickets", "surveys", "hr")
_UPDATED = Column(type=Type.TS, meaning="when the row was last changed; decides between duplicates")


@cache
def model() -> Model:
    """Return the canonical model."""
    checks = data(_FOLDER / "checks.yaml")
    tables = {
        name: _table(name, group, {**body, **_checks(checks.get(name, {}))})
        for group in _GROUPS
        for name, body in data(_FOLDER / f"{group}.yaml").items()
    }
    views = {
        name: View.model_validate({"name": name, **body})
        for group in _GROUPS
        for name, body in data(_FOLDER / f"{group}_views.yaml").items()
    }
    return Model(tables=tables, views=views)


def _checks(body: dict[str, Any]) -> dict[str, Any]:
    """Return what a table is checked for; a column may refer to one table, or to several."""
    references = []
    for column, told in body.get("references", {}).items():
        for one in told if isinstance(told, list) else [told]:
            target = one if isinstance(one, dict) else {"to": one}
            references.append({"column": column, **target})
    told = {key: body[key] for key in ("rules", "scales") if key in body}
    return {"references": references, **told}


def _table(name: str, group: str, body: dict[str, Any]) -> Table:
    table = Table.model_validate({"name": name, "group": group, **body})
    if not table.key:
        return table
    return table.model_copy(update={"columns": {**table.columns, "updated_at": _UPDATED}})
