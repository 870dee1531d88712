"""Messages in other languages: none is missing, none is left over, each finds its own template."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from kpicli.locales import ENGLISH, LANGUAGES, locale
from kpicli.locales.messages import HOLE, LIBRARIES, Messages, messages_of, written
from kpicli.model import model
from kpicli.proposal.systems import systems
from tests.messages import messages
from tests.source import constants

OTHERS = [code for code in LANGUAGES if code != ENGLISH]
each_language = pytest.mark.parametrize("code", OTHERS)
THOUSANDS = "\u00a0"


def of(code: str) -> Messages:
    return messages_of(code, {}, THOUSANDS)


def filled(text: str, values: Mapping[str, str]) -> str:
    return HOLE.sub(lambda hole: values[hole[1]], text)


def holes(text: str) -> list[str]:
    return [hole[1] for hole in HOLE.finditer(text)]


@each_language
def test_every_message_is_translated(code: str) -> None:
    known = written(code)["code"].keys() | locale(code).words.keys()
    missing = {text: place for text, place in messages().items() if text not in known}
    lines = [f'  "{_quoted(text)}": ""  # {place}' for text, place in missing.items()]
    assert not missing, f"translate under code: in {code}_messages.yaml:\n" + "\n".join(lines)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


@each_language
def test_no_translation_is_left_over(code: str) -> None:
    left = written(code)["code"].keys() - messages().keys()
    assert not left, f"no message reads so any more; delete from {code}_messages.yaml: {left}"


@each_language
def test_parts_stand_in_the_source(code: str) -> None:
    known = {text.strip() for text in constants() | messages().keys()}
    parts = written(code)["parts"]
    assert [t for t in parts if re.search("[a-z]", HOLE.sub("", t)) and not _in(t, known)] == []


def _in(text: str, known: set[str]) -> bool:
    return all(
        piece.strip() in known for piece in HOLE.sub("\0", text).split("\0") if piece.strip()
    )


def _told_by_profiles() -> set[str]:
    """Return what profiles of systems say, and the model of tables and what their rows need."""
    found: set[str] = set()
    for system in systems():
        found |= {system.title, *system.notes, *system.leave.values()}
        for part in system.sources.values():
            origins = (origin for listed in part.columns.values() for origin in listed)
            found |= {part.title, part.note, *(origin.note for origin in origins)}
    for table in model().tables.values():
        found |= {table.row, *(table.columns[name].meaning for name in table.required)}
    return found - {""}


@each_language
def test_what_profiles_and_the_model_say_is_translated(code: str) -> None:
    said, known = _told_by_profiles(), written(code)["profiles"].keys()
    missing = [f'  "{_quoted(text)}": ""' for text in sorted(said - known)]
    assert not missing, f"translate under profiles: in {code}_messages.yaml:\n" + "\n".join(missing)
    assert known - said == set(), "no profile and no table says so any more"


@cache
def _said_by_libraries() -> bytes:
    """Return all that the libraries may say: their code, and the system's errors."""
    found = [os.strerror(code).encode() for code in errno.errorcode]
    for name in ("typer", "yaml", "pydantic_core", "sqlglot"):
        folder = Path(import_module(name).__file__ or "").parent
        found += [p.read_bytes() for p in folder.rglob("*") if p.suffix in {".py", ".so", ".pyd"}]
    return b"\n".join(found).lower()


PIECED = re.compile("Missing argument")
"""What libraries put together of words."""


@each_language
def test_libraries_say_what_is_translated(code: str) -> None:
    said = _said_by_libraries()
    texts = [text for text in written(code)[LIBRARIES] if not PIECED.search(text)]
    pieces = {text: max(re.split(r"\{\d+\}|\n|['.:]", text), key=len).strip() for text in texts}
    left = [text for text, piece in pieces.items() if piece.lower().encode() not in said]
    assert left == []


@each_language
def test_what_is_filled_in_is_filled_in_everywhere(code: str) -> None:
    texts = {text: other for part in written(code).values() for text, other in part.items()}
    no_news = re.compile(r"should have|date or datetime")  # the type; how it was tried
    assert [
        text
        for text, other in texts.items()
        if set(holes(text)) != set(holes(other)) and not no_news.search(text)
    ] == []


