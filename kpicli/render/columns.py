"""Text in columns and lines that an ordinary terminal shows whole: nothing is cut."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kpicli.intake import FileLedger
from kpicli.locales import Locale

WIDTH = 80
_ROOM = 20
"""Cells below which a text beside a name would be too tall to read."""
_GAP = "  "
TIE = "\x1f"
"""A space at which a line must not break."""
COUNTS = ("read", "used", "folded", "filtered", "rejected", "duplicate")
"""What becomes of rows: the first is the sum of the others."""


def counts_of(ledgers: Iterable[FileLedger], locale: Locale) -> list[str]:
    """Return the sums of COUNTS over files, as people read them."""
    listed = list(ledgers)
    return [locale.count(sum(getattr(ledger, name) for ledger in listed)) for name in COUNTS]


def aligned(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, indent: int, width: int | None
) -> Iterator[str]:
    """Yield a table whose first column is text and whose others are numbers.

    Where it would be wider than `width`, the text stands on a line of its own above its numbers; in
    a terminal too narrow for these as well, every number stands behind its head. `width` is that of
    the terminal, None off one.
    """
    cells = [heads, *rows]
    sizes = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    numbers = indent + sum(sizes[1:]) + len(_GAP) * (len(sizes) - 1)
    if width is not None and numbers > width:
        yield from _named(heads, rows, indent=indent, width=width)
        return
    apart = numbers + sizes[0] > (width or WIDTH)
    for row in cells:
        right = _GAP.join(f"{cell:>{size}}" for cell, size in zip(row[1:], sizes[1:], strict=True))
        if apart:
            yield from folded(f"{' ' * indent}{row[0]}", width)
            yield f"{' ' * indent}{_GAP}{right}\n"
        else:
            yield f"{' ' * indent}{row[0]:<{sizes[0]}}{_GAP}{right}\n"


def _named(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, indent: int, width: int
) -> Iterator[str]:
    """Yield the rows of a table as text: each number behind the head of its column."""
    for row in rows:
        yield from folded(f"{' ' * indent}{row[0]}", width)
        told = (f"{head} {cell}" for head, cell in zip(heads[1:], row[1:], strict=True) if cell)
        yield from wrapped(", ".join(tied(one) for one in told), indent + 2, width)


def beside(texts: Mapping[str, str], *, indent: int, width: int | None) -> Iterator[list[str]]:
    """Yield the lines of each text beside its name; below it, where there is no room beside it."""
    size = max(map(len, texts), default=0)
    place = indent + size + len(_GAP)
    wanted = max((len(word) for text in texts.values() for word in text.split(" ")), default=0)
    for name, text in texts.items():
        lead = f"{' ' * indent}{name:<{size}}{_GAP}"
        if width is None or place + len(text) <= width:
            yield [f"{lead}{text.replace(TIE, ' ')}"]
        elif place + max(wanted, _ROOM) <= width:
            pieces = textwrap.wrap(text, width - place, break_on_hyphens=False)
            leads = [lead, *[" " * place] * len(pieces)]
            yield [f"{a}{b.replace(TIE, ' ')}" for a, b in zip(leads, pieces, strict=False)]
        else:
            under = wrapped(text, indent + 4, width)
            yield [f"{' ' * indent}{name}", *(line.rstrip("\n") for line in under)]


def tied(text: str) -> str:
    """Return a text that stays on one line as long as a line has room for it."""
    return text.replace(" ", TIE)


def wrapped(text: str, indent: int, width: int | None, *, hanging: int = 2) -> Iterator[str]:
    """Yield a text in lines that a terminal shows whole; no word is ever cut.

    `width` is that of the terminal, and that of an ordinary one off it.
    """
    size = width or WIDTH
    if width is not None:  # what is tied and has no room is untied
        room = size - indent - hanging
        words = text.split(" ")
        text = " ".join(word.replace(TIE, " ") if len(word) > room else word for word in words)
    lines = textwrap.wrap(
        text,
        size,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        yield line.replace(TIE, " ") + "\n"


def folded(text: str, width: int | None, *, hanging: int = 2) -> Iterator[str]:
    """Yield lines as they are off a terminal; those that are too long for one are wrapped.

    What is wrapped hangs on the indent of its line.
    """
    for line in text.split("\n"):
        if width is None or len(line) <= width:
            yield line.replace(TIE, " ") + "\n"
        else:
            bare = line.lstrip(" ")
            yield from wrapped(bare, len(line) - len(bare), width, hanging=hanging)
