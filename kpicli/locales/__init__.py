"""Languages: the words of metrics and of the interface in other tongues than English.

English lives in the declarations and in the code. A locale file overlays the declarations of the
built-in metrics, and translates the words that renderers print.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kpicli.language.catalogue import Catalogue, built_in
from kpicli.packaged import data

if TYPE_CHECKING:
    from kpicli.locales.messages import Messages

ENGLISH = "en"
LANGUAGES = (ENGLISH, "ru")


class Locale(Struct, frozen=True, kw_only=True):
    """One language: how numbers and dates are written in tables, and its words.

    `metrics` overlays declarations by id, `parameters` has their meanings, `left_out` those of the
    reasons of a view; `families` and `words` translate by the English text.
    """

    code: str
    decimal: str
    thousands: str
    metrics: Mapping[str, Mapping[str, Any]]
    families: Mapping[str, str]
    words: Mapping[str, str]
    parameters: Mapping[str, str]
    left_out: Mapping[str, str]

    def __call__(self, text: str, /, **values: object) -> str:
        """Return an interface text in this language, with `{name}` filled in."""
        return self.words.get(text, text).format(**values)

    def count(self, number: int) -> str:
        """Return a whole number with its thousands apart, as this language does."""
        return f"{number:,}".replace(",", self.thousands)

    def date(self, day: dt.date) -> str:
        """Return a day as this language writes it."""
        return day.strftime("%d.%m.%Y") if self.decimal == "," else day.isoformat()

    def message(self, text: str) -> str:
        """Return a finished message, which arose in English, in this language."""
        return text if self.code == ENGLISH else _messages(self.code)(text)

    def translate(self, catalogue: Catalogue) -> Catalogue:
        """Return the catalogue with the words of this language."""
        if self.code == ENGLISH:
            return catalogue
        return catalogue.overlaid(self.metrics, self.families, self.parameters)


@cache
def locale(code: str) -> Locale:
    """Return the language called `code`."""
    if code == ENGLISH:
        return Locale(
            code=code,
            decimal=".",
            thousands=",",
            metrics={},
            families={},
            words={},
            parameters={},
            left_out={},
        )
    folder = Path(__file__).parent
    files = (folder / f"{code}.yaml", folder / f"{code}_parameters.yaml")
    return Locale(code=code, **{key: words for file in files for key, words in data(file).items()})


@cache
def _messages(code: str) -> Messages:
    """Return the messages of a language; meanings of parameters are hints too."""
    from kpicli.locales.messages import messages_of  # noqa: PLC0415 (not for English)

    found = locale(code)
    meanings = {
        parameter.meaning: found.parameters[name]
        for name, parameter in built_in().parameters.items()
    }
    return messages_of(code, meanings, found.thousands, found.date)
