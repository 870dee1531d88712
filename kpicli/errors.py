"""One root error, its few kinds, and the hint that mends.

Whatever a user can cause ends as a `KpiError`; the command line catches it in one place. Its
`exit_code` is part of the contract: 2 for what the user wrote (usage, config, output path), 3 for
what the files hold.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


_A_WORD = 4
"""Letters from which a part of a name is telling."""


class Problem(Struct, frozen=True, kw_only=True):
    """One thing that is wrong: where it stands, what it is, how to mend it."""

    message: str
    where: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}{self.message}{advice}"

    def told(self, hint: str) -> str:
        """Return the whole, which is in another language, with its word for a hint."""
        place = f"{self.where}: " if self.where else ""
        advice = f"\n  {hint}: {self.hint}" if self.hint else ""
        return f"{place}{self.message}{advice}"

    def translated(self, message: Callable[[str], str]) -> str:
        """Return the whole in another language; where it stands is no matter of language."""
        hint = message(self.hint) if self.hint else None
        return replace(self, message=message(self.message), hint=hint).told(message("hint"))


class KpiError(Exception):
    """Root of every error that a user can cause; carries one or more problems."""

    exit_code: ClassVar[int] = 2

    def __init__(
        self, message: str = "", *, hint: str | None = None, problems: Sequence[Problem] = ()
    ) -> None:
        self.problems = tuple(problems) or (Problem(message=message, hint=hint),)
        super().__init__("\n".join(map(str, self.problems)))


class UsageError(KpiError):
    """The command line asks for something that is not there."""


class ConfigError(KpiError):
    """The config, or a declaration in it, is wrong; lists every problem found."""


class OutputError(KpiError):
    """The result cannot be written where it should go."""


class InputError(KpiError):
    """An input is missing, unreadable, or refused."""

    exit_code: ClassVar[int] = 3


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that `name` was probably meant to be, or None when none is close."""
    by_folded = {known.casefold(): known for known in names}
    folded = name.casefold()
    match = difflib.get_close_matches(folded, by_folded, n=3, cutoff=0.6)
    match.sort(key=lambda found: sorted(found) != sorted(folded))  # swapped letters: form, from
    return by_folded[match[0]] if match else None


def named_within(name: str, names: Iterable[str]) -> str | None:
    """Return the only one of dotted names whose last part has `name` in it, if there is one."""
    folded = name.casefold()
    found = [known for known in names if folded in known.rpartition(".")[2].casefold()]
    return found[0] if len(found) == 1 and len(folded) >= _A_WORD else None


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return a hint: the nearest of `names`, or all of them when they are few, or nothing."""
    known = list(names)
    if found := nearest(name, known):
        return f"did you mean '{found}'?"
    few = 15
    return f"known: {', '.join(sorted(known))}" if 0 < len(known) <= few else ""
