"""Headers that are missing since the source says wrongly how its file is written."""

from __future__ import annotations

from pathlib import Path

from kpicli.config import Origin
from kpicli.errors import InputError
from kpicli.intake.exports import lacking
from kpicli.intake.mapping import Lack
from kpicli.intake.text.sniff import Dialect, delimiter_name, sniff
from kpicli.model import Table

_WAYS = (("delimiter",), ("encoding",), ("delimiter", "encoding"))
"""Keys of the source that may be wrong."""


def explained(origin: Origin, table: Table, path: Path, lacks: list[Lack]) -> list[Lack]:
    """Return what a file lacks, and instead of headers that it has if read otherwise, just that.

    Only what is declared is called in question: what is found out was looked at already.
    """
    best = lacks
    for keys in _WAYS:
        if not lacks or any(getattr(origin, key) is None for key in keys):
            continue
        found = _read_without(origin, path, keys)
        others = [] if found is None else lacking(origin, table, found.names)
        if found is not None and len(others) < min(len(lacks), len(best)):
            best = [*(_wrong(origin, key, found) for key in keys), *others]
    return best


def _read_without(origin: Origin, path: Path, keys: tuple[str, ...]) -> Dialect | None:
    """Return how a file is written, if these keys of its source are found out."""
    try:
        return sniff(
            path,
            None if "encoding" in keys else origin.encoding,
            None if "delimiter" in keys else origin.delimiter,
            quote=origin.quote,
            header=origin.header,
        )
    except InputError:
        return None


def _wrong(origin: Origin, key: str, found: Dialect) -> Lack:
    """Return what is wrong with a key of the source."""
    if key == "delimiter":
        said, other = delimiter_name(origin.delimiter or ""), delimiter_name(found.delimiter)
        message = f"is parted by a {other}, and the source says {said}"
        hint = "leave delimiter out of the source: it is found out"
    else:
        said, other = origin.encoding or "", found.encoding
        message = f"has the headers that are asked for in {other}, and the source says {said}"
        hint = "leave encoding out of the source: it is found out"
    return Lack(path=(key,), message=message, hint=hint)
