"""Intake: exports become canonical frames, and every row of them is accounted for.

`files` finds the inputs and `sniff` tells how they are written; `structure` makes sure that every
line is a row, with `salvage` for those that are none; `exports` finds the columns, `formats` and
`guesses` how dates and numbers are written; `cells` parses and `judge` refuses; `source` reads one
source with all of this, `reader` all sources, and `tables` joins them. What was read, left out and
refused is in the ledger.
"""

from kpicli.intake.ledger import FileLedger, Note, Reject
from kpicli.intake.tables import Loaded, peek, read

__all__ = ["FileLedger", "Loaded", "Note", "Reject", "peek", "read"]
