"""Which way scores of CES count: a high one means effort, or (CES 2.0) that it was easy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from kpicli.proposal.questions import known
from kpicli.proposal.types import Draft, Feed, Setting, also
from kpicli.proposal.values import meanings
from kpicli.proposal.words import folded

EASE = "ease"
EFFORT = "effort"
_CES = "ces"
_MOST = 60
_END = re.compile(r"(?<!\d)(\d{1,3})(?!\d)[\s(=:«\"'-]*[—–]?[\s«\"']*([^\W\d][^\d,;()]*)")


def version(drafts: Iterable[Draft]) -> Setting:
    """Return the parameters that tell which way the scores of effort count; none by default."""
    found: Counter[str | None] = Counter()
    asked: dict[str | None, str] = {}
    for draft in drafts:
        for feed in _scores(draft):
            told = _way_of(feed)
            found[told] += 1
            asked.setdefault(told, feed.headers[0])
    if found[EASE] and found[EFFORT]:
        because = (
            f"'{asked[EASE]}' counts ease, '{asked[EFFORT]}' counts effort: compute them apart, or "
            "turn the scores of one round by its values"
        )
        most = max((EASE, EFFORT), key=lambda one: found[one])
        return Setting(value=f"{{ces.version: {most}}}", because=because, doubtful=True)
    if found[EASE]:
        because = f"'{asked[EASE]}' asks how easy it was: a high score is good"
        return Setting(value=f"{{ces.version: {EASE}}}", because=because)
    if found[None] and not found[EFFORT]:
        because = "needed where a high score of CES means that it was easy; else it is effort"
        return Setting(
            value=f"{{ces.version: {EASE}}}", because=because, doubtful=True, offered=True
        )
    return Setting(value=None, because="")


def marked(draft: Draft) -> Draft:
    """Return a draft that asks which way scores of effort count, where nothing tells it."""
    open_ = [feed for feed in _scores(draft) if _way_of(feed) is None]
    because = "nothing tells whether a high score of CES is effort or ease: params, ces.version"
    feeds = tuple(
        replace(feed, because=also(feed.because, because), doubtful=True)
        if any(feed is one for one in open_)
        else feed
        for feed in draft.feeds
    )
    return replace(draft, feeds=feeds)


def way(header: str, values: Mapping[str, object] | None = None) -> str | None:
    """Return which way a question counts effort; None where it tells none, or both.

    What the ends of its scale are called comes first: in the header, then in the cells.
    """
    if told := _by_ends({words: int(end) for end, words in _END.findall(header)}):
        return told
    cells = {cell: score for cell, score in (values or {}).items() if isinstance(score, int)}
    if told := _by_ends(cells):
        return told
    words = folded(header)
    eased = _is_like(EASE, words)
    hard = _is_like(EFFORT, words)
    return None if eased == hard else EASE if eased else EFFORT


def _by_ends(ends: Mapping[str, int]) -> str | None:
    """Return which way the words of a scale count, by the highest and the lowest that tell it."""
    told = sorted((score, _end(words)) for words, score in ends.items() if _end(words))
    if not told:
        return None
    (_, low), (_, high) = told[0], told[-1]
    if len(told) > 1:
        return high if low != high else None
    top = 2 * told[0][0] > max(ends.values())
    return high if top else (EASE if low == EFFORT else EFFORT)


def _end(words: str) -> str:
    """Return what an end of a scale means; nothing where it is neither easy nor hard."""
    plain = folded(words)
    if any(re.search(pattern, plain) for pattern in known().ways["hard"]):
        return EASE if _is_little(plain) else EFFORT
    return EASE if _is_like(EASE, plain) else ""


def _is_little(words: str) -> bool:
    """Whether what would be hard is said to be little: no effort at all."""
    return _is_like(EASE, words) and not re.search(r"\b(not|не)\b", words)


def _is_like(way: str, words: str) -> bool:
    return any(re.search(pattern, words) for pattern in known().ways[way])


def _way_of(feed: Feed) -> str | None:
    return way(feed.headers[0], feed.spec.get("values"))


def _scores(draft: Draft) -> Iterator[Feed]:
    """Yield what feeds the scores of a draft where some of them are of CES."""
    if draft.table.name != "responses":
        return
    feeds = {feed.column: feed for feed in draft.feeds}
    survey, score = feeds.get("survey_type"), feeds.get("score")
    if survey is not None and score is not None and score.headers and _holds(draft, survey):
        yield score


def _holds(draft: Draft, survey: Feed) -> bool:
    """Whether some of the surveys of a draft are CES."""
    if not survey.headers:
        return survey.spec.get("const") == _CES
    cells = [cell for cell, _ in draft.sheet.counted(survey.headers[0])[:_MOST]]
    values = draft.column(survey).values
    found = meanings(cells, draft.table.name, survey.column, values).known
    return _CES in {**found, **survey.spec.get("values", {})}.values()
