"""Measure kpi beside DuckDB and pandas: the same numbers from the same files.

python -m tests.benchmarks.run [--scale 1] [--repeat 3] [--scaling]

Every run is a process of its own; the tools take turns, so that whatever else the machine does
falls on all of them alike. Prints the tables of the README in its form. Exit code 1: the numbers
differ, or a limit is missed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from tests.benchmarks.costs import HERE, KPI, ROOT, Cost, compiled, measured, rounds

TOLERANCE = 1e-9  # kpi writes twelve digits
SLOWEST_START = 0.2
GREATEST_GROWTH = 11
GREATEST_TIME = 1.0  # as a part of what DuckDB takes, a query per KPI
GREATEST_MEMORY = 1.5
GREATEST_WHOLE = 2.5  # the whole catalogue on all tables, as a multiple of the KPI set
PLAIN = "DuckDB, plain"
CLOCKS = ("calendar", "business")
CLOCKED = ("first_response_time", "average_resolution_time")  # nearly two million durations
SHOWN = 20
SMALLEST = 0.01

Values: TypeAlias = Mapping[str, Mapping[str, float | None]]


def prepared(scale: float) -> Path:
    """Return the folder with the data, made if need be, and read once to warm the page cache."""
    command = [sys.executable, "-m", "tests.benchmarks.generate", "--scale", f"{scale:g}"]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    folder = HERE / "data" / f"{scale:g}"
    for path in folder.glob("*.csv"):
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass
    return folder


def kpi_values(path: Path) -> Values:
    """Return the values of a report; `metric.part` holds statistics, companions and n."""
    found: dict[str, dict[str, float | None]] = {}
    for result in json.loads(path.read_bytes())["results"]:
        month, name = result["period"]["label"], result["metric"]
        found.setdefault(name, {})[month] = result["value"]
        for part, value in {**result["stats"], **result["beside"], "n": result["n"]}.items():
            found.setdefault(f"{name}.{part}", {})[month] = value
    return found


def differences(kpi: Values, other: Values) -> Iterator[str]:
    """Tell where `other` gives another value than kpi, or leaves a metric out.

    A query that groups by month has no row for a month in which nothing happened: 0 in kpi.
    """
    for name in kpi:
        if "." not in name and name not in other:
            yield f"{name}: not there"
    for name, by_month in other.items():
        here = kpi.get(name, {})
        for month in sorted({*here, *by_month}):
            ours, theirs = here.get(month), by_month.get(month)
            if month not in by_month:
                same = not ours
            elif ours is None or theirs is None:
                same = ours is theirs
            else:
                same = math.isclose(ours, theirs, rel_tol=TOLERANCE)
            if not same:
                yield f"{name} {month}: kpi {ours}, here {theirs}"


def compared(kpi: Values, others: Mapping[str, Values]) -> list[str]:
    """Return how the tools differ from kpi, the first differences of each."""
    problems = []
    for tool, values in others.items():
        found = list(differences(kpi, values))
        problems += [f"{tool}: {text}" for text in found[:SHOWN]]
        if len(found) > SHOWN:
            problems.append(f"{tool}: and {len(found) - SHOWN} more")
    return problems


def compute(folder: Path, output: Path, name: str = "kpi.yaml") -> list[str]:
    """Return the command with which kpi computes its report."""
    config = str(folder / name)
    return [*KPI, "compute", "-c", config, "-f", "json", "-o", str(output)]


def by_hand(script: str, *arguments: str | Path) -> list[str]:
    """Return the command that runs a script of this folder."""
    return [sys.executable, str(HERE / script), *map(str, arguments)]


def start_up(repeat: int, scratch: Path) -> tuple[list[str], list[str]]:
    """Return the lines of the table of start-up times, and what is wrong."""
    lines = ["| start-up | seconds | polars imported |", "|---|--:|---|"]
    problems = []
    for option in ("--version", "--help"):
        seconds = min(measured([*KPI, option], scratch / "start").seconds for _ in range(repeat))
        traced = [sys.executable, "-X", "importtime", *KPI[1:], option]
        told = subprocess.run(traced, check=True, cwd=ROOT, capture_output=True, text=True)
        imports = re.search(r"\|\s+polars$", told.stderr, re.MULTILINE) is not None
        lines.append(f"| `kpi {option}` | {seconds:.2f} | {'yes' if imports else 'no'} |")
        if imports:
            problems.append(f"kpi {option} imports polars")
        if seconds >= SLOWEST_START:
            problems.append(f"kpi {option} takes {seconds:.2f} s, and {SLOWEST_START} is allowed")
    return lines, problems


def beside(costs: Mapping[str, Cost], scale: float, folder: Path, repeat: int) -> list[str]:
    """Return the lines of the table that sets kpi beside the others."""
    size = sum(path.stat().st_size for path in folder.glob("*.csv"))
    versions = ", ".join(f"{name} {version(name)}" for name in ("polars", "duckdb", "pandas"))
    cores, python = os.cpu_count(), f"{sys.version_info.major}.{sys.version_info.minor}"
    least = f"Least time and greatest memory of {repeat} runs"
    lines = [
        f"Scale {scale:g}: {size / 1e6:,.0f} MB of CSV. {least}.",
        f"{cores} cores, Python {python}, {versions}.",
        "",
        "| | seconds | CPU seconds | peak MB | kpi ÷ this: seconds | CPU | MB |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    kpi = costs["kpi"]
    for tool, cost in costs.items():
        ratios = " | | " if tool == "kpi" else kpi.times(cost)
        lines.append(f"| {tool} | {cost.cells()} | {ratios} |")
    return lines


def beyond(kpi: Cost, duckdb: Cost) -> list[str]:
    """Return which of its bounds kpi misses beside DuckDB."""
    time_ratio, memory_ratio = kpi.seconds / duckdb.seconds, kpi.mb / duckdb.mb
    problems = []
    if time_ratio > GREATEST_TIME:
        problems.append(f"kpi takes {time_ratio:.2f} times the time of DuckDB")
    if memory_ratio > GREATEST_MEMORY:
        problems.append(f"kpi takes {memory_ratio:.2f} times the memory of DuckDB")
    return problems


def whole_catalogue(
    kpi: Cost, whole: Cost, clocks: Mapping[str, Cost]
) -> tuple[list[str], list[str]]:
    """Return the lines of the table of the whole catalogue, and what is wrong."""
    lines = [
        "| kpi | seconds | CPU seconds | peak MB |",
        "|---|--:|--:|--:|",
        f"| the KPI set | {kpi.cells()} |",
        f"| the whole catalogue, all tables | {whole.cells()} |",
        f"| times | {whole.times(kpi)} |",
        *(f"| {' and '.join(CLOCKED)}, clock={c} | {clocks[c].cells()} |" for c in CLOCKS),
    ]
    times = whole.seconds / kpi.seconds
    if times <= GREATEST_WHOLE:
        return lines, []
    return lines, [f"the whole catalogue takes {times:.1f} times the time of the KPI set"]


def growth(small: Cost, large: Cost, scale: float) -> tuple[list[str], list[str]]:
    """Return the lines of the table of growth, and what is wrong."""
    lines = [
        "| kpi | seconds | CPU seconds | peak MB |",
        "|---|--:|--:|--:|",
        f"| scale {scale / 10:g} | {small.cells()} |",
        f"| scale {scale:g} | {large.cells()} |",
        f"| growth | {large.times(small)} |",
    ]
    grown = large.seconds / small.seconds
    if grown <= GREATEST_GROWTH:
        return lines, []
    return lines, [f"10 times the rows cost {grown:.1f} times the time"]


def main() -> None:
    """Read the command line, measure, compare and print."""
    parser = argparse.ArgumentParser(description="Measure kpi beside DuckDB and pandas.")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is a million tickets")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each tool")
    parser.add_argument("--scaling", action="store_true", help="also a tenth of the scale")
    parser.add_argument("--whole", action="store_true", help="also the whole catalogue")
    given = parser.parse_args()
    if given.scale < SMALLEST:
        parser.error(f"--scale is at least {SMALLEST}: below it some months hold too little")
    load = os.getloadavg()[0]
    if load > 1:
        sys.stderr.write(f"the machine is busy (load {load:.1f}): the figures may be too high\n")
    compiled()
    folder = prepared(given.scale)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        commands = {
            "kpi": compute(folder, scratch / "kpi.json"),
            PLAIN: by_hand("duckdb_kpis.py", HERE / "sql" / "plain.sql", folder),
            "DuckDB, tuned": by_hand("duckdb_kpis.py", HERE / "sql" / "tuned.sql", folder),
            "pandas": by_hand("pandas_kpis.py", folder),
        }
        others = [tool for tool in commands if tool != "kpi"]
        if given.scaling:
            tenth = prepared(given.scale / 10)
            commands["a tenth"] = compute(tenth, scratch / "tenth.json")
        if given.whole:
            commands["whole"] = compute(folder, scratch / "whole.json", "whole.yaml")
            for clock in CLOCKS:
                options = ["--param", f"clock={clock}", *CLOCKED]
                commands[clock] = [*commands["whole"], *options]
        costs = rounds(commands, given.repeat, scratch)
        found = {tool: json.loads((scratch / tool).read_bytes()) for tool in others}
        problems = compared(kpi_values(scratch / "kpi.json"), found)
        started, slow = start_up(max(given.repeat, 5), scratch)
    small, whole = costs.pop("a tenth", None), costs.pop("whole", None)
    clocks = {clock: costs.pop(clock) for clock in CLOCKS if clock in costs}
    lines = [*beside(costs, given.scale, folder, given.repeat), ""]
    problems += slow
    if given.scale == 1:  # the bounds are those of scale 1
        problems += beyond(costs["kpi"], costs[PLAIN])
    if whole is not None:
        told, beyond_whole = whole_catalogue(costs["kpi"], whole, clocks)
        lines += [*told, ""]
        problems += beyond_whole
    if small is not None:
        grown, steep = growth(small, costs["kpi"], given.scale)
        lines += [*grown, ""]
        problems += steep
    sys.stdout.write("\n".join([*lines, *started, ""]))
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
