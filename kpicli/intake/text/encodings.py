"""Tells encodings apart: by marks, by what is valid, by what reads as words."""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from collections.abc import Callable

from kpicli.intake.ledger import Note

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
PLAIN = "plain ASCII so far"
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_RUSSIAN_CODES = ("cp1251", "koi8-r", "cp866", "mac-cyrillic")
_MOSTLY = 0.8
FEW = 3
"""Stray bytes that damage leaves, rather than another encoding."""
_WORD = re.compile(r"[^\W\d_]+")
# Capitals in the middle of a word are those of a wrong alphabet.
_RUSSIAN = re.compile(r"[А-ЯЁа-яё][а-яё]*|[А-ЯЁ]+")
_WESTERN = re.compile(r"[A-Za-zÀ-ÏÑ-ÖØ-Üß-ïñ-öø-üÿŒœŠšŽžŸ]+")
_PLAUSIBLE = re.compile(
    r"[\t\r\n -~\u00a0-\u00ff\u0100-\u017f\u0400-\u045f\u2010-\u203a\u20a0-\u20bf№™]"
)
# No-break spaces of these codes within and behind numbers; each is a letter in another code.
_NO_BREAKS = re.compile(rb"(?<=\d)(?:\xa0|[\x9a\xca\xff](?=[^A-Za-z\x80-\xff]))")
_SIGNS = frozenset("№€£§°±«»“”„‘’–—…•·©®™½\u00a0")
_PER_MILLE = (
    "о110е85а80и74н67т63с55р47в45л44к35м32д30п28у26я20ы19ь17г17з16б16ч14й12х10ж9ш7ю6ц5щ4э3ф3ъ1ё5"
)
_WEIGHT = {
    letter: math.log(int(share) * 33 / 1000)
    for letter, share in re.findall(r"(\D)(\d+)", _PER_MILLE)
}
# Of two alphabets that read alike, the one that is met more often.
_USUAL = {"cp1251": 1.0}
_WRONG_CASE = 3.0


def guess(head: bytes) -> tuple[str, Note] | None:
    """Return the encoding of a file that begins with `head`; None where none is recognised."""
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name, Note(what=f"encoding {name}", evidence="byte order mark")
    if double := _utf16(head):
        evidence = "every character takes two bytes"
        return double, Note(what=f"encoding {double}", evidence=evidence)
    if head.isascii():
        return "utf-8", Note(what="encoding utf-8", evidence=PLAIN)
    whole, broken = utf8_evidence(head)
    if whole >= broken:
        evidence = "valid UTF-8" if not broken else f"UTF-8 but for {broken} stray bytes"
        return "utf-8", Note(what="encoding utf-8", evidence=evidence)
    return _one_byte(head, broken)


def utf8_evidence(head: bytes) -> tuple[int, int]:
    """Return how many characters beyond ASCII are whole UTF-8, and how many bytes are not."""
    decoded = head.decode("utf-8", errors="replace")
    broken = decoded[:-1].count("\ufffd")
    beyond = len(decoded) - len(head.translate(None, delete=_BEYOND_ASCII))
    return beyond - decoded.count("\ufffd"), broken


def _utf16(head: bytes) -> str | None:
    """Return which UTF-16 gives plausible text; line ends have a zero byte in both."""
    if b"\x00" not in head:
        return None
    for name in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(name, errors="replace")
        if text and len(_PLAUSIBLE.findall(text)) > 0.95 * len(text):
            return name
    return None


def utf16_misfit(head: bytes, name: str) -> bool:
    """Whether bytes that are declared as UTF-16 give a text without any mark or line end."""
    text = head[: len(head) // 2 * 2].decode(name, errors="replace")
    return not any(letter.isascii() and letter != "\x00" for letter in text)


def _one_byte(head: bytes, broken: int) -> tuple[str, Note] | None:
    if name := _by_signs(head):
        evidence = "not UTF-8, and nothing beyond ASCII but signs such as № and €"
        return name, Note(what=f"encoding {name}", evidence=evidence)
    # A Russian word is Russian throughout; in a Western one few letters are beyond ASCII.
    russian = _foreign(head, "cp1251")
    pure = _share(russian, lambda word: all(not letter.isascii() for letter in word))
    western = _foreign(head, "cp1252")
    mixed = _share(western, _is_western)
    if pure >= _MOSTLY and any(len(word) > 1 for word in russian):
        name, alike = _russian_code(head)
        if alike >= _MOSTLY and broken >= FEW:
            evidence = f"not UTF-8, and {alike:.0%} of the words beyond ASCII read as Russian"
            return name, Note(what=f"encoding {name}", evidence=evidence)
    elif mixed >= _MOSTLY:
        evidence = f"not UTF-8, and {mixed:.0%} of the words beyond ASCII read as Western"
        return "cp1252", Note(what="encoding cp1252", evidence=evidence)
    if broken < FEW:
        return "utf-8", Note(what="encoding utf-8", evidence=f"ASCII but for {broken} stray bytes")
    return None


def _by_signs(head: bytes) -> str | None:
    """Return the encoding in which all bytes beyond ASCII are signs that exports use."""
    beyond = bytes({byte for byte in head if byte > 0x7F})  # noqa: PLR2004 (beyond ASCII)
    for name in ("cp1252", "cp1251"):
        if _SIGNS.issuperset(beyond.decode(name, errors="replace")):
            return name
    return None


def _foreign(head: bytes, name: str) -> Counter[str]:
    """Return the words that have letters beyond ASCII, and how often they occur."""
    text = head.decode(name, errors="replace")
    return Counter(word for word in _WORD.findall(text) if not word.isascii())


def _share(words: Counter[str], holds: Callable[[str], bool]) -> float:
    """Return the share of words that hold, by how often they occur."""
    return sum(words[word] for word in words if holds(word)) / max(1, words.total())


def _is_western(word: str) -> bool:
    beyond = sum(1 for letter in word if not letter.isascii())
    return _WESTERN.fullmatch(word) is not None and (2 * beyond <= len(word) or len(word) == 1)


def _russian_code(head: bytes) -> tuple[str, float]:
    """Return the code in which the words look most like Russian, and the share of those that do."""
    head = _NO_BREAKS.sub(b" ", head)
    words = {name: _foreign(head, name) for name in _RUSSIAN_CODES}
    best = max(
        _RUSSIAN_CODES,
        key=lambda name: (
            _likeness(head.decode(name, errors="replace"), words[name]) + _USUAL.get(name, 0.0)
        ),
    )
    return best, _share(words[best], lambda word: _RUSSIAN.fullmatch(word) is not None)


def _likeness(text: str, words: Counter[str]) -> float:
    """Return how much more likely what is beyond ASCII is in Russian than by chance.

    Signs are rare: what is a letter in one alphabet and a sign in another speaks for the former.
    """
    signs = ((sign, count) for sign, count in Counter(text).items() if not sign.isascii())
    total = -_WRONG_CASE * sum(count for sign, count in signs if not sign.isalpha())
    for word, count in words.items():
        is_word = _RUSSIAN.fullmatch(word) is not None
        likeness = sum(map(_WEIGHT.__getitem__, word.lower())) if is_word else -_WRONG_CASE
        total += count * likeness
    return total
