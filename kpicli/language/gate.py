"""The gate for SQL that a user wrote: parse, allow a short list, rebuild.

`pl.sql_expr` opens files and URLs in a subselect and panics on others, so no text of a user reaches
it. What passes is rebuilt from the parsed tree: what was judged is what runs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import sqlglot
from sqlglot import exp

_LITERALS = (exp.Column, exp.Identifier, exp.Literal, exp.Null, exp.Boolean, exp.Paren)
_LOGIC = (exp.And, exp.Or, exp.Not)
COMPARISONS = (
    exp.EQ,
    exp.NEQ,
    exp.LT,
    exp.LTE,
    exp.GT,
    exp.GTE,
    exp.NullSafeEQ,
    exp.NullSafeNEQ,
)
ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Neg)
_NUMERIC = (exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Pow)
SAME_KIND = (exp.Coalesce, exp.Nullif, exp.Least, exp.Greatest)
TEXTUAL = (exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.DPipe, exp.Replace)
_MATCHES = (exp.Like, exp.ILike)
AGGREGATES = (exp.Sum, exp.Count, exp.Min, exp.Max)
_PARTS = (
    exp.Is,
    exp.In,
    exp.Tuple,
    exp.Between,
    exp.Case,
    exp.If,
    exp.Cast,
    exp.TryCast,
    exp.DataType,
    exp.DataTypeParam,
    exp.Length,
    exp.Distinct,
    exp.Filter,
    exp.Where,
    exp.Star,
)
_ALLOWED = (
    *_LITERALS,
    *_LOGIC,
    *COMPARISONS,
    *ARITHMETIC,
    *_NUMERIC,
    *SAME_KIND,
    *TEXTUAL,
    *_MATCHES,
    *AGGREGATES,
    *_PARTS,
)
_CASTS = (
    exp.DType.TEXT,
    exp.DType.VARCHAR,
    exp.DType.INT,
    exp.DType.BIGINT,
    exp.DType.DECIMAL,
    exp.DType.BOOLEAN,
    exp.DType.DATE,
)
_FUNCTIONS = (
    "abs, round, floor, ceil, power, coalesce, nullif, least, greatest, lower, upper, trim, "
    "substring, replace, length, sum, count, min, max"
)
_UNSIGNED = (exp.Length, exp.Count)
_LONGEST = 4_000


def admitted(text: str, rename: Callable[[str], str] | None = None) -> str:
    """Return `text` rebuilt from its parsed tree, with every name quoted and renamed.

    A dotted name (`customers.segment`, a dimension of another table) becomes one name. Lengths and
    counts become numbers with a sign: polars gives them none, and 4 - 5 would be four billion.

    Raises:
        ValueError: it is not one SQL expression, or uses more than the language allows.
    """

    def named(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Column):
            return node
        name = full_name(node)
        return exp.column(rename(name) if rename else name, quoted=True)

    root = exp.Paren(this=tree(text).transform(named))
    for node in reversed([*root.find_all(*_UNSIGNED)]):  # the inner ones first
        whole = node.parent if isinstance(node.parent, exp.Filter) else node
        whole.replace(exp.cast(whole.copy(), exp.DType.BIGINT))
    rebuilt: exp.Expr = root.this
    return rebuilt.sql(identify=True, comments=False)


def names_of(text: str) -> tuple[str, ...]:
    """Return the names that `text` reads, in order.

    Raises:
        ValueError: it is not one SQL expression, or uses more than the language allows.
    """
    columns = tree(text).find_all(exp.Column, bfs=False)
    return tuple(dict.fromkeys(full_name(column) for column in columns))


def full_name(node: exp.Column) -> str:
    """Return a name with the table it is led by."""
    return f"{node.table}.{node.name}" if node.table else node.name


@lru_cache(maxsize=1024)
def tree(text: str) -> exp.Expr:
    """Return the parsed tree of `text`, which is shared: change copies of it only.

    Raises:
        ValueError: it is not one SQL expression, or uses more than the language allows.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"longer than {_LONGEST} characters")
    try:
        found = sqlglot.parse_one(text)
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        details = getattr(error, "errors", None) or [{}]
        what = details[0].get("description") or "cannot be read"
        what = "something is missing" if "<class" in what else what
        raise ValueError(f"not an SQL expression: {what.rstrip('.')}") from None
    for node in found.walk():
        if not isinstance(node, _ALLOWED):
            raise ValueError(_refusal(node))
        if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            raise ValueError("* stands only in count(*)")
        if isinstance(node, exp.In) and not (node.expressions or node.args.get("query")):
            raise ValueError("in () names no value: write at least one")
        if isinstance(node, exp.Column) and len(node.parts) > 2:  # noqa: PLR2004 (table.column)
            raise ValueError(f"{node.sql()} has too many parts")
        if isinstance(node, exp.Cast) and node.to.this not in _CASTS:
            raise ValueError(f"cast to {node.to.sql()} is not in the language")
    return found


def _refusal(node: exp.Expr) -> str:
    if isinstance(node, exp.Div | exp.IntDiv):
        return "there is no division in SQL here: a measure divides, once, at the end"
    if isinstance(node, exp.Query | exp.Subquery | exp.Exists):
        return "there is no select here: a text reads the columns of one table"
    if isinstance(node, exp.Window):
        return "there are no window functions here"
    if isinstance(node, exp.Func):
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        return f"{name.lower()}() is not in the language; functions are {_FUNCTIONS}"
    return f"{node.sql()[:40]} ({type(node).__name__}) is not in the language"
