"""Make up the exports of a company.

python -m tests.benchmarks.generate [--scale 1] [--into FOLDER]

At scale 1 a million tickets, 600 thousand orders, 200 thousand customers, 300 thousand leads, half
a million answers and 5 thousand employees over the 24 months of 2024 and 2025: about 240 MB. The
same scale gives the same bytes. Tables are made and written in pieces, so that memory does not grow
with them.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import polars as pl

from tests.benchmarks import others
from tests.benchmarks.company import company

HERE = Path(__file__).parent
CONFIGS = ("kpi.yaml", "whole.yaml")
PARTS = ("company.py", "others.py", "draw.py", "generate.py", *CONFIGS)
STAMP = "made_by.txt"
GREATEST = 50  # beyond it a table has more rows than seconds


def write(path: Path, frames: Iterator[pl.DataFrame]) -> None:
    """Write the frames one after the other, under one header."""
    with path.open("wb") as file:
        for number, frame in enumerate(frames):
            form = "%Y-%m-%d %H:%M:%S"
            frame.write_csv(file, include_header=number == 0, datetime_format=form)


def make(scale: float, folder: Path) -> bool:
    """Write all tables and kpi.yaml, unless this very program has; say whether it had to."""
    program = b"".join((HERE / part).read_bytes() for part in PARTS)
    made_by = f"{hashlib.sha256(program).hexdigest()} at scale {scale:g}\n"
    stamp = folder / STAMP
    if stamp.is_file() and stamp.read_text("utf-8") == made_by:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    made = company(scale)
    tables: dict[str, Callable[[], Iterator[pl.DataFrame]]] = {
        "customers": made.customers,
        "leads": made.leads,
        "orders": made.orders,
        "tickets": made.tickets,
        "responses": made.responses,
        "employees": made.employees,
        "costs": made.costs,
        "interactions": partial(others.interactions, made),
        "feedback": partial(others.feedback, made),
        "quality_reviews": partial(others.quality_reviews, made),
        "goals": partial(others.goals, made),
        "market": partial(others.market, made),
    }
    for name, frames in tables.items():
        write(folder / f"{name}.csv", frames())
    for name in CONFIGS:
        (folder / name).write_bytes((HERE / name).read_bytes())
    stamp.write_text(made_by, "utf-8")
    return True


def main() -> None:
    """Read the command line and make the data."""
    parser = argparse.ArgumentParser(description="Make up the exports of a company.")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is a million tickets")
    parser.add_argument("--into", type=Path, help="default: data/<scale> beside this file")
    given = parser.parse_args()
    if not 0 < given.scale <= GREATEST:
        parser.error(f"--scale is above 0 and at most {GREATEST}")
    folder = given.into or HERE / "data" / f"{given.scale:g}"
    done = "made" if make(given.scale, folder) else "already there:"
    sys.stdout.write(f"{done} {folder.name}\n")


if __name__ == "__main__":
    main()
