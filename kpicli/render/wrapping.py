"""Text in pieces of so many cells: at spaces, and within a word only where it is longer itself."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells

_HANGING = 2


def pieces(text: str, size: int, *, hanging: int = _HANGING) -> list[str]:
    """Return a text in pieces of at most `size` cells, which hang where words let them."""
    lead = len(text) - len(text.lstrip())
    found, current, indent = [], "", " " * lead
    for word in text.split():
        wanted = f"{current} {word}" if current else indent + word
        if cell_len(wanted) <= size:
            current = wanted
            continue
        if current:
            found.append(current)
            indent = " " * max(0, min(lead + hanging, size - cell_len(word)))
        *whole, current = _chopped(word, size - len(indent))
        found += [indent + piece for piece in whole]
        current = indent + current
    return [*found, current]


def longest(text: str, *, hanging: int = _HANGING) -> int:
    """Return the cells that a text needs for no word of it to be cut."""
    lead = len(text) - len(text.lstrip())
    words = text.split()
    return max((cell_len(w) + lead + (hanging if i else 0) for i, w in enumerate(words)), default=0)


def _chopped(word: str, size: int) -> list[str]:
    return chop_cells(word, max(size, 1)) or [""]
