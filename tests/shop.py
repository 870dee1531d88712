"""A small config with small files, for tests that go from files to values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from kpicli.config import Config, load
from kpicli.intake import Loaded, read
from kpicli.render.json import as_json
from kpicli.report import Report

_OF_CONFIG = ("intake", "timezone", "as_of", "currency", "fx")
ORDERS = "order_id,ordered_at,amount,customer_id\n1,2025-01-05,10,A\n2,2025-01-06,20,B\n"


def write(folder: Path, sources: dict[str, Any], **rest: Any) -> Path:
    """Write a config for `sources` and return its path."""
    path = folder / "kpi.yaml"
    body = {"timezone": "UTC", "sources": sources, **rest}
    path.write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def orders(folder: Path, content: str | bytes = ORDERS, /, **source: Any) -> Config:
    """Return a config whose only source is an export of orders with this content."""
    rest = {key: source.pop(key) for key in _OF_CONFIG if key in source}
    data = content.encode() if isinstance(content, str) else content
    (folder / "orders.csv").write_bytes(data)
    return load(write(folder, {"o": {"table": "orders", "files": "orders.csv", **source}}, **rest))


def loaded(config: Config, *, enforce: bool = True) -> Loaded:
    """Read every column of every source."""
    tables = {source.table: None for source in config.written.sources.values()}
    return read(config, tables, enforce=enforce)


def document(report: Report) -> Any:
    """Return what a program reads in the JSON of a report."""
    return json.loads("".join(as_json(report)))
