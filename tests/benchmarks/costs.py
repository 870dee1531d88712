"""What runs cost: wall time, CPU time and memory of commands, each a process of its own."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KPI = (sys.executable, "-m", "kpicli")
BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss


def compiled() -> None:
    """Compile kpi to byte code: pip does that with what it installs, as it did with the others.

    A work tree is compiled by its first run, unless the environment forbids it; then every run
    would compile all of it anew.
    """
    if not compileall.compile_dir(ROOT / "kpicli", quiet=1):
        sys.exit("kpi cannot be compiled here, and its times would be those of compiling")


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What runs cost: the least wall time and CPU time, and the greatest memory."""

    seconds: float
    cpu: float
    mb: float

    @classmethod
    def of(cls, runs: Sequence[Cost]) -> Cost:
        """Sum up runs of the same thing: what disturbs a run only adds to its time."""
        return cls(
            seconds=min(run.seconds for run in runs),
            cpu=min(run.cpu for run in runs),
            mb=max(run.mb for run in runs),
        )

    def cells(self) -> str:
        """Write the cells of a table."""
        return f"{self.seconds:.2f} | {self.cpu:.2f} | {self.mb:,.0f}"

    def times(self, other: Cost) -> str:
        """Write how many times another cost this is."""
        ratios = (self.seconds / other.seconds, self.cpu / other.cpu, self.mb / other.mb)
        return " | ".join(f"{ratio:.2f}" for ratio in ratios)


def measured(command: Sequence[str], output: Path) -> Cost:
    """Run a command to its end, its stdout into a file; a failure ends the benchmark.

    The memory of this process would count as the child's: it imports nothing heavy.
    """
    with output.open("wb") as file:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=file, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command[1:])} ended with {process.returncode}")
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(seconds=seconds, cpu=cpu, mb=usage.ru_maxrss * BYTES_PER_UNIT / 1e6)


def rounds(commands: Mapping[str, Sequence[str]], repeat: int, scratch: Path) -> dict[str, Cost]:
    """Run all commands in turn, `repeat` times; what they print stays in scratch/<name>."""
    runs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(repeat):
        for name, command in commands.items():
            runs[name].append(measured(command, scratch / name))
    return {name: Cost.of(costs) for name, costs in runs.items()}
