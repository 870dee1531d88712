"""What metrics can use: a line each, with the rows that count and why others do not."""

from __future__ import annotations

from collections.abc import Iterator

from kpicli.engine.accounts import REASONS
from kpicli.locales import Locale
from kpicli.render.columns import wrapped
from kpicli.report.validation import Feasible, Validation


def lines(found: Validation, locale: Locale) -> Iterator[str]:
    """Yield what every metric could use of the rows of its relation, then what others lack."""
    able = [metric for metric in found.metrics if not metric.lacks]
    unable = [metric for metric in found.metrics if metric.lacks]
    yield locale("metrics that can be computed: {count}", count=len(able)) + "\n"
    if found.range is not None and any(metric.account for metric in able):
        yield from wrapped(
            locale(
                "rows of their tables from {first} to {last}, those that count, and why others "
                "do not",
                first=found.range.first,
                last=found.range.last,
            ),
            2,
        )
    size = max((len(metric.metric) for metric in (*able, *found.parts)), default=0)
    sections: dict[str, list[Feasible]] = {metric.family: [] for metric in able}
    for metric in able:
        sections[metric.family].append(metric)
    sections[locale("parts of them")] = list(found.parts)
    for title, metrics in sections.items():
        if metrics:
            yield f"  {title}\n"
        for metric in metrics:
            yield from wrapped(_account(metric, size, locale), 4, hanging=4)
    seen = {
        reason
        for metric in (*able, *found.parts)
        if metric.account
        for reason in metric.account.excluded
    }
    for reason, meaning in REASONS.items():
        if reason in seen:
            yield from wrapped(f"{reason}: {locale(meaning)}", 2)
    if unable:
        yield locale("metrics that cannot: {count}", count=len(unable)) + "\n"
        for metric in unable:
            lacks = "; ".join(metric.lacks)
            yield from wrapped(f"{metric.metric}: {locale('needs')} {lacks}", 2)


def _account(metric: Feasible, size: int, locale: Locale) -> str:
    account = metric.account
    if account is None:
        why = locale(metric.why, names=", ".join(metric.operands))
        return f"{metric.metric:<{size}}  {why}".rstrip()
    gone = ", ".join(f"{why} {locale.count(count)}" for why, count in account.excluded.items())
    counts = f"{locale.count(account.counted)}/{locale.count(account.rows)}"
    return f"{metric.metric:<{size}} {counts:>15}  {gone}".rstrip()
