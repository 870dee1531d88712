"""What texts may read, and conditions that a user gives as parameters: SQL over a relation."""

from __future__ import annotations

from collections.abc import Mapping

from kpicli.language.gate import admitted
from kpicli.language.kinds import Kind, judge, kind_of
from kpicli.language.parameters import ANY
from kpicli.language.spelling import check_words, words_of
from kpicli.language.sql import FACTS, fact
from kpicli.model import model


class Untold(dict[str, Kind]):
    """Names of which not all can be told: every name is there, and may be of any kind."""

    def __contains__(self, name: object) -> bool:
        """Whether the name may be there; facts of the period are, or are not."""
        return super().__contains__(name) or not str(name).startswith("__")

    def __missing__(self, name: str) -> Kind:
        """Return what fits everywhere."""
        return Kind.EMPTY


def joined(names: Mapping[str, Kind], more: Mapping[str, Kind]) -> Mapping[str, Kind]:
    """Return names and `more` of them; if not all of the first can be told, nor can these."""
    both = {**names, **more}
    return Untold(both) if isinstance(names, Untold) else both


def condition(text: str, over: str, kept: Mapping[str, tuple[str, ...]]) -> str:
    """Return a condition over the rows of `over` as it may run.

    Raises:
        ValueError: it is not SQL, reads what is not there, or is neither true nor false.
    """
    found = judge(text, columns_of(over, kept), aggregate=False)
    check_words(text, words_of(over))
    if found is not Kind.TRUTH:
        raise ValueError(f"true or false is needed, and '{text}' is {found}")
    return admitted(text)


def columns_of(name: str, kept: Mapping[str, tuple[str, ...]]) -> dict[str, Kind]:
    """Return the columns of a table or view, those that the config keeps among them."""
    relation = model().relation(name)
    if relation is None:
        return Untold()
    base = model().base_of(relation).name
    columns = {key: kind_of(column.type) for key, column in relation.columns.items()}
    found = {**dict.fromkeys(kept.get(base, ()), Kind.TEXT), **columns}
    return Untold(found) if ANY in found else found


def is_protected(name: str | None) -> bool:
    """Whether rows of a table or view may be answers of employees."""
    relation = model().relation(name or "")
    return relation is not None and relation.protected is not None


def facts_of(time: Kind) -> dict[str, Kind]:
    """The facts of a period; its bounds are of the kind that places the rows."""
    kinds = dict.fromkeys(("start", "end", "until"), time)
    return {
        fact(name): kinds.get(name, Kind.DATE if name == "as_of" else Kind.NUMBER) for name in FACTS
    }
