"""The ledger: what became of every row of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

SHOWN = 20
"""How many places of one reason are kept, unless all are asked for."""
_WIDEST = 40


class Outcome(StrEnum):
    """What became of a row because of what was found in it."""

    REJECTED = "rejected"  # the row is out
    DUPLICATE = "duplicate"  # the row is out: another one with its key counts
    EMPTIED = "emptied"  # the row is used, the cell reads as empty, or as what stands for it
    IMPOSSIBLE = "impossible"  # the row is used; metrics that read the values leave it out by name


class Reject(Struct, frozen=True, kw_only=True):
    """One row or cell that could not be used as it stands: where it is, and why.

    `column` is the header of the mapped cell that failed, None where the whole line did; `value` is
    that cell, cut to 40 characters, and withheld in columns that name people.
    """

    line: int
    column: str | None
    value: str | None
    reason: str
    outcome: Outcome = Outcome.REJECTED


class Note(Struct, frozen=True, kw_only=True):
    """Something that was found out and not declared, with what it rests on."""

    what: str
    evidence: str


class FileLedger(Struct, kw_only=True):
    """read = used + folded + filtered + rejected + duplicate; blank lines are no rows.

    `reasons` counts rejected rows, `changed` cells that read otherwise than written, `doubled`
    duplicate rows and `impossible` used rows with impossible values, each by what was found. By
    column, `filled` counts cells that say anything and `misread` those of them that are `changed`.
    `rejects` holds the first places of each, all of them where the ledger is `whole`.
    """

    source: str
    table: str
    file: str
    bytes: int = 0
    sha256: str = ""
    encoding: str = ""
    delimiter: str = ""
    read: int = 0
    folded: int = 0
    filtered: int = 0
    rejected: int = 0
    duplicate: int = 0
    blank: int = 0
    whole: bool = False
    reasons: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    misread: Counter[str] = field(default_factory=Counter)
    doubled: Counter[str] = field(default_factory=Counter)
    impossible: Counter[str] = field(default_factory=Counter)
    failing: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def used(self) -> int:
        """Rows that metrics see."""
        return self.read - self.folded - self.filtered - self.rejected - self.duplicate

    @property
    def most(self) -> int | None:
        """How many places of one reason are kept; None for all."""
        return None if self.whole else SHOWN

    def note(self, notes: Iterable[Note]) -> None:
        """Tell what was found out, once: a header may feed several columns."""
        self.notes = list(dict.fromkeys((*self.notes, *notes)))

    def refuse_lines(self, rejects: list[Reject]) -> None:
        """Count lines that are no rows."""
        alike: dict[str, list[Reject]] = {}
        for reject in rejects:
            alike.setdefault(reject.reason, []).append(reject)
        for reason, found in alike.items():
            self.refuse(reason, found, len(found))

    def refuse(
        self, reason: str, places: Sequence[Reject], count: int, *, fails: bool = False
    ) -> None:
        """Count rows that are rejected for one reason; where that `fails`, the run must not go on.

        Here and below `places` are as many of them as are known, and the first are kept.
        """
        self.rejected += count
        self.reasons[reason] += count
        if fails:
            self.failing[reason] += count
        self._keep(reason, places, Outcome.REJECTED)

    def tell(self, column: str, reason: str, places: Sequence[Reject], count: int) -> None:
        """Count cells of a column that are read otherwise than written."""
        self.changed[reason] += count
        self.misread[column] += count
        self._keep(reason, places, Outcome.EMPTIED)

    def double(self, reason: str, places: Sequence[Reject], count: int) -> None:
        """Count rows that are out because another one with their key counts."""
        self.duplicate += count
        self.doubled[reason] += count
        self._keep(reason, places, Outcome.DUPLICATE)

    def suspect(self, reason: str, places: Sequence[Reject], count: int) -> None:
        """Count used rows whose values cannot be."""
        self.impossible[reason] += count
        self._keep(reason, places, Outcome.IMPOSSIBLE)

    def first(self, reason: str, outcome: Outcome) -> list[Reject]:
        """Return the first places of a reason."""
        found = (r for r in self.rejects if r.reason == reason and r.outcome is outcome)
        return [reject for _, reject in zip(range(SHOWN), found, strict=False)]

    def _keep(self, reason: str, places: Sequence[Reject], outcome: Outcome) -> None:
        room = None
        if self.most is not None:
            kept = sum(r.reason == reason and r.outcome is outcome for r in self.rejects)
            room = self.most - kept
        self.rejects += [replace(p, reason=reason, outcome=outcome) for p in places[:room]]


Accounted: TypeAlias = Callable[[tuple[FileLedger, ...]], object]
"""Is called with the ledgers once the files are read, whether what they hold is refused or not.

The ledgers grow on until all is done.
"""


def shown(value: str | None, *, person: bool, widest: int = _WIDEST) -> str | None:
    """Return a cell as messages may show it."""
    if value is None:
        return None
    if person:
        return "(withheld)"
    return value if len(value) <= widest else value[: widest - 1] + "…"
