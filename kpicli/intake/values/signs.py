"""Signs around numbers: currencies, per cent, brackets and trailing minus, spaces in between.

They are left out knowingly: what they say of the currency is held against what the config says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import polars as pl

from kpicli.intake.values.binding import of_parts, once

_DOLLARS = "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP"
_WORDS = {
    "US$": "USD",
    "R$": "BRL",
    "$": _DOLLARS,
    "€": "EUR",
    "£": "GBP EGP",
    "¥": "JPY CNY",
    "₽": "RUB",
    "руб.": "RUB BYN",
    "руб": "RUB BYN",
    "р.": "RUB BYN",
    "₴": "UAH",
    "грн.": "UAH",
    "грн": "UAH",
    "₸": "KZT",
    "тенге": "KZT",
    "тг.": "KZT",
    "тг": "KZT",
    "₺": "TRY",
    "₹": "INR",
    "₩": "KRW",
    "₪": "ILS",
    "₫": "VND",
    "₱": "PHP",
    "₼": "AZN",
    "₾": "GEL",
    "֏": "AMD",
    "zł": "PLN",
    "Kč": "CZK",
    "kr.": "DKK NOK SEK ISK",
    "kr": "DKK NOK SEK ISK",
    "Fr.": "CHF",
    "Ft": "HUF",
    "lei": "RON MDL",
}
_CODES = (
    "USD EUR GBP RUB RUR BYN UAH KZT UZS KGS AMD AZN GEL MDL TRY CNY JPY INR KRW ILS CHF PLN CZK "
    "HUF RON BGN RSD SEK NOK DKK ISK CAD AUD NZD SGD HKD TWD MXN BRL ARS CLP COP ZAR AED SAR EGP "
    "THB VND IDR MYR PHP"
)
_CURRENCIES: Mapping[str, frozenset[str]] = {
    **{word.upper(): frozenset(codes.split()) for word, codes in _WORDS.items()},
    **{code: frozenset([code]) for code in _CODES.split()},
    "RUR": frozenset(["RUB", "RUR"]),
}
_SIGN = "|".join(re.escape(word) for word in sorted(_CURRENCIES, key=len, reverse=True))
_MINUS = "[-−–]"
# \s is any space, no-break and thin ones too.
_NUMBER = (
    rf"(?i)^(?P<open>\()?\s*(?P<a>{_MINUS}|\+)?\s*(?P<before>{_SIGN})?\s*(?P<b>{_MINUS}|\+)?\s*"
    rf"(?P<digits>[.,]?\d(?:[\d.,'’\s]*\d)?)\s*(?P<after>{_SIGN}|%)?\s*(?P<c>{_MINUS})?(?P<close>\))?$"
)
_BESIDE = r"[^\d.,\s-]"  # most cells hold none, and are done with that
_LONGEST = 200  # bytes of a number with its signs
_GROUPED = r"^\d{1,3}(?:[\s'’]\d{3})+(?:[.,]\d+)?$"


def _short(text: pl.Expr) -> pl.Expr:
    """Cells that are short enough for a number: to look through megabytes takes minutes."""
    return once(text, lambda text: pl.when(text.str.len_bytes() <= _LONGEST).then(text))


def bare(text: pl.Expr) -> pl.Expr:
    """A number as text with nothing but a minus, its digits and their marks.

    What is no number with signs around it stays as it is.
    """
    return once(text, lambda text: pl.coalesce(_unsigned(text), text))


def _unsigned(text: pl.Expr) -> pl.Expr:
    """The number in a cell; null where it is none."""
    digits = pl.field("digits")
    plain = pl.when(digits.str.contains(_GROUPED)).then(digits.str.replace_all(r"[\s'’]", ""))
    opened = pl.field("open").is_not_null()
    closed = pl.field("close").is_not_null()
    marks = [pl.field(name) for name in ("a", "b", "c")]
    minus = [mark.str.contains(_MINUS).fill_null(value=False) for mark in marks]
    negative = pl.any_horizontal(opened, *minus)
    at_most_one = pl.sum_horizontal(mark.is_not_null() for mark in marks) <= 1
    signed = pl.when(negative).then(pl.lit("-")).otherwise(pl.lit("")) + plain.otherwise(digits)
    number = pl.when((opened == closed) & at_most_one).then(signed)
    return of_parts(_short(text).str.extract_groups(_NUMBER), number)


def sign(text: pl.Expr) -> pl.Expr:
    """The currency or per cent sign of a trimmed cell, in capitals; null where it has none."""
    signed = once(text, lambda text: pl.when(text.str.contains(_BESIDE)).then(text))
    parts = _short(signed).str.extract_groups(_NUMBER)
    return of_parts(parts, pl.coalesce(pl.field("before"), pl.field("after")).str.to_uppercase())


def currencies(sign: str) -> frozenset[str]:
    """Return the currencies that a sign in capitals may stand for; none for per cent."""
    return _CURRENCIES.get(sign, frozenset())


def likeliest(sign: str) -> str:
    """Return the currency that a sign in capitals stands for most often."""
    return min(currencies(sign), key=_CODES.split().index)


def shared(signs: Iterable[str]) -> frozenset[str]:
    """Return the currencies that all of some signs may stand for."""
    sets = [found for one in signs if (found := currencies(one))]
    return frozenset.intersection(*sets) if sets else frozenset()
