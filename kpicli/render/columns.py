"""Columns of text: numbers aligned to the right, nothing cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kpicli.intake import FileLedger

COUNTS = ("read", "used", "folded", "filtered", "rejected", "duplicate")
"""What becomes of rows: the first is the sum of the others."""


def counts_of(ledgers: Iterable[FileLedger]) -> list[str]:
    """Return the sums of COUNTS over files, as people read them."""
    listed = list(ledgers)
    return [f"{sum(getattr(ledger, name) for ledger in listed):,}" for name in COUNTS]


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
