"""Intake: exports become canonical frames, and every row of them is accounted for.

`files` finds the inputs and `sniff` tells how they are written; `structure` makes sure that every
line is a row, with `salvage` for those that are none; `exports` finds the columns, `formats` and
`guesses` how dates and numbers are written; `cells` parses (times in `instants`, numbers without
their `signs`) and `judge` refuses. `source` reads one source with all of this: `folding` makes one
row per key, `lookups` bring columns from second exports. `reader` reads all sources, and `tables`
joins them: `joined` of a table's files, one row per key (`keys`), checked by `rules` and for its
`references`, within its `budget` and of sufficient `freshness`. What was read, left out and refused
is in the ledger.
"""

from kpicli.intake.freshness import Freshness
from kpicli.intake.ledger import FileLedger, Note, Outcome, RefusedError, Reject
from kpicli.intake.references import Linked
from kpicli.intake.tables import Depth, Loaded, peek, read

__all__ = [
    "Depth",
    "FileLedger",
    "Freshness",
    "Linked",
    "Loaded",
    "Note",
    "Outcome",
    "RefusedError",
    "Reject",
    "peek",
    "read",
]
