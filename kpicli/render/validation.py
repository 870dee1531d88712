"""What `kpi validate` tells: a section per source, then tables, then what metrics can use."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from kpicli.engine.accounts import REASONS
from kpicli.intake import FileLedger, Linked, Outcome
from kpicli.intake.rules import AFTER
from kpicli.intake.sniff import delimiter_name
from kpicli.locales import Locale
from kpicli.model import model
from kpicli.render.columns import COUNTS, aligned, counts_of
from kpicli.report.validation import Feasible, Validation

AFTER_MEANS = "yet to come: out where it begins the row, else read as empty"
_WIDTH = 80


def as_text(found: Validation, locale: Locale) -> Iterator[str]:
    """Yield a validation as text, line by line."""
    for _, ledgers in groupby(found.ledgers, key=lambda ledger: ledger.source):
        yield from _source(list(ledgers), locale)
    yield from _tables(found, locale)
    yield from _links(found, locale)
    yield from _metrics(found, locale)
    yield from _verdict(found, locale)


def _source(ledgers: Sequence[FileLedger], locale: Locale) -> Iterator[str]:
    first = ledgers[0]
    yield f"{first.source} → {first.table}\n"
    rows = [[ledger.file, *counts_of([ledger])] for ledger in ledgers]
    if len(ledgers) > 1:
        rows.append([locale("all files"), *counts_of(ledgers)])
    heads = [locale("file"), *map(locale, COUNTS)]
    yield from aligned(heads, rows, indent=2, width=_WIDTH)
    for ledger in ledgers:
        yield from _file(ledger, locale, named=len(ledgers) > 1)
    yield "\n"


def _file(ledger: FileLedger, locale: Locale, *, named: bool) -> Iterator[str]:
    """Yield what was found in a file, beside the counts of its rows."""
    kind = f"{ledger.encoding}, {locale(delimiter_name(ledger.delimiter))}"
    blank = f", {locale('and blank lines')} {ledger.blank:,}" if ledger.blank else ""
    name = f"{ledger.file}: " if named else ""
    yield f"  {name}{kind}, {ledger.bytes:,} {locale('bytes')}{blank}\n"
    for note in ledger.notes:
        yield from _wrapped(f"{locale('found out')}: {note.what} ({note.evidence})", 2)
    for reason, count in ledger.reasons.most_common():
        yield from _wrapped(f"{locale('rejected')} {count:,}: {reason}", 2)
        yield from _places(ledger, reason, Outcome.REJECTED, count, locale)
    for reason, count in ledger.changed.most_common():
        yield from _wrapped(f"{locale('cells changed')} {count:,}: {reason}", 2)
        yield from _places(ledger, reason, Outcome.EMPTIED, count, locale)
    for reason, count in ledger.doubled.most_common():
        yield from _wrapped(f"{locale('duplicate')} {count:,}: {reason}", 2)
        yield from _places(ledger, reason, Outcome.DUPLICATE, count, locale)
    for rule, count in ledger.impossible.most_common():
        meaning = locale(meaning_of(ledger.table, rule))
        yield from _wrapped(f"{locale('impossible')} {count:,}: {rule} ({meaning})", 2)
        yield from _places(ledger, rule, Outcome.IMPOSSIBLE, count, locale)


def meaning_of(table: str, rule: str) -> str:
    """Return a rule of a table in words."""
    if rule == AFTER:
        return AFTER_MEANS
    return model().tables[table].rules[rule].meaning


def _places(
    ledger: FileLedger, reason: str, outcome: Outcome, count: int, locale: Locale
) -> Iterator[str]:
    first = ledger.first(reason, outcome)
    for reject in first:
        cell = f": '{reject.value}'" if reject.value is not None else ""
        yield f"    {locale('line')} {reject.line}{cell}\n"
    if count > len(first):
        more = locale("and {count} more: --rejects FILE lists all", count=f"{count - len(first):,}")
        yield f"    {more}\n"


def _tables(found: Validation, locale: Locale) -> Iterator[str]:
    ages = {age.source: age for age in found.freshness}
    size = max((len(table) for table in found.mapped), default=0)
    for table in found.mapped:
        span = found.covered.get(table)
        days = f"{span.first} … {span.last}" if span else locale("no events")
        yield f"{table:<{size}}  {days}\n"
    for source, age in ages.items():
        if age.newest is None:
            yield f"{source}: {locale('no events')}\n"
        else:
            words = "{source}: newest row {day}, days old: {age}"
            yield locale(words, source=source, day=age.newest, age=age.age) + "\n"
    if found.as_of is not None:
        yield f"{locale('as of')} {found.as_of} ({found.as_of_from})\n"
    yield "\n"


def _links(found: Validation, locale: Locale) -> Iterator[str]:
    if not found.links:
        return
    yield locale("references between tables") + "\n"
    heads = [locale("column"), locale("rows"), locale("unknown"), locale("share")]
    yield from aligned(heads, [_link(link) for link in found.links], indent=2, width=_WIDTH)
    for link in found.links:
        if link.unknown:
            places = ", ".join(f"{file}:{line}" for file, line in link.first)
            more = ", …" if link.unknown > len(link.first) else ""
            name = f"{link.table}.{link.column} → {link.to}"
            yield from _wrapped(f"{name}, {locale('unknown')}: {places}{more}", 2)
    yield "\n"


def _link(link: Linked) -> list[str]:
    share = f"{100 * link.unknown / link.rows:.1f}%" if link.rows else ""
    name = f"{link.table}.{link.column} → {link.to}"
    return [name, f"{link.rows:,}", f"{link.unknown:,}", share]


def _metrics(found: Validation, locale: Locale) -> Iterator[str]:
    able = [metric for metric in found.metrics if not metric.lacks]
    unable = [metric for metric in found.metrics if metric.lacks]
    yield locale("metrics that can be computed: {count}", count=len(able)) + "\n"
    if any(metric.account for metric in able):
        yield from _wrapped(
            locale(
                "rows of their tables from {first} to {last}, those that count, and why others "
                "do not",
                first=found.range.first,
                last=found.range.last,
            ),
            2,
        )
    size = max((len(metric.metric) for metric in able), default=0)
    for family in dict.fromkeys(metric.family for metric in able):
        yield f"  {family}\n"
        for metric in able:
            if metric.family == family:
                yield from _wrapped(_account(metric, size, locale), 4, hanging=4)
    seen = {reason for metric in able if metric.account for reason in metric.account.excluded}
    for reason, meaning in REASONS.items():
        if reason in seen:
            yield from _wrapped(f"{reason}: {locale(meaning)}", 2)
    if unable:
        yield locale("metrics that cannot: {count}", count=len(unable)) + "\n"
        for metric in unable:
            lacks = "; ".join(metric.lacks)
            yield from _wrapped(f"{metric.metric}: {locale('needs')} {lacks}", 2)


def _account(metric: Feasible, size: int, locale: Locale) -> str:
    account = metric.account
    if account is None:
        return f"{metric.metric:<{size}}  {locale(metric.why)}"
    gone = ", ".join(f"{reason} {count:,}" for reason, count in account.excluded.items())
    counts = f"{account.counted:,}/{account.rows:,}"
    return f"{metric.metric:<{size}} {counts:>15}  {gone}".rstrip()


def _verdict(found: Validation, locale: Locale) -> Iterator[str]:
    for warning in found.warnings:
        yield f"{locale('warning')}: {warning}\n"
    for problem in found.refused:
        yield f"{locale('error')}: {problem}\n"
    rows = [
        [name, *counts_of(ledgers)]
        for name, ledgers in groupby(found.ledgers, key=lambda ledger: ledger.source)
    ]
    heads = [locale("source"), *map(locale, COUNTS)]
    yield "\n"
    rows.append([locale("all"), *counts_of(found.ledgers)])
    yield from aligned(heads, rows, indent=0, width=_WIDTH)
    told = locale(
        "warnings: {warnings}, errors: {errors}",
        warnings=len(found.warnings),
        errors=len(found.refused),
    )
    yield f"{told}\n"


def _wrapped(text: str, indent: int, *, hanging: int = 2) -> Iterator[str]:
    """Yield a text in lines that an ordinary terminal shows whole; no word is ever cut."""
    lines = textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        yield line + "\n"
