"""Rows that may be totals: they are read, since nothing proves it, and told."""

from __future__ import annotations

import polars as pl

from kpicli.config import Source
from kpicli.intake.exports import Export, File
from kpicli.intake.ledger import shown
from kpicli.intake.mapping import headers
from kpicli.intake.values.judge import PLACE
from kpicli.model import Type


def tell(export: Export, file: File, sound: pl.DataFrame) -> None:
    """Warn of the rows in use that look like totals.

    What a row is known by is the likeliest place of such a word; elsewhere, in the name of a
    product say, it must look like none of the other rows.
    """
    if not isinstance(export.source, Source):
        return  # no row finds a total that is looked up
    columns = export.table.columns
    ids = {
        place
        for column in file.columns
        if column.name in columns and columns[column.name].type is Type.ID
        for place in column.places
    }
    for line, total in sorted(file.text.totals.items()):
        place = file.text.place_of(line)
        is_in_use = place is not None and place in sound[PLACE]
        if is_in_use and (total.is_likely or total.column in ids):
            header, word = headers(file.text.header)[total.column], total.word
            quoted = header.replace('"', '""')
            export.warnings.append(
                f"{export.name}: {file.ledger.file}:{line} is read as a row, and "
                f"{shown(header, person=False)} begins with '{word}': if it is a total, leave it "
                f"""out by where: coalesce("{quoted}", '') not like '{word}%'"""
            )
