"""Loads a config and reports everything that is wrong with it at once."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kpicli.config.mapping import Source
from kpicli.config.schema import known_keys
from kpicli.config.sources import check_names, check_source
from kpicli.config.types import Config, Written, kept_columns
from kpicli.errors import ConfigError, InputError, Problem, did_you_mean, nearest
from kpicli.language.catalogue import Catalogue, Settled, built_in
from kpicli.language.declaration import Declaration
from kpicli.yaml import Document, load_file

DEFAULT_NAME = "kpi.yaml"
_WITH_NAMES = ("columns", "keep", "lookup", "match")
_Part = TypeVar("_Part", bound=BaseModel)


def load(path: Path) -> Config:
    """Return the config at `path`.

    Raises:
        InputError: it cannot be read.
        ConfigError: it is not there or wrong; lists every problem with file, line, key and the
            nearest name.
    """
    try:
        content = path.read_bytes()
        document = load_file(path)
    except FileNotFoundError:
        raise ConfigError(
            f"there is no config at {path}",
            hint="kpi init FILES writes one; or name it with -c FILE",
        ) from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    if not isinstance(document.data, dict):
        raise ConfigError(
            f"{path} is empty or no mapping of keys", hint="it needs: timezone, sources"
        )
    reporter = _Reporter(document)
    written = None
    try:
        written = Written.model_validate(document.data)
    except ValidationError as error:
        reporter.problems += _problems(document, error.errors())
    # What stands by itself is checked even where something else is wrong: all problems at once.
    own = {
        name: document.data["custom"][name]
        for name in _valid(document.data.get("custom"), Declaration)
    }
    catalogue = built_in().with_own(own)
    sources = _valid(document.data.get("sources"), Source, loosely=True)
    kept = kept_columns(sources)
    params = _params(document.data.get("params"), catalogue, kept, reporter)
    for name, raw in _mappings(document.data.get("sources")):
        for where, message, hint in check_names(raw):
            reporter.add(("sources", name, *where), message, hint)
    for name, source in sources.items():
        for where, message, hint in check_source(source):
            reporter.add(("sources", name, *where), message, hint)
    _check_names(document.data.get("metrics"), catalogue, reporter)
    _check_own(own, catalogue, params, kept, reporter)
    reporter.raise_any()
    if written is None:
        raise AssertionError(path)
    return Config(
        name=str(path),
        folder=path.resolve().parent,
        path=path.resolve(),
        sha256=hashlib.sha256(content).hexdigest(),
        written=written,
        own=own,
        params=params,
        document=document,
    )


def _mappings(raw: Any) -> list[tuple[str, Mapping[str, Any]]]:  # noqa: ANN401 (whatever YAML holds)
    """Return the entries of a mapping that are mappings."""
    entries = raw.items() if isinstance(raw, Mapping) else ()
    return [(name, body) for name, body in entries if isinstance(body, Mapping)]


def _valid(
    raw: Any,  # noqa: ANN401 (whatever YAML holds)
    kind: type[_Part],
    *,
    loosely: bool = False,
) -> dict[str, _Part]:
    """Return the entries of a mapping that are valid; `loosely` also those with strange keys."""
    found = {}
    for name, body in _mappings(raw):
        try:
            found[name] = kind.model_validate(body)
        except ValidationError as error:
            if not loosely:
                continue
            with contextlib.suppress(ValidationError):
                found[name] = kind.model_validate(_known(body, error.errors()))
    return found


def _known(body: Mapping[str, Any], errors: list[ErrorDetails]) -> Any:  # noqa: ANN401 (as above)
    """Return a mapping without the keys that nobody knows: they must not hide what else is wrong.

    One that may stand for a key with names in it stays: without those, names would be missed that
    are there.
    """
    kept = copy.deepcopy(body)
    for error in errors:
        *path, key = _in_document(body, error["loc"]) or ("",)
        if error["type"] == "extra_forbidden" and not nearest(str(key), _WITH_NAMES):
            inside: Any = kept
            for part in path:
                inside = inside[part]
            del inside[key]
    return kept


class _Reporter:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def add(self, path: tuple[str | int, ...], message: str, hint: str | None = None) -> None:
        self.problems.append(
            Problem(where=self.document.where(path), message=message, hint=hint or None)
        )

    def raise_any(self) -> None:
        """Raise what was found, in the order of the file."""
        if self.problems:
            raise ConfigError(problems=sorted(self.problems, key=_line))


def _params(
    raw: Any,  # noqa: ANN401 (whatever YAML holds)
    catalogue: Catalogue,
    kept: Mapping[str, tuple[str, ...]],
    reporter: _Reporter,
) -> dict[str, Any]:
    params = catalogue.defaults()
    for name, value in raw.items() if isinstance(raw, Mapping) else ():
        parameter = catalogue.parameters.get(name)
        if parameter is None:
            hint = did_you_mean(name, catalogue.parameters)
            reporter.add(("params", name), "unknown parameter", hint)
            continue
        try:
            params[name] = parameter.accept(value, kept)
        except ValueError as error:
            reporter.add(("params", name), str(error), parameter.meaning)
    return params


def _check_names(
    raw: Any,  # noqa: ANN401 (whatever YAML holds)
    catalogue: Catalogue,
    reporter: _Reporter,
) -> None:
    known = [name for metric in catalogue.metrics.values() for name in metric.names()]
    folded = {name.casefold() for name in known}
    for place, name in enumerate(raw if isinstance(raw, list) else ()):
        if isinstance(name, str) and name.casefold() not in folded:
            reporter.add(("metrics", place), f"unknown metric '{name}'", did_you_mean(name, known))


def _check_own(
    own: Mapping[str, Mapping[str, Any]],
    catalogue: Catalogue,
    params: Mapping[str, Any],
    kept: Mapping[str, tuple[str, ...]],
    reporter: _Reporter,
) -> None:
    if not own:
        return
    from kpicli.language.check import check  # noqa: PLC0415 (a parser, for a user's metrics)

    sound = True
    for name in own:
        if not name.isidentifier() or name != name.lower():
            hint = "small letters, digits and _"
            reporter.add(("custom", name), "a metric's name is an identifier", hint)
        if name in built_in().metrics:
            reporter.add(("custom", name), "there is a built-in metric of that name")
        findings = check(name, catalogue, params, kept)
        for finding in findings:
            reporter.add(("custom", name, *finding.path), finding.message, finding.hint)
        sound = sound and not findings
    if not sound:
        return
    settled = Settled(catalogue=catalogue, params=params)
    for name in own:
        try:
            settled.closure([name])
        except ConfigError as error:
            reporter.add(("custom", name), str(error))


def _line(problem: Problem) -> int:
    found = re.search(r":(\d+)(?::|$)", problem.where or "")
    return int(found[1]) if found else 0


def _problems(document: Document, errors: list[ErrorDetails]) -> list[Problem]:
    found: dict[str, Problem] = {}
    for error in errors:
        path = _in_document(document.data, error["loc"])
        message, hint = _said(error, path)
        where = document.where(path)
        found.setdefault(where + message, Problem(where=where, message=message, hint=hint or None))
    return list(found.values())


def _in_document(data: Any, location: tuple[str | int, ...]) -> tuple[str | int, ...]:  # noqa: ANN401
    """Return the parts of an error's location that are keys of the document, and its last key."""
    path: list[str | int] = []
    for part in location:
        inside = (isinstance(data, Mapping) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        )
        if inside:
            path.append(part)
            data = data[part]
    return tuple(path)


def _said(error: ErrorDetails, path: tuple[str | int, ...]) -> tuple[str, str]:
    """Return what an error says to a user, and the hint that mends it."""
    value = error.get("input")
    shown = repr(value) if isinstance(value, str) else value
    match error["type"]:
        case "missing":
            return f"'{error['loc'][-1]}' is missing", ""
        case "extra_forbidden":
            return "unknown key", did_you_mean(str(path[-1]), known_keys(path[:-1]))
        case "enum" | "literal_error":
            return f"{shown} is not one of {error['ctx']['expected']}", ""
        case "value_error":
            return str(error["ctx"]["error"]), ""
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"a mapping of keys is needed, and this is {shown}", ""
        case "string_type":
            return f"text is needed, and this is {shown}", "quote it"
        case "date_from_datetime_parsing" | "date_parsing":
            return f"{shown} is not a date", "write it as 2025-01-31"
    return f"{error['msg'][0].lower()}{error['msg'][1:]}", ""
