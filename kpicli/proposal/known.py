"""Sources of a known system: its profile applied to a sheet."""

from __future__ import annotations

from typing import Any

import polars as pl
from msgspec.structs import replace

from kpicli.model import Table, Type, model
from kpicli.proposal.match import Match, matches
from kpicli.proposal.profile import Kind, Profile
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.systems import Origin, Part, System, filled_in, found, literal, quoted
from kpicli.proposal.types import Draft, Feed, Option
from kpicli.proposal.values import stages

_EXACT = 0.95
_SHOWN = 12
_KEYS = ("unit", "format", "other", "scale")


def drafts(system: System, sheet: Sheet) -> list[Draft]:
    """Return the sources that a sheet of a known system feeds.

    A source is left out where a column that it cannot do without is not there.
    """
    made = [_draft(system, name, part, sheet) for name, part in system.sources.items()]
    complete = [draft for draft in made if draft is not None]
    if not complete:
        return []
    # What the profile does not name is taken by the first source, where the header leaves no doubt.
    main, *others = complete
    taken = frozenset().union(*(draft.used for draft in complete))
    left = [name for header in system.leave if (name := found(header, sheet.names))]
    more = [
        feed(match, beside=True)
        for match in matches(sheet, main.table, {*taken, *left})
        if match.score >= _EXACT and match.column not in main.fed
    ]
    notes = (*main.notes, *system.notes, *_left(system, sheet))
    doubts = tuple(_unstaged(system, sheet))
    return [replace(main, feeds=(*main.feeds, *more), notes=notes, doubts=doubts), *others]


def feed(match: Match, *, beside: bool = False) -> Feed:
    """Return what a match feeds; `beside` says that it stands beside a profile."""
    return Feed(
        column=match.column,
        spec={"from": match.header},
        because=f"not part of the profile: {match.because}" if beside else match.because,
        doubtful=match.doubtful,
        guessed=True,
    )


def _draft(system: System, name: str, part: Part, sheet: Sheet) -> Draft | None:
    table = model().tables[part.table]
    read: set[str] = set()
    feeds = []
    if any(found(header, sheet.names) for header in part.absent):
        return None
    if not all(found(header, sheet.names) for header in part.present):
        return None
    for column, origins in part.columns.items():
        tried = (_feed(column, origin, sheet, system.title, table) for origin in origins)
        made = next((one for one in tried if one is not None), None)
        if made is not None:
            feeds.append(made[0])
            read |= made[1]
    options: dict[str, Option] = {}
    if part.only or part.where:
        condition = _condition(part, sheet)
        if condition is None:
            return None
        options["where"] = Option(value=condition[0], because=condition[1])
        read |= condition[2]
    if part.fold is not None:
        fold = _fold(part.fold, {feed.column for feed in feeds}, sheet)
        options["fold"] = Option(value=fold, because=part.note)
    if part.timezone is not None:
        options["timezone"] = Option(value=part.timezone, because=f"{system.title} says so")
    if part.nulls:
        options["nulls"] = Option(value=list(part.nulls), because="what the system writes for none")
    draft = Draft(
        name=name,
        table=table,
        sheet=sheet,
        title=f"{system.title} ({part.title})" if part.title else system.title,
        feeds=tuple(feeds),
        options=options,
        notes=(part.note,) if part.note and part.fold is None else (),
        read=frozenset(read),
        system=system.name,
    )
    return draft if {*part.needs, *table.required} <= draft.fed else None


def _unstaged(system: System, sheet: Sheet) -> list[str]:
    """Return why sources are missing: no cell of a stage is known to mean what they are made of."""
    return [
        f"no {stage} is known to mean {meaning}, so no {part.table} are made of it: copy this "
        f"source, with table: {part.table} and a where: that names the stages"
        f"{_unsure(sheet, stage)}"
        for part in system.sources.values()
        for header, meaning in part.only.items()
        if (stage := found(header, sheet.names)) and not stages(sheet, stage, meaning)
    ]


def _unsure(sheet: Sheet, stage: str) -> str:
    """Return the cells of a stage that nothing is known of, as the end of a sentence."""
    sure = {cell for meaning in ("open", "won", "lost") for cell in stages(sheet, stage, meaning)}
    cells = [cell for cell, _ in sheet.counted(stage) if cell not in sure][:_SHOWN]
    return f"; not known are {', '.join(map(literal, cells))}" if cells else ""


