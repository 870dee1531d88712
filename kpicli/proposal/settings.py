"""What holds for all sources: time zone, currency, language, as far as the files tell."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl

from kpicli.intake.values.zones import offset
from kpicli.model import Type
from kpicli.proposal import efforts
from kpicli.proposal.currencies import currency
from kpicli.proposal.profile import Kind
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.types import Draft, Setting
from kpicli.proposal.written import dates, read_by
from kpicli.report.today import today

_CYRILLIC = re.compile(r"[А-Яа-яЁё]")


def settings(
    sheets: Sequence[Sheet], drafts: Sequence[Draft], language: str | None
) -> dict[str, Setting]:
    """Return the settings of a config for these sources."""
    return {
        "timezone": _timezone(drafts),
        "currency": currency(drafts),
        "language": _language(sheets, language),
        "as_of": _as_of(drafts),
        "params": efforts.version(drafts),
    }


def _as_of(drafts: Sequence[Draft]) -> Setting:
    """Return the last day of tables of spells alone: without it their latest ends do not count.

    An end is a plan as far as the model knows, so one yet to come tells nothing.
    """
    if not all(draft.table.spells for draft in drafts):
        return Setting(value=None, because="")
    begun = [_last_day(draft, draft.table.begins) for draft in drafts]
    ended = [_last_day(draft, draft.table.ends) for draft in drafts]
    if not any((*begun, *ended)):
        return Setting(value=None, because="")
    last = max(filter(None, ended), default=None)
    if last is None or last <= max(filter(None, begun), default=last):
        because = "the day of the export: ends after the latest beginning have not happened yet"
        return Setting(value=None, because=because, doubtful=True)
    because = "the last end in the files, put the day of the export: what lies after it is out"
    return Setting(value=last.isoformat(), because=because, doubtful=True)


def _last_day(draft: Draft, columns: Iterable[str]) -> dt.date | None:
    """Return the last day in columns of a draft that is not yet to come."""
    headers = [
        header for feed in draft.feeds if feed.column in columns for header in feed.headers[:1]
    ]
    found: list[dt.date] = []
    for header, written in dates(
        draft.sheet, headers, english=not is_russian([draft.sheet])
    ).items():
        days = pl.coalesce(read_by(form).cast(pl.Date) for form in written.formats)
        last = (
            draft.sheet.cells(header)
            .select(days.alias("day"))
            .filter(pl.col("day") <= today("UTC"))
            .max()
            .collect(engine="streaming")
            .item()
        )
        found += [last] if last else []
    return max(found, default=None)


def is_russian(sheets: Iterable[Sheet]) -> bool:
    """Whether most headers that have letters are in Russian; without a header, most cells."""
    names = [name for sheet in sheets for name in _said(sheet) if name]
    return 2 * sum(1 for name in names if _CYRILLIC.search(name)) > len(names)


def _said(sheet: Sheet) -> Sequence[str]:
    if not sheet.headless:
        return sheet.names
    cells = (cell for one in sheet.profiles.values() for cell in one.cells)
    return [cell for cell in cells if any(map(str.isalpha, cell))]


def _language(sheets: Sequence[Sheet], asked: str | None) -> Setting:
    if asked is not None:
        return Setting(value=asked, because="as --lang says")
    if is_russian(sheets):
        return Setting(value="ru", because="most headers are in Russian; or en")
    return Setting(value="en", because="of titles; or ru")


def _timezone(drafts: Iterable[Draft]) -> Setting:
    cells = [
        cell
        for draft in drafts
        for feed in draft.feeds
        if draft.column(feed).type is Type.TS
        for header in feed.headers
        if draft.sheet.profiles[header].kind is Kind.TIME
        for cell in draft.sheet.profiles[header].cells
    ]
    offsets = Counter(zone for cell in cells if (zone := offset(cell)))
    whole = {int(zone[:3]) for zone in offsets}
    even = all(zone.endswith(":00") for zone in offsets)
    if offsets and offsets.total() == len(cells) and len(whole) == 1 and even and whole != {0}:
        (hours,) = whole
        zone = f"Etc/GMT{-hours:+d}"
        because = f"all times bear {next(iter(offsets))}; better the place, such as Europe/Moscow"
        return Setting(value=zone, because=because, doubtful=True)
    if offsets:
        because = "the times bear offsets: put the zone in which your days begin"
        return Setting(value="UTC", because=because, doubtful=True)
    because = "no time says its zone: put that of the system, such as Europe/Moscow"
    return Setting(value="UTC", because=because, doubtful=bool(cells))
