"""Messages in another language: a finished English text finds the template it was made from.

English stands where a message arises. `<code>_messages.yaml` has its templates: `{1}`, `{2}`, … are
what was filled in, in the order of the English text; `{1:,}` is a number written with thousands. In
the translation `{1}` puts it in as it is, `{1:ru}` puts it in translated, where the code put one
message into another, and `{1:day}` puts a day in as the language writes it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from kpicli.packaged import data

HOLE = re.compile(r"\{(\d+)(:[^}]*)?\}")
LIBRARIES = "libraries"
"""The part of the messages that does not arise here."""
_NUMBER = r"(-?\d{1,3}(?:,\d{3})*)"
_ANYTHING = r"(.*?)"
_NAMES = re.compile(r"[^\s,]+(?:, [^\s,]+)*")
_Seen: TypeAlias = dict[str, str | None]
_ADDS = re.compile(r" \([a-z]+: \{\d[^}]*\}\)$")
_DAY = ":day"
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_DEEPEST = 40
_SHAPE = 4
"""Letters below which a template says nothing by itself: `{1} or {2}`, `{1}: {2}`."""


class Template(Struct, frozen=True, kw_only=True):
    """One message: its English, as a pattern too, and its translation."""

    english: str
    other: str
    pattern: str
    pieces: tuple[str, ...]
    numbers: frozenset[str]

    @property
    def weight(self) -> tuple[bool, bool, int]:
        """How closely it fits: whether it fixes how a text begins, and how much of it.

        Before all others come those that add something to a message: `{1} (in: {2})`.
        """
        begins = HOLE.split(self.english)[0]
        adds = _ADDS.search(self.english) is not None
        return adds, sum(map(str.isalpha, begins)) > 1, len(HOLE.sub("", self.english))

    def match(self, text: str) -> re.Match[str] | None:
        """Return what is filled in where a text may be made from this, else None.

        Its pieces are looked for first: a pattern of many holes takes long to fail.
        """
        begins, *others = self.pieces
        if not (text.startswith(begins) and text.endswith(others[-1])):
            return None
        end = len(begins)
        for piece in others:
            end = text.find(piece, end)
            if end < 0:
                return None
            end += len(piece)
        return _compiled(self.pattern).fullmatch(text)

    @property
    def is_shape(self) -> bool:
        """Whether it says nothing by itself."""
        return sum(map(str.isalpha, HOLE.sub("", self.english))) < _SHAPE

    @property
    def joins(self) -> bool:
        """Whether it is a word between others."""
        return self.is_shape and any(map(str.isalpha, HOLE.sub("", self.english)))


class Messages:
    """Translates finished messages; what is not known stays as it is."""

    def __init__(
        self, templates: Mapping[str, str], thousands: str, day: Callable[[dt.date], str]
    ) -> None:
        self.whole = {text: other for text, other in templates.items() if not HOLE.search(text)}
        made = [_template(text, other) for text, other in templates.items() if HOLE.search(text)]
        self.templates = sorted(made, key=lambda template: template.weight, reverse=True)
        self.thousands = thousands
        self.day = day
        self._by_sign: dict[str, list[Template]] = {}

    def __call__(self, text: str) -> str:
        """Return a message in this language; of several lines, each that is known."""
        found = self._found(text, 0, {})
        if found is None and "\n" in text:
            return "\n".join(map(self, text.split("\n")))
        return text if found is None else found

    def origin(self, text: str) -> str | None:
        """Return the English template that a message was made from, None where none is known."""
        if text in self.whole:
            return text
        return next((made.english for made, _ in self._made(text, 0, {})), None)

    def _found(self, text: str, depth: int, seen: _Seen) -> str | None:
        """Return a text, or a part of one, translated; `seen` are the parts that were tried."""
        if text in self.whole:
            return self.whole[text]
        if text not in seen:
            seen[text] = next((other for _, other in self._made(text, depth, seen)), None)
        return seen[text]

    def _made(self, text: str, depth: int, seen: _Seen) -> Iterator[tuple[Template, str]]:
        """Yield the templates that a text can be made from with its translation, closest first."""
        if depth > _DEEPEST:
            return
        for template in self._beginning(text[:1]):
            match = template.match(text)
            if match is None:
                continue
            other, is_known = self._filled(template, match, depth, seen)
            if is_known or not template.is_shape:
                yield template, other

    def _beginning(self, sign: str) -> list[Template]:
        """Return the templates of which a text that begins with `sign` can be made."""
        if sign not in self._by_sign:
            self._by_sign[sign] = [t for t in self.templates if t.pieces[0][:1] in {"", sign}]
        return self._by_sign[sign]

    def _filled(
        self, template: Template, match: re.Match[str], depth: int, seen: _Seen
    ) -> tuple[str, bool]:
        """Return a translation filled in, and whether any part of it is known by itself.

        Names joined by a word ("orders or contracts") are as good as known.
        """
        known = []

        def fill(hole: re.Match[str]) -> str:
            value = match[int(hole[1])]
            if hole[1] in template.numbers:
                return value.replace(",", self.thousands)
            if not hole[2]:
                return value
            if hole[2] == _DAY and _ISO.fullmatch(value):
                return self.day(dt.date.fromisoformat(value))
            found = self._found(value, depth + 1, seen)
            known.append(found is not None or (template.joins and bool(_NAMES.fullmatch(value))))
            return value if found is None else found

        other = HOLE.sub(fill, template.other)
        return other, all(known) if template.joins else any(known)


def _template(english: str, other: str) -> Template:
    pattern = ""
    pieces = []
    end = 0
    numbers = set()
    for hole in HOLE.finditer(english):
        pieces.append(english[end : hole.start()])
        pattern += re.escape(pieces[-1])
        pattern += _NUMBER if hole[2] else _ANYTHING
        if hole[2]:
            numbers.add(hole[1])
        end = hole.end()
    pieces.append(english[end:])
    pattern += re.escape(pieces[-1])
    return Template(
        english=english,
        other=other,
        pattern=pattern,
        pieces=tuple(pieces),
        numbers=frozenset(numbers),
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern to match with; of hundreds, a run needs a few."""
    return re.compile(pattern, re.DOTALL)


@cache
def written(code: str) -> Mapping[str, Mapping[str, str]]:
    """Return the messages of a language by where they come from: the code, or libraries."""
    found: dict[str, dict[str, str]] = data(Path(__file__).parent / f"{code}_messages.yaml")
    return found


def messages_of(
    code: str,
    more: Mapping[str, str],
    thousands: str,
    day: Callable[[dt.date], str] = dt.date.isoformat,
) -> Messages:
    """Return the messages in the language called `code`, and `more` of them by their English."""
    known = dict(more)
    for part, templates in written(code).items():
        known |= templates
        if part == LIBRARIES:
            known |= {_begun_small(text): other for text, other in templates.items()}
    return Messages(known, thousands, day)


def _begun_small(text: str) -> str:
    """What libraries say begins with a capital there, and without one inside of our messages."""
    return text[:1].lower() + text[1:]
