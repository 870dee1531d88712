"""Words in the SQL of a config that stand in no row: a number made of them may be a slip."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from kpicli.config import Config
from kpicli.engine.relations import relation_of
from kpicli.language.declaration import Declaration
from kpicli.language.parameters import Condition
from kpicli.language.rows import FoldStep
from kpicli.language.sql import without_parameters
from kpicli.language.texts import sql_of
from kpicli.model import Relation, Type, model
from kpicli.report.cell_words import absent, entities, few, may_be_told, words_in
from kpicli.report.evaluation import Ready
from kpicli.report.question import Question
from kpicli.views import Inputs, build

_LONG = 4  # letters from which on one slip makes no other word


class Slip(Struct, frozen=True, kw_only=True):
    """What is told of a word, and in which metric it stands; None where in a parameter."""

    told: str
    metric: str | None


class _Text(Struct, frozen=True, kw_only=True):
    """A text over the rows of a frame, and where it stands.

    `hidden` are columns that steps made anew, or that no source fills; `keeps_out` says that it
    tells which rows do not count; `once` that it was asked just now, and not by a config.
    """

    where: str
    text: str
    metric: str | None = None
    relation: Relation
    frame: pl.LazyFrame
    hidden: frozenset[str] = frozenset()
    keeps_out: bool = False
    once: bool = False


def own_words(ready: Ready, inputs: Inputs, config: Config, question: Question) -> list[Slip]:
    """Return what is worth telling of words in metrics of the config, and in conditions set.

    What a config asks again and again may look for what is not there this time: of it a word is
    told if it is a slip for one that is there. Of what is asked just now, also if a column has none
    of the words that it is asked for.
    """
    names = [name for name in ready.names if name not in ready.lacks]
    texts = [
        *_of_metrics(ready, names, config),
        *_of_params(ready, names, inputs, config, question),
    ]
    known: dict[tuple[str, str], set[str]] = {}
    found = [
        Slip(told=told, metric=text.metric)
        for text in texts
        for told in _slips(text, inputs, known)
    ]
    return [*dict.fromkeys(found)]


def _of_metrics(ready: Ready, names: Iterable[str], config: Config) -> Iterator[_Text]:
    """Yield the texts of metrics that are computed and not built in."""
    for name in dict.fromkeys((*names, *ready.settled.closure(names))):
        declaration = ready.settled[name]
        rows = declaration.rows
        if ready.settled.trusted(name) or rows is None or rows.table is None:
            continue
        kept_out = [*rows.exclude.values()]
        for text in sql_of(declaration):
            yield _Text(
                where=config.where("custom", name),
                metric=name,
                text=without_parameters(text, ready.settled.params),
                relation=relation_of(rows.table),
                frame=ready.relations.made[rows.table].lazy(),
                hidden=_made_by(declaration),
                keeps_out=text in kept_out,
            )


def _made_by(declaration: Declaration) -> frozenset[str]:
    """Return the columns that steps make."""
    steps = declaration.rows.then if declaration.rows else ()
    return frozenset(name for one in steps if isinstance(one, FoldStep) for name in one.with_)


def _of_params(
    ready: Ready, names: Iterable[str], inputs: Inputs, config: Config, question: Question
) -> Iterator[_Text]:
    """Yield the conditions that were set, of those that the metrics depend on."""
    for name in ready.settled.parameters_of(names):
        value, over = ready.settled.params[name], ready.settled.catalogue.parameters[name].over
        asked = name in question.params
        if over is None or not isinstance(value, Condition):
            continue
        if asked or name in config.written.params:
            base = model().base_of(relation_of(over))
            unread = [one for one in base.columns if not inputs.has(f"{base.name}.{one}")]
            yield _Text(
                where=f"--param {name}" if asked else config.where("params", name),
                text=value,
                relation=relation_of(over),
                frame=build(over, replace(inputs, params=ready.settled.params)),
                hidden=frozenset(unread),
                once=asked,
            )


def _slips(text: _Text, inputs: Inputs, seen: dict[tuple[str, str], set[str]]) -> Iterator[str]:
    """Yield what is worth telling of the words of a text; `seen` holds those of columns by now."""
    from kpicli.language.spelling import compared  # noqa: PLC0415 (a parser, for a user's text)

    if "'" not in text.text:
        return
    wanted = {} if text.keeps_out else compared(text.text, wanted=True)
    for name, named in compared(text.text).items():
        column = text.relation.columns.get(name)
        if column is not None and column.type is Type.ID:
            continue  # there are many, and one is like another
        listed = column.words if column is not None else ()
        sought = [word for word in dict.fromkeys(named) if word and word not in listed]
        if not sought or name in text.hidden or name not in text.frame.collect_schema():
            continue
        told = may_be_told(text.relation, name)
        if text.relation.protected is not None and not told:
            continue  # whether any employee wrote it is for nobody to know
        place = (text.relation.name, name)
        if place not in seen:
            seen[place] = {*words_in(text.frame, name), *_of_entities(text.relation, name, inputs)}
        known = seen[place]
        if not known and text.frame.first().collect().is_empty():
            continue
        in_vain = text.once and known.isdisjoint(named)
        for word in sought:
            if word in known:
                continue
            meant = _meant(word, few(known, told=True), named)
            if meant or (in_vain and word in wanted.get(name, ())):
                suggested = [meant] if meant else few(known, told=True)
                yield absent(text.where, name, word, suggested if told else ())


def _of_entities(relation: Relation, name: str, inputs: Inputs) -> Iterator[str]:
    """Yield those of whom a table has a row each, with others or without."""
    for dimension, column in relation.dimensions.items():
        if column == name:
            yield from entities(dimension, inputs)


def _meant(word: str, known: Collection[str], named: Collection[str]) -> str | None:
    """Return the word of which another is a slip; another number is none."""
    others = [one for one in known if one not in named and _digits(one) == _digits(word)]
    same = [one for one in others if one.strip().casefold() == word.strip().casefold()]
    slips = [one for one in others if len(word) >= _LONG and _is_slip(word, one)]
    return min(same, default=min(slips, default=None))


def _is_slip(word: str, meant: str) -> bool:
    """Whether one letter is wrong, too many or missing, or two are the wrong way round."""
    alike = [one == other for one, other in zip(word, meant, strict=False)]
    start = (*alike, False).index(False)
    found, wanted = word[start:], meant[start:]
    swapped = found[:2] == wanted[:2][::-1] and found[2:] == wanted[2:]
    return swapped or found[1:] in {wanted, wanted[1:]} or found == wanted[1:]


def _digits(word: str) -> str:
    return "".join(filter(str.isdigit, word))
