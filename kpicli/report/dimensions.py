"""Checks what `--by` and `--where` name before any file is read."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from shlex import quote

from kpicli.config import Config
from kpicli.engine.slices import Slice
from kpicli.errors import UsageError, did_you_mean
from kpicli.model import Column, Type, model

_OF_TABLE = re.compile(r"\b\w+\.\w+\b")
_NUMBERS = (Type.MONEY, Type.NUMBER, Type.POSITION, Type.INT, Type.SECONDS)


def known(config: Config) -> tuple[str, ...]:
    """Return every dimension by name: of tables and views, kept columns, and `table.column`."""
    relations = [*model().tables.values(), *model().views.values()]
    own = [name for relation in relations for name in relation.dimensions]
    kept: Mapping[str, tuple[str, ...]] = config.kept()
    extra = [name for names in kept.values() for name in names]
    reached = [
        f"{table.name}.{name}"
        for table in model().tables.values()
        if table.entity or len(table.key) == 1
        for name in (*table.dimensions, *table.columns, *kept.get(table.name, ()))
    ]
    return tuple(dict.fromkeys((*own, *extra, *reached)))


def _fed(config: Config) -> list[str]:
    """Return the plain dimensions of the tables that the config feeds."""
    fed = {source.table for source in config.written.sources.values()}
    of_tables = (name for table in fed for name in model().tables[table].dimensions)
    kept = (name for names in config.kept().values() for name in names)
    return sorted({*of_tables, *kept})


def check(cut: Slice, config: Config) -> None:
    """Check that dimensions exist and the condition is one.

    Raises:
        UsageError: a dimension is not known, or the condition is not in the language.
    """
    names = known(config)
    for name in cut.by:
        if name not in names:
            raise UsageError(
                f"--by: there is no dimension '{name}'", hint=_advice(name, names, config)
            )
    if cut.where is not None:
        _check_condition(cut.where, names)


def _advice(name: str, names: Collection[str], config: Config) -> str:
    """Return a hint for what is no dimension; several in one are to be given one by one."""
    several = [one.strip() for one in name.split(",")]
    if len(several) > 1 and all(one in names for one in several):
        return f"give --by once for each: {' '.join(f'--by {quote(one)}' for one in several)}"
    return did_you_mean(name, names) or (
        f"known: {', '.join(_fed(config))}; and those of a table, as in customers.segment"
    )


def _check_condition(where: str, names: Collection[str]) -> None:
    from kpicli.language.kinds import (  # noqa: PLC0415 (a parser, for a user's text)
        Kind,
        UnknownNameError,
        judge,
    )
    from kpicli.language.spelling import check_words, words_of_dimensions  # noqa: PLC0415 (likewise)

    hint = "as in: --where \"channel = 'email'\"; dimensions are text"
    try:
        kind = judge(where, dict.fromkeys(names, Kind.TEXT), aggregate=False)
        check_words(where, words_of_dimensions())
    except UnknownNameError as error:
        if _is_measure(error.name):
            raise UsageError(
                f"--where: unknown name '{error.name}'", hint=_elsewhere(error.name)
            ) from None
        others = [name for name in names if "." not in name or not _is_measure(name)]
        nearest = UnknownNameError(error.name, others)
        raise UsageError(f"--where: {nearest}", hint=hint) from None
    except ValueError as error:
        measure = next(filter(_is_measure, _OF_TABLE.findall(str(error))), None)
        raise UsageError(
            f"--where: {error}", hint=_elsewhere(measure) if measure else hint
        ) from None
    if kind is not Kind.TRUTH:
        raise UsageError(f"--where: true or false is needed, and this is {kind}: {where}")


def _elsewhere(measure: str) -> str:
    """Return where a condition on a measure may stand."""
    return (
        f"conditions are over dimensions, and {measure} is a measure: ask for it in a metric of "
        "your own (custom: with rows: {where: …}), or in the where of the source"
    )


def _columns(name: str) -> list[Column]:
    """Return the columns of tables and views that a name, led by one of them or not, may be."""
    table, dot, column = name.rpartition(".")
    relations = (*model().tables.values(), *model().views.values())
    return [
        relation.columns[column]
        for relation in relations
        if column in relation.columns and (not dot or relation.name == table)
    ]


def _is_measure(name: str) -> bool:
    return any(column.type in _NUMBERS for column in _columns(name))
