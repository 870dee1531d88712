"""The KPI set of the benchmark in DuckDB: python duckdb_kpis.py sql/plain.sql FOLDER > values.json.

DuckDB runs with its defaults: all cores, types found by itself but for money.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import duckdb

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2025, 12, 31)

Values = dict[str, dict[str, float | None]]


def values(statements: str, folder: str) -> Values:
    """Return every KPI per month: the columns of all results that begin with a month."""
    connection = duckdb.connect(config={"file_search_path": folder})
    found: Values = {}
    for statement in connection.extract_statements(statements):
        result = connection.execute(statement)
        first, *names = [column[0] for column in result.description or ()]
        if first != "month":
            continue
        for month, *cells in result.fetchall():
            if month is None or not FIRST <= month.date() <= LAST:
                continue
            for name, cell in zip(names, cells, strict=True):
                number = None if cell is None else float(cell)
                found.setdefault(name, {})[f"{month:%Y-%m}"] = number
    return found


if __name__ == "__main__":
    json.dump(values(Path(sys.argv[1]).read_text("utf-8"), sys.argv[2]), sys.stdout)
