"""The one owner of stderr: errors, warnings, and progress where somebody is looking."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpicli.errors import KpiError

_PATIENCE = 1.0  # seconds of work before progress shows
_BEAT = 0.1
_SPACES = "\n\u00a0\u202f"
_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


def plain(text: str) -> str:
    """Return a text without control characters: names and cells must not steer a terminal."""
    return "".join(letter if letter.isprintable() or letter in _SPACES else "�" for letter in text)


def say(text: str) -> None:
    """Write a line to stderr, if there is one."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):  # nobody listens
            sys.stderr.write(plain(text) + "\n")


def error(problem: KpiError) -> None:
    """Tell what is wrong and how to mend it."""
    for one in problem.problems:
        say(f"kpi: {one}")


def warning(text: str) -> None:
    """Tell what is worth knowing and stops nothing."""
    say(f"kpi: warning: {text}")


def is_watched() -> bool:
    """Whether stderr is a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a function that tells what is being done; on a terminal it shows after a second."""
    if not is_watched():
        yield lambda _: None
        return
    state = {"text": ""}
    done = threading.Event()

    def spin() -> None:
        if done.wait(_PATIENCE):
            return
        frame = 0
        while not done.wait(_BEAT):
            frame += 1
            sign = _FRAMES[frame % len(_FRAMES)]
            sys.stderr.write(f"\r\x1b[2K{sign} {plain(state['text'])[:70]}")
            sys.stderr.flush()
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()

    spinner = threading.Thread(target=spin, daemon=True)
    spinner.start()
    try:
        yield lambda text: state.update(text=text)
    finally:
        done.set()
        spinner.join()
