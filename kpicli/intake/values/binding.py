"""Expressions that use a value several times and work it out once.

polars finds equal parts of an expression, but not those inside of equal parts: a value that is
used twice, by one that is used twice, is worked out four times. Cells pass half a dozen such steps.
Values are bound as fields of a struct, which polars works out once.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

_NAME = "value"


def once(value: pl.Expr, use: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Return `use(value)`, in which `value` is worked out once.

    `value` must be no struct: polars takes its fields for those of the binding (`of_parts` is for
    those). What is bound outside has the same name, so `use` must read only what it is given.
    """
    bound = pl.struct(value.alias(_NAME)).struct
    return bound.with_fields(use(pl.field(_NAME)).alias(_NAME)).struct.field(_NAME)


def of_parts(parts: pl.Expr, use: pl.Expr) -> pl.Expr:
    """Return `use`, which reads the fields of a struct with `pl.field`; they are made once."""
    return parts.struct.with_fields(use.alias(_NAME)).struct.field(_NAME)
