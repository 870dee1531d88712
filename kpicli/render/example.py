"""The worked example of a card: tables in, values out."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from kpicli.language.cases import Case
from kpicli.locales import ENGLISH, Locale


def example(case: Case, locale: Locale) -> Iterator[str]:
    """Yield a case as text, line by line."""
    sentence = f": {case.name}" if locale.code == ENGLISH else ""
    yield f"\n{locale('example')}{sentence}\n"
    for table, text in case.tables.items():
        yield f"  {table}\n"
        yield from (f"    {line}\n" for line in _aligned(text))
    for name, value in case.body.get("params", {}).items():
        yield f"  {name} = {value}\n"
    named = case.body.get("period") or ", ".join(map(str, case.body.get("periods", ())))
    by = "".join(f" {dimension}" for dimension in case.body.get("by", ()))
    yield f"  {locale('gives')} ({named}{by})\n"
    yield from (f"    {line}\n" for line in _given(case.body["gives"]))


def _aligned(text: str) -> list[str]:
    rows = [shlex.split(line) for line in text.strip().splitlines()]
    width = max(len(row) for row in rows)
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    sizes = [max(len(row[place]) for row in rows) for place in range(width)]
    return [
        "  ".join(f"{cell:<{size}}" for cell, size in zip(row, sizes, strict=True)).rstrip()
        for row in rows
    ]


def _given(gives: Any) -> Iterator[str]:  # noqa: ANN401 (whatever a case file holds)
    """Yield what comes out: a value, the fields of one, or those of several cells."""
    if not isinstance(gives, Mapping):
        yield _number(gives)
    elif any(isinstance(value, Mapping) for value in gives.values()) and "value" not in gives:
        for cell, value in gives.items():
            yield f"{cell}: {'; '.join(_given(value))}"
    else:
        yield ", ".join(f"{name} {_number(value)}" for name, value in gives.items())


def _number(value: Any) -> str:  # noqa: ANN401 (whatever a case file holds)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_number(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "null" if value is None else str(value).replace("~", "≈")
