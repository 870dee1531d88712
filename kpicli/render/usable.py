"""What metrics can use: a line each, with the rows that count and why others do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpicli.engine.accounts import REASONS
from kpicli.language.needs import clear
from kpicli.locales import Locale
from kpicli.render.columns import tied, wrapped
from kpicli.report.validation import Feasible, Validation

_COUNTS = 15
WORDS = {
    "other": "not asked about",
    "undated": "undated",
    "outside": "other time",
    "invalid": "impossible",
    "null": "no value",
    "open": "not over",
    "no_actor": "of nobody",
    "joined": "joined",
    "not_among": "of others",
    "superseded": "superseded",
    "few_raters": "few raters",
    "affiliate": "affiliate",
    "agency": "agency",
    "below_min_amount": "too small",
    "by_agent": "by an agent",
    "cancelled": "cancelled",
    "contractor": "contractor",
    "deleted": "deleted",
    "duplicate": "duplicate",
    "employee": "employee",
    "existing": "existing",
    "invalid_lead": "no lead",
    "merged": "merged",
    "no_touches": "no touches",
    "other_item": "other item",
    "own": "own",
    "pending": "pending",
    "self_referral": "self-referral",
    "spam": "spam",
    "temp": "temporary",
    "test": "test",
    "unknown_status": "unknown status",
}
"""Reasons of the engine, the views and the catalogue for people; their ids stand in JSON."""


def lines(found: Validation, locale: Locale, width: int | None) -> Iterator[str]:
    """Yield what every metric could use of the rows of its relation, then what others lack."""
    able = [metric for metric in found.metrics if not metric.lacks]
    unable = [metric for metric in found.metrics if metric.lacks]
    yield locale("metrics that can be computed: {count}", count=len(able)) + "\n"
    if found.range is not None and any(metric.account for metric in able):
        yield from wrapped(
            locale(
                "rows of their tables from {first} to {last}, those that count, and why others "
                "do not",
                first=locale.date(found.range.first),
                last=locale.date(found.range.last),
            ),
            2,
            width,
        )
    titles = {metric.metric: metric.title for metric in (*found.metrics, *found.parts)}
    size = max((len(metric.metric) for metric in able), default=0)
    sections: dict[str, list[Feasible]] = {metric.family: [] for metric in able}
    for metric in able:
        sections[metric.family].append(metric)
    for title, metrics in sections.items():
        yield f"  {title}\n"
        for metric in metrics:
            account = _account(metric, titles, locale, size=_COUNTS)
            yield from wrapped(f"{metric.metric:<{size}} {account}".rstrip(), 4, width, hanging=4)
    if found.parts:
        yield f"  {locale('parts of them')}\n"
    for metric in found.parts:
        account = _account(metric, titles, locale)
        yield from wrapped(f"{metric.title}: {account}".rstrip(), 4, width, hanging=4)
    seen = {
        reason
        for metric in (*able, *found.parts)
        if metric.account
        for reason in metric.account.excluded
    }
    for reason, meaning in REASONS.items():
        if reason in seen:
            yield from wrapped(f"{_word(reason, locale)}: {locale(meaning)}", 2, width)
    if unable:
        yield locale("metrics that cannot: {count}", count=len(unable)) + "\n"
        for metric in unable:
            lacks = "; ".join(clear(one, locale("and"), locale("or")) for one in metric.lacks)
            yield from wrapped(f"{metric.metric}: {locale('needs')} {lacks}", 2, width)


def _account(metric: Feasible, titles: Mapping[str, str], locale: Locale, *, size: int = 0) -> str:
    account = metric.account
    if account is None:
        names = "; ".join(titles.get(name, name) for name in metric.operands)
        return f"{' ' if size else ''}{locale(metric.why, names=names)}"
    gone = ", ".join(
        tied(f"{_word(why, locale)} {locale.count(count)}")
        for why, count in account.excluded.items()
    )
    counts = f"{locale.count(account.counted)}/{locale.count(account.rows)}"
    return f"{counts:>{size}}  {gone}".rstrip()


def _word(reason: str, locale: Locale) -> str:
    """Return a reason for people; one of a metric of one's own is in the words of its author."""
    return locale(WORDS[reason]) if reason in WORDS else reason
