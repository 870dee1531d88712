"""Imports point down: a module may import from its own layer's package and from layers below."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.source import ROOT, modules

# From the bottom up; packages of one line do not know each other.
LAYERS = (
    {"errors", "__init__"},
    {"yaml", "text", "units", "stats", "stdin", "leaving"},
    {"packaged"},
    {"model", "periods", "catalogue", "systems"},
    {"language"},
    {"locales"},
    {"config"},
    {"views"},
    {"intake", "engine"},
    {"report"},
    {"render", "proposal"},
    {"cli"},
    {"__main__"},
)
HEIGHT = {part: height for height, layer in enumerate(LAYERS) for part in layer}
MODULES = modules()


def part_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Return the parts of kpicli that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(MODULES[path]):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            inner = [f"kpicli.{alias.name}" for alias in node.names]
            names = inner if node.module == "kpicli" else [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("kpicli.")}
    return {name if name in HEIGHT else "__init__" for name in found}


@pytest.mark.parametrize("path", MODULES, ids=[str(p.relative_to(ROOT)) for p in MODULES])
def test_imports_point_down(path: Path) -> None:
    part = part_of(path)
    assert part in HEIGHT, f"{part} has no place in a layer"
    upwards = {
        other
        for other in imported(path) - {part}
        if HEIGHT[other] > HEIGHT[part] or (HEIGHT[other] == HEIGHT[part])
    }
    assert not upwards, f"{part} imports {sorted(upwards)}"


def test_every_folder_is_a_layer() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= set(HEIGHT)
