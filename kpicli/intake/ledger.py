"""The ledger: what became of every row of a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

SHOWN = 20
"""How many rejects of one reason are kept with their place."""
_WIDEST = 40


@dataclass(frozen=True, kw_only=True)
class Reject:
    """One row or cell that could not be used: where it stands and why.

    `column` is the header of the mapped cell that failed, None where the whole line did; `value` is
    that cell, cut to 40 characters, and withheld in columns that name people. `kept` says that
    only the cell was emptied.
    """

    line: int
    column: str | None
    value: str | None
    reason: str
    kept: bool = False


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that was found out and not declared, with what it rests on."""

    what: str
    evidence: str


@dataclass(kw_only=True)
class FileLedger:
    """read = used + folded + filtered + rejected + duplicate; blank lines are no rows."""

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
    reasons: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def used(self) -> int:
        """Rows that metrics see."""
        return self.read - self.folded - self.filtered - self.rejected - self.duplicate

    def refuse_lines(self, rejects: list[Reject]) -> None:
        """Count lines that are no rows."""
        for reason in dict.fromkeys(reject.reason for reject in rejects):
            alike = [reject for reject in rejects if reject.reason == reason]
            self.refuse(reason, alike[:SHOWN], len(alike))

    def refuse(self, reason: str, places: list[Reject], count: int) -> None:
        """Count rows that are rejected for one reason; keep the first places."""
        self.rejected += count
        self.reasons[reason] += count
        self._keep(places)

    def tell(self, reason: str, places: list[Reject], count: int) -> None:
        """Count cells that are read otherwise than written; keep the first places."""
        self.changed[reason] += count
        self._keep(places)

    def _keep(self, places: list[Reject]) -> None:
        seen = Counter((place.reason, place.kept) for place in self.rejects)
        for place in places:
            kind = (place.reason, place.kept)
            if seen[kind] < SHOWN:
                seen[kind] += 1
                self.rejects.append(place)


def shown(value: str | None, *, person: bool) -> str | None:
    """Return a cell as messages may show it."""
    if value is None:
        return None
    if person:
        return "(withheld)"
    return value if len(value) <= _WIDEST else value[: _WIDEST - 1] + "…"
