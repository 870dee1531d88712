"""Comparisons with null: SQL says neither true nor false, so no row is ever found by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp

from kpicli.language.gate import COMPARISONS, tree
from kpicli.language.parameters import Params
from kpicli.language.sql import expand

_COMPARING = (*COMPARISONS, exp.Like, exp.ILike)
_KNOWING = (exp.NullSafeEQ, exp.NullSafeNEQ)


def check_nulls(text: str) -> None:
    """Check that nothing is compared with a null that is written out.

    Raises:
        ValueError: something is; the message says what to write.
    """
    for written, meant in _never_true(tree(text)):
        if not meant:
            raise ValueError(f"{written}: null is before, after and like nothing; leave it out")
        raise ValueError(f"{written}: a comparison with null is never true; write {meant}")


def check_nulls_of(text: str, params: Params) -> None:
    """Check the same of a text with parameters, one of which may be unset: that is no null of it.

    Raises:
        ValueError: something is compared with null; the message says what to write.
    """
    if "null" in text.lower():
        check_nulls(expand(text, {k: "" if v is None else v for k, v in params.items()}))


def _never_true(root: exp.Expr) -> Iterator[tuple[str, str]]:
    """Yield what compares with null, and what is meant; nothing where null has no place."""
    for node in root.find_all(exp.In, exp.Between, exp.Case, *_COMPARING):
        match node:
            case exp.In():
                if any(map(_is_null, node.expressions)):
                    yield _of_list(node)
            case exp.Between():
                if _is_null(node.args["low"]) or _is_null(node.args["high"]):
                    yield node.sql(), ""
            case exp.Case():
                if node.this and any(_is_null(one.this) for one in node.args["ifs"]):
                    same = exp.EQ(this=node.this.copy(), expression=exp.null())
                    yield same.sql(), _asked(node.this)
            case exp.Binary() if not isinstance(node, _KNOWING):
                sides = [node.left, node.right]
                if not any(map(_is_null, sides)):
                    continue
                other, differs = sides[_is_null(node.left)], isinstance(node, exp.NEQ)
                equals = differs or isinstance(node, exp.EQ)
                yield node.sql(), _asked(other, absent=differs) if equals else ""


def _is_null(node: exp.Expr) -> bool:
    return isinstance(node.unnest(), exp.Null)


def _asked(node: exp.Expr, *, absent: bool = False) -> str:
    return " ".join((node.sql(), "is not null" if absent else "is null"))


def _of_list(node: exp.In) -> tuple[str, str]:
    """Return a list with null in it, and the same with a question for null beside it."""
    above = node.parent
    while isinstance(above, exp.Paren):
        above = above.parent
    absent = isinstance(above, exp.Not)
    begun = [node.this.sql(), *(["not"] if absent else []), "in"]
    meant = _asked(node.this, absent=absent)
    if others := [one for one in node.expressions if not _is_null(one)]:
        meant = " ".join((*begun, _listed(others), "and" if absent else "or", meant))
    return " ".join((*begun, _listed(node.expressions))), meant


def _listed(nodes: Iterable[exp.Expr]) -> str:
    return exp.Tuple(expressions=[one.copy() for one in nodes]).sql()
