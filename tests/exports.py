"""Writes made-up exports as real systems write them, from the cases in YAML."""

from __future__ import annotations

import csv
import io
from typing import Any


def export(body: dict[str, Any]) -> bytes:
    """Return an export: a header line as it is, rows by header or by place.

    `second` is another header line, `footer` a last line; `quoted` puts every cell in quotes, and
    `trailing` ends every line with the delimiter.
    """
    delimiter = body.get("delimiter", ",")
    header = next(csv.reader([body["header"]], delimiter=delimiter))
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL if body.get("quoted") else csv.QUOTE_MINIMAL,
        lineterminator="\n",
    )
    writer.writerow(header)
    if "second" in body:
        writer.writerow(next(csv.reader([body["second"]], delimiter=delimiter)))
    for row in body["rows"]:
        if isinstance(row, dict):
            unknown = set(row) - set(header)
            assert not unknown, f"no header {unknown}"
        cells = [row.get(name, "") for name in header] if isinstance(row, dict) else row
        writer.writerow(cells)
    if "footer" in body:
        writer.writerow([body["footer"]])
    whole = text.getvalue()
    if body.get("trailing"):
        whole = whole.replace('"\n', f'"{delimiter}\n')
    encoded: bytes = whole.encode(body.get("encoding", "utf-8"))
    return encoded
