"""The YAML files of the package, read as quickly as can be.

Parsing them takes a twentieth of a run. So beside the files of a folder lies what they say, as JSON
that `docs/generate.py` writes, with the SHA-256 of each: a file that has changed since is parsed.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from kpicli.yaml import load_bytes

NAME = "parsed.json"


def data(path: Path) -> Any:  # noqa: ANN401 (YAML holds any value)
    """Return what a YAML file of the package says."""
    content = path.read_bytes()
    known = _parsed(path.parent).get(path.name)
    if known is not None and known["sha256"] == _sha256(content):
        return known["data"]
    return load_bytes(content, str(path)).data


def parsed(folder: Path) -> str:
    """Return what the YAML files of a folder say, a line for each, as `data` looks it up."""
    lines = []
    for path in sorted(folder.glob("*.yaml")):
        content = path.read_bytes()
        said = {"sha256": _sha256(content), "data": load_bytes(content, path.name).data}
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        lines.append(f"{json.dumps(path.name)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


@cache
def _parsed(folder: Path) -> dict[str, dict[str, Any]]:
    try:
        found: dict[str, dict[str, Any]] = json.loads((folder / NAME).read_bytes())
    except (FileNotFoundError, ValueError):  # there is none, or it was cut off
        return {}
    return found


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
