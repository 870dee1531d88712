"""The one owner of stderr: errors, warnings, and progress where somebody is looking.

Messages arise in English and are said in the language that was asked for.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from kpicli import leaving, stdin
from kpicli.cli.speech import ENGLISH, asked
from kpicli.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpicli.errors import KpiError, Problem

_HERE = "\0"
_PATIENCE = 1.0  # seconds of work before progress shows


_chosen: list[str] = []


def speak(language: str) -> None:
    """Say all that follows in a language that the files told, and not the command line."""
    _chosen[:] = [language]


def _translator() -> Callable[[str], str]:
    """Return what puts a message into the language of this run."""
    return _translator_of(_chosen[0] if _chosen else _asked())


@cache
def _asked() -> str:
    return asked(sys.argv[1:])


@cache
def _translator_of(language: str) -> Callable[[str], str]:
    if language == ENGLISH:
        return str
    from kpicli.locales import locale  # noqa: PLC0415 (heavy: only for another language)

    return locale(language).message


def say(text: str) -> None:
    """Write a message to stderr, if there is one."""
    as_it_is(_translator()(text))


def as_it_is(text: str) -> None:
    """Write to stderr what is in its language already."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):  # nobody listens
            sys.stderr.write(plain(stdin.shown(text)) + "\n")


def error(problem: KpiError) -> None:
    """Tell what is wrong and how to mend it."""
    for one in problem.problems:
        as_it_is(f"kpi: {one.translated(_translator())}")


def warning(told: str | Problem) -> None:
    """Tell what is worth knowing and stops nothing."""
    translate = _translator()
    text = translate(told) if isinstance(told, str) else told.translated(translate)
    as_it_is(translate(f"kpi: warning: {_HERE}").replace(_HERE, text))


def is_watched() -> bool:
    """Whether stderr is a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a function that tells what is being done; on a terminal it shows after a second."""
    if not is_watched():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 (only on a terminal)
    from rich.status import Status  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415 (a text is no markup)

    status = Status("", console=Console(stderr=True))
    late = threading.Timer(_PATIENCE, status.start)
    late.daemon = True
    late.start()

    def hide() -> None:
        late.cancel()
        late.join()
        status.stop()

    with leaving.undone(hide):
        yield lambda text: status.update(Text(plain(_translator()(text))))
