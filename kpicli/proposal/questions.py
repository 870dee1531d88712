"""Questions of surveys: recognised by their words, with the scale of their answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from kpicli.model.types import Strict
from kpicli.packaged import data
from kpicli.proposal.profile import Kind, Profile
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.words import folded

_SCALE = re.compile(r"(?:\bот\s+|\(|\[|\b)(\d{1,2})\s*(?:-|–|—|to|до|out of|\.\.+)\s*(\d{1,3})\b")
_END = re.compile(r"(?<!\d)(\d{1,3})\s*[=:(–—-]\s*[«\"']?[^\W\d]")  # 5 = very, 1 (плохо)
_LABELLED = re.compile(r"(\d{1,3})(?:\s*[-–—:=.(]\s*|\s+)?(?:[^\W\d][^\d]*)?")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_TOPS = (5, 7, 10, 100)
_MOST_ANSWERS = 20
_MOSTLY = 0.6
_LIKELY_SCORES = 11
_PERHAPS = "perhaps_csat"
_RATED = "a guess: the header says only that something is rated"
_OWN_JOB = "a guess: the header may ask about one's own job, or about the work of others"


class Asked(Strict):
    """One kind of question: what its header is like, its scale, whether employees answer it.

    `survey` is the kind that it may be, where its words do not say it; `own_job` says that
    employees may be asked about their jobs, or customers about the work of others.
    """

    like: tuple[str, ...]
    scale: tuple[int, int] | None = None
    people: bool = False
    survey: str = ""
    own_job: bool = False

    @property
    def told(self) -> str:
        """What it rests on."""
        if self.own_job:
            return _OWN_JOB
        return _RATED if self.survey else "by the words of the question"


class Known(Strict):
    """All kinds of questions, words of scales from worst to best, and which way effort counts."""

    kinds: dict[str, Asked]
    ways: dict[str, tuple[str, ...]]
    ladders: tuple[tuple[tuple[str, ...], ...], ...]


class Question(Struct, frozen=True, kw_only=True):
    """A header that asks something, what kind of survey it is (`open`: perhaps), and its scale.

    `told` is what the kind rests on, `because` what the scale does; `either` says that
    customers may answer it as well as employees. In `strays` rows stands what is off the scale.
    """

    header: str
    kind: str
    told: str
    scale: tuple[int, int]
    values: Mapping[str, int] | None
    people: bool
    open: bool
    because: str
    doubtful: bool
    either: bool = False
    strays: int = 0


@cache
def known() -> Known:
    """Return the questions that are known."""
    return Known.model_validate(data(Path(__file__).parent / "questions.yaml"))


def questions(sheet: Sheet, taken: Collection[str]) -> list[Question]:
    """Return the questions among the headers that are not taken."""
    asked = (question(sheet.profiles[name]) for name in sheet.names if name not in taken)
    return [one for one in asked if one is not None]


def question(profile: Profile) -> Question | None:
    """Return what a header asks; None where it is no question that is known."""
    words = folded(profile.header)
    for name, kind in known().kinds.items():
        if any(re.search(pattern, words) for pattern in kind.like):
            return _asked(profile, name, kind)
    return None


def answered(profile: Profile, survey: str) -> Question | None:
    """Return the question to which a column holds the scores; `survey` is what it is said to be."""
    kinds = known().kinds
    name = survey if survey in kinds else _PERHAPS
    found = _asked(profile, name, kinds[name])
    return None if found is None else replace(found, kind=survey, open=True, told=_RATED)


def of_file(asked: Question, profile: Profile, survey: str) -> Question:
    """Return the question of a file that is called by a survey: enps.csv, csat.csv.

    What is only rated is that survey, and employees may be asked what customers are.
    """
    kind = known().kinds.get(survey)
    if kind is None or asked.kind == survey or not (asked.open or kind.people):
        return asked
    found = _asked(profile, survey, kind)
    told = "by what the file is called"
    return asked if found is None else replace(found, open=True, told=told)


def _asked(profile: Profile, name: str, kind: Asked) -> Question | None:
    limits = kind.scale or _said(profile.header) or (0, _TOPS[-1])
    sound = None if _labelled(profile) else profile.without_strays(*limits)
    scale, values, because, doubtful = _scale(sound or profile, kind)
    if scale is None:
        return None
    return Question(
        header=profile.header,
        kind=kind.survey or name,
        told=kind.told,
        open=bool(kind.survey),
        either=kind.own_job,
        scale=scale,
        values=values,
        people=kind.people,
        because=because,
        doubtful=doubtful,
        strays=0 if sound is None else profile.filled - sound.filled,
    )


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
    if said := _said(header):
        bottom, top = said
        if bottom < top and bottom <= low and high <= top:
            return said, "the header says the scale", False
    if high > _TOPS[-1]:
        return None, "", False
    top = next(top for top in _TOPS if high <= top)
    bottom = 0 if low == 0 or top == _TOPS[-1] else 1
    return (bottom, top), f"the scores go from {low} to {high}; say the real scale", True


def _said(header: str) -> tuple[int, int] | None:
    """Return the ends of the scale that a header says: from 1 to 5, or what each is called."""
    if said := _SCALE.search(header):
        return int(said[1]), int(said[2])
    ends = sorted({int(end) for end in _END.findall(header)})
    return (ends[0], ends[1]) if len(ends) == 2 else None  # noqa: PLR2004 (a scale has two)


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
