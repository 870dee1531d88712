"""Parameters: what a definition leaves open, with its default and its meaning.

They are declared in `catalogue/parameters.yaml`, set under `params:` of a config or by `--param`,
and read in declarations as `$name`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeAlias

from kpicli.errors import did_you_mean, named_within, nearest
from kpicli.model import Type, model
from kpicli.model.types import Strict
from kpicli.yaml import shown

Value: TypeAlias = "bool | int | Decimal | str | tuple[str, ...] | Mapping[str, Decimal] | None"
Params: TypeAlias = Mapping[str, Value]

ANY = "\0"
"""Among the kept columns of a table: there are more, whose names cannot be told."""

_WINDOW = re.compile(r"([1-9]\d{0,2}) months?")


class Condition(str):
    """A condition in SQL that has passed the gate; where a parameter is text, this is none."""

    __slots__ = ()


class Kind(StrEnum):
    """The type of a parameter's value."""

    CHOICE = "choice"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    WINDOW = "window"  # `12 months`, or `all`
    LIST = "list"  # of texts; one text is a list of one
    MAP = "map"  # text to number
    CONDITION = "condition"  # SQL over the columns of a table or view, true or false


class Parameter(Strict):
    """One parameter: its type, default, bounds and meaning.

    `judgement` marks a default that no authority settles: reports name it. `optional` lets null
    through. `at_least` and `at_most` are inclusive. `values` are the choices, the words a list may
    hold, or the keys of a map. `over` is the table or view whose columns a
    condition reads.
    """

    name: str
    type: Kind
    default: Any = None
    meaning: str
    judgement: bool = False
    optional: bool = False
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    values: tuple[str, ...] = ()
    over: str | None = None

    @cached_property
    def default_value(self) -> Value:
        """The default, as a value."""
        if self.type is Kind.CONDITION:
            return Condition(self.default)  # ours, and parsing it takes long
        return self.accept(self.default)

    def accept(
        self,
        raw: Any,  # noqa: ANN401 (whatever YAML or a command line holds)
        kept: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> Value:
        """Return `raw` as a value of this parameter.

        `kept` lists the columns that the config keeps, by table: conditions may read them.

        Raises:
            ValueError: it is not one; the message says what would be.
        """
        if raw is None:
            if self.optional:
                return None
            raise ValueError("it cannot be empty")
        match self.type:
            case Kind.CHOICE:
                return self._listed(raw)
            case Kind.BOOLEAN:
                if not isinstance(raw, bool):
                    raise ValueError(f"{shown(raw)} is not true or false")
                return raw
            case Kind.INTEGER:
                if isinstance(raw, bool) or not isinstance(raw, int):
                    raise ValueError(f"{shown(raw)} is not a whole number")
                self._bounded(Decimal(raw))
                return raw
            case Kind.DECIMAL:
                return self._bounded(_decimal(raw))
            case Kind.WINDOW:
                return self._window(raw)
            case Kind.LIST:
                items = raw if isinstance(raw, list | tuple) else [raw]
                return tuple(self._listed(item) for item in items)
            case Kind.MAP:
                if not isinstance(raw, Mapping):
                    raise ValueError(f"{shown(raw)} is not a map: write it as {{name: number}}")
                return {self._listed(k): self._bounded(_decimal(n)) for k, n in raw.items()}
            case Kind.CONDITION:
                return self._condition(raw, kept)

    def _window(self, raw: Any) -> str:  # noqa: ANN401 (whatever YAML or a command line holds)
        if raw != "all" and not (isinstance(raw, str) and _WINDOW.fullmatch(raw)):
            raise ValueError(f"{shown(raw)} is not a window: write '12 months', or 'all'")
        if raw == "all" and "all" not in self.values:
            raise ValueError("a length is needed, and 'all' has none: write '12 months'")
        return str(raw)

    def _condition(
        self,
        raw: Any,  # noqa: ANN401 (whatever YAML or a command line holds)
        kept: Mapping[str, tuple[str, ...]],
    ) -> Condition:
        if not isinstance(raw, str):
            raise ValueError(f"{shown(raw)} is not a condition: write it in SQL")
        relation = model().relation(self.over or "")
        column = relation.columns.get(raw) if relation is not None else None
        if column is not None and column.type is Type.BOOL:
            return Condition(raw)  # a bare name needs no parser, which is slow to load
        from kpicli.language.conditions import condition  # noqa: PLC0415 (a parser)

        return Condition(condition(raw, self.over or "", kept))

    def _listed(self, raw: Any) -> str:  # noqa: ANN401 (whatever YAML holds)
        if raw is None or isinstance(raw, list | Mapping):
            raise ValueError(f"one word is needed, and this is {shown(raw)}")
        text = str(raw).lower() if isinstance(raw, bool) else str(raw)
        if self.values and text not in self.values:
            advice = did_you_mean(text, self.values)
            raise ValueError(f"{shown(text)} is not a choice" + (f"; {advice}" if advice else ""))
        return text

    def _bounded(self, number: Decimal) -> Decimal:
        if self.at_least is not None and number < self.at_least:
            raise ValueError(f"{number} is less than {self.at_least}")
        if self.at_most is not None and number > self.at_most:
            raise ValueError(f"{number} is more than {self.at_most}")
        return number


def _decimal(raw: Any) -> Decimal:  # noqa: ANN401 (whatever YAML holds)
    if not isinstance(raw, bool) and isinstance(raw, int | float | str | Decimal):
        try:
            number = Decimal(str(raw))
        except InvalidOperation:
            pass
        else:
            if number.is_finite():
                return number
    raise ValueError(f"{shown(raw)} is not a number")


def months_in(window: str) -> int | None:
    """Return the months of a window such as `12 months`; None for `all`.

    Raises:
        ValueError: it is neither.
    """
    if window == "all":
        return None
    if found := _WINDOW.fullmatch(window):
        return int(found[1])
    raise ValueError(f"'{window}' is not a window: write '12 months', or 'all'")


def option_text(value: Value) -> str:
    """Return the text by which `choices` names a value: `true`, `net`, `none`."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def advice_on(name: str, names: Collection[str]) -> str:
    """Return a hint for a name that is no parameter.

    One that has the word in its last part is nearer than one that is merely spelled alike.
    """
    alike = nearest(name, names)
    within = named_within(name, names)
    if within is None or (alike is not None and name.casefold() in alike.split(".")):
        return did_you_mean(name, names)
    return did_you_mean(within, [within])
