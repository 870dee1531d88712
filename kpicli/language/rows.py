"""Which rows a metric counts, in which periods, and what happens to them before measuring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag

from kpicli.model.types import OneOrMore, Strict


def _as_text(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    """Read a bare number or truth value in an SQL position as its own text."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


Sql: TypeAlias = Annotated[str, BeforeValidator(_as_text)]
"""SQL over the columns of one frame; `$name` is a parameter or a fact of the period."""


class Take(StrEnum):
    """In which periods a spell counts; B is a boundary, S the opening and E the closing set."""

    OPENING = "opening"  # there at the start: S
    CLOSING = "closing"  # there at the end: E
    PRESENT = "present"  # there on any day
    STARTED = "started"  # began in the period
    ENDED = "ended"  # ended in the period
    KEPT = "kept"  # in S and in E
    LOST = "lost"  # in S and not in E
    GAINED = "gained"  # in E and not in S


class Ratio(Strict):
    """One aggregate over another, of rows or of a fold; without rows, one formula over another."""

    of: Sql
    to: Sql


class Among(Strict):
    """Keeps rows whose actor is counted by another metric in the same period."""

    metric: str
    actor: str | None = None


def _among(value: Any) -> Any:  # noqa: ANN401 (whatever YAML holds)
    return {"metric": value} if isinstance(value, str) else value


class Keep(Strict):
    """Keeps one row per actor in a period: the one with the greatest key, ties to the later row.

    A row without one of the actors' columns has no double and is always kept.
    """

    per: OneOrMore
    by: OneOrMore
    take: str = Field(default="latest", description="latest, first, all, or a $parameter")


class KeepStep(Strict):
    """`keep` as a step."""

    keep: Keep


def _kind_of_made(value: Any) -> str:  # noqa: ANN401 (whatever YAML holds)
    return "ratio" if isinstance(value, Ratio | Mapping) else "sql"


_Made: TypeAlias = Annotated[
    Annotated[Sql, Tag("sql")] | Annotated[Ratio, Tag("ratio")],
    Discriminator(_kind_of_made),
]


class FoldStep(Strict):
    """Folds the rows of an actor in a period into one row with the columns `with`.

    A column is an aggregate, or the ratio of two.
    """

    per: OneOrMore
    with_: dict[str, _Made] = Field(alias="with")
    where: Sql | None = None

    def texts(self) -> list[str]:
        """Return every SQL text that aggregates."""
        parts = [[c.of, c.to] if isinstance(c, Ratio) else [c] for c in self.with_.values()]
        return [text for part in parts for text in part]


class WhereStep(Strict):
    """Keeps the rows for which `where` holds; may read facts of the period such as `$start`."""

    where: Sql


def _kind_of_step(value: Any) -> str:  # noqa: ANN401 (whatever YAML holds)
    if isinstance(value, KeepStep) or (isinstance(value, Mapping) and "keep" in value):
        return "keep"
    folds = isinstance(value, Mapping) and ("per" in value or "with" in value)
    return "fold" if folds or isinstance(value, FoldStep) else "where"


Step: TypeAlias = Annotated[
    Annotated[KeepStep, Tag("keep")]
    | Annotated[FoldStep, Tag("fold")]
    | Annotated[WhereStep, Tag("where")],
    Discriminator(_kind_of_step),
]


class Rows(Strict):
    """Which rows count, and in which periods.

    Either events (`at`, with `lag` or `window`) or spells (`since`, `until`, `take`) of a table or
    view, or the results of other metrics per actor (`results`).
    """

    table: str | None = None
    results: OneOrMore = ()
    at: Sql | None = None
    lag: Literal["previous", "year_ago"] | None = None
    window: str | None = Field(default=None, description="'12 months', all, or a $parameter")
    since: Sql | None = None
    until: Sql | None = None
    take: Take | None = None
    per: str | None = None
    where: Sql | None = None
    exclude: dict[str, Sql] = Field(default={}, description="named reasons: left out and counted")
    among: Annotated[Among | None, BeforeValidator(_among)] = None
    then: tuple[Step, ...] = ()

    def wrong(self) -> Iterator[str]:
        """Yield what is wrong with its keys taken together."""
        if (self.table is None) == (not self.results):
            yield "rows need one of: table, results"
        elif self.results:
            if not self.per:
                yield "rows from results need: per"
            if any((self.at, self.since, self.until, self.take, self.lag, self.window)):
                yield "rows from results have their periods already"
        elif (self.at is None) == (self.since is None):
            yield "rows of a table need one of: at, since"
        elif self.at is not None:
            if self.until or self.take:
                yield "until and take belong to since"
        elif self.lag or (self.window and self.take):
            yield "lag and window belong to at"