@each_language
def test_no_template_hides_another(code: str) -> None:
    """Each template, filled in, comes back through its own entry, with all its values."""
    translate = of(code)
    hidden = {}
    for part in ("code", LIBRARIES):
        for english, other in written(code)[part].items():
            values = {n: _sample(n, english, other) for n in holes(english)}
            text = filled(english, values)
            if (found := translate.origin(text)) not in {english, _begun_small(english)}:
                hidden[english] = found
    assert hidden == {}


def _begun_small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _sample(number: str, english: str, other: str) -> str:
    """Return a value for a hole: a number, a message, or a word of a user."""
    if f"{{{number}:,}}" in english:
        return f"{number},234"
    return "not UTF-8" if f"{{{number}:ru}}" in other else f"Значение{number}"


@each_language
def test_values_come_through_as_they_are(code: str) -> None:
    translate = of(code)
    lost = []
    for english, other in written(code)["code"].items():
        kept = [n for n in holes(other) if f"{{{n}:ru}}" not in other]
        values = {n: _sample(n, english, other) for n in holes(english)}
        text = filled(english, values)
        said = translate(text)
        wanted = [
            values[n].replace(",", THOUSANDS) if "," in values[n] else values[n] for n in kept
        ]
        lost += [english for value in wanted if value not in said]
        lost += [english] if "not UTF-8" in said else []
    assert lost == []


@pytest.mark.parametrize("code", ["ru"])
def test_no_number_needs_a_plural(code: str) -> None:
    """A Russian noun after a number changes with it: write "строк: 5" instead."""
    texts = {text: other for part in written(code).values() for text, other in part.items()}
    declined = []
    for english, other in texts.items():
        counts = [hole[1] for hole in HOLE.finditer(english) if hole[2]]
        declined += [other for n in counts if re.search(rf"\{{{n}\}} [а-яё]{{3,}}", other)]
    assert declined == []


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        (
            "Дата: not a time, emptied",
            "Дата: не дата и время, ячейка опустошена",
        ),
        (
            "needs orders.cost or the parameter margin.default and costs",
            "нужно: orders.cost или параметр margin.default и costs",
        ),
        (
            "orders.csv has no header 'first or last'",
            "orders.csv не содержит заголовка «first or last»",
        ),
        (
            "12,345 of 99,999 rows cannot be used, and intake.max_rejected allows 1%",
            "непригодных строк 12\u00a0345 из 99\u00a0999, а intake.max_rejected допускает 1%",
        ),
        (
            "f() is not in the language; functions are abs, sum (in: f(x) = 1)",
            "функции f() в языке нет; есть abs, sum (в тексте: f(x) = 1)",
        ),
        (
            "x is never 'b'; known: a, c (in: x = 'b')",
            "x никогда не равно «b»; допустимо: a, c (в тексте: x = 'b')",
        ),
        (
            "Жалоба: neither true nor false, read as false",
            "Жалоба: не «да» и не «нет», прочитано как false",
        ),
        ("a sentence that nobody wrote", "a sentence that nobody wrote"),
        ("not UTF-8\nquote it", "кодировка не UTF-8\nвозьмите значение в кавычки"),
        ("'' is not one character", "«» — не один знак"),
    ],
)
def test_messages_inside_of_messages(english: str, russian: str) -> None:
    assert of("ru")(english) == russian


def test_no_part_of_a_message_is_tried_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody wrote has many ways to be put together of "{1}: {2}" and the like."""
    tried: list[str] = []
    made = Messages._made

    def counted(self: Messages, text: str, *rest: Any) -> Any:
        tried.append(text)
        return made(self, text, *rest)

    monkeypatch.setattr(Messages, "_made", counted)
    text = "a: b; c (d) / e and f or g; " * 9 + "nobody"
    assert of("ru")(text).endswith("nobody")
    assert len(tried) == len(set(tried))
