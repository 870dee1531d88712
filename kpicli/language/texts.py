"""The texts of a declaration: its SQL, and the words in which a `$parameter` may stand."""

from __future__ import annotations

from kpicli.language.declaration import Companion, Declaration
from kpicli.language.parameters import Params
from kpicli.language.rows import FoldStep, KeepStep


def sql_of(declaration: Declaration) -> list[str]:
    """Return every SQL text of a declaration."""
    found: list[str | None] = [declaration.matures_in, *declaration.flags.values()]
    found += declaration.within or ()
    if rows := declaration.rows:
        found += [rows.at, rows.since, rows.until, rows.where, *rows.exclude.values()]
        for step in rows.then:
            if isinstance(step, FoldStep):
                found += step.texts()
            if not isinstance(step, KeepStep):
                found.append(step.where)
    companions = [b for b in declaration.beside.values() if isinstance(b, Companion)]
    found += [companion.where for companion in companions]
    for measured in (declaration, *companions):
        found += [measured.sum, measured.mean, measured.median, measured.share, measured.value]
        if measured.score:
            found += [measured.score.plus, measured.score.minus]
        if measured.ratio:
            found += [measured.ratio.of, measured.ratio.to]
        if duration := measured.duration:
            found += [duration.from_, duration.to, duration.ready, duration.open]
    return [text for text in found if text is not None]


def options_of(declaration: Declaration) -> list[str]:
    """Return the texts that are no SQL and in which a `$parameter` may stand."""
    rows = declaration.rows
    companions = [b for b in declaration.beside.values() if isinstance(b, Companion)]
    found = [one.duration.headline for one in (declaration, *companions) if one.duration]
    if rows:
        found += [rows.window] if rows.window else []
        found += [step.keep.take for step in rows.then if isinstance(step, KeepStep)]
    return found


def option(text: str, params: Params) -> str:
    """Return an option's word: the value of a `$parameter`, or the text itself."""
    return str(params[text[1:]]) if text.startswith("$") else text
