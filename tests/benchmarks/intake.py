"""Measure what reading costs: damage, encodings and packing beside a clean file, and large files.

python -m tests.benchmarks.intake [--megabytes 100] [--repeat 3] [--large 2000]

Every run is a process of its own and computes two metrics of one export. Prints the tables of the
README in its form. Exit code 1: a limit is missed, or the numbers differ.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.costs import HERE, KPI, Cost, compiled, measured

GREATEST_TIME = 6.0  # of one damaged line, as a multiple of the clean file
GREATEST_MEMORY = 1.6  # of any form of the file, as a multiple of the clean file
LARGEST = 2_000  # MB of memory, for a file as large
ROWS = 100_000  # rows that are made at a time
MIDDLE = 2  # piece before which the damage stands
METRICS = ("revenue", "average_order_value")
CONFIG = """\
timezone: Europe/Moscow
as_of: 2025-12-31
intake: {max_rejected: 1%}
sources:
  orders:
    table: orders
    files: orders.csv
    columns:
      order_id: ID
      ordered_at: Дата
      amount: Сумма
      customer_id: Клиент
      status: {from: Этап, values: {Успешно: completed, Отказ: cancelled}}
"""
HEADER = "ID;Дата;Сумма;Клиент;Этап;Комментарий\n"


def rows(megabytes: float) -> Iterator[str]:
    """Yield an export of that size as UTF-8, piece by piece: about 130 bytes a row."""
    yield HEADER
    size, number = 0, 0
    while size < megabytes * 1e6:
        piece = "".join(
            f"{n};{n % 28 + 1:02d}.{n % 12 + 1:02d}.2025 {n % 24:02d}:{n % 60:02d};"
            f"{n % 9000},{n % 100:02d};Клиент {n * 7919 % 50_000};"
            f'{"Отказ" if n % 9 == 0 else "Успешно"};"Заказ с сайта; доставка {n % 17}"\n'
            for n in range(number, number + ROWS)
        )
        number += ROWS
        size += len(piece.encode())
        yield piece


def text_in(encoding: str) -> Callable[[Path, Iterator[str]], None]:
    """Return what writes the rows in an encoding."""

    def write(path: Path, pieces: Iterator[str]) -> None:
        with path.open("w", encoding=encoding, newline="") as file:
            file.writelines(pieces)

    return write


def with_bytes(damage: bytes) -> Callable[[Path, Iterator[str]], None]:
    """Return what writes the rows with a damaged line after the first piece."""

    def write(path: Path, pieces: Iterator[str]) -> None:
        with path.open("wb") as file:
            for place, piece in enumerate(pieces):
                if place == 2:
                    file.write(damage)
                file.write(piece.encode())

    return write


def packed(path: Path, pieces: Iterator[str]) -> None:
    """Write the rows packed."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        for piece in pieces:
            file.write(piece.encode())


def broken_lines(path: Path, pieces: Iterator[str]) -> None:
    """Write the rows with a line break inside each tenth one."""
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece.replace("доставка 7", "доставка\n7").encode())


CLEAN, DAMAGED = "clean, UTF-8", "one line with too few cells"
FORMS: Mapping[str, Callable[[Path, Iterator[str]], None]] = {
    CLEAN: text_in("utf-8"),
    DAMAGED: with_bytes(b"1;2\n"),
    "one quote that is never closed": with_bytes(b'1;2;3;4;5;"6\n'),
    "one byte that is no text": with_bytes(b"1;01.01.2025 00:00;1,00;A;B;\xff\n"),
    "line breaks in one row of 17": broken_lines,
    "cp1251": text_in("cp1251"),
    "UTF-16": text_in("utf-16"),
    "packed with gzip": packed,
}


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What a form of the file costs, and what was computed from it."""

    cost: Cost
    values: object


def measure(form: str, megabytes: float, repeat: int) -> Measure:
    """Write a form of the file, compute from it, and forget it."""
    (HERE / "data").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kpi-intake-", dir=HERE / "data") as name:
        folder = Path(name)
        (folder / "kpi.yaml").write_text(CONFIG, encoding="utf-8")
        FORMS[form](folder / "orders.csv", rows(megabytes))
        output = folder / "out.json"
        command = [*KPI, "compute", *METRICS, "-c", str(folder / "kpi.yaml"), "-f", "json"]
        runs = [measured(command, output) for _ in range(repeat)]
        results = json.loads(output.read_bytes())["results"]
        return Measure(cost=Cost.of(runs), values=[result["value"] for result in results])


def say(line: str) -> None:
    """Write a line of the table as soon as it is known."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure all forms, or one large clean file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--large", type=float, help="measure a clean file of so many MB alone")
    asked = parser.parse_args()
    compiled()
    if asked.large:
        sys.exit(large(asked.large))
    say(f"| {asked.megabytes:,.0f} MB | seconds | CPU seconds | peak MB | ÷ clean | CPU | MB |")
    say("|---|--:|--:|--:|--:|--:|--:|")
    clean = measure(CLEAN, asked.megabytes, asked.repeat)
    missed = []
    for form in FORMS:
        found = clean if form == CLEAN else measure(form, asked.megabytes, asked.repeat)
        say(f"| {form} | {found.cost.cells()} | {found.cost.times(clean.cost)} |")
        if found.values != clean.values:
            missed.append(f"{form}: other numbers than the clean file")
        if found.cost.cpu > GREATEST_TIME * clean.cost.cpu:
            missed.append(f"{form}: more than {GREATEST_TIME} times the time of the clean file")
        if found.cost.mb > GREATEST_MEMORY * clean.cost.mb:
            missed.append(f"{form}: more than {GREATEST_MEMORY} times the memory of the clean file")
    sys.exit("\n".join(missed) or None)


def large(megabytes: float) -> str | None:
    """Measure a large file; return what is wrong."""
    cost = measure(CLEAN, megabytes, 1).cost
    say(f"| {megabytes:,.0f} MB | {cost.cells()} |")
    return f"more than {LARGEST:,} MB of memory" if cost.mb > LARGEST else None


if __name__ == "__main__":
    main()
