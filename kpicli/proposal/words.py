"""Headers and cells as words: how they are compared with the names that are known."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import cache

_INNER_CAPITAL = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")
_NO_LETTER = re.compile(r"[^\w]+|_")
_STEM = 4
_ENDING = 3
_UNIT = re.compile(r"(?:,\s*[^\W\d]{1,5}\.?|\s*[(\[][^)\]]{1,5}[)\]])\s*$")
_REMARK = re.compile(r"\s*\([^)]*\)\s*$")
_WITH_UNIT = 0.95
_WITH_REMARK = 0.75
_SAME = 0.7  # of the longer word
# Words that say nothing of what a header is about when it has others beside them.
_ANYTHING = frozenset(
    (
        *("id", "number", "key", "code", "date", "time", "name", "type", "status", "state"),
        *("value", "total", "sum", "from", "to", "at", "created", "email", "phone"),
        *("код", "номер", "дата", "время", "тип", "вид", "статус", "сумма", "от", "до", "по", "с"),
    )
)
_OF_ONE_WORD = 0.75  # a single word inside a longer header says little


@cache
def folded(text: str) -> str:
    """Return a text as words in small letters: without signs, inner capitals, and `ё`."""
    apart = _INNER_CAPITAL.sub(" ", unicodedata.normalize("NFKC", text))
    small = apart.casefold().replace("ё", "е").replace("\ufeff", "")
    return " ".join(_NO_LETTER.sub(" ", small).split())


@cache
def _words(text: str) -> tuple[str, ...]:
    return tuple(folded(text).split())


def says_nothing(header: str) -> bool:
    """Whether a header could stand over anything: ID, No., Дата."""
    return all(word in _ANYTHING for word in _words(header))


def _alike(one: str, other: str) -> bool:
    """Whether two words differ by their endings at most."""
    if one == other:
        return True
    if min(len(one), len(other)) < _STEM:
        return False
    shared = max(_STEM, math.ceil(_SAME * max(len(one), len(other))))
    return abs(len(one) - len(other)) <= _ENDING and one[:shared] == other[:shared]


def _turned(said: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Whether words are the same in another order: Сделка - Статус, статус сделки."""
    return all(any(map(_alike, said, [word] * len(said))) for word in known) and all(
        any(map(_alike, known, [word] * len(known))) for word in said
    )


@cache
def likeness(header: str, name: str) -> float:
    """Return how much a header is a name that is known, from 0 to 1.

    1 is the same words, less the same words with other endings or in another order; a header that
    holds the name and more counts by the name's share of it. A unit at its end, `, kg` or `(USD)`,
    hardly counts.
    """
    found = _likeness(header, name)
    short = _UNIT.sub("", header)
    if short != header:
        return max(found, round(_WITH_UNIT * _likeness(short, name), 3))
    short = _REMARK.sub("", header)
    return max(found, round(_WITH_REMARK * _likeness(short, name), 3))


@cache
def _likeness(header: str, name: str) -> float:
    said, known = _words(header), _words(name)
    if not said or not known:
        return 0.0
    if said == known:
        return 1.0
    if len(said) == len(known) and all(map(_alike, said, known)):
        return 0.95
    if len(known) == 1 and known[0] in _ANYTHING:
        return 0.0
    if len(said) == len(known) and _turned(said, known):
        return 0.9
    if len(said) > len(known) and all(any(_alike(word, other) for other in said) for word in known):
        score = 0.5 + 0.4 * len(known) / len(said)
        return round(score * (_OF_ONE_WORD if len(known) == 1 else 1.0), 3)
    return 0.0
