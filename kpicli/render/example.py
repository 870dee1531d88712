"""The worked example of a card: tables in, values out."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kpicli.language.cases import Case
from kpicli.locales import ENGLISH, Locale
from kpicli.render.columns import folded, tied

_INDENT = 4
_GAP = "  "


def example(case: Case, locale: Locale, width: int | None) -> Iterator[str]:
    """Yield a case as text, line by line; `width` is that of the terminal, None off one."""
    sentence = f": {case.name}" if locale.code == ENGLISH else ""
    yield "\n"
    yield from folded(f"{locale('example')}{sentence}", width)
    lead = " " * _INDENT
    for table, text in case.tables.items():
        yield f"  {table}\n"
        for line in _aligned(text, width):
            yield from folded(f"{lead}{line}", width)
    for name, value in case.body.get("params", {}).items():
        yield from folded(f"  {name} = {value}", width)
    named = case.body.get("period") or ", ".join(map(str, case.body.get("periods", ())))
    by = "".join(f" {dimension}" for dimension in case.body.get("by", ()))
    yield from folded(f"  {locale('gives')} ({named}{by})", width)
    for line in _given(case.body["gives"]):
        yield from folded(f"{lead}{line}", width)


def _aligned(text: str, width: int | None) -> Iterator[str]:
    """Yield a table; in a terminal too narrow for it, its columns in parts that begin alike."""
    rows = [shlex.split(line) for line in text.strip().splitlines()]
    size = max(len(row) for row in rows)
    rows = [[*row, *[""] * (size - len(row))] for row in rows]
    sizes = [max(len(row[place]) for row in rows) for place in range(size)]
    for part in _parts(sizes, width):
        for row in rows:
            yield _GAP.join(f"{row[place]:<{sizes[place]}}" for place in part).rstrip()


def _parts(sizes: Sequence[int], width: int | None) -> list[list[int]]:
    """Return the places of columns that fit side by side; the first stands in every part."""
    first, *others = range(len(sizes))
    parts = [[first]]
    for place in others:
        taken = sum(sizes[one] + len(_GAP) for one in parts[-1]) + sizes[place]
        if width is not None and _INDENT + taken > width and len(parts[-1]) > 1:
            parts.append([first])
        parts[-1].append(place)
    return parts


def _given(gives: Any) -> Iterator[str]:  # noqa: ANN401 (whatever a case file holds)
    """Yield what comes out: a value, the fields of one, or those of several cells."""
    if not isinstance(gives, Mapping):
        yield _number(gives)
    elif any(isinstance(value, Mapping) for value in gives.values()) and "value" not in gives:
        for cell, value in gives.items():
            yield f"{cell}: {'; '.join(_given(value))}"
    else:
        yield ", ".join(_named(name, value) for name, value in gives.items())


def _named(name: str, value: Any) -> str:  # noqa: ANN401 (whatever a case file holds)
    return tied(f"{name} {_number(value)}")


def _number(value: Any) -> str:  # noqa: ANN401 (whatever a case file holds)
    if isinstance(value, Mapping):
        return ", ".join(_named(name, inner) for name, inner in value.items())
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "null" if value is None else str(value).replace("~", "≈")
