"""What could not be used as it stands, as CSV: a line per row or cell, with its place and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from kpicli.intake import FileLedger
from kpicli.render.csv import guarded

COLUMNS = ("source", "table", "file", "line", "column", "value", "rule", "outcome")


def as_csv(ledgers: Iterable[FileLedger], message: Callable[[str], str]) -> Iterator[str]:
    """Yield what the ledgers hold as CSV, in UTF-8 with commas and a header, line by line.

    Ordered by source, file, line and column, so the same files give the same bytes. Text that a
    spreadsheet would take for a formula is led by an apostrophe. `message` puts why a row is here
    into the language of the run; names of rules are nobody's language.
    """
    why = cache(message)  # few reasons, many rows
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for ledger in ledgers:
        found = sorted(
            ledger.rejects, key=lambda r: (r.line, r.column or "", r.reason, r.outcome.value)
        )
        for reject in found:
            texts = (reject.column or "", reject.value or "", why(reject.reason))
            place = (*map(guarded, (ledger.source, ledger.table, ledger.file)), reject.line)
            writer.writerow([*place, *map(guarded, texts), reject.outcome.value])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()
