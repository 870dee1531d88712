"""Headers that say what a table lacks, but whose cells are not read as dates."""

from __future__ import annotations

import re

from kpicli.errors import Problem
from kpicli.model.synonyms import synonyms
from kpicli.proposal.profile import Kind, Profile
from kpicli.proposal.quoting import quoted
from kpicli.proposal.types import Draft
from kpicli.proposal.words import likeness

_LIKE = 0.8
_EXCEL = re.compile(r"[2-5]\d{4}([.,]\d+)?")


def undated(draft: Draft) -> Problem | None:
    """Return what is wrong with the times that a draft lacks; None where no header says them."""
    for lack in draft.lacks:
        if not draft.table.columns[lack].type.is_time:
            continue
        found = _said(draft, lack)
        if found is None:
            return None
        origin = f"{{from: {quoted(found.header)}, format:"
        excel = all(map(_EXCEL.fullmatch, found.cells))
        return Problem(
            message=f"{draft.sheet.title} looks like {draft.table.name}, but the cells of "
            f"'{found.header}' are not read as dates, which {lack} needs",
            hint=f"they may be days as Excel counts them: {lack}: {origin} excel}}"
            if excel
            else "export dates such as 2025-03-31, or say how they are written: "
            f'{lack}: {origin} "%d.%m.%Y"}}',
        )
    return None


def _said(draft: Draft, column: str) -> Profile | None:
    """Return the header that is called as a column is, though its cells are no dates."""
    known = synonyms().headers(draft.table.name, column)
    profiles = [draft.sheet.profiles[name] for name in draft.sheet.names if name]
    others = [
        one
        for one in profiles
        if one.header not in draft.used and one.cells and one.kind is not Kind.TIME
    ]
    likely = [(max(likeness(one.header, name) for name in known), one) for one in others]
    best = max(likely, key=lambda found: found[0], default=None)
    return best[1] if best is not None and best[0] >= _LIKE else None
