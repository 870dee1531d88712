"""Runs `kpi` as its users do: as a process, in a pipe or in a terminal; or inside of the tests."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

import typer.main

from kpicli.cli import speech, talk
from kpicli.cli.app import ended

KPI = (str(Path(sys.executable).parent / "kpi"),)
_command = cache(typer.main.get_command)  # put together once: it takes as long as a small answer


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a run ended, and what it said."""

    code: int
    out: str
    err: str


def kpi(*arguments: str, cwd: Path, **environment: str) -> Ended:
    """Run `kpi` without a terminal, its stdin closed."""
    done = subprocess.run(
        [*KPI, *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )
    return Ended(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


def inside(*arguments: str, cwd: Path, **environment: str) -> Ended:
    """Run `kpi` in this process: for what it says and writes, where a start would cost the most."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", ["kpi", *arguments]),
        mock.patch.object(typer.main, "get_command", _command),
        mock.patch.dict(os.environ, environment),
    ):
        talk.speak(speech.asked(arguments))
        code = ended()
    texts = []
    for stream in (out, err):
        stream.seek(0)
        texts.append(stream.read())
    return Ended(code=code, out=texts[0], err=texts[1])


def shell(script: str, *, cwd: Path) -> Ended:
    """Run a line of shell in which `kpi` stands for the command; the environment is cron's."""
    called = " ".join(f"'{part}'" for part in KPI)
    done = subprocess.run(
        ["/bin/bash", "-c", f'set -o pipefail; kpi() {{ {called} "$@"; }}; {script}'],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(cwd)},
    )
    return Ended(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


def terminal(*arguments: str, cwd: Path, columns: int = 120, **environment: str) -> str:
    """Run `kpi` with stdout in a terminal of so many columns; return what it wrote there."""
    return watched([*KPI, *arguments], cwd=cwd, columns=columns, talk=False, **environment)


def watched(
    command: Sequence[str], *, cwd: Path, columns: int = 120, talk: bool = True, **environment: str
) -> str:
    """Run a command in a terminal, with its talk or without; return all that it wrote there."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    given = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "COLUMNS", "FORCE_COLOR"}}
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs if talk else subprocess.DEVNULL,
        env={**given, "TERM": "xterm-256color", **environment},
    )
    os.close(theirs)
    pieces = []
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the terminal is gone with the process
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(ours)
    process.wait()
    return b"".join(pieces).decode().replace("\r\n", "\n")
