"""The source of the package, parsed once for all tests that look into it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import kpicli

ROOT = Path(kpicli.__file__).parent


@cache
def modules() -> Mapping[Path, ast.Module]:
    """Return every module of the package, by its file, in order."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(ROOT.rglob("*.py"))
    }


@cache
def constants() -> frozenset[str]:
    """Return every string that stands in the source by itself."""
    return frozenset(
        node.value
        for module in modules().values()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
