"""Checks what `--by` and `--where` name before any file is read."""

from __future__ import annotations

from collections.abc import Mapping

from kpicli.config import Config
from kpicli.engine.slices import Slice
from kpicli.errors import UsageError, did_you_mean
from kpicli.model import model


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
            hint = did_you_mean(name, names) or (
                f"known: {', '.join(_fed(config))}; and those of a table, as in customers.segment"
            )
            raise UsageError(f"--by: there is no dimension '{name}'", hint=hint)
    if cut.where is None:
        return
    from kpicli.language.kinds import Kind, judge  # noqa: PLC0415 (a parser, for a user's text)
    from kpicli.language.spelling import check_words, words_of_dimensions  # noqa: PLC0415 (likewise)

    try:
        kind = judge(cut.where, dict.fromkeys(names, Kind.TEXT), aggregate=False)
        check_words(cut.where, words_of_dimensions())
    except ValueError as error:
        raise UsageError(
            f"--where: {error}", hint="as in: --where \"channel = 'email'\"; dimensions are text"
        ) from None
    if kind is not Kind.TRUTH:
        raise UsageError(f"--where: true or false is needed, and this is {kind}: {cut.where}")
