"""SQL texts: what `$name` becomes, and how a text becomes a polars expression.

Built-in texts are part of the package and checked by its tests. A text that a user wrote is parsed
and rebuilt by `language.gate` before polars sees it, every time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from kpicli.language.parameters import Condition, Params, Value, months_in

if TYPE_CHECKING:
    import polars as pl

FACTS = ("start", "end", "until", "as_of", "days", "months", "working_days", "per_year")
"""What an expression may read of its period: `$start` is the column `__start`, and so on.

`start` and `end` bound the period (`end` is exclusive); `until` is the end of what is covered, at
most the day after `as_of`; `days`, `months` and `working_days` count what is covered; `per_year` is
the number of such periods in a year.
"""

_NAME = re.compile(r"\$([a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*)")
_LOOKUP = re.compile(r"lookup\(\s*\$([\w.]+)\s*,\s*(\w+|'[^']*')\s*,\s*([^()]*?)\s*\)")
_MONTHS_PER_YEAR = 12


class UnknownParameterError(ValueError):
    """A text names a parameter that does not exist."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown parameter ${name}")
        self.name = name


def fact(name: str) -> str:
    """Return the column that holds a fact of the period."""
    return f"__{name}"


def names_in(text: str) -> frozenset[str]:
    """Return the `$names` in `text`, without the facts of the period."""
    return frozenset(_NAME.findall(text)) - frozenset(FACTS)


def reads_facts(text: str) -> bool:
    """Whether `text` reads a fact of the period."""
    return any(name in FACTS for name in _NAME.findall(text))


def literal(value: Value) -> str:
    """Return `value` as SQL; a list as `(a, b)`, an empty one as a list that nothing is in."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | Decimal():
            return format(value, "f") if isinstance(value, Decimal) else str(value)
        case Condition():
            return f"({value})"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case tuple():
            return "(" + ", ".join(literal(item) for item in value or ("",)) + ")"
        case Mapping():
            raise ValueError("a map is read by lookup($map, column, default)")


def expand(text: str, params: Params) -> str:
    """Return `text` with parameters as literals, facts as columns and lookups as CASE.

    Raises:
        UnknownParameterError: `text` names a parameter that does not exist.
        ValueError: a map stands outside of lookup, or lookup reads what is no map.
    """
    if "$" not in text:
        return text

    def lookup(found: re.Match[str]) -> str:
        table = _parameter(params, found[1])
        if not isinstance(table, Mapping):
            raise ValueError(f"${found[1]} is not a map")
        if found[2].startswith("'"):
            key = found[2].strip("'")
            return literal(table[key]) if key in table else f"({found[3]})"
        if not table:
            return f"({found[3]})"
        cases = " ".join(f"when {literal(k)} then {literal(v)}" for k, v in table.items())
        return f"(case {found[2]} {cases} else {found[3]} end)"

    def name(found: re.Match[str]) -> str:
        if found[1] in FACTS:
            return fact(found[1])
        return literal(_parameter(params, found[1]))

    return _NAME.sub(name, _LOOKUP.sub(lookup, text))


def without_parameters(text: str, params: Params) -> str:
    """Return `text` with nothing for parameters: what it says whatever their values are."""

    def nothing(value: Value) -> Value:
        return () if isinstance(value, tuple) else {} if isinstance(value, Mapping) else None

    read = [name for name in names_in(text) if name in params]
    return expand(text, {name: nothing(params[name]) for name in read})


def in_years(params: Params) -> dict[str, Value]:
    """Return `params` as formulas read them: a window of months stands for its length in years."""
    out = dict(params)
    for name, value in params.items():
        if isinstance(value, str) and value.endswith((" month", " months")):
            out[name] = Decimal(months_in(value) or 0) / _MONTHS_PER_YEAR
    return out


def expression(text: str, params: Params, *, trusted: bool) -> pl.Expr:
    """Return the polars expression of `text`.

    Raises:
        ValueError: a user's text is not SQL, or uses more than the language allows.
    """
    return _parsed(expand(text, params), trusted)


@lru_cache(maxsize=4096)
def _parsed(text: str, trusted: bool) -> pl.Expr:  # noqa: FBT001 (a cache key)
    import polars as pl  # noqa: PLC0415 (metrics are listed without polars)

    if not trusted:
        from kpicli.language.gate import admitted  # noqa: PLC0415 (only for a user's text)

        text = admitted(text)
    return pl.sql_expr(text)


def columns_in(text: str, params: Params, *, trusted: bool) -> tuple[str, ...]:
    """Return the columns that `text` reads, facts of the period left out, in order."""
    read = expression(text, params, trusted=trusted).meta.root_names()
    return tuple(name for name in dict.fromkeys(read) if not name.startswith("__"))


def _parameter(params: Params, name: str) -> Value:
    if name not in params:
        raise UnknownParameterError(name)
    return params[name]
