"""The definition card of a metric, as text and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from kpicli.language.cases import Case
from kpicli.language.declaration import Companion
from kpicli.language.needs import clear
from kpicli.language.rows import Rows, Take
from kpicli.locales import Locale
from kpicli.render.columns import folded
from kpicli.render.copied import copied
from kpicli.render.example import example
from kpicli.render.json import in_words, plain
from kpicli.render.numbers import unit_name
from kpicli.render.sides import sides
from kpicli.report.explanation import Card
from kpicli.units import Better

BETTER = {
    Better.HIGHER: "higher is better",
    Better.LOWER: "lower is better",
    Better.NEUTRAL: "neither way is better",
}
_WIDTH = 88
_INDENT = 14
_TAKES = {
    Take.OPENING: "spells that hold at the start of the period",
    Take.CLOSING: "spells that hold at the end of the period",
    Take.PRESENT: "spells that touch the period",
    Take.STARTED: "spells that begin in the period",
    Take.ENDED: "spells that end in the period",
    Take.KEPT: "actors there at both ends of the period",
    Take.LOST: "actors there at the start and not at the end",
    Take.GAINED: "actors there at the end and not at the start",
}


def as_text(card: Card, locale: Locale, currency: str | None, width: int | None) -> Iterator[str]:
    """Yield the card as text, line by line; `width` is that of the terminal, None off one."""
    declaration = card.declaration
    yield from folded(f"{declaration.title}  ({card.id})", width)
    if declaration.answers:
        yield from folded(declaration.answers, width, hanging=0)
    yield "\n"
    for name, text in _entries(card, locale, currency):
        yield from _entry(name, text, width)
    yield from _options(card, locale, width)
    yield from _needs(card, locale, width)
    if card.example is not None:
        yield from example(card.example, locale, width)
    yield f"\n{locale('declaration')}\n"
    yield from copied(card, width)


def as_json(card: Card) -> dict[str, Any]:
    """Return the card as JSON holds it."""
    declaration = card.declaration
    return {
        "id": card.id,
        "title": declaration.title,
        "family": card.family,
        "answers": declaration.answers,
        "formula": declaration.formula,
        "unit": declaration.unit.value,
        "better": declaration.better.value,
        "decision": declaration.decision,
        "source": list(declaration.source),
        "aliases": list(declaration.aliases),
        "operands": [name for name, _ in card.operands],
        "beside": list(declaration.beside),
        "options": [
            {
                "name": option.name,
                "value": plain(option.value),
                "default": plain(option.default),
                "judgement": option.judgement,
                "meaning": card.meanings[option.name],
            }
            for option in card.options
        ],
        "reads": {table: list(columns) for table, columns in card.reads.items()},
        "lacks": None if card.lacks is None else list(card.lacks),
        "example": None if card.example is None else _example(card.example),
        "declaration": dict(card.raw),
    }


def _example(case: Case) -> dict[str, Any]:
    rest = {key: value for key, value in case.body.items() if key != "tables"}
    return {"sentence": case.name, "tables": case.tables, **rest}


def _entries(card: Card, locale: Locale, currency: str | None) -> Iterator[tuple[str, str]]:
    """Yield what the card says of its metric, by name."""
    declaration = card.declaration
    unit = unit_name(declaration.unit, currency, locale) or locale(declaration.unit.value)
    yield locale("family"), card.family
    yield locale("formula"), declaration.formula
    yield locale("unit"), f"{unit}; {locale(BETTER[declaration.better])}"
    yield from _rows(declaration.rows, locale)
    if card.left_out:
        view, reasons = card.left_out
        yield locale("left out"), locale.left_out.get(view, reasons)
    yield from sides(declaration, locale)
    if card.operands:
        named = "; ".join(f"{name} ({title})" for name, title in card.operands)
        yield locale("made of"), named
    for name, companion in declaration.beside.items():
        yield locale("beside"), f"{name}: {_companion(companion, card)}"
    if declaration.refused:
        yield locale("refused"), declaration.refused
    if declaration.decision:
        yield locale("decision"), declaration.decision
    if declaration.source:
        yield locale("source"), ", ".join(declaration.source)
    if declaration.aliases:
        yield locale("also called"), ", ".join(declaration.aliases)


def _entry(name: str, text: str, width: int | None) -> Iterator[str]:
    """Yield a named paragraph, hung on its name."""
    lead = f"{name:<{_INDENT}}"
    lines = textwrap.wrap(
        text,
        width or _WIDTH,
        initial_indent=lead,
        subsequent_indent=" " * _INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from (f"{line}\n" for line in lines or [lead.rstrip()])


def _rows(rows: Rows | None, locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield which rows count, and when."""
    if rows is None:
        return
    source = rows.table or f"{locale('results of')} {', '.join(rows.results)}"
    yield locale("rows"), source + (f" {locale('where')} {rows.where}" if rows.where else "")
    if rows.at:
        when = locale("the period that holds {at}", at=rows.at)
        if rows.window:
            when = locale("every period whose trailing window holds {at}", at=rows.at)
        if rows.lag:
            when = locale("the period after the one that holds {at}", at=rows.at)
        yield locale("counts in"), when
    elif rows.take:
        spell = locale(_TAKES[rows.take])
        yield locale("counts"), f"{spell} ({rows.since} … {rows.until})"
    for reason, text in rows.exclude.items():
        yield locale("excluded"), f"{reason}: {text}"
    if rows.among:
        yield locale("among"), rows.among.metric


def _companion(companion: str | Companion, card: Card) -> str:
    if isinstance(companion, str):
        return f"{companion} ({card.companions[companion]})"
    given = companion.model_dump(exclude={"title"}, exclude_none=True, by_alias=True, mode="json")
    return ", ".join(f"{key} {value}" for key, value in given.items())


def _options(card: Card, locale: Locale, width: int | None) -> Iterator[str]:
    if not card.options:
        return
    yield f"\n{locale('options')}\n"
    for option in card.options:
        value = in_words(option.value, locale)
        changed = option.value != option.default
        default = f", {locale('default')} {in_words(option.default, locale)}" if changed else ""
        judgement = f" ({locale('a judgement')})" if option.judgement and not option.chosen else ""
        yield from folded(f"  {option.name} = {value}{default}{judgement}", width)
        wrapped = textwrap.wrap(
            card.meanings[option.name],
            (width or _WIDTH) - 6,
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield from (f"      {line}\n" for line in wrapped)


def _needs(card: Card, locale: Locale, width: int | None) -> Iterator[str]:
    yield f"\n{locale('reads, of what is there')}\n"
    for table, columns in card.reads.items():
        wrapped = textwrap.wrap(
            f"{table}: {', '.join(columns)}",
            width or _WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield from (f"{line}\n" for line in wrapped)
    if card.lacks is None:
        return
    if card.lacks:
        lacks = "; ".join(clear(one, locale("and"), locale("or")) for one in card.lacks)
        yield from folded(f"  {locale('this config lacks')}: {lacks}", width)
    else:
        yield from folded(f"  {locale('this config provides what it needs')}", width)
