"""Intake: exports become canonical frames, and every row of them is accounted for.

`files` finds the inputs, `sniff` tells how they are written, `structure` makes sure that every line
is a row, `formats` finds how dates and numbers are written, `cells` parses, `source` reads one
source, `reader` works through all of them, `tables` joins them into tables. What was read, left out
and refused is in the ledger.
"""

from kpicli.intake.ledger import FileLedger, Note, Reject
from kpicli.intake.tables import Loaded, peek, read

__all__ = ["FileLedger", "Loaded", "Note", "Reject", "peek", "read"]
