"""Intake: exports become canonical frames, and every row of them is accounted for.

`files` finds the inputs. `text` makes sound lines of whatever was written; `mapping` and `exports`
find the columns; `values` reads the cells. `source` reads one source with all of this: `folding`
makes one row per key, `lookups` bring columns from second exports. `reader` works through all
sources, and `tables` joins them and judges the `whole`. What was read, left out and refused is in
the `ledger`.
"""

from kpicli.intake.ledger import Accounted, FileLedger, Note, Outcome, Reject
from kpicli.intake.tables import Depth, Loaded, peek, read
from kpicli.intake.whole.freshness import Freshness
from kpicli.intake.whole.references import Linked

__all__ = [
    "Accounted",
    "Depth",
    "FileLedger",
    "Freshness",
    "Linked",
    "Loaded",
    "Note",
    "Outcome",
    "Reject",
    "peek",
    "read",
]
