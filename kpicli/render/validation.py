"""What `kpi validate` tells: a section per source, then tables, then what metrics can use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from kpicli.intake import FileLedger, Linked, Outcome
from kpicli.intake.text.sniff import delimiter_name
from kpicli.intake.whole.rules import AFTER
from kpicli.locales import ENGLISH, Locale
from kpicli.model import model
from kpicli.render import numbers, usable
from kpicli.render.columns import COUNTS, aligned, counts_of, folded, wrapped
from kpicli.report.validation import Validation

AFTER_MEANS = "yet to come: out where it begins the row, else read as empty"


def as_text(found: Validation, locale: Locale, width: int | None) -> Iterator[str]:
    """Yield a validation as text, line by line; `width` is that of the terminal, None off one."""
    for _, ledgers in groupby(found.ledgers, key=lambda ledger: ledger.source):
        yield from _source(list(ledgers), locale, width)
    yield from _tables(found, locale, width)
    yield from _links(found, locale, width)
    yield from usable.lines(found, locale, width)
    yield from _verdict(found, locale, width)


def _source(ledgers: Sequence[FileLedger], locale: Locale, width: int | None) -> Iterator[str]:
    first = ledgers[0]
    yield from folded(f"{first.source} → {first.table}", width)
    rows = [[ledger.file, *counts_of([ledger], locale)] for ledger in ledgers]
    if len(ledgers) > 1:
        rows.append([locale("all files"), *counts_of(ledgers, locale)])
    heads = [locale("file"), *map(locale, COUNTS)]
    yield from aligned(heads, rows, indent=2, width=width)
    for ledger in ledgers:
        yield from _file(ledger, locale, width, named=len(ledgers) > 1)
    yield "\n"


def _file(ledger: FileLedger, locale: Locale, width: int | None, *, named: bool) -> Iterator[str]:
    """Yield what was found in a file, beside the counts of its rows."""
    kind = f"{ledger.encoding}, {locale(delimiter_name(ledger.delimiter))}"
    blank = f", {locale('and blank lines')} {locale.count(ledger.blank)}" if ledger.blank else ""
    name = f"{ledger.file}: " if named else ""
    size = f"{locale.count(ledger.bytes)} {locale('bytes')}"
    yield from folded(f"  {name}{kind}, {size}{blank}", width)
    for note in ledger.notes:
        yield from wrapped(f"{locale('found out')}: {note.what} ({note.evidence})", 2, width)
    for reason, count in ledger.reasons.most_common():
        yield from wrapped(f"{locale('rejected')} {locale.count(count)}: {reason}", 2, width)
        yield from _places(ledger, reason, Outcome.REJECTED, count, locale, width)
    for reason, count in ledger.changed.most_common():
        yield from wrapped(f"{locale('cells changed')} {locale.count(count)}: {reason}", 2, width)
        yield from _places(ledger, reason, Outcome.EMPTIED, count, locale, width)
    for reason, count in ledger.doubled.most_common():
        yield from wrapped(f"{locale('duplicate')} {locale.count(count)}: {reason}", 2, width)
        yield from _places(ledger, reason, Outcome.DUPLICATE, count, locale, width)
    for rule, count in ledger.impossible.most_common():
        told = locale(meaning_of(ledger.table, rule))
        if locale.code == ENGLISH:  # as the names of rules are
            told = f"{rule} ({told})"
        yield from wrapped(f"{locale('impossible')} {locale.count(count)}: {told}", 2, width)
        yield from _places(ledger, rule, Outcome.IMPOSSIBLE, count, locale, width)


def meaning_of(table: str, rule: str) -> str:
    """Return a rule of a table in words."""
    if rule == AFTER:
        return AFTER_MEANS
    return model().tables[table].rules[rule].meaning


def _places(
    ledger: FileLedger, reason: str, outcome: Outcome, count: int, locale: Locale, width: int | None
) -> Iterator[str]:
    first = ledger.first(reason, outcome)
    for reject in first:
        cell = f": '{reject.value}'" if reject.value is not None else ""
        yield from folded(f"    {locale('line')} {reject.line}{cell}", width)
    if count > len(first):
        more = locale(
            "and {count} more: --rejects FILE lists all", count=locale.count(count - len(first))
        )
        yield from folded(f"    {more}", width)


def _tables(found: Validation, locale: Locale, width: int | None) -> Iterator[str]:
    ages = {age.source: age for age in found.freshness}
    size = max((len(table) for table in found.mapped), default=0)
    for table in found.mapped:
        span = found.covered.get(table)
        days = locale("no events")
        if span:
            days = f"{locale.date(span.first)} … {locale.date(span.last)}"
        yield from folded(f"{table:<{size}}  {days}", width)
    for source, age in ages.items():
        if age.newest is None:
            yield from folded(f"{source}: {locale('no events')}", width)
        else:
            words = "{source}: newest row {day}, days old: {age}"
            day = locale.date(age.newest)
            yield from folded(locale(words, source=source, day=day, age=age.age), width)
    if found.as_of is not None:
        told = f"{locale('as of')} {locale.date(found.as_of)} ({found.as_of_from})"
        yield from folded(told, width)
    yield "\n"


def _links(found: Validation, locale: Locale, width: int | None) -> Iterator[str]:
    if not found.links:
        return
    yield locale("references between tables") + "\n"
    heads = [locale("column"), locale("rows"), locale("unknown"), locale("share")]
    yield from aligned(heads, [_link(link, locale) for link in found.links], indent=2, width=width)
    for link in found.links:
        if link.unknown:
            places = ", ".join(f"{file}:{line}" for file, line in link.first)
            more = ", …" if link.unknown > len(link.first) else ""
            name = f"{link.table}.{link.column} → {link.to}"
            yield from wrapped(f"{name}, {locale('unknown')}: {places}{more}", 2, width)
    yield "\n"


def _link(link: Linked, locale: Locale) -> list[str]:
    share = ""
    if link.rows:
        share = numbers.decimal(100 * link.unknown / link.rows, 1, locale) + "%"
    name = f"{link.table}.{link.column} → {link.to}"
    return [name, locale.count(link.rows), locale.count(link.unknown), share]


def _verdict(found: Validation, locale: Locale, width: int | None) -> Iterator[str]:
    for warning in found.warnings:
        yield from folded(f"{locale('warning')}: {warning}", width)
    for problem in found.refused:
        yield from folded(f"{locale('error')}: {problem.told(locale('hint'))}", width)
    rows = [
        [name, *counts_of(ledgers, locale)]
        for name, ledgers in groupby(found.ledgers, key=lambda ledger: ledger.source)
    ]
    heads = [locale("source"), *map(locale, COUNTS)]
    yield "\n"
    rows.append([locale("all"), *counts_of(found.ledgers, locale)])
    yield from aligned(heads, rows, indent=0, width=width)
    told = locale(
        "warnings: {warnings}, errors: {errors}",
        warnings=len(found.warnings),
        errors=len(found.refused),
    )
    yield f"{told}\n"
