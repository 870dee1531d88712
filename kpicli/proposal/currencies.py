"""The currency of a config, and sources in others: no two are added up without a word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl
from msgspec.structs import replace

from kpicli.intake.values import signs
from kpicli.model import Type
from kpicli.proposal.codes import CURRENCY, rows_of
from kpicli.proposal.signs import borne, meant, named
from kpicli.proposal.types import Draft, Feed, Setting, also

_CODE = re.compile(r"[A-Za-z]{3}")
_LOOKED_AT = 20


def currency(drafts: Iterable[Draft]) -> Setting:
    """Return the currency of a config: of most rows, else what amounts or headers bear."""
    parts = list(drafts)
    codes: Counter[str] = Counter()
    for part in parts:
        codes.update(_of_rows(part))
    if codes:
        ((most, _),) = codes.most_common(1)
        because = "what the rows say" if len(codes) == 1 else f"most rows; also {_others(codes)}"
        return Setting(value=most, because=because, doubtful=len(codes) > 1)
    money = [(part, header) for part in parts for header in _amounts(part)]
    for part, header in money:
        for most, because, doubtful in _borne(part, header):
            return Setting(value=most, because=because, doubtful=doubtful)
    for _, header in money:
        if code := named(header):
            return Setting(value=code, because="a header says so")
    because = "of all money, such as USD" if money else ""
    return Setting(value=None, because=because, doubtful=bool(money))


def _borne(part: Draft, header: str) -> list[tuple[str, str, bool]]:
    """Return the currencies whose signs amounts bear, the commonest first, by what, and doubt.

    Signs that only some of the amounts bear tell nothing of the others.
    """
    profile = part.sheet.profiles[header]
    found = borne(profile)
    if not found:
        return []
    cells = part.sheet.cells(header).filter(~pl.col("cell").is_in(profile.nothing))
    counts = cells.select(signs.sign(pl.col("cell")).alias("sign")).group_by("sign").len()
    rows: Counter[str | None] = Counter()
    for sign, count in counts.collect(engine="streaming").iter_rows():
        rows[meant(sign) if sign else None] += count
    amounts = rows.total()
    return [
        (code, f"amounts bear {sign}", False)
        if rows[code] == amounts
        else (code, f"{rows[code]:,} of {amounts:,} amounts bear {sign}", True)
        for code, sign in sorted(found.items(), key=lambda item: -rows[item[0]])
    ]


def _others(codes: Counter[str]) -> str:
    _, *rest = [code for code, _ in codes.most_common()]
    return ", ".join(rest)


def told_apart(drafts: Sequence[Draft]) -> list[Draft]:
    """Return drafts that say their currency where they show different ones.

    What a table has no column for is told, for it will count as the currency of the config.
    """
    shown: set[str] = set()
    for draft in drafts:
        shown |= {*_rows_of(draft), *_shown(draft)}
    if len(shown) < 2:  # noqa: PLR2004 (different ones)
        return list(drafts)
    made = [_with_currency(draft) for draft in drafts]
    own = currency(part for draft in made for part in draft.parts).value or ""
    return [_doubted(draft, own) for draft in made]


def _with_currency(draft: Draft) -> Draft:
    """Return a draft whose rows are in the one currency that it shows."""
    codes = _shown(draft)
    if CURRENCY in draft.fed or CURRENCY not in draft.table.columns or len(codes) != 1:
        return draft
    ((code, (because, doubtful)),) = codes.items()
    feed = Feed(column=CURRENCY, spec={"const": code}, because=because, doubtful=doubtful)
    return replace(draft, feeds=(*draft.feeds, feed))


def _doubted(draft: Draft, own: str) -> Draft:
    """Return a draft that tells which of its amounts count as another currency, or need rates."""
    if not any(_has_money(part) for part in draft.parts):
        return draft
    rows, codes = _rows_of(draft), _shown(draft)
    doubt = ""
    if rows and not codes.keys() <= rows.keys():
        doubt = (
            f"amounts are in {', '.join(codes)} by their header, and in {', '.join(rows)} by the "
            "currency of their rows, which counts: convert them, or leave them out"
        )
    elif not rows and CURRENCY not in draft.fed and not codes:
        doubt = (
            "nothing says in which currency its amounts are, and other files differ: they count "
            f"as {own}"
        )
    elif not rows and CURRENCY not in draft.fed and {*codes} != {own}:
        doubt = (
            f"its amounts are in {', '.join(codes)}, and count as {own}: convert them, or leave "
            "them out"
        )
    feeds = tuple(_marked(feed, own) for feed in draft.feeds)
    return replace(draft, feeds=feeds, doubts=(*draft.doubts, *filter(None, [doubt])))


def _marked(feed: Feed, own: str) -> Feed:
    """Return a currency marked where it is not that of the config."""
    if feed.column != CURRENCY or feed.spec.get("const", own) == own:
        return feed
    because = also(feed.because, "such amounts need rates in fx")
    return replace(feed, because=because, doubtful=True)


def _has_money(part: Draft) -> bool:
    return any(part.column(feed).type is Type.MONEY for feed in part.feeds)


def _amounts(part: Draft) -> list[str]:
    """Return the headers that are amounts."""
    return [
        header
        for feed in part.feeds
        if part.column(feed).type is Type.MONEY
        for header in feed.headers[:1]
    ]


def _rows_of(draft: Draft) -> Counter[str]:
    """Return the currencies that the rows of a draft say, in what is looked up too."""
    found: Counter[str] = Counter()
    for part in draft.parts:
        found.update(_of_rows(part))
    return found


def _of_rows(part: Draft) -> Counter[str]:
    """Return the currencies that a column says, with the numbers of rows."""
    found: Counter[str] = Counter()
    for feed in part.feeds:
        if feed.column != CURRENCY:
            continue
        if "const" in feed.spec:
            found[str(feed.spec["const"]).upper()] += part.sheet.rows
        for code, cells in rows_of(part.sheet, feed).items():
            if _CODE.fullmatch(code):
                found[code] += cells.total()
    return Counter(dict(found.most_common(_LOOKED_AT)))


def _shown(draft: Draft) -> dict[str, tuple[str, bool]]:
    """Return the currencies that amounts show beside a column that says it, by what, and doubt.

    A sign may stand for several currencies, so it counts only where nothing else says one.
    """
    found: dict[str, tuple[str, bool]] = {}
    for part in draft.parts:
        for header in _amounts(part):
            if code := named(header):
                found.setdefault(code, (f"'{header}' says so", False))
            elif CURRENCY not in draft.fed:
                for code, because, doubtful in _borne(part, header):
                    found.setdefault(code, (because, doubtful))
    return found
