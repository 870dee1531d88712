"""Says how the cells of a draft are read: formats, decimal marks, values, nulls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from kpicli.config import TimeUnit
from kpicli.model import Type
from kpicli.proposal.codes import CURRENCY, codes
from kpicli.proposal.profile import Kind, is_usual_nothing
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.types import Draft, Feed, Option, also
from kpicli.proposal.values import value_map
from kpicli.proposal.words import folded
from kpicli.proposal.written import Dates, Numbers, dates, numbers

_SHOWN = 12
_UNITS = {
    TimeUnit.MILLISECONDS: {"ms", "milliseconds", "мс", "миллисекунд"},
    TimeUnit.SECONDS: {"s", "sec", "secs", "seconds", "сек", "секунд", "секунды"},
    TimeUnit.MINUTES: {"m", "min", "mins", "minutes", "мин", "минут", "минуты"},
    TimeUnit.HOURS: {"h", "hr", "hrs", "hour", "hours", "ч", "час", "часов", "часы"},
    TimeUnit.DAYS: {"d", "day", "days", "дн", "дней", "дни"},
}
_DAYS = {"time": "date", "время": "дата"}
_TOLD_APART = frozenset(("utf-8", "utf-16-le", "utf-16-be", "cp1251"))


def finished(draft: Draft, *, english: bool) -> Draft:
    """Return a draft whose columns say how their cells are read."""
    sheet = draft.sheet
    times = _headers(draft, lambda kind: kind.is_time)
    forms = dates(sheet, times, english=english)
    marks = numbers(sheet, _headers(draft, lambda kind: kind.is_number))
    options = {
        **draft.options,
        **_file(sheet),
        **_zone(draft, times),
        **_decimal(marks),
        **_nulls(draft),
    }
    shared = options["decimal"].value if "decimal" in options else None
    feeds = []
    dropped = list(draft.dropped)
    for feed in draft.feeds:
        made = _with_values(draft, feed)
        if made is None:
            continue
        kind = draft.column(feed).type
        column = draft.column(feed)
        kept = column.required or column.unlisted or not column.values
        if made.unknown and "values" not in made.spec and not kept:
            dropped.append(made)  # read without its meanings, every cell would be the default
            continue
        kind = column.type
        if kind.is_time:
            made = _with_formats(made, forms, sheet)
        if kind is Type.SECONDS:
            made = _with_unit(made, sheet)
        if kind.is_number:
            made = _with_marks(made, marks, shared)
        feeds.append(_with_cells(made, sheet))
    return replace(draft, feeds=tuple(feeds), options=options, dropped=tuple(dropped))


def _headers(draft: Draft, wanted: Any) -> list[str]:  # noqa: ANN401 (a test of a type)
    return list(
        dict.fromkeys(
            header
            for feed in draft.feeds
            if wanted(draft.column(feed).type) and "values" not in feed.spec
            for header in (*feed.headers, *_read_by_expr(feed, draft))
        )
    )


def _read_by_expr(feed: Feed, draft: Draft) -> list[str]:
    """Return the headers that the SQL of a feed reads."""
    text = feed.spec.get("expr", "")
    return [name for name in draft.sheet.names if f'"{name}"' in text]


def _with_formats(feed: Feed, forms: Mapping[str, Dates], sheet: Sheet) -> Feed:
    """Pin formats that might be read otherwise in another export; SQL needs them all."""
    text = feed.spec.get("expr", "")
    headers = feed.headers or [name for name in sheet.names if f'"{name}"' in text]
    found = [forms[header] for header in headers if header in forms]
    if not found or "format" in feed.spec:
        return feed
    because = also(feed.because, found[0].because)
    doubtful = feed.doubtful or any(one.doubtful for one in found)
    if not text and not any(one.pinned for one in found):
        return replace(feed, because=because, doubtful=doubtful)
    formats = list(dict.fromkeys(form for one in found for form in one.formats))
    form = formats[0] if len(formats) == 1 else formats
    return replace(feed, spec={**feed.spec, "format": form}, because=because, doubtful=doubtful)


def _with_unit(feed: Feed, sheet: Sheet) -> Feed:
    """Say in what a ready duration is written: by its cells, else by the words of its header."""
    if "unit" in feed.spec or len(feed.headers) != 1:
        return feed
    header = feed.headers[0]
    if sheet.profiles[header].kind is Kind.DURATION:
        made = replace(feed, spec={**feed.spec, "unit": TimeUnit.HMS.value})
        if day := _day_of(header, sheet):
            because = also(feed.because, f"perhaps the time of day that belongs to '{day}'")
            made = replace(made, because=because, doubtful=True)
        return made
    words = {*folded(header).split()}
    for unit, names in _UNITS.items():
        if words & names:
            because = also(feed.because, "its header says the unit")
            return replace(feed, spec={**feed.spec, "unit": unit.value}, because=because)
    spec = {**feed.spec, "unit": TimeUnit.SECONDS.value}
    because = also(feed.because, "its header does not say the unit")
    return replace(feed, spec=spec, because=because, doubtful=True)


def _day_of(header: str, sheet: Sheet) -> str | None:
    """Return the header of dates that is called as another one is: Дата решения, Время решения."""
    sought = [_DAYS.get(word, word) for word in folded(header).split()]
    days = (name for name in sheet.names if sheet.profiles[name].kind is Kind.TIME)
    return next((name for name in days if folded(name).split() == sought), None)


def _with_marks(feed: Feed, marks: Mapping[str, Numbers], shared: str | None) -> Feed:
    found = [marks[header] for header in feed.headers if header in marks]
    if not found or "values" in feed.spec:
        return feed
    one = found[0]
    spec = dict(feed.spec)
    if one.decimal and (one.open or one.decimal != (shared or ".")):
        spec["decimal"] = one.decimal
    if one.thousands:
        spec["thousands"] = one.thousands
    because = also(feed.because, one.because) if one.because else feed.because
    return replace(feed, spec=spec, because=because, doubtful=feed.doubtful or one.doubtful)


def _with_values(draft: Draft, feed: Feed) -> Feed | None:
    """Return a feed with the values of its cells; None where none of its cells is understood."""
    column = draft.column(feed)
    if len(feed.headers) != 1 or column.type not in {Type.ENUM, Type.TEXT}:
        return feed
    if feed.column == CURRENCY and "values" not in feed.spec:
        return _with_codes(feed, draft.sheet)
    told = feed.spec.get("values", {})
    found = value_map(draft.sheet, feed.headers[0], draft.table.name, feed.column, column)
    if found is None and column.unlisted and not told:
        because = also(feed.because, "too many different words to know what they mean")
        return replace(feed, because=because, doubtful=True)
    if found is None or (found.plain and not told and "other" not in feed.spec):
        return feed
    known = {**found.known, **told}
    unknown = tuple(cell for cell in found.unknown if cell not in told)
    if not known and column.unlisted:
        because = also(
            feed.because, f"until values say what its words mean, every row is {column.unlisted}"
        )
        return replace(feed, because=because, doubtful=True, unknown=unknown[:_SHOWN])
    if not known:
        return None if feed.guessed else replace(feed, doubtful=True, unknown=unknown[:_SHOWN])
    ordered = dict(sorted(known.items(), key=lambda item: (str(item[1]), item[0])))
    spec = {**feed.spec, "values": ordered}
    if column.type is Type.TEXT:
        spec["pass"] = True
    hidden = "other" in spec or column.type is Type.TEXT
    because = feed.because
    if unknown and not hidden:
        because = also(because, f"no value is known for {len(unknown)} of its words")
    partly = sum(1 for cell in found.partly if cell not in told)
    if partly:
        because = also(because, f"of {partly} of its words only a part is known")
    return replace(
        feed,
        spec=spec,
        because=because,
        doubtful=feed.doubtful or bool(unknown and not hidden) or partly > 0,
        unknown=() if hidden or column.person else unknown[:_SHOWN],
    )


def _with_codes(feed: Feed, sheet: Sheet) -> Feed:
    """Say which codes the words and signs of a column of currencies mean."""
    found = codes(sheet, feed.headers[0])
    if found is None or not (found.known or found.unknown):
        return feed
    spec = dict(feed.spec)
    if found.known:
        ordered = dict(sorted(found.known.items(), key=lambda item: (item[1], item[0])))
        spec |= {"values": ordered, "pass": True}
    if not found.unknown:
        return replace(feed, spec=spec)
    because = also(feed.because, f"no currency is known for {len(found.unknown)} of its words")
    unknown = found.unknown[:_SHOWN]
    return replace(feed, spec=spec, because=because, doubtful=True, unknown=unknown)


def _with_cells(feed: Feed, sheet: Sheet) -> Feed:
    """Say that a header has no cell, which somebody should know."""
    if feed.headers and all(sheet.profiles[name].filled == 0 for name in feed.headers):
        return replace(feed, because=also(feed.because, "its first cells are empty"))
    return feed


def _zone(draft: Draft, times: list[str]) -> dict[str, Option]:
    """Return the time zone where the headers of all times say that it is UTC."""
    told = [header for header in times if "utc" in folded(header).split()]
    if not told or told != times or "timezone" in draft.options:
        return {}
    return {"timezone": Option(value="UTC", because="the headers say so")}


def _file(sheet: Sheet) -> dict[str, Option]:
    """Return how the files are written, where another export might be taken otherwise."""
    found = {}
    if sheet.headless:
        because = "its first line is a row like the others: columns are told by their place"
        found["header"] = Option(value="none", because=because, doubtful=True)
    elif sheet.header is not None:
        lines = sheet.header[0] if len(sheet.header) == 1 else list(sheet.header)
        found["header"] = Option(value=lines, because="this system writes the header so")
    encodings = {text.encoding for text in sheet.texts}
    if len(encodings) == 1 and not encodings <= _TOLD_APART:
        because = "found out from the letters: check that names read well"
        found["encoding"] = Option(value=encodings.pop(), because=because, doubtful=True)
    return found


def _decimal(marks: Mapping[str, Numbers]) -> dict[str, Option]:
    """Return the decimal mark of a source where all its columns write a comma."""
    found = {one.decimal for one in marks.values() if one.decimal}
    if found != {","}:
        return {}
    sure = [one for one in marks.values() if one.decimal and not one.doubtful]
    because = (sure or list(marks.values()))[0].because
    return {"decimal": Option(value=",", because=because, doubtful=not sure)}


def _nulls(draft: Draft) -> dict[str, Option]:
    """Return cells that seem to mean nothing in the columns that are read."""
    found: dict[str, None] = {}
    for feed in draft.feeds:
        for header in feed.headers:
            for cell in draft.sheet.profiles[header].nothing:
                if draft.column(feed).type.is_text or not is_usual_nothing(cell):
                    found.setdefault(cell)
    own = draft.options.get("nulls")
    cells = list(dict.fromkeys((*(own.value if own else ()), *sorted(found))))
    if not cells:
        return {}
    return {"nulls": Option(value=cells, because="cells that seem to mean nothing")}
