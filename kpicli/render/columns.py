"""Text in columns and lines that an ordinary terminal shows whole: nothing is cut."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from kpicli.intake import FileLedger
from kpicli.locales import Locale

WIDTH = 80
TIE = "\x1f"
"""A space at which a line must not break."""
COUNTS = ("read", "used", "folded", "filtered", "rejected", "duplicate")
"""What becomes of rows: the first is the sum of the others."""


def counts_of(ledgers: Iterable[FileLedger], locale: Locale) -> list[str]:
    """Return the sums of COUNTS over files, as people read them."""
    listed = list(ledgers)
    return [locale.count(sum(getattr(ledger, name) for ledger in listed)) for name in COUNTS]


def aligned(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, indent: int, width: int
) -> Iterator[str]:
    """Yield a table whose first column is text and whose others are numbers.

    Where it would be wider than `width`, the text stands on a line of its own above its numbers.
    """
    cells = [heads, *rows]
    sizes = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    gap = "  "
    numbers = indent + sum(sizes[1:]) + len(gap) * (len(sizes) - 1)
    apart = numbers + sizes[0] > width
    for row in cells:
        right = gap.join(f"{cell:>{size}}" for cell, size in zip(row[1:], sizes[1:], strict=True))
        if apart:
            yield f"{' ' * indent}{row[0]}\n"
            yield f"{' ' * indent}{gap}{right}\n"
        else:
            yield f"{' ' * indent}{row[0]:<{sizes[0]}}{gap}{right}\n"


def wrapped(text: str, indent: int, *, hanging: int = 2) -> Iterator[str]:
    """Yield a text in lines that an ordinary terminal shows whole; no word is ever cut."""
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        yield line.replace(TIE, " ") + "\n"
