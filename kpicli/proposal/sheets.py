"""Opens the files that a config is proposed for; files with one header are one sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from kpicli import stdin
from kpicli.config.paths import natural, unreadable
from kpicli.errors import InputError, Problem
from kpicli.intake.mapping import headers
from kpicli.intake.text.sniff import HeadlessError, sniff
from kpicli.intake.text.structure import Text, prepare
from kpicli.intake.values.cells import trimmed
from kpicli.intake.values.judge import PLACE
from kpicli.model.synonyms import synonyms
from kpicli.proposal.profile import Kind, Profile, is_row, profile
from kpicli.proposal.signs import borne
from kpicli.proposal.words import likeness

_LOOKED_AT = 3000
_ALIKE = 0.95
_SUFFIXES = (".csv", ".tsv", ".txt", ".tab")
_PACKED = ("", ".gz", ".zst")


class Sheet(Struct, frozen=True, kw_only=True):
    """Files with the same header, and what their first rows look like.

    `header` are the lines of the header where they had to be said; it is empty where there is none.
    """

    paths: tuple[Path, ...]
    texts: tuple[Text, ...]
    names: tuple[str, ...]
    profiles: dict[str, Profile]
    header: tuple[int, ...] | None = None

    @property
    def headless(self) -> bool:
        """Whether the files have no header line, so that columns are `#1`, `#2`, …."""
        return self.header == ()

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(text.rows for text in self.texts)

    @property
    def title(self) -> str:
        """The sheet as messages name it: its file, and how many more there are."""
        first = self.paths[0].name
        return first if len(self.paths) == 1 else f"{first} and {len(self.paths) - 1} more"

    def cells(self, header: str) -> pl.LazyFrame:
        """Return the trimmed cells of a column in all rows as `cell`; empty ones are null."""
        place = f"c{self.names.index(header)}"
        return pl.concat(
            [text.scan(PLACE).select(trimmed(pl.col(place)).alias("cell")) for text in self.texts]
        )

    def begins_empty(self, header: str) -> bool:
        """Whether the first row of every file has no cell in a column: it may be a header too."""
        place = self.names.index(header)
        firsts = [text.head(PLACE).head(1).collect()[f"c{place}"].to_list() for text in self.texts]
        return all(cells and not (cells[0] or "").strip() for cells in firsts)

    def counted(self, header: str) -> list[tuple[str, int]]:
        """Return the distinct filled cells of a column with their numbers, the commonest first."""
        counts = self.cells(header).drop_nulls().group_by("cell").len()
        found = counts.sort("len", "cell", descending=[True, False]).collect(engine="streaming")
        return list(found.iter_rows())

    def per_file(self, *chosen: str) -> list[pl.LazyFrame]:
        """Return the trimmed cells of some columns, under their headers, file by file."""
        columns = [trimmed(pl.col(f"c{self.names.index(name)}")).alias(name) for name in chosen]
        return [text.scan(PLACE).select(columns) for text in self.texts]


def listed(paths: Iterable[Path]) -> list[Path]:
    """Return files as they were given; a folder stands for the exports in it, in natural order.

    Raises:
        InputError: files are missing, or a folder has none; lists them all.
    """
    problems: list[Problem] = []
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(filter(_is_export, path.iterdir()), key=natural)
            if not inside:
                problems.append(
                    Problem(
                        message=f"no export is in the folder {path}",
                        hint="exports end in .csv, .tsv or .txt; name other files one by one",
                    )
                )
            found += inside
            continue
        if path == stdin.PATH:
            found.append(stdin.spooled())
            continue
        if not path.exists():
            message, _ = unreadable(path)  # its hint is about a config that names it
            problems.append(Problem(message=message))
        found.append(path)
    if problems:
        raise InputError(problems=problems)
    return list(dict.fromkeys(found))


def _is_export(path: Path) -> bool:
    name = path.name.lower()
    ends = tuple(suffix + packed for suffix in _SUFFIXES for packed in _PACKED)
    return path.is_file() and name.endswith(ends) and path.stat().st_size > 0


def opened(paths: Sequence[Path], scratch: Path) -> tuple[list[Sheet], list[Problem]]:
    """Open files and look at them; return what could be read, and why others could not.

    Files are alike by their headers; without, by what the cells of their columns are.
    """
    problems: list[Problem] = []
    alike: dict[tuple[object, ...], list[Sheet]] = {}
    for number, path in enumerate(paths):
        message, hint = unreadable(path)
        if message:
            problems.append(Problem(message=message, hint=hint))
            continue
        try:
            sheet = _sheet(path, scratch / str(number))
        except InputError as error:
            problems += error.problems
            continue
        kinds = map(_counted, (sheet.profiles[name].kind for name in sheet.names if sheet.headless))
        alike.setdefault((sheet.names, *kinds), []).append(sheet)
    groups = [part for group in alike.values() for part in _by_currency(group)]
    return [_joined(group) for group in groups], problems


def _sheet(path: Path, scratch: Path) -> Sheet:
    """Return one file; where its first line is a row like the others, it has no header."""
    header: tuple[int, ...] | None = None
    try:
        text = _text(path, scratch)
    except HeadlessError as error:
        if not error.first:
            raise
        text, header = _text(path, scratch, ()), ()
    names = tuple(headers(text.header))
    profiles = _profiles(names, [text])
    if header is None and text.skip == 1 and is_row(text.header, list(profiles.values())):
        text, header = _text(path, scratch.with_name(f"{scratch.name}-whole"), ()), ()
        names = tuple(headers(text.header))
        profiles = _profiles(names, [text])
    return Sheet(paths=(path,), texts=(text,), names=names, profiles=profiles, header=header)


def _counted(kind: Kind) -> Kind:
    """Return a kind of cells; all that are no dates or numbers are one, for months differ there."""
    return kind if kind in {Kind.TIME, Kind.DURATION, Kind.NUMBER} else Kind.TEXT


def _by_currency(group: list[Sheet]) -> list[list[Sheet]]:
    """Return files alike as groups whose amounts bear signs of the same currencies.

    They stay one where no two differ, or a column says the currency row by row.
    """
    known = synonyms().shared["currency"].all
    by_row = any(likeness(name, one) >= _ALIKE for name in group[0].names for one in known)
    if by_row or len(group) == 1:
        return [group]
    found: dict[frozenset[str], list[Sheet]] = {}
    for sheet in group:
        codes = {code for one in sheet.profiles.values() for code in borne(one)}
        found.setdefault(frozenset(codes), []).append(sheet)
    return [group] if len(found.keys() - {frozenset()}) < 2 else list(found.values())  # noqa: PLR2004 (different ones)


def _joined(group: Sequence[Sheet]) -> Sheet:
    """Return files alike as one sheet."""
    first = group[0]
    if len(group) == 1:
        return first
    texts = tuple(text for sheet in group for text in sheet.texts)
    paths = tuple(path for sheet in group for path in sheet.paths)
    return replace(first, paths=paths, texts=texts, profiles=_profiles(first.names, texts))


def reopened(sheet: Sheet, header: tuple[int, ...], scratch: Path) -> Sheet:
    """Return a sheet whose header stands on other lines than it seemed.

    Raises:
        InputError: the lines are not there.
    """
    texts = tuple(
        _text(path, scratch / f"again-{number}", header) for number, path in enumerate(sheet.paths)
    )
    names = tuple(headers(texts[0].header))
    return replace(sheet, texts=texts, names=names, profiles=_profiles(names, texts), header=header)


def _text(path: Path, scratch: Path, header: tuple[int, ...] | None = None) -> Text:
    dialect = sniff(path, None, None, header=header)
    return prepare(path, dialect, lambda kind: scratch.with_name(f"{scratch.name}-{kind}.csv"))


def _profiles(names: Sequence[str], texts: Sequence[Text]) -> dict[str, Profile]:
    share = max(_LOOKED_AT // len(texts), 1)
    head = pl.concat([text.head(PLACE).head(share).drop(PLACE) for text in texts]).collect()
    return {
        name: profile(name, place, head[f"c{place}"].to_list()) for place, name in enumerate(names)
    }
