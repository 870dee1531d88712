"""Leaving before the end: a signal ends the run quietly, and leaves nothing behind.

As an exception a signal would have to pass through whatever is at work; what is not written in
Python breaks at it, and says so. So what was begun is undone where the signal comes in, and the
process ends there. Python itself heeds a signal between two of its steps only; where one takes
long, as collecting a large frame does, a thread of ours ends the process.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

_PATIENCE = 0.3  # seconds in which the main thread may heed a signal itself
_KILLED = 128  # what a shell adds to the number of a signal
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is not known everywhere
_UNHEEDED = (signal.SIG_DFL, signal.default_int_handler)
_begun: list[Callable[[], object]] = []


def heed_signals() -> None:
    """Let signals end the process with the exit code that a shell gives them.

    One that whoever started the process has it ignore, as `nohup` does, stays ignored.
    """
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) in _UNHEEDED:
            signal.signal(number, _leave)
    coming, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(coming,), daemon=True).start()


@contextmanager
def undone(undo: Callable[[], object]) -> Iterator[None]:
    """Call `undo` after the block, or where a signal ends the process inside of it.

    It may be called twice, when a signal comes in the middle of it.
    """
    _begun.append(undo)
    try:
        yield
    finally:
        undo()
        _begun.remove(undo)


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder for files that nobody else is to see; it goes after the block."""
    import secrets  # noqa: PLC0415 (this module is loaded before anything can be interrupted)
    import tempfile  # noqa: PLC0415

    # Known before it is there, so that no signal can come between.
    folder = Path(tempfile.gettempdir()) / f"kpi-{secrets.token_hex(8)}"
    with undone(lambda: _emptied(folder)):
        folder.mkdir(mode=0o700)
        yield folder


def _emptied(folder: Path) -> None:
    """Delete a folder into which another thread may still write."""
    import shutil  # noqa: PLC0415

    tries = 3
    while folder.exists() and tries:
        shutil.rmtree(folder, ignore_errors=True)
        tries -= 1


def _watch(coming: int) -> None:
    """Leave where the main thread takes too long to heed a signal."""
    number = os.read(coming, 1)[0]
    time.sleep(_PATIENCE)
    _leave(number, None)


def _leave(number: int, _: FrameType | None) -> None:
    for undo in reversed(_begun):
        with suppress(Exception):
            undo()
    os._exit(_KILLED + number)
