"""What a declaration may say: the types of a metric as it is written in YAML.

One declaration is one entry of the catalogue, or of `custom:` in a config. Everything that is SQL
is text here; `language.sql` checks and compiles it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag

from kpicli.language.rows import Ratio, Rows, Sql
from kpicli.model.types import OneOrMore, Strict
from kpicli.units import Better, Unit

MEASURES = (
    "count",
    "sum",
    "mean",
    "median",
    "share",
    "score",
    "ratio",
    "duration",
    "time",
    "mix",
    "value",
)


class Score(Strict):
    """Rows for which `plus` holds, less those for which `minus` holds."""

    plus: Sql
    minus: Sql


class Duration(Strict):
    """Whole seconds from one instant (or day) to another, or ready made.

    `ready` gives seconds where an instant is missing; alone it is the duration, and `open` says
    where its end is still to come.
    """

    from_: Sql | None = Field(default=None, alias="from")
    to: Sql | None = None
    ready: Sql | None = None
    open: Sql | None = None
    headline: str = Field(default="mean", description="mean, median, longest or a $parameter")

    def wrong(self) -> Iterator[str]:
        """Tell where an end of it is missing."""
        if (self.from_ is None) != (self.to is None) or (self.to is None and self.ready is None):
            yield "a duration needs from and to, or ready"


def _count(value: Any) -> str:  # noqa: ANN401 (whatever YAML holds)
    if isinstance(value, str) and (value == "rows" or value.startswith("distinct ")):
        return value
    raise ValueError("count takes: rows, or distinct and a column, as in count: distinct channel")


class Measured(Strict):
    """The measures a declaration may have: exactly one of them."""

    count: Annotated[str, BeforeValidator(_count, json_schema_input_type=str)] | None = Field(
        default=None, description="rows, or distinct and a column"
    )
    sum: Sql | None = None
    mean: Sql | None = None
    median: Sql | None = None
    share: Sql | None = None
    score: Score | None = None
    ratio: Ratio | None = None
    duration: Duration | None = None
    time: Literal["days", "months"] | None = None
    mix: str | None = Field(default=None, description="a column: one result per value")
    value: Sql | None = None

    def wrong(self) -> Iterator[str]:
        """Tell where there is not one measure."""
        given = [name for name in MEASURES if getattr(self, name) is not None]
        if len(given) != 1:
            found = f"found {' and '.join(given)}" if given else "found none"
            yield f"exactly one measure of: {', '.join(MEASURES)}; {found}"


class Companion(Measured):
    """A measure beside a metric, on the same rows or on those for which `where` holds."""

    title: str | None = Field(default=None, description="shown by this name in the table")
    where: Sql | None = None
    unit: Unit | None = None


def _kind_of_companion(value: Any) -> str:  # noqa: ANN401 (whatever YAML holds)
    return "metric" if isinstance(value, str) else "measure"


Beside: TypeAlias = Annotated[
    Annotated[str, Tag("metric")] | Annotated[Companion, Tag("measure")],
    Discriminator(_kind_of_companion),
]
"""The id of a metric, or a measure on the same rows."""


class Declaration(Measured):
    """One metric.

    Without `rows` it is a formula (`ratio`, `value`) over other metrics. `choices` overlays the
    declaration per value of a parameter; null takes a key away. They are laid one over the other in
    the order in which they are written, so one may change those that come after it.
    """

    title: str
    family: str | None = None
    answers: str | None = Field(default=None, description="the question it answers")
    formula: str = Field(description="the formula in words")
    unit: Unit
    better: Better = Better.NEUTRAL
    source: OneOrMore = ()
    decision: str | None = Field(default=None, description="where definitions fork, and why")
    aliases: OneOrMore = ()
    helper: bool = Field(default=False, description="shown where it is asked for, not by default")
    needs: OneOrMore = Field(
        default=(), description="alternatives beside its columns: table.column, $parameter"
    )
    rows: Rows | None = None
    beside: dict[str, Beside] = {}
    same: OneOrMore = Field(default=(), description="columns with one value per cell, else null")
    within: tuple[Sql, Sql] | None = Field(
        default=None, description="lowest and highest possible value; clips the interval"
    )
    dimensions: dict[str, str | None] = Field(
        default={}, description="column, or table.column, to use for a dimension; null for none"
    )
    matures_in: Sql | None = Field(
        default=None, description="days after its end until a period is mature"
    )
    flags: dict[str, Sql] = Field(default={}, description="flag and when it is raised")
    beside_flags: dict[str, Sql] = Field(
        default={}, description="flag and when it is raised, over what stands beside, and n"
    )
    when_empty: str | None = Field(default=None, description="flag where the denominator is empty")
    refused: str | None = Field(
        default=None, description="in a choice: why the options that are chosen do not go together"
    )
    choices: dict[str, dict[str, dict[str, Any]]] = {}

    @property
    def is_formless(self) -> bool:
        """Whether it has neither rows nor a formula, which is wrong."""
        return self.rows is None and self.ratio is None and self.value is None

    def wrong(self) -> Iterator[str]:
        """Yield what is wrong with its keys taken together."""
        yield from super().wrong()
        if self.rows is None:
            if self.is_formless:
                yield "without rows a metric is a formula: ratio or value"
            if self.same or self.within:
                yield "same and within belong to rows"
            return
        if self.value is not None:
            yield "value is a formula over metrics and takes no rows"
        spell = self.rows.since is not None
        if self.time is not None and not (spell and self.rows.take is None):
            yield "time needs since and until, and no take"
        if self.time is None and spell and self.rows.take is None:
            yield "since and until need: take"


def overlay(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with `change` laid over it, key by key; null takes a key away."""
    merged = dict(base)
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = overlay(merged[key], value)
        else:
            merged[key] = value
    return merged
