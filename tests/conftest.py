"""What holds for all tests."""

from __future__ import annotations

import compileall
import gc
from pathlib import Path

import pytest

import kpicli
from kpicli.intake.text.structure import Text


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


@pytest.fixture(params=["held in memory", "streamed"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read small files as they are, and as if they were large."""
    if request.param == "streamed":
        monkeypatch.setattr(Text, "is_small", property(lambda _: False))
