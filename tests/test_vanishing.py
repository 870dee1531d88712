"""An export that goes while `kpi` looks at it: an error at whatever moment, and never a bug."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.console import inside

EXPORT = "order_id,ordered_at,amount,customer_id\n" + "".join(
    f"{number},2025-01-{number:02},10,A{number}\n" for number in range(1, 29)
)
CONFIG = """
timezone: UTC
sources:
  o:
    table: orders
    files: orders.csv
    columns: {order_id: order_id, ordered_at: ordered_at, amount: amount, customer_id: customer_id}
"""
MOST = 90  # moments; a run has fewer, so that the last is one at which nothing goes


class Going:
    """Deletes a file just before it is looked at or opened for the n-th time."""

    def __init__(self, path: Path, moment: int) -> None:
        self.path = path
        self.left = moment
        self.lock = threading.Lock()

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return a call that looks at files, noted."""

        def noted(path: Any, *rest: Any, **more: Any) -> Any:
            with suppress(TypeError):  # a number: what is open already
                self._note(os.fspath(path))
            return call(path, *rest, **more)

        return noted

    def _note(self, path: str | bytes) -> None:
        if path in {str(self.path), self.path.name}:
            with self.lock:
                self.left -= 1
                if self.left == 0:
                    self.path.unlink()


@pytest.mark.parametrize(
    ("command", "step", "codes"),
    [
        ("compute revenue -f csv", 1, {0, 3}),
        ("validate", 3, {0, 3}),
        ("explain revenue", 1, {0}),  # which needs no export: it would only tell more
        ("init orders.csv customers.csv -o -", 3, {0, 3}),
    ],
)
def test_it_is_an_error_at_every_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, step: int, codes: set[int]
) -> None:
    (tmp_path / "kpi.yaml").write_text(CONFIG)
    (tmp_path / "customers.csv").write_text("customer_id,name\nA1,x\n")
    ended = set()
    for moment in range(1, MOST, step):
        (tmp_path / "orders.csv").write_text(EXPORT)
        going = Going(tmp_path / "orders.csv", moment)
        with monkeypatch.context() as patched:
            patched.setattr(os, "stat", going.before(os.stat))
            patched.setattr(io, "open", going.before(io.open))
            done = inside(*command.split(), cwd=tmp_path)
        assert done.code == 0 or "orders.csv" in done.err, moment
        ended.add(done.code)
        if going.left > 0:
            break
    assert going.left > 0
    assert ended == codes
