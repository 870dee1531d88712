"""Freshness: how old the newest row of a source is, and how old it may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl
from msgspec import Struct

from kpicli.config import MaxAge, Source
from kpicli.intake.exports import Export

_CHANGED = "updated_at"


class Freshness(Struct, frozen=True, kw_only=True):
    """The newest day in a source up to the day `on`, and what the config allows."""

    source: str
    newest: dt.date | None
    on: dt.date
    limit: MaxAge

    @property
    def age(self) -> int | None:
        """Days from the newest day to the day on which it is judged."""
        return None if self.newest is None else (self.on - self.newest).days

    @property
    def fails(self) -> bool:
        """Whether it is too old to go on."""
        return self._beyond(self.limit.fail)

    @property
    def warns(self) -> bool:
        """Whether it is old enough to be told, and not too old to go on."""
        return not self.fails and self._beyond(self.limit.warn)

    def _beyond(self, days: int | None) -> bool:
        return days is not None and (self.age is None or self.age > days)

    @property
    def told(self) -> str:
        """How old it is and may be, for one who knows the source."""
        allowed = self.limit.fail if self.fails else self.limit.warn
        if self.newest is None:
            return f"no row says when it is of, and max_age is {allowed}d"
        return (
            f"the newest row is of {self.newest}, {self.age} days before {self.on}; "
            f"max_age is {allowed}d"
        )

    def __str__(self) -> str:
        return f"{self.source}: {self.told}"


def freshness(
    exports: Iterable[Export], pieces: Mapping[str, Sequence[pl.DataFrame]], on: dt.date
) -> Iterator[Freshness]:
    """Yield how fresh the sources are for which the config sets a limit.

    That of `intake` holds for tables of events, that of a source for the source. What lies after
    the day `on` is no sign of life: a typing error in a year would hide that nothing came.
    """
    for export in exports:
        source = export.source
        limit = source.max_age if isinstance(source, Source) else None
        if limit is None and not export.table.spells:
            limit = export.config.written.intake.max_age
        if limit is None or limit.is_never:
            continue
        newest = max(
            (
                day
                for frame in pieces[export.name]
                for name in (*export.table.events, _CHANGED)
                if name in frame.columns
                if (day := _newest(frame[name], on)) is not None
            ),
            default=None,
        )
        yield Freshness(source=export.name, newest=newest, on=on, limit=limit)


def _newest(column: pl.Series, on: dt.date) -> dt.date | None:
    days = column.dt.date()
    found = days.filter(days <= on).max()
    return found if isinstance(found, dt.date) else None
