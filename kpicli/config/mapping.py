"""Types of a source: which files feed which table, and how their rows become its rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from kpicli.config.columns import ColumnForm, ColumnSpec, KeptForm, ThousandsMark
from kpicli.config.days import Day
from kpicli.config.policy import Age
from kpicli.config.zone import Zone
from kpicli.language.rows import Sql
from kpicli.model.types import OneOrMore, Strict


def _one_character(text: str) -> str:
    if len(text) != 1:
        raise ValueError(f"'{text}' is not one character")
    return text


def _delimiter(text: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    return {"tab": "\t", "\\t": "\t"}.get(text, text) if isinstance(text, str) else text


def _header(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    """Return the lines of the header as a list; without one it is empty."""
    if value == "none":
        return ()
    if isinstance(value, list) and not value:
        raise ValueError("header takes line numbers from 1, in their order, or none")
    return value if isinstance(value, list | tuple) else (value,)


def _ascending(lines: tuple[int, ...]) -> tuple[int, ...]:
    if any(line < 1 for line in lines) or list(lines) != sorted(set(lines)):
        raise ValueError("header takes line numbers from 1, in their order, or none")
    return lines


def _order(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    return {"from": value} if isinstance(value, str) else value


class Order(Strict):
    """What tells which of the rows of a key is the last."""

    from_: str = Field(alias="from", description="a column of the source, or a header")
    format: OneOrMore | None = Field(default=None, description="format of its dates and times")


class Fold(Strict):
    """Makes one row of all rows with the same key."""

    by: OneOrMore = Field(default=(), description="column or columns that tell what is one row")
    sum: OneOrMore = Field(default=(), description="numbers that are added up")
    first: OneOrMore = Field(default=(), description="columns of which the first filled cell stays")
    last: OneOrMore = Field(default=(), description="columns of which the last filled cell stays")
    min: OneOrMore = Field(default=(), description="columns of which the least value stays")
    max: OneOrMore = Field(default=(), description="columns of which the greatest value stays")
    count: OneOrMore = Field(default=(), description="columns that become their filled cells")
    order: Annotated[Order, BeforeValidator(_order, json_schema_input_type=Order | str)] | None = (
        Field(default=None, description="what first and last go by; default: the order of the file")
    )
    files: Literal["each", "together"] = Field(
        default="each",
        description="each file is folded alone and of a key in two files the later one counts, "
        "or the files continue each other and are folded together",
    )

    @property
    def named(self) -> dict[str, str]:
        """How each column is folded that is named: `sum`, `first`, …."""
        ways = ("sum", "first", "last", "min", "max", "count")
        return {name: way for way in ways for name in getattr(self, way)}

    def wrong(self) -> Iterator[str]:
        """Yield the columns that are named twice."""
        listed = [*self.by, *self.sum, *self.first, *self.last, *self.min, *self.max, *self.count]
        for name, times in Counter(listed).items():
            if times > 1:
                yield f"'{name}' stands twice in fold"


class Covers(Strict):
    """Days that a source covers, both included, where its rows do not say so."""

    from_: Day = Field(alias="from")
    to: dt.date

    def wrong(self) -> Iterator[str]:
        """Tell where its end is before its beginning."""
        if self.from_ > self.to:
            yield "covers ends before it begins"


class Origin(Strict):
    """Files that are alike, and how they are written."""

    files: OneOrMore = Field(
        description="a path, a glob, or a list; from the folder of the config; - is stdin"
    )
    columns: dict[str, ColumnForm] = Field(default={}, description="canonical columns")
    keep: KeptForm = Field(default={}, description="columns beside the canonical ones")
    where: Sql | None = Field(default=None, description="SQL over the headers; other rows are left")
    fold: Fold | None = Field(default=None, description="one row per key, of lines or events")
    encoding: str | None = Field(default=None, description="such as cp1251; default: found out")
    delimiter: (
        Annotated[str, BeforeValidator(_delimiter), AfterValidator(_one_character)] | None
    ) = Field(default=None, description="one character, or tab; default: found out")
    quote: Literal['"', "'", "none"] | None = Field(
        default=None, description="character around cells; none where no character quotes"
    )
    header: (
        Annotated[
            tuple[int, ...],
            BeforeValidator(_header, json_schema_input_type=int | list[int] | Literal["none"]),
            AfterValidator(_ascending),
        ]
        | None
    ) = Field(
        default=None,
        description="line of the header from 1, or lines whose names are joined; none where there "
        "is none: columns are then #1, #2, …",
    )
    decimal: Literal[".", ","] | None = Field(
        default=None, description="decimal mark; default: found out"
    )
    thousands: ThousandsMark | None = Field(
        default=None, description="what stands between thousands; default: found out"
    )
    nulls: OneOrMore = Field(
        default=(), description="cells that mean nothing, beside the usual ones"
    )
    timezone: Zone | None = Field(default=None, description="of its times without an offset")

    @property
    def specs(self) -> dict[str, ColumnSpec]:
        """Everything that is read of its files, by name."""
        return {**self.columns, **self.keep}

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                b"\0\0a,b\n".decode(name, errors="replace")
            except (LookupError, UnicodeError):
                raise ValueError(f"'{name}' is not an encoding: utf-8, cp1251, utf-16") from None
        return name

    @field_validator("files")
    @classmethod
    def _some_file(cls, files: tuple[str, ...]) -> tuple[str, ...]:
        if not files or not all(files):
            raise ValueError("name at least one file")
        return files


class Lookup(Origin):
    """A second export that brings columns to the rows of the first."""

    match: dict[str, ColumnForm] = Field(
        min_length=1, description="column of the source to the header that holds it here"
    )

    @model_validator(mode="before")
    @classmethod
    def _folds_by_its_keys(cls, raw: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
        """Fold by what the rows match by, where nothing else is said."""
        if not isinstance(raw, Mapping):
            return raw
        fold, keys = raw.get("fold"), raw.get("match")
        if not isinstance(fold, Mapping) or "by" in fold or not isinstance(keys, Mapping):
            return raw
        return {**raw, "fold": {**fold, "by": list(keys)}}

    def wrong(self) -> Iterator[str]:
        """Tell where it brings nothing, or what it matches by."""
        if not self.columns and not self.keep:
            yield "a lookup brings columns: name some under columns or keep"
        for name in self.match:
            if name in self.columns or name in self.keep:
                yield f"'{name}' is what the rows match by, and cannot be brought too"
        if any(spec.const is not None or spec.row for spec in self.match.values()):
            yield "match takes headers, not constants"

    @property
    def specs(self) -> dict[str, ColumnSpec]:
        """Everything that is read of its files, by name."""
        return {**self.match, **self.columns, **self.keep}

    @property
    def brought(self) -> tuple[str, ...]:
        """The columns that it brings, kept ones too."""
        return (*self.columns, *self.keep)


class Source(Origin):
    """One export, or several alike, that feeds one canonical table."""

    table: str = Field(description="the canonical table that it feeds")
    lookup: tuple[Lookup, ...] = Field(
        default=(), description="second exports, matched in this order by a key"
    )
    covers: Covers | None = Field(default=None, description="days covered, where rows do not say")
    max_age: Age = Field(
        default=None, description="how old its newest row may be, or never; before intake.max_age"
    )

    @property
    def kept(self) -> tuple[str, ...]:
        """The columns beside the canonical ones, of this export and of those looked up."""
        return (*self.keep, *(name for lookup in self.lookup for name in lookup.keep))

    @property
    def brought(self) -> frozenset[str]:
        """The columns that come from second exports."""
        return frozenset(name for lookup in self.lookup for name in lookup.brought)

    @property
    def origins(self) -> dict[tuple[str | int, ...], Origin]:
        """The export and those looked up, by the key that holds them."""
        found: dict[tuple[str | int, ...], Origin] = {(): self}
        found.update({("lookup", place): lookup for place, lookup in enumerate(self.lookup)})
        return found
