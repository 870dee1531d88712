"""`kpi init`: a config for exports that are there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpicli import leaving
from kpicli.cli import options, output, places, talk
from kpicli.errors import InputError, OutputError, Problem

if TYPE_CHECKING:
    from kpicli.proposal.sheets import Sheet
    from kpicli.proposal.types import Draft, Proposal
    from kpicli.proposal.verify import Verdict


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
    """Propose a config for exports, each guess with its reason.

    It says tables, columns, formats, values, folds and lookups.

    Ends with 3 where kpi validate would refuse the files with the config that it wrote.

    Example: kpi init exports/*.csv -o kpi.yaml
    """
    from kpicli.intake.files import there  # noqa: PLC0415 (heavy: only when the command runs)
    from kpicli.locales import locale  # noqa: PLC0415
    from kpicli.proposal import paths  # noqa: PLC0415
    from kpicli.proposal.propose import proposed  # noqa: PLC0415
    from kpicli.proposal.sheets import listed, opened  # noqa: PLC0415
    from kpicli.proposal.text import written  # noqa: PLC0415
    from kpicli.proposal.verify import verified  # noqa: PLC0415

    places.check(path, (file for file in files if not file.is_dir()), places.CONFIG)
    if not force and not places.is_stream(path) and path.exists():
        raise OutputError(
            f"{path} is there already", hint="overwrite it with --force, or write to another -o"
        )
    found = listed(files)
    places.check(path, found, places.CONFIG)
    with leaving.scratch() as scratch, talk.progress() as told, there():
        told("looking at the files")
        sheets, problems = opened(found, scratch)
        proposal = proposed(sheets, scratch, None if lang is None else lang.value)
        talk.speak(proposal.language)
        problems += _unfit(proposal)
        if not proposal.drafts:
            raise InputError(problems=problems)
        try:
            proposal, verdict = verified(proposal, scratch, told)
        except InputError as error:
            raise InputError(problems=[*problems, *error.problems]) from None
        folder = Path.cwd() if places.is_stream(path) else path.parent
        text = written(
            proposal,
            lambda one: paths.names(one.paths, folder),
            verdict.metrics,
            locale(proposal.language).message,
        )
    output.save([text], path, found)
    _tell(proposal, verdict, problems, path)
    if verdict.refused:
        raise typer.Exit(InputError.exit_code)


def _unfit(proposal: Proposal) -> list[Problem]:
    """Return what is wrong with files that feed nothing."""
    return [*map(_near, proposal.near), *map(_unknown, proposal.unknown)]


def _unknown(sheet: Sheet) -> Problem:
    if sheet.headless:
        return Problem(
            message=f"{sheet.title} seems to have no header line, and its cells do not tell what "
            "it is",
            hint="put a header line above them, or name its columns in the config yourself: "
            "header: none, then #1, #2, …",
        )
    return Problem(
        message=f"{sheet.title} looks like no table that is known",
        hint="docs/tables.md lists the tables; name its columns in the config yourself",
    )


def _near(draft: Draft) -> Problem:
    from kpicli.proposal.unread import undated  # noqa: PLC0415 (heavy: only when the command runs)

    lacks = ", ".join(f"{name} ({draft.table.columns[name].meaning})" for name in draft.lacks)
    if draft.sheet.headless:
        return Problem(
            message=f"{draft.sheet.title} seems to have no header line, and nothing tells which "
            f"of its columns is {lacks}",
            hint=f'name it by its place: {draft.lacks[0]}: "#3"',
        )
    return undated(draft) or Problem(
        message=f"{draft.sheet.title} looks like {draft.table.name}, but no header feeds {lacks}",
        hint=f"export that column too, or name its header: {draft.lacks[0]}: Header",
    )


def _tell(proposal: Proposal, verdict: Verdict, problems: Sequence[Problem], path: Path) -> None:
    """Say what was made, what is doubtful, and what comes next."""
    for draft in proposal.drafts:
        check = f", {draft.doubtful} to check" if draft.doubtful else ""
        used = sum(1 for name in draft.sheet.names if name in draft.used)
        talk.say(
            f"kpi: {draft.sheet.title} → {draft.table.name}: {used} of "
            f"{len(draft.sheet.names)} columns used{check}"
        )
        for lookup in draft.lookups:
            second = lookup.draft.sheet
            talk.say(
                f"kpi: {second.title} → {draft.table.name}, looked up: {len(lookup.used)} of "
                f"{len(second.names)} columns used"
            )
    for problem in (*problems, *verdict.problems):
        talk.warning(problem)
    _tell_rejected(verdict)
    able = sum(1 for metric in verdict.metrics if not metric.lacks)
    where = "stdout" if places.is_stdout(path) else str(path)
    if verdict.refused:
        talk.say(
            f"kpi: wrote {where}, but kpi validate and kpi compute will refuse these files: mend "
            "what the warnings tell"
        )
        return
    if able == 1:
        talk.say(f"kpi: wrote {where}: 1 metric can be computed")
    else:
        talk.say(f"kpi: wrote {where}: {able} metrics can be computed")
    if not places.is_stream(path):
        talk.say(f'kpi: next: look at the lines marked "# ?", then kpi validate -c {path}')


def _tell_rejected(verdict: Verdict) -> None:
    """Say which rows cannot be used, and for what else `validate` would end."""
    told = set()
    for one in verdict.rejected:
        said = f"{one.title}: {one.rows:,} of {one.read:,} rows cannot be used: {one.why}"
        if not one.refused:
            talk.warning(said)
            continue
        hint = "mend the export, name another header, or go on without them: intake.max_rejected"
        talk.warning(Problem(message=said, hint=hint))
        told.add(one.where)
    for problem in verdict.refused:
        if problem.where not in told:
            talk.warning(problem)
