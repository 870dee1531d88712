"""The definition card of a metric, as text and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import yaml

from kpicli.language.cases import Case
from kpicli.language.declaration import Companion
from kpicli.language.rows import Rows, Take
from kpicli.locales import Locale
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


def as_text(card: Card, locale: Locale, currency: str | None) -> Iterator[str]:
    """Yield the card as text, line by line."""
    declaration = card.declaration
    yield f"{declaration.title}  ({card.id})\n"
    if declaration.answers:
        yield f"{declaration.answers}\n"
    yield "\n"
    unit = unit_name(declaration.unit, currency, locale) or locale(declaration.unit.value)
    yield from _entry(locale("family"), card.family)
    yield from _entry(locale("formula"), declaration.formula)
    yield from _entry(locale("unit"), f"{unit}; {locale(BETTER[declaration.better])}")
    for name, text in _rows(declaration.rows, locale):
        yield from _entry(name, text)
    if card.left_out:
        view, reasons = card.left_out
        yield from _entry(locale("left out"), locale.left_out.get(view, reasons))
    for name, text in sides(declaration, locale):
        yield from _entry(name, text)
    if card.operands:
        named = "; ".join(f"{name} ({title})" for name, title in card.operands)
        yield from _entry(locale("made of"), named)
    for name, companion in declaration.beside.items():
        yield from _entry(locale("beside"), f"{name}: {_companion(companion, card)}")
    if declaration.refused:
        yield from _entry(locale("refused"), declaration.refused)
    if declaration.decision:
        yield from _entry(locale("decision"), declaration.decision)
    if declaration.source:
        yield from _entry(locale("source"), ", ".join(declaration.source))
    if declaration.aliases:
        yield from _entry(locale("also called"), ", ".join(declaration.aliases))
    yield from _options(card, locale)
    yield from _needs(card, locale)
    if card.example is not None:
        yield from example(card.example, locale)
    yield f"\n{locale('declaration')}\n"
    yield textwrap.indent(_yaml(card), "  ")


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


def _entry(name: str, text: str) -> Iterator[str]:
    """Yield a named paragraph, hung on its name."""
    lead = f"{name:<{_INDENT}}"
    lines = textwrap.wrap(
        text,
        _WIDTH,
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


def _options(card: Card, locale: Locale) -> Iterator[str]:
    if not card.options:
        return
    yield f"\n{locale('options')}\n"
    for option in card.options:
        value = in_words(option.value)
        changed = option.value != option.default
        default = f", {locale('default')} {in_words(option.default)}" if changed else ""
        judgement = f" ({locale('a judgement')})" if option.judgement and not option.chosen else ""
        yield f"  {option.name} = {value}{default}{judgement}\n"
        wrapped = textwrap.wrap(card.meanings[option.name], _WIDTH - 6)
        yield from (f"      {line}\n" for line in wrapped)


def _needs(card: Card, locale: Locale) -> Iterator[str]:
    yield f"\n{locale('reads, of what is there')}\n"
    for table, columns in card.reads.items():
        wrapped = textwrap.wrap(
            f"{table}: {', '.join(columns)}",
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_on_hyphens=False,
        )
        yield from (f"{line}\n" for line in wrapped)
    if card.lacks is None:
        return
    if card.lacks:
        yield f"  {locale('this config lacks')}: {'; '.join(card.lacks)}\n"
    else:
        yield f"  {locale('this config provides what it needs')}\n"


def _yaml(card: Card) -> str:
    """Return the declaration as it may be copied into `custom:` of a config."""
    words = {"title", "answers", "family", "source", "aliases", "decision", "helper"}
    raw = {key: value for key, value in card.raw.items() if key not in words}
    body = {card.id: {"title": card.declaration.title, **raw}}
    text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return str(text)
