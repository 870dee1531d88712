"""What is read as it stands and may be meant otherwise: nothing proves it, so it is told."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from kpicli.config import Source
from kpicli.intake.exports import Export, File
from kpicli.intake.ledger import shown
from kpicli.intake.mapping import headers
from kpicli.intake.values.cells import Reading
from kpicli.intake.values.formats import without_time
from kpicli.intake.values.judge import PLACE
from kpicli.model import Type

_SAMPLE = 2000
_SPOILT = r"^[+-]?\d([.,]\d+)?[eE]\+\d{1,3}$"
"""A long number as a spreadsheet shows it; without the plus it may be letters and digits."""


def tell(export: Export, file: File, sound: pl.DataFrame, readings: Mapping[str, Reading]) -> None:
    """Look through the rows of a file that are in use; what is told is in the export."""
    _totals(export, file, sound, readings)
    _spoilt_ids(export, file, sound, readings)
    for column in file.columns:
        reading = readings[column.name]
        is_dated = reading.column.type is Type.TS and without_time(reading.formats)
        if is_dated and sound[column.name].null_count() < sound.height:
            export.dated.setdefault(column.name, (file.ledger.file, column.shown))


def _totals(
    export: Export, file: File, sound: pl.DataFrame, readings: Mapping[str, Reading]
) -> None:
    """Warn of rows that look like totals.

    What a row is known by is the likeliest place of such a word; elsewhere, in the name of a
    product say, it must look like none of the other rows.
    """
    if not isinstance(export.source, Source):
        return  # no row finds a total that is looked up
    ids = {
        place
        for column in file.columns
        if readings[column.name].column.type is Type.ID
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


def _spoilt_ids(
    export: Export, file: File, sound: pl.DataFrame, readings: Mapping[str, Reading]
) -> None:
    """Warn of ids that a spreadsheet has cut to a few digits, by the first rows."""
    first = sound.head(_SAMPLE)
    for column in file.columns:
        kind = readings[column.name].column
        if kind.type is not Type.ID or not column.places:
            continue
        spoilt = first.filter(first[column.name].str.contains(_SPOILT))
        if spoilt.height:
            place, cell = spoilt.select(PLACE, column.name).sort(PLACE).row(0)
            export.warnings.append(
                f"{export.name}: {file.ledger.file}:{file.text.line_of(place)}: "
                f"'{shown(cell, person=kind.person)}' in {column.shown} is an id of which a "
                "spreadsheet has cut the digits, so several may read as one; export ids as text"
            )
