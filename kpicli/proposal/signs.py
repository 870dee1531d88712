"""Currencies that headers name and cells bear: `amount, EUR`, `Сумма, руб.`, `$10.00`."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from kpicli.intake.values import signs
from kpicli.proposal.profile import Kind, Profile

_MEANT = {
    "₽": "RUB",
    "руб": "RUB",
    "р.": "RUB",
    "$": "USD",
    "долл": "USD",
    "€": "EUR",
    "£": "GBP",
    "₸": "KZT",
    "₴": "UAH",
}
"""What a sign or the beginning of a word mostly means, where it may stand for several."""
_WORDS = {"rur": "RUB", "dollars": "USD", "euro": "EUR", "euros": "EUR", "евро": "EUR"}
_WORD = re.compile(r"\bр\.|\b[A-Za-z]{1,3}\$|\w+|[^\w\s]")


def named(header: str) -> str | None:
    """Return the currency that a header names; None where it names none, or one of several."""
    codes = map(meant, _WORD.findall(header))
    return next((code for code in codes if code), None)


def borne(profile: Profile) -> dict[str, str]:
    """Return the currencies whose signs the numbers of a column bear, each with its sign."""
    if profile.kind is not Kind.NUMBER:
        return {}
    cells = pl.DataFrame({"cell": profile.cells}, schema={"cell": pl.String})
    found = cells.select(signs.sign(pl.col("cell"))).to_series().drop_nulls()
    return _by_code(found.unique(maintain_order=True).to_list())


def _by_code(found: Iterable[str]) -> dict[str, str]:
    codes = {sign: meant(sign) for sign in found}
    return {code: sign.lower() for sign, code in codes.items() if code}


def usual(word: str) -> str | None:
    """Return the currency that a whole word or sign mostly means; None for longer ones."""
    small = word.lower()
    known = _MEANT | _WORDS
    return known.get(small) or known.get(small.rstrip("."))


def meant(word: str) -> str | None:
    """Return the currency that a sign, a code or a word means."""
    small = word.lower()
    begun = next((code for sign, code in _MEANT.items() if small.startswith(sign)), None)
    known = begun or _WORDS.get(small)
    if known:
        return known
    codes = signs.currencies(word.upper())
    return next(iter(codes)) if len(codes) == 1 else None
