"""SQL over the headers of a file, whose cells are text: `where` and `expr`.

A text is parsed and rebuilt by `language.gate` before polars sees it, its kinds are judged, and it
is tried on an empty frame, so what it cannot mean is known before any file is read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from kpicli.language.kinds import Kind

_CAST = 'headers are text: compare with text, or cast: cast("Sum" as decimal(18, 2)) > 100'
_COMPARE = "compare: \"Status\" = 'paid'"


def headers_in(text: str) -> tuple[str, ...]:
    """Return the headers that `text` reads, in order.

    Raises:
        ValueError: it is not one SQL expression, or uses more than the language allows.
    """
    from kpicli.language.gate import names_of  # noqa: PLC0415 (a parser, for a user's text)

    return names_of(text)


def compiled(text: str, column: Callable[[str], str]) -> pl.Expr:
    """Return the polars expression of `text`; `column` names the text column of a header.

    Raises:
        ValueError: it is not one SQL expression over rows, or uses more than the language allows.
    """
    import polars as pl  # noqa: PLC0415 (a config without such texts needs none)
    from sqlglot import exp  # noqa: PLC0415 (a parser, for a user's text)

    from kpicli.language.gate import AGGREGATES, admitted, tree  # noqa: PLC0415

    def wide(node: exp.Expr) -> exp.Expr:
        """Whole numbers have 64 bits: those of 32 wrap in silence."""
        if isinstance(node, exp.DataType) and node.this == exp.DType.INT:
            return exp.DataType.build("bigint")
        return node

    parsed = tree(text)
    if found := parsed.find(*AGGREGATES):
        name = found.sql_name().lower()
        raise ValueError(f"{name}() is over several rows, and this reads one: fold makes sums")
    for part in parsed.find_all(exp.Identifier):
        if part.name.startswith("$") and not part.quoted:
            raise ValueError(f"{part.name} is for metrics: a text over headers reads headers only")
    for cast in parsed.find_all(exp.Cast):
        if cast.to.this in {exp.DType.DATE, exp.DType.BOOLEAN}:
            kind = cast.to.sql().lower()
            raise ValueError(f"a header is text, and text is not cast to {kind} here")
    for test in parsed.find_all(exp.Is):
        if isinstance(test.this, exp.Column) and isinstance(test.expression, exp.Boolean):
            raise ValueError(f"{test.sql()}: a header is text, compare it with text")
    return pl.sql_expr(admitted(parsed.transform(wide).sql(), rename=column))


@lru_cache(maxsize=256)
def kind_of(text: str) -> Kind:
    """Return what `text` gives.

    Raises:
        ValueError: it is not one SQL expression over rows, or its kinds do not fit.
    """
    import polars as pl  # noqa: PLC0415 (a config without such texts needs none)

    from kpicli.language.kinds import Kind, judge  # noqa: PLC0415 (a parser, for a user's text)
    from kpicli.language.nulls import check_nulls  # noqa: PLC0415 (likewise)

    expression = compiled(text, lambda name: name)
    headers = headers_in(text)
    if not headers:
        raise ValueError("reads no header")
    kind = judge(text, dict.fromkeys(headers, Kind.TEXT), aggregate=False)
    check_nulls(text)
    blank = pl.DataFrame(schema=dict.fromkeys(headers, pl.String()))
    try:
        blank.lazy().select(expression.alias("__of")).collect()
    except pl.exceptions.PolarsError as error:
        raise ValueError(str(error).splitlines()[0]) from None
    return kind


@lru_cache(maxsize=256)
def may_fail(text: str) -> bool:
    """Whether `text`, which has no complaint, ends the run on some cells.

    A strict cast does where a cell does not fit, arithmetic where a result has too many digits.
    """
    from sqlglot import exp  # noqa: PLC0415 (a parser, for a user's text)

    from kpicli.language.gate import ARITHMETIC, tree  # noqa: PLC0415

    parsed = tree(text)
    strict = any(not isinstance(cast, exp.TryCast) for cast in parsed.find_all(exp.Cast))
    return strict or parsed.find(*ARITHMETIC) is not None


def complaint(text: str, *, condition: bool = False) -> tuple[str, str | None] | None:
    """Return what is wrong with `text` and what mends it; a condition is true or false."""
    from kpicli.language.kinds import Kind  # noqa: PLC0415 (a parser, for a user's text)

    try:
        kind = kind_of(text)
    except ValueError as error:
        said = str(error)
        return said, _CAST if "is text, and" in said else None
    if condition and kind not in {Kind.TRUTH, Kind.EMPTY}:
        return f"where is true or false, and this is {kind.value}", _COMPARE
    return None


def is_number(text: str) -> bool:
    """Whether `text`, which has no complaint, gives a number."""
    return kind_of(text).name == "NUMBER"


def is_truth(text: str) -> bool:
    """Whether `text`, which has no complaint, gives true or false."""
    return kind_of(text).name == "TRUTH"
