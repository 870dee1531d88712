"""Slices: what `--by` and `--where` ask, and how each metric's rows reach it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from msgspec import Struct

from kpicli.engine.names import ACTOR, dimension
from kpicli.engine.relations import Path, path_to, relation_of
from kpicli.language.settled import Settled


class Slice(Struct, frozen=True, kw_only=True):
    """Dimensions to break down by, and a condition over dimensions.

    `kept` lists the columns that the config keeps, by table.
    """

    by: tuple[str, ...] = ()
    where: str | None = None
    kept: Mapping[str, tuple[str, ...]]

    def filtered_by(self) -> tuple[str, ...]:
        """Return the dimensions that the condition reads."""
        if self.where is None:
            return ()
        from kpicli.language.gate import names_of  # noqa: PLC0415 (a parser, for a user's text)

        return names_of(self.where)

    def condition(self) -> pl.Expr:
        """Return the condition over the columns of the dimensions.

        Raises:
            ValueError: it is not in the language.
        """
        from kpicli.language.gate import admitted  # noqa: PLC0415 (a parser, for a user's text)

        return pl.sql_expr(admitted(self.where or "true", rename=dimension))

    def paths(self, settled: Settled, name: str, by: tuple[str, ...]) -> dict[str, Path]:
        """Return how the rows of metric `name` reach every dimension of `by` and the condition.

        Rows that are results of other metrics have the dimensions of those. That the rows reach
        every dimension is known before anything is computed.
        """
        declaration = settled[name]
        if declaration.rows is None or declaration.rows.table is None:
            return {}
        relation = relation_of(declaration.rows.table)
        found: dict[str, Path] = {}
        for wanted in (*by, *self.filtered_by()):
            if wanted.startswith(ACTOR):
                found[wanted] = Path(column=wanted.removeprefix(ACTOR))
                continue
            path = path_to(wanted, declaration, relation, self.kept)
            if path is None:
                raise AssertionError(f"{name} has no dimension {wanted}")
            found[wanted] = path
        return found
