"""What holds for all tests."""

from __future__ import annotations

import compileall
import gc
from pathlib import Path

import pytest

import kpicli


def pytest_configure(config: pytest.Config) -> None:
    """Compile the package once: a hundred processes start from it, as from an installation.

    Where the environment forbids bytecode, each would compile all of it anew.
    """
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(Path(kpicli.__file__).parent, quiet=2)


def pytest_collection_finish() -> None:
    """Look for cycles seldom, and not among thousands of tests: they make next to none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
