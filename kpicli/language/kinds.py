"""Kinds: whether the parts of a user's text fit together.

polars compares a number with a text in silence; here it is an error that names both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from sqlglot import exp

from kpicli.errors import did_you_mean
from kpicli.language.gate import AGGREGATES, COMPARISONS, SAME_KIND, TEXTUAL, full_name, tree
from kpicli.model import Type


class Kind(StrEnum):
    """What an expression yields, as far as the language tells things apart."""

    TEXT = "text"
    NUMBER = "a number"
    TRUTH = "true or false"
    DATE = "a date"
    INSTANT = "an instant"
    EMPTY = "null"


_KINDS = {
    "id": Kind.TEXT,
    "text": Kind.TEXT,
    "enum": Kind.TEXT,
    "date": Kind.DATE,
    "ts": Kind.INSTANT,
    "money": Kind.NUMBER,
    "number": Kind.NUMBER,
    "position": Kind.NUMBER,
    "int": Kind.NUMBER,
    "seconds": Kind.NUMBER,
    "bool": Kind.TRUTH,
}

_CASTS = {
    exp.DType.TEXT: Kind.TEXT,
    exp.DType.VARCHAR: Kind.TEXT,
    exp.DType.INT: Kind.NUMBER,
    exp.DType.BIGINT: Kind.NUMBER,
    exp.DType.DECIMAL: Kind.NUMBER,
    exp.DType.BOOLEAN: Kind.TRUTH,
    exp.DType.DATE: Kind.DATE,
}


class UnknownNameError(ValueError):
    """A text reads a name that is not there; `advice` tells which are, or the nearest."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.advice = did_you_mean(name, [one for one in known if not one.startswith("__")])
        super().__init__(f"unknown name '{name}'" + (f"; {self.advice}" if self.advice else ""))


def kind_of(column_type: Type) -> Kind:
    """Return the kind of a column of the model."""
    return _KINDS[column_type.value]


def judge(text: str, names: Mapping[str, Kind], *, aggregate: bool) -> Kind:
    """Return the kind of what `text` yields, after checking the kinds of all its parts.

    `aggregate` says whether the text folds many rows into one value, where every column must stand
    inside an aggregate; elsewhere aggregates are refused.

    Raises:
        ValueError: a name is unknown, kinds do not fit, or an aggregate is missing or misplaced.
    """
    root = tree(text)
    found = next(root.find_all(*AGGREGATES), None)
    if found is not None and not aggregate:
        raise ValueError(f"{found.sql_name().lower()}() folds rows, and here each row is judged")
    if aggregate:
        _need_aggregates(root, inside=False)
    return _Judge(names).kind(root)


def _need_aggregates(node: exp.Expr, *, inside: bool) -> None:
    if isinstance(node, exp.Column) and not inside:
        raise ValueError(f"{node.name} needs an aggregate here: sum, count, min or max")
    inside = inside or isinstance(node, AGGREGATES)
    for child in node.iter_expressions():
        _need_aggregates(child, inside=inside or isinstance(node, exp.Filter))


class _Judge:
    """Works out kinds from the leaves up."""

    def __init__(self, names: Mapping[str, Kind]) -> None:
        self.names = names

    def kind(self, node: exp.Expr) -> Kind:  # noqa: C901, PLR0911, PLR0912 (a list of cases)
        match node:
            case exp.Column():
                return self._column(node)
            case exp.Literal():
                return Kind.TEXT if node.is_string else Kind.NUMBER
            case exp.Null():
                return Kind.EMPTY
            case exp.Boolean():
                return Kind.TRUTH
            case exp.Paren() | exp.Min() | exp.Max():
                return self.kind(node.this)
            case exp.And() | exp.Or():
                self._want(Kind.TRUTH, node.left, node.right)
                return Kind.TRUTH
            case exp.Not():
                self._want(Kind.TRUTH, node.this)
                return Kind.TRUTH
            case exp.Is():
                self.kind(node.this)
                return Kind.TRUTH
            case exp.Like() | exp.ILike():
                self._want(Kind.TEXT, node.this, node.expression)
                return Kind.TRUTH
            case exp.In():
                self._alike(node.this, *node.expressions)
                return Kind.TRUTH
            case exp.Between():
                self._alike(node.this, node.args["low"], node.args["high"])
                return Kind.TRUTH
            case exp.Case():
                return self._case(node)
            case exp.If():
                self._want(Kind.TRUTH, node.this)
                return self._alike(node.args["true"], *_given(node, "false"))
            case exp.Cast():
                self.kind(node.this)
                return _CASTS[node.to.this]
            case exp.Length():
                self._want(Kind.TEXT, node.this)
                return Kind.NUMBER
            case exp.Count():
                return self._count(node)
            case exp.Sum():
                self._want(Kind.NUMBER, node.this)
                return Kind.NUMBER
            case exp.Filter():
                self._want(Kind.TRUTH, node.expression.this)
                return self.kind(node.this)
        if isinstance(node, COMPARISONS):
            self._alike(node.left, node.right)
            return Kind.TRUTH
        if isinstance(node, SAME_KIND):
            return self._alike(*node.iter_expressions())
        wanted = Kind.TEXT if isinstance(node, TEXTUAL) else Kind.NUMBER
        leaves = [child for child in node.iter_expressions() if child.key != "var"]
        first, *rest = leaves
        self._want(wanted, first)
        for child in rest:
            same = isinstance(node, exp.Binary | exp.Replace)
            self._want(wanted if same else Kind.NUMBER, child)
        return wanted

    def _column(self, node: exp.Column) -> Kind:
        name = full_name(node)
        if name not in self.names:
            if name.startswith("__"):
                raise ValueError(
                    f"${name.removeprefix('__')} is of the period, which is not known here yet: "
                    "steps (then) and measures can read it"
                )
            raise UnknownNameError(name, self.names)
        return self.names[name]

    def _count(self, node: exp.Count) -> Kind:
        if not isinstance(node.this, exp.Star):
            inner = node.this.expressions if isinstance(node.this, exp.Distinct) else [node.this]
            for child in inner:
                self.kind(child)
        return Kind.NUMBER

    def _case(self, node: exp.Case) -> Kind:
        branches = node.args["ifs"]
        if node.this is not None:
            self._alike(node.this, *(branch.this for branch in branches))
        else:
            self._want(Kind.TRUTH, *(branch.this for branch in branches))
        results = [branch.args["true"] for branch in branches]
        return self._alike(*results, *_given(node, "default"))

    def _want(self, wanted: Kind, *nodes: exp.Expr) -> None:
        for node in nodes:
            found = self.kind(node)
            if found not in {wanted, Kind.EMPTY}:
                raise ValueError(f"{node.sql()} is {found}, and {wanted} is needed there")

    def _alike(self, first: exp.Expr, *rest: exp.Expr) -> Kind:
        kind = self.kind(first)
        for node in rest:
            found = self.kind(node)
            if kind is Kind.EMPTY:
                kind = found
            elif found not in {kind, Kind.EMPTY}:
                raise ValueError(f"{first.sql()} is {kind}, and {node.sql()} is {found}")
        return kind


def _given(node: exp.Expr, *names: str) -> list[exp.Expr]:
    return [node.args[name] for name in names if node.args.get(name) is not None]
