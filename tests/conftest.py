"""What holds for all tests."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Look for cycles seldom, and not among thousands of tests: they make next to none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
