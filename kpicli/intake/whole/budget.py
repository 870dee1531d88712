"""The budget: how many rows of a source may be rejected, and what is told where some are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from kpicli.errors import Problem
from kpicli.intake.exports import Export
from kpicli.intake.ledger import FileLedger, Outcome
from kpicli.intake.text.salvage import BREAKS_BEFORE, BREAKS_OFF
from kpicli.intake.whole.freshness import Freshness
from kpicli.text import first_few

_NAMED = 3
"""Files that a message names."""


def problems(export: Export) -> list[Problem]:
    """Return why the rows of a source must not be used; nothing where they may.

    Either a value cannot be read and must fail, or more rows are rejected than the budget allows.
    """
    allowed = export.config.written.intake.max_rejected
    ledgers = [file.ledger for file in export.files]
    failing = sum(ledger.failing.total() for ledger in ledgers)
    rejected = sum(ledger.rejected for ledger in ledgers)
    total = sum(ledger.read for ledger in ledgers)
    where = ".".join(map(str, export.path))
    if failing:
        what = Problem(
            where=where,
            message=f"cells that cannot be read: {failing:,}, and intake.on_bad_value is fail",
            hint="kpi validate lists them; mend the export, or set intake.on_bad_value to empty",
        )
        return [what, *_places(ledgers, failing=True)]
    if allowed.allows(rejected, total):
        return []
    what = Problem(
        where=where,
        message=f"{rejected:,} of {total:,} rows cannot be used, and intake.max_rejected "
        f"allows {allowed}",
        hint="kpi validate lists them; mend the export, or raise intake.max_rejected",
    )
    return [what, *_places(ledgers, failing=False)]


def _places(ledgers: list[FileLedger], *, failing: bool) -> Iterator[Problem]:
    """Yield the first place of every reason."""
    for ledger in ledgers:
        for reason, number in (ledger.failing if failing else ledger.reasons).most_common():
            first = ledger.first(reason, Outcome.REJECTED)[0]
            cell = f": '{first.value}'" if first.value is not None else ""
            yield Problem(
                where=f"{ledger.file}:{first.line}",
                message=f"{reason}{cell} (rows: {number:,})",
            )


def warnings(export: Export) -> Iterator[str]:
    """Yield what is worth telling of rows and cells that could not be used, within the budget."""
    ledgers = [file.ledger for file in export.files]
    rejected = sum(ledger.rejected for ledger in ledgers)
    misread = sum((ledger.misread for ledger in ledgers), Counter[str]())
    filled = sum((ledger.filled for ledger in ledgers), Counter[str]())
    total = sum(ledger.read for ledger in ledgers)
    name = ".".join(map(str, export.path[1:]))
    if rejected:
        place = _first(ledgers, Outcome.REJECTED)
        yield f"{name}: {rejected:,} of {total:,} rows are rejected, the first at {place}"
    for ledger in ledgers:
        if torn := [r for r in ledger.rejects if r.reason in {BREAKS_OFF, BREAKS_BEFORE}]:
            yield (
                f"{name}: {ledger.file} breaks off at line {torn[0].line}: the rows behind it are "
                "missing, nobody knows how many; copy or export it again"
            )
    yield from _in_vain(export)
    told = set()  # a header that feeds two columns is told once
    for column, number in misread.items():
        shown = [c.shown for file in export.files for c in file.columns if c.name == column]
        place = _first(ledgers, Outcome.EMPTIED, shown)
        count = (shown[0], number, filled[column])
        if count not in told:
            yield (
                f"{name}: cells of {shown[0]} that cannot be read as written: {number:,} of the "
                f"{filled[column]:,} filled ones, the first at {place}"
            )
        told.add(count)


def _in_vain(export: Export) -> Iterator[str]:
    """Tell a condition that keeps no row of any file, though there are some."""
    rows = sum(file.text.rows for file in export.files)
    if rows and rows == sum(file.ledger.filtered for file in export.files):
        names = [*dict.fromkeys(file.ledger.file for file in export.files)]
        named = first_few(names, _NAMED)
        where = export.where("where")
        yield f"{where}: {export.source.where} holds for none of the {rows:,} rows of {named}"


def _first(
    ledgers: list[FileLedger], outcome: Outcome, headers: Collection[str] | None = None
) -> str:
    """Return the first place of an outcome, of all or some headers: file and line, and why."""
    for ledger in ledgers:
        found = [
            reject
            for reject in ledger.rejects
            if reject.outcome is outcome and (headers is None or reject.column in headers)
        ]
        if found:
            first = min(found, key=lambda reject: reject.line)
            return f"{ledger.file}:{first.line} ({first.reason})"
    raise AssertionError(outcome)


def stale(age: Freshness) -> Problem:
    """Return that a source is too old."""
    return Problem(
        where=f"sources.{age.source}",
        message=age.told,
        hint="export it anew, or allow more: max_age",
    )
