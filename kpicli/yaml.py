"""YAML as this project reads it: 1.2 scalars, no duplicate keys, every node with its line.

Config, catalogue, model and locales come through here. `on`, `no`, `18:00`, `007` and dates stay
text; tags, duplicate keys and keys that are not text are errors.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml
from msgspec import Struct

from kpicli.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path as FilePath

Path: TypeAlias = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_SCALARS = {
    f"{_TAG}null": re.compile(r"^(?:~|null|)$"),
    f"{_TAG}bool": re.compile(r"^(?:true|false)$"),
    f"{_TAG}int": re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"),
    f"{_TAG}float": re.compile(r"^[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?)$"),
}
_FIRST = {
    f"{_TAG}null": [*"~n", ""],
    f"{_TAG}bool": [*"tf"],
    f"{_TAG}int": [*"-+0123456789"],
    f"{_TAG}float": [*"-+0123456789"],
}
_MOST_NODES = 200_000  # an alias can repeat a node; a config never needs this many
_DEEPEST = 60


# Which base it has is known only where it runs: the quick one needs libyaml.
class _Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """Composes nodes with the scalars of YAML 1.2; values are built by `_Builder`."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _letters in _FIRST.items():
    _Loader.add_implicit_resolver(_tag, _SCALARS[_tag], _letters)


class Document(Struct, frozen=True, kw_only=True):
    """A file's data as plain Python values, and the line of every path in it."""

    name: str
    data: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """Return the line of `path`, or of the nearest node above it that exists."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1

    def where(self, path: Path) -> str:
        """Return `file:line: dotted.path`, the place that a message names."""
        dotted = ".".join(str(part) for part in path)
        return f"{self.name}:{self.line(path)}" + (f": {dotted}" if dotted else "")


_LONGEST = 40


def shown(value: Any) -> str:  # noqa: ANN401 (YAML holds any value)
    """Return a value as a message names it: as YAML writes it, or what it is a list of."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            cut = value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
            return f"'{cut}'"
        case list() | tuple():
            return "a list"
        case dict():
            return "a mapping of keys"
    return str(value)


def load(text: str, name: str) -> Document:
    """Read one YAML document.

    Raises:
        ConfigError: the text is not YAML, or uses what this project refuses; names file and line.
    """
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise ConfigError(problems=[_syntax_problem(error, name)]) from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{name}: not YAML: {error}") from None
    except RecursionError:
        raise ConfigError(problems=[Problem(where=name, message="nested too deeply")]) from None
    finally:
        if loader is not None:
            loader.dispose()
    builder = _Builder(name)
    data = None if node is None else builder.value(node, ())
    if builder.problems:
        raise ConfigError(problems=builder.problems)
    return Document(name=name, data=data, lines=builder.lines)


def load_file(path: FilePath, name: str | None = None) -> Document:
    """Read one YAML file, in UTF-8 with or without a byte order mark.

    Raises:
        ConfigError: the file is not UTF-8, or not YAML as `load` reads it.
        OSError: the file cannot be read.
    """
    return load_bytes(path.read_bytes(), name or str(path))


def load_bytes(content: bytes, name: str) -> Document:
    """Read one YAML document in UTF-8, with or without a byte order mark.

    Raises:
        ConfigError: it is not UTF-8, or not YAML as `load` reads it.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(
            problems=[
                Problem(
                    where=f"{name}:{line}",
                    message="not UTF-8",
                    hint="save the file as UTF-8",
                )
            ]
        ) from None
    return load(text, name)


def _syntax_problem(error: yaml.MarkedYAMLError, name: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    said = ": ".join(part for part in (error.context, error.problem) if part)
    hint = None
    if "maximum nesting depth" in said:  # libyaml has a limit of its own from 0.2.6 on
        return Problem(where=f"{name}:{line}", message="nested too deeply")
    if "cannot start any token" in said:
        hint = "indent with spaces, not tabs; quote text that starts with a sign such as % or @"
    elif "mapping values are not allowed" in said:
        hint = "quote the text that holds ': '"
    return Problem(where=f"{name}:{line}", message=f"not YAML: {said}", hint=hint)


class _Builder:
    """Turns composed nodes into values; notes lines and problems on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._nodes = 0

    def value(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 (YAML holds any value)
        self.lines.setdefault(path, node.start_mark.line + 1)
        self._nodes += 1
        if self._nodes > _MOST_NODES or len(path) > _DEEPEST:
            raise ConfigError(f"{self.name}: too large or nested too deeply")
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self.value(item, (*path, place)) for place, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        return self._complain(node, path, f"the tag {node.tag} is not allowed")

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str) or key_node.tag == f"{_TAG}null":
                self._complain(key_node, path, "a key must be text")
                continue
            if key == "<<":
                hint = "repeat a whole value with an anchor: a: &name ... and b: *name"
                self._complain(key_node, path, "mappings are not merged here", hint)
                continue
            if key in out:
                self._complain(key_node, path, f"the key '{key}' stands twice")
                continue
            inner = (*path, key)
            self.lines[inner] = key_node.start_mark.line + 1
            if node.flow_style and value_node.start_mark.index == key_node.end_mark.index:
                hint = "a comma ends an entry inside { }: quote an expression that holds one"
                self._complain(key_node, path, f"'{key}' has no value", hint)
                continue
            out[key] = self.value(value_node, inner)
        return out

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> str | int | float | bool | None:
        text: str = node.value
        match node.tag.removeprefix(_TAG):
            case "null":
                return None
            case "bool":
                return text == "true"
            case "int":
                return int(text)
            case "float":
                return float(text)
            case "str":
                return text
        self._complain(node, path, f"the tag {node.tag} is not allowed")
        return None

    def _complain(self, node: yaml.Node, path: Path, what: str, hint: str | None = None) -> None:
        dotted = ".".join(str(part) for part in path)
        line = node.start_mark.line + 1
        where = f"{self.name}:{line}" + (f": {dotted}" if dotted else "")
        self.problems.append(Problem(where=where, message=what, hint=hint))
