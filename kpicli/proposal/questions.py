"""Questions of surveys: recognised by their words, with the scale of their answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from kpicli.model import model
from kpicli.model.types import Strict
from kpicli.proposal.match import matches
from kpicli.proposal.profile import Kind, Profile
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.systems import Form, found, quoted
from kpicli.proposal.types import Draft, Feed, Option
from kpicli.proposal.words import folded
from kpicli.yaml import load_file

_SCALE = re.compile(r"(?:\bот\s+|\(|\[|\b)(\d{1,2})\s*(?:-|–|—|to|до|out of|\.\.+)\s*(\d{1,3})\b")
_LABELLED = re.compile(r"(\d{1,3})(?:\s*[-–—:=.(]\s*|\s+)?(?:[^\W\d][^\d]*)?")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_TOPS = (5, 7, 10, 100)
_MOST_ANSWERS = 20
_MOSTLY = 0.6
_LIKELY_SCORES = 11


class Asked(Strict):
    """One kind of question: what its header is like, its scale, whether employees answer it.

    `survey` is the kind that it may be, where its words do not say it.
    """

    like: tuple[str, ...]
    scale: tuple[int, int] | None = None
    people: bool = False
    survey: str = ""


class Known(Strict):
    """All kinds of questions, and the words of scales from worst to best."""

    kinds: dict[str, Asked]
    ladders: tuple[tuple[tuple[str, ...], ...], ...]


@dataclass(frozen=True, kw_only=True)
class Question:
    """A header that asks something, what kind of survey it is (`open`: perhaps), and its scale."""

    header: str
    kind: str
    scale: tuple[int, int]
    values: Mapping[str, int] | None
    people: bool
    open: bool
    because: str
    doubtful: bool


@cache
def known() -> Known:
    """Return the questions that are known."""
    return Known.model_validate(load_file(Path(__file__).parent / "questions.yaml").data)


def questions(sheet: Sheet, taken: Collection[str]) -> list[Question]:
    """Return the questions among the headers that are not taken."""
    asked = (_question(sheet.profiles[name]) for name in sheet.names if name not in taken)
    return [question for question in asked if question is not None]


def _question(profile: Profile) -> Question | None:
    words = folded(profile.header)
    for name, kind in known().kinds.items():
        if not any(re.search(pattern, words) for pattern in kind.like):
            continue
        scale, values, because, doubtful = _scale(profile, kind)
        if scale is None:
            return None
        return Question(
            header=profile.header,
            kind=kind.survey or name,
            open=bool(kind.survey),
            scale=scale,
            values=values,
            people=kind.people,
            because=because,
            doubtful=doubtful,
        )
    return None


def _scale(
    profile: Profile, kind: Asked
) -> tuple[tuple[int, int] | None, Mapping[str, int] | None, str, bool]:
    """Return the scale, what words are worth on it, what that rests on, and whether it is open."""
    words = profile.kind in {Kind.WORDS, Kind.TEXT} and profile.distinct <= _MOST_ANSWERS
    if words and (ladder := _on_ladder(profile.cells)):
        values, top = ladder
        return (1, top), values, "words of a scale, the best counts most", False
    worth = _labelled(profile) or {}
    points = (min(worth.values()), max(worth.values())) if worth else profile.points
    distinct = len({*worth.values()}) or profile.distinct
    if points is None or distinct > max(_LIKELY_SCORES, points[1]):
        return _NONE
    scale, because, doubtful = _of_points(profile.header, kind, points)
    if scale is None or not worth:
        return scale, None, because, doubtful
    plain = {str(score): score for score in range(scale[0], scale[1] + 1)}
    unused = {cell: score for cell, score in plain.items() if score not in worth.values()}
    return scale, {**worth, **unused}, because, doubtful


def _labelled(profile: Profile) -> dict[str, int] | None:
    """Return the scores of cells some of which say what they mean: 9, 10 - Extremely likely."""
    if profile.distinct > _MOST_ANSWERS or profile.points is not None:
        return None
    found = {cell: _LABELLED.fullmatch(cell) for cell in profile.cells}
    worth = {cell: int(match[1]) for cell, match in found.items() if match}
    return worth if worth and len(worth) == len(found) else None


def _of_points(
    header: str, kind: Asked, points: tuple[int, int]
) -> tuple[tuple[int, int] | None, str, bool]:
    """Return the scale of scores that go from one to another, what it rests on, and doubt."""
    low, high = points
    if kind.scale is not None:
        fits = kind.scale[0] <= low and high <= kind.scale[1]
        return (kind.scale, "the scale of this method", False) if fits else (None, "", False)
    if said := _SCALE.search(header):
        bottom, top = int(said[1]), int(said[2])
        if bottom < top and bottom <= low and high <= top:
            return (bottom, top), "the header says the scale", False
    if high > _TOPS[-1]:
        return None, "", False
    top = next(top for top in _TOPS if high <= top)
    bottom = 0 if low == 0 or top == _TOPS[-1] else 1
    return (bottom, top), f"the scores go from {low} to {high}; say the real scale", True


_NONE: tuple[None, None, str, bool] = (None, None, "", False)


def _on_ladder(cells: Iterable[str]) -> tuple[dict[str, int], int] | None:
    """Return what the cells are worth on the ladder that knows most of them, and its top."""
    listed = list(cells)
    best: dict[str, int] = {}
    chosen: tuple[tuple[str, ...], ...] = ()
    for ladder in known().ladders:
        steps = {folded(word): step for step, words in enumerate(ladder, 1) for word in words}
        steps |= {word: step for step, words in enumerate(ladder, 1) for word in words}
        worth = {
            cell: step
            for cell in listed
            if (step := steps.get(folded(cell)) or steps.get(cell)) is not None
        }
        if len(worth) > len(best):
            best, chosen = worth, ladder
    if not best or len(best) < _MOSTLY * len(listed):
        return None
    # Steps that nobody has chosen yet are told in the alphabet of those that somebody has.
    russian = any(_CYRILLIC.search(cell) for cell in best)
    unused = {
        next(
            (w for w in words if bool(_CYRILLIC.search(w)) == russian), words[0]
        ).capitalize(): step
        for step, words in enumerate(chosen, 1)
        if step not in best.values()
    }
    return {**best, **unused}, len(chosen)


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
    low, high = question.scale
    yield Feed(
        column="response_id",
        spec={"row": True},
        because="a row of the form holds several answers: source, file and line make a key",
    )
    yield Feed(
        column="survey_type",
        spec={"const": question.kind},
        because="by the words of the question",
        doubtful=number > 1 or question.open,
    )
    who = "employee" if question.people else "customer"
    because = "employees are asked: small groups are hidden" if question.people else "who answers"
    yield Feed(column="respondent_type", spec={"const": who}, because=because)
    for column in ("responded_at", "sent_at", "respondent_id", "ticket_id", "channel"):
        header = getattr(form, column)
        name = found(header, sheet.names) if header else None
        if name:
            yield Feed(column=column, spec={"from": name}, because="of the form")
    spec: dict[str, object] = {"from": question.header}
    if question.values is not None:
        spec["values"] = dict(sorted(question.values.items(), key=lambda item: (item[1], item[0])))
    yield Feed(column="score", spec=spec, because="the question")
    why, doubtful = question.because, question.doubtful
    yield Feed(column="scale_min", spec={"const": low}, because=why, doubtful=doubtful)
    yield Feed(column="scale_max", spec={"const": high}, because=why, doubtful=doubtful)


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


def beside(draft: Draft) -> list[Draft]:
    """Return the surveys that stand in the rows of another table: satisfaction in tickets."""
    sheet, by_column = draft.sheet, {one.column: one.headers for one in draft.feeds}
    asked = questions(sheet, draft.used)
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
    because = "the export does not say when it was answered; the nearest that it has"
    feeds = [
        replace(one, because=because, doubtful=True) if one.column == "responded_at" else one
        for one in draft.feeds
    ]
    return replace(draft, feeds=tuple(feeds))
