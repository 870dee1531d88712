"""Reads, off the source, every text that may reach a user on stderr or in what `validate` prints.

A text is found where it arises: as a string, an f-string, or one put together of such in the same
function. What stands in braces becomes `{1}`, `{2}`, …; a number written with thousands `{1:,}`.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from tests.source import ROOT, modules

_MOST = 48  # ways to put one text together
_SILENT_CALLS = {
    "typer.Option",
    "typer.Argument",
    "typer.Typer",
    "Field",
    "compile",
    "frozenset",
    "AssertionError",
    "KeyError",
    "cast",
    "endswith",
    "partition",
    "split",
}
"""Calls whose texts reach nobody as messages: help, descriptions of keys, parts of texts."""
_TELLS = {"told", "say", "warning"}
"""Calls whose texts are messages, however short."""
_SILENT_NAMES = {"_EPILOG", "_FUNCTIONS"}
"""Constants that are help, or names in a list."""
_SINKS = {"message", "hint", "reason", "what", "evidence"}
"""Arguments that are messages, however short."""


@dataclass(frozen=True)
class Hole:
    """A place in a text that is filled in."""

    spec: str = ""


Parts: TypeAlias = tuple["str | Hole", ...]


def written(parts: Parts) -> str:
    """Return a text with its holes numbered."""
    numbers = itertools.count(1)
    told: list[str] = []
    last: str | Hole = ""
    for part in parts:
        if isinstance(part, str):
            told.append(part)
        elif not isinstance(last, Hole):
            told.append(f"{{{next(numbers)}{part.spec}}}")  # of two holes side by side, one
        last = part or last
    return "".join(told)


WRITTEN = ("kpicli/proposal/text.py",)
"""Modules that write YAML: only what they say, in comments, is a message."""
NOT_MESSAGES = {
    "{1} in ({2})": "SQL",
    "{1} has no {2}": "a mistake in a profile of a system",
    "{1}: nothing tells how it is recognised": "a mistake in a profile of a system",
    "{1} feeds nothing": "a mistake in a profile of a system",
    "kpi {1}": "the version",
    "kpicli config": "the title of a schema",
    "distinct ": "a part of the language",
    "(case {1} {2} else {3} end)": "SQL",
    "--param {1}": "a place: it stands where a file's name does",
}
"""Texts with words in them that are none, and what they are."""


def is_prose(text: str) -> bool:
    """Whether a text says something: a word, and a space; patterns and SQL do not."""
    bare = re.sub(r"\{\d+[^}]*\}", "", text)
    if "\\d" in text or text.startswith("case when "):
        return False
    return " " in text and re.search(r"[a-z]{2,}", bare) is not None


@cache
def messages() -> Mapping[str, str]:
    """Return every text that may reach a user, with the file and line where it arises."""
    found: dict[str, str] = {}
    for path, module in modules().items():
        if path.parent.name == "render":
            continue  # its words are looked up in the locale, one by one
        place = path.relative_to(ROOT.parent).as_posix()
        for text, line in _Module(module, only_told=place in WRITTEN).texts():
            if text not in NOT_MESSAGES:
                found.setdefault(text, f"{place}:{line}")
    return found


@dataclass
class _Scope:
    """The local names of a function that stand for texts, and how often each is read."""

    assigned: dict[str, list[ast.expr]] = field(default_factory=dict)
    added: dict[str, list[ast.expr]] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)


class _Module:
    def __init__(self, module: ast.Module, *, only_told: bool) -> None:
        self.module = module
        self.only_told = only_told
        self.functions = {
            node.name: node for node in module.body if isinstance(node, ast.FunctionDef)
        }
        self.found: list[tuple[str, int]] = []

    def texts(self) -> list[tuple[str, int]]:
        """Return the texts of the module with their lines."""
        self._visit(self.module, _Scope())
        return self.found

    def _visit(self, node: ast.AST, scope: _Scope) -> None:
        if isinstance(node, ast.FunctionDef):
            scope = _scope(node)
            self._mark_used(node, scope)
        if _is_silent(node):
            return
        if isinstance(node, ast.Assign | ast.AugAssign) and self._is_part(node, scope):
            return
        if isinstance(node, ast.Assign) and self._grows(node, scope) and not self.only_told:
            self._take(node.targets[0], scope, short=False)
            return
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _TELLS:
            for argument in node.args:
                self._take(argument, scope, short=True)
            return
        if isinstance(node, ast.keyword) and node.arg in _SINKS:
            self._take(node.value, scope, short=True)
            return
        if isinstance(node, ast.expr) and self._is_text(node, scope) and not self.only_told:
            self._take(node, scope, short=False)
            return
        for child in ast.iter_child_nodes(node):
            self._visit(child, scope)

    def _take(self, node: ast.expr, scope: _Scope, *, short: bool) -> None:
        """Note a text, and those that stand in its holes."""
        if not self._is_text(node, scope) and not self._is_named_text(node, scope):
            self._visit(node, scope)
            return
        for parts in self._ways(node, scope, ()):
            text = written(parts)
            if is_prose(text) or (
                short and re.search("[A-Za-z]{2,}", re.sub(r"\{.*?\}", "", text))
            ):
                self.found.append((text, node.lineno))
        for inner in ast.walk(node):
            if isinstance(inner, ast.FormattedValue) and not self._is_text(inner.value, scope):
                for child in ast.iter_child_nodes(inner.value):
                    self._visit(child, scope)

    def _is_text(self, node: ast.expr, scope: _Scope) -> bool:
        match node:
            case ast.Constant():
                return isinstance(node.value, str)
            case ast.JoinedStr():
                return True
            case ast.BinOp(op=ast.Add()):
                return self._is_text(node.left, scope) or self._is_text(node.right, scope)
            case ast.IfExp():
                return self._is_text(node.body, scope) or self._is_text(node.orelse, scope)
            case ast.BoolOp(op=ast.Or()):
                return any(self._is_text(value, scope) for value in node.values)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="join")):
                return True
        return False

    def _is_named_text(self, node: ast.expr, scope: _Scope) -> bool:
        """Whether a name stands for one text, or a function of this module gives texts."""
        if isinstance(node, ast.Name):
            values = scope.assigned.get(node.id, [])
            return len(values) == 1 and self._is_text(values[0], scope)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            returned = self._returned(node.func.id)
            return bool(returned) and all(self._is_text(value, _Scope()) for value in returned)
        return False

    def _returned(self, name: str) -> list[ast.expr]:
        function = self.functions.get(name)
        returns = [] if function is None else ast.walk(function)
        return [r.value for r in returns if isinstance(r, ast.Return) and r.value is not None]

    def _ways(  # noqa: PLR0911 (a list of cases)
        self, node: ast.expr, scope: _Scope, seen: tuple[str, ...]
    ) -> list[Parts]:
        """Return the ways in which a text may read."""
        match node:
            case ast.Constant(value=str(text)):
                return [(text,)]
            case ast.JoinedStr():
                return _product([self._ways(value, scope, seen) for value in node.values])
            case ast.FormattedValue():
                inner = self._ways(node.value, scope, seen)
                spec = node.format_spec
                if inner == [(Hole(),)] and isinstance(spec, ast.JoinedStr):
                    return [(Hole(":,"),)] if "," in ast.unparse(spec) else inner
                return inner
            case ast.BinOp(op=ast.Add()) if self._is_text(node, scope):
                sides = [self._ways(node.left, scope, seen), self._ways(node.right, scope, seen)]
                return _product(sides)
            case ast.IfExp() if self._is_text(node, scope):
                return self._ways(node.body, scope, seen) + self._ways(node.orelse, scope, seen)
            case ast.BoolOp(op=ast.Or()) if self._is_text(node, scope):
                return [way for value in node.values for way in self._ways(value, scope, seen)]
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(mark)), attr="join")):
                several = [(Hole(), mark, Hole())] if re.search("[a-z]", mark) else []
                return [(Hole(),), *several]
            case ast.Name() if node.id not in seen and self._is_named_text(node, scope):
                seen = (*seen, node.id)
                ways = self._ways(scope.assigned[node.id][0], scope, seen)
                for more in scope.added.get(node.id, []):
                    ways = ways + _product([ways, self._ways(more, scope, seen)])
                return ways if len(ways) <= _MOST else [(Hole(),)]
            case ast.Call(func=ast.Name(id=name)) if self._is_named_text(node, scope):
                inner_scope = _scope(self.functions[name])
                return [w for r in self._returned(name) for w in self._ways(r, inner_scope, seen)]
        return [(Hole(),)]

    def _mark_used(self, function: ast.FunctionDef, scope: _Scope) -> None:
        """Count the reads of names inside of other texts, where their own text is part of those."""
        for node in ast.walk(function):
            if isinstance(node, ast.FormattedValue | ast.BinOp):
                sides = [node.value] if isinstance(node, ast.FormattedValue) else []
                if isinstance(node, ast.BinOp) and self._is_text(node, scope):
                    sides = [node.left, node.right]
                for side in sides:
                    if isinstance(side, ast.Name) and self._is_named_text(side, scope):
                        scope.used[side.id] = scope.used.get(side.id, 0) + 1

    def _is_part(self, node: ast.Assign | ast.AugAssign, scope: _Scope) -> bool:
        """Whether a text is given a name that only stands inside of other texts."""
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if not isinstance(target, ast.Name) or not self._is_named_text(target, scope):
            return False
        used = 0 < scope.used.get(target.id, 0) == scope.read.get(target.id, 0)
        return used or isinstance(node, ast.AugAssign)

    def _grows(self, node: ast.Assign, scope: _Scope) -> bool:
        """Whether more is added to the text that is given a name here."""
        target = node.targets[0]
        named = isinstance(target, ast.Name) and target.id in scope.added
        return named and self._is_named_text(target, scope)


def _scope(function: ast.FunctionDef) -> _Scope:
    scope = _Scope()
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]):
                scope.assigned.setdefault(name, []).append(node.value)
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add()):
                scope.added.setdefault(name, []).append(node.value)
            case ast.Name(id=name, ctx=ast.Load()):
                scope.read[name] = scope.read.get(name, 0) + 1
    return scope


def _product(sides: list[list[Parts]]) -> list[Parts]:
    if not sides:
        return [("",)]
    count = 1
    for side in sides:
        count *= len(side)
    if count > _MOST:
        sides = [side if len(side) == 1 else [(Hole(),)] for side in sides]
    return [tuple(itertools.chain.from_iterable(way)) for way in itertools.product(*sides)]


def _is_silent(node: ast.AST) -> bool:
    """Whether texts in here reach nobody as messages."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return True  # a docstring
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")) | ast.Compare():
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in _SILENT_NAMES
        case ast.keyword(arg="meaning" | "value"):
            return True  # of a column, in the documents; what a config will say
        case ast.Call(func=called):
            name = ast.unparse(called)
            return name in _SILENT_CALLS or name.rpartition(".")[2] in _SILENT_CALLS
    return False
