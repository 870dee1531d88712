"""`kpi init`: a config for exports that are there."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpicli.cli import options, output, talk
from kpicli.errors import InputError, OutputError, Problem

if TYPE_CHECKING:
    from kpicli.proposal.types import Draft, Proposal
    from kpicli.proposal.verify import Verdict

_STDOUT = Path("-")


def init(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILES...", help="Exports, or folders of them.", show_default=False),
    ],
    path: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FILE", help="The config to write; - is stdout."),
    ] = options.DEFAULT_CONFIG,
    lang: Annotated[
        options.Language | None,
        typer.Option(
            "--lang", help="Language of its comments and titles.", show_default="of the headers"
        ),
    ] = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a config that is there.")] = (
        False
    ),
) -> None:
    """Propose a config for exports: tables, columns, formats, each guess with its reason.

    Example: kpi init exports/*.csv -o kpi.yaml
    """
    from kpicli.locales import locale  # noqa: PLC0415 (heavy: only when the command runs)
    from kpicli.proposal import paths  # noqa: PLC0415
    from kpicli.proposal.propose import proposed  # noqa: PLC0415
    from kpicli.proposal.sheets import listed, opened  # noqa: PLC0415
    from kpicli.proposal.text import written  # noqa: PLC0415
    from kpicli.proposal.verify import verified  # noqa: PLC0415

    if path != _STDOUT and path.exists() and not force:
        raise OutputError(
            f"{path} is there already", hint="overwrite it with --force, or write to another -o"
        )
    found = listed(files)
    with tempfile.TemporaryDirectory(prefix="kpi-") as scratch, talk.progress() as told:
        told("looking at the files")
        sheets, problems = opened(found, Path(scratch))
        proposal = proposed(sheets, Path(scratch), None if lang is None else lang.value)
        talk.speak(proposal.language)
        if not proposal.drafts:
            raise InputError(problems=[*problems, *_unfit(proposal)])
        proposal, verdict = verified(proposal, Path(scratch), told)
        folder = Path.cwd() if path == _STDOUT else path.parent
        text = written(
            proposal,
            lambda one: paths.names(one.paths, folder),
            verdict.metrics,
            locale(proposal.language).message,
        )
    if path == _STDOUT:
        output.emit([text])
    else:
        output.save([text], path, found)
    _tell(proposal, verdict, [*problems, *_unfit(proposal)], path)


def _unfit(proposal: Proposal) -> list[Problem]:
    """Return what is wrong with files that feed nothing."""
    found = [_near(draft) for draft in proposal.near]
    found += [
        Problem(
            message=f"{sheet.title} looks like no table that is known",
            hint="docs/tables.md lists the tables; name its columns in the config yourself",
        )
        for sheet in proposal.unknown
    ]
    return found


def _near(draft: Draft) -> Problem:
    lacks = ", ".join(f"{name} ({draft.table.columns[name].meaning})" for name in draft.lacks)
    return Problem(
        message=f"{draft.sheet.title} looks like {draft.table.name}, but no header feeds {lacks}",
        hint=f"export that column too, or name its header: {draft.lacks[0]}: Header",
    )


def _tell(proposal: Proposal, verdict: Verdict, problems: Sequence[Problem], path: Path) -> None:
    """Say what was made, what is doubtful, and what comes next."""
    for draft in proposal.drafts:
        doubts = sum(feed.doubtful for feed in draft.feeds)
        doubts += sum(option.doubtful for option in draft.options.values())
        doubts += len(draft.doubts) + sum(note.startswith("?") for note in draft.notes)
        check = f", {doubts} to check" if doubts else ""
        used = sum(1 for name in draft.sheet.names if name in draft.used)
        talk.say(
            f"kpi: {draft.sheet.title} → {draft.table.name}: {used} of "
            f"{len(draft.sheet.names)} columns used{check}"
        )
    for problem in problems:
        talk.warning(str(problem))
    for text in verdict.refused:
        talk.warning(text)
    for problem in verdict.problems:
        talk.warning(problem.message + (f"; {problem.hint}" if problem.hint else ""))
    able = sum(1 for metric in verdict.metrics if not metric.lacks)
    where = "stdout" if path == _STDOUT else str(path)
    talk.say(f"kpi: wrote {where}: {able} metrics can be computed")
    if path != _STDOUT:
        talk.say(f'kpi: next: look at the lines marked "# ?", then kpi validate -c {path}')
