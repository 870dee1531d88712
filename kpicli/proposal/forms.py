"""Answers to questions as sources: forms, and surveys that stand in the rows of other tables."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from kpicli.model import model
from kpicli.proposal.match import matches
from kpicli.proposal.profile import Kind
from kpicli.proposal.questions import Question, answered, questions
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.systems import Form, found, quoted
from kpicli.proposal.types import Draft, Feed, Option, also

LATE = "the export does not say when it was answered; the nearest that it has"


def sources(
    sheet: Sheet, form: Form, asked: Iterable[Question], title: str, *, system: str | None = None
) -> list[Draft]:
    """Return a source for each question of a form; a form has a row per respondent."""
    table = model().tables["responses"]
    made: list[Draft] = []
    seen: dict[str, int] = {}
    for question in asked:
        seen[question.kind] = seen.get(question.kind, 0) + 1
        number = seen[question.kind]
        options = {
            "where": Option(value=f"{quoted(question.header)} is not null", because="who answered")
        }
        if form.timezone:
            options["timezone"] = Option(value=form.timezone, because="the header says so")
        if form.sent_at and found(form.sent_at, sheet.names):
            del options["where"]  # those who were asked and did not answer tell the response rate
        made.append(
            Draft(
                name=question.kind if number == 1 else f"{question.kind}_{number}",
                table=table,
                sheet=sheet,
                title=title,
                feeds=tuple(_feeds(sheet, form, question, number)),
                options=options,
                read=frozenset((question.header,)),
                system=system,
            )
        )
    return made


def _feeds(sheet: Sheet, form: Form, question: Question, number: int) -> Iterable[Feed]:
    yield Feed(
        column="response_id",
        spec={"row": True},
        because="a row of the form holds several answers: source, file and line make a key",
    )
    yield Feed(
        column="survey_type",
        spec={"const": question.kind},
        because=question.told,
        doubtful=number > 1 or question.open,
    )
    who = "employee" if question.people else "customer"
    because = "employees are asked: small groups are hidden" if question.people else "who answers"
    yield Feed(
        column="respondent_type", spec={"const": who}, because=because, doubtful=question.either
    )
    for column in ("responded_at", "sent_at", "respondent_id", "ticket_id", "channel"):
        header = getattr(form, column)
        name = found(header, sheet.names) if header else None
        if name:
            yield Feed(column=column, spec={"from": name}, because="of the form")
    spec: dict[str, object] = {"from": question.header}
    if question.values is not None:
        spec["values"] = dict(sorted(question.values.items(), key=lambda item: (item[1], item[0])))
    yield _doubted(Feed(column="score", spec=spec, because="the question"), question)
    yield from _scale_of(question)


def _doubted(score: Feed, question: Question) -> Feed:
    """Return the score, doubted where some answers are off its scale."""
    if not question.strays:
        return score
    because = also(score.because, f"answers off its scale: {question.strays:,}")
    return replace(score, because=because, doubtful=True)


def _scale_of(question: Question) -> Iterable[Feed]:
    for column, end in zip(("scale_min", "scale_max"), question.scale, strict=True):
        why, doubtful = question.because, question.doubtful
        yield Feed(column=column, spec={"const": end}, because=why, doubtful=doubtful)


def form_of(sheet: Sheet) -> Form | None:
    """Return how a sheet of an unknown system is a form: its times and its respondents."""
    found = {
        match.column: match.header
        for match in matches(sheet, model().tables["responses"])
        if match.column in {"responded_at", "sent_at", "respondent_id", "ticket_id", "channel"}
    }
    if "responded_at" not in found:
        times = [name for name in sheet.names if sheet.profiles[name].kind is Kind.TIME]
        if not times:
            return None
        found["responded_at"] = times[0]
    return Form(**found)


def unscored(draft: Draft) -> str | None:
    """Return the survey of answers that have no score; None for others, and where cells tell it."""
    survey = next((one for one in draft.feeds if one.column == "survey_type"), None)
    if draft.table.name != "responses" or "score" in draft.fed or survey is None:
        return None
    return str(survey.spec["const"]) if "const" in survey.spec else None


def scaled(draft: Draft) -> Draft:
    """Return answers with the scale of their scores, where there is one survey and no scale."""
    feeds = {one.column: one for one in draft.feeds}
    score, survey = feeds.get("score"), feeds.get("survey_type")
    if draft.table.name != "responses" or score is None or survey is None or draft.lacks:
        return draft
    if not draft.fed.isdisjoint(("scale_min", "scale_max")) or "const" not in survey.spec:
        return draft
    asked = answered(draft.sheet.profiles[score.headers[0]], str(survey.spec["const"]))
    if asked is None:
        return draft
    spec = dict(score.spec) | ({} if asked.values is None else {"values": dict(asked.values)})
    feeds["score"] = _doubted(replace(score, spec=spec), asked)
    return replace(draft, feeds=(*feeds.values(), *_scale_of(asked)))


def beside(draft: Draft, more: Iterable[Question] = ()) -> list[Draft]:
    """Return the surveys that stand in the rows of another table: satisfaction in tickets.

    `more` are questions that are known otherwise than by their words.
    """
    sheet, by_column = draft.sheet, {one.column: one.headers for one in draft.feeds}
    asked = questions(sheet, draft.used) or list(more)
    times = [
        match
        for match in matches(sheet, model().tables["responses"], draft.used)
        if match.column == "responded_at" and match.header not in draft.used
    ]
    own: list[tuple[str, ...]] = [(match.header,) for match in times]
    order = ("resolved_at", "closed_at", "updated_at", "created_at", "ordered_at")
    own += [by_column[name] for name in order if by_column.get(name)]
    if not asked or not own:
        return []
    customer = by_column.get("customer_id") or (None,)
    form = Form(
        responded_at=own[0][0],
        respondent_id=customer[0],
        ticket_id=(by_column.get("ticket_id") or (None,))[0],
        channel=(by_column.get("channel") or (None,))[0],
    )
    title = f"answers in the rows of {draft.name}"
    first = {question.kind: question for question in reversed(asked)}
    made = sources(sheet, form, reversed(first.values()), title, system=draft.system)
    return made if times else [_late(one) for one in made]


def _late(draft: Draft) -> Draft:
    """Return a survey whose time of the answer is another one, marked so."""
    feeds = [
        replace(one, because=LATE, doubtful=True) if one.column == "responded_at" else one
        for one in draft.feeds
    ]
    return replace(draft, feeds=tuple(feeds))
