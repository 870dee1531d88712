"""Reads the model's YAML files; they are part of the package and checked by its tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from kpicli.model.types import Column, Model, Table, Type, View
from kpicli.yaml import load_file

_FOLDER = Path(__file__).parent
_GROUPS = ("crm", "tickets", "surveys", "hr")
_UPDATED = Column(type=Type.TS, meaning="when the row was last changed; decides between duplicates")


@cache
def model() -> Model:
    """Return the canonical model."""
    tables = {
        name: _table(name, group, body)
        for group in _GROUPS
        for name, body in load_file(_FOLDER / f"{group}.yaml").data.items()
    }
    views = {
        name: View.model_validate({"name": name, **body})
        for group in _GROUPS
        for name, body in load_file(_FOLDER / f"{group}_views.yaml").data.items()
    }
    return Model(tables=tables, views=views)


def _table(name: str, group: str, body: dict[str, Any]) -> Table:
    table = Table.model_validate({"name": name, "group": group, **body})
    if not table.key:
        return table
    return table.model_copy(update={"columns": {**table.columns, "updated_at": _UPDATED}})
