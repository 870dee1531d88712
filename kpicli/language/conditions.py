"""What texts may read, and conditions that a user gives as parameters: SQL over a relation."""

from __future__ import annotations

from collections.abc import Mapping

from kpicli.language.catalogue import Catalogue
from kpicli.language.kinds import Kind, judge, kind_of
from kpicli.language.parameters import Expression, Params
from kpicli.language.sql import FACTS, fact
from kpicli.model import View, model


def check_conditions(
    params: Params, catalogue: Catalogue, kept: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """Return what is wrong with parameters that are SQL over a table or view, by their names."""
    found = {}
    for name, value in params.items():
        parameter = catalogue.parameters[name]
        if not isinstance(value, Expression) or value == parameter.default:
            continue
        try:
            kind = judge(value, columns_of(parameter.over or "", kept), aggregate=False)
        except ValueError as error:
            found[name] = str(error)
        else:
            if kind is not Kind.TRUTH:
                found[name] = f"{Kind.TRUTH} is needed, and this is {kind}: {value}"
    return found


def columns_of(name: str, kept: Mapping[str, tuple[str, ...]]) -> dict[str, Kind]:
    """Return the columns of a table or view, those that the config keeps among them."""
    relation = model().relation(name)
    if relation is None:
        return {}
    base = relation.base if isinstance(relation, View) else relation.name
    columns = {key: kind_of(column.type) for key, column in relation.columns.items()}
    return {**dict.fromkeys(kept.get(base, ()), Kind.TEXT), **columns}


def facts_of(time: Kind) -> dict[str, Kind]:
    """The facts of a period; its bounds are of the kind that places the rows."""
    kinds = dict.fromkeys(("start", "end", "until"), time)
    return {
        fact(name): kinds.get(name, Kind.DATE if name == "as_of" else Kind.NUMBER) for name in FACTS
    }