def _left(system: System, sheet: Sheet) -> list[str]:
    """Return the headers that a profile leaves alone, and why."""
    return [
        f"'{name}' is left alone: {reason}"
        for header, reason in system.leave.items()
        if (name := found(header, sheet.names))
    ]


def _feed(
    column: str, origin: Origin, sheet: Sheet, title: str, table: Table
) -> tuple[Feed, frozenset[str]] | None:
    """Return what feeds a column, and the headers that its SQL reads; None where it is not there.

    A header without any cell in it is taken too: the next export may fill it.
    """
    because = origin.note or title
    read: frozenset[str] = frozenset()
    spec: dict[str, Any] = {}
    if origin.const is not None:
        spec["const"] = origin.const
        because = origin.note or "one value for all rows"
    elif origin.row:
        spec["row"] = True
        because = origin.note or "the export has no key: source, file and line make one"
    elif origin.expr is not None:
        made = filled_in(origin.expr, sheet.names)
        if made is None:
            return None
        spec["expr"], read = made
    else:
        names = [name for header in origin.from_ if (name := found(header, sheet.names))]
        if not names:
            return None
        if origin.when:
            made = _when(origin, names[0], sheet)
            if made is None:
                return None
            spec["expr"], read = made
        else:
            spec["from"] = names[0] if len(names) == 1 else names
            if len(names) < len(origin.from_) and not origin.doubtful:
                because = title
    if "from" in spec and not _suits(table, column, origin, sheet.profiles[names[0]]):
        return None
    spec |= {key: value for key in _KEYS if (value := getattr(origin, key)) not in {None, ()}}
    if isinstance(spec.get("format"), tuple):
        spec["format"] = list(spec["format"]) if len(spec["format"]) > 1 else spec["format"][0]
    if origin.values:
        spec["values"] = dict(origin.values)
    if origin.pass_:
        spec["pass"] = True
    return Feed(column=column, spec=spec, because=because, doubtful=origin.doubtful), read


def _suits(table: Table, column: str, origin: Origin, profile: Profile) -> bool:
    """Whether cells are what a header promises: "response time" may be an instant or a duration."""
    if profile.kind is Kind.EMPTY:
        return True
    kind = table.columns[column].type
    if kind.is_time and origin.format:
        cells = pl.Series(profile.cells)
        forms = (cells.str.to_datetime(form, strict=False) for form in origin.format)
        return any(form.is_not_null().any() for form in forms)
    if kind.is_time:
        return profile.kind not in {Kind.DURATION, Kind.NUMBER}
    if kind is Type.SECONDS:
        return profile.kind is (Kind.DURATION if origin.unit == "hms" else Kind.NUMBER)
    return True


def _when(origin: Origin, name: str, sheet: Sheet) -> tuple[str, frozenset[str]] | None:
    """Return SQL that takes a cell only in rows whose stage means what is asked."""
    parts, read = [], {name}
    for header, meaning in origin.when.items():
        stage = found(header, sheet.names)
        cells = stages(sheet, stage, meaning) if stage else ()
        if stage is None or not cells:
            return None
        read.add(stage)
        parts.append(f"{quoted(stage)} in ({', '.join(map(literal, cells))})")
    return f"case when {' and '.join(parts)} then {quoted(name)} end", frozenset(read)


def _condition(part: Part, sheet: Sheet) -> tuple[str, str, frozenset[str]] | None:
    """Return the condition of a source, why, and the headers it reads; None where it cannot be."""
    if part.where is not None:
        made = filled_in(part.where, sheet.names)
        return (made[0], part.title or "other rows say nothing here", made[1]) if made else None
    for header, meaning in part.only.items():
        stage = found(header, sheet.names)
        cells = stages(sheet, stage, meaning) if stage else ()
        if stage and cells:
            condition = f"{quoted(stage)} in ({', '.join(map(literal, cells))})"
            return condition, f"stages that mean {meaning}: add your own", frozenset({stage})
    return None


def _fold(fold: dict[str, Any], fed: set[str], sheet: Sheet) -> dict[str, Any]:
    """Return a fold over the columns that are fed; its order is a header or a column."""
    made: dict[str, Any] = {}
    for key, value in fold.items():
        if key == "order":
            name = value if value in fed else found(value, sheet.names)
            if name is not None:
                made[key] = name
        elif key == "by":
            made[key] = value
        elif columns := [column for column in value if column in fed]:
            made[key] = columns
    return made
