"""What a metric needs that is not there: tables, columns, parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from kpicli.engine.relations import columns_read, relation_of
from kpicli.language.needs import together
from kpicli.language.settled import Settled
from kpicli.model import Column, Relation, Table, model
from kpicli.views import Facts, Inputs

_COLUMN = re.compile(r"(?<![$\w.])\w+\.\w+")


class Lack(Struct, frozen=True, kw_only=True):
    """What would have to be there, as alternatives joined by "or", or why it is not asked for.

    `refused` says why the options that are chosen do not go together, or which dimension is not
    there.
    """

    needs: tuple[str, ...]
    refused: str | None = None

    @property
    def reason(self) -> str:
        """The lack as a sentence."""
        return self.refused or "needs " + " and ".join(together(self.needs))


def lacking(
    settled: Settled, names: Iterable[str], inputs: Inputs, facts: Mapping[str, Facts]
) -> dict[str, Lack]:
    """Return the metrics of `names` (and all they refer to) that cannot be computed, and why.

    A metric lacks what its own rows lack, and what its operands do; companions are no needs.
    """
    found: dict[str, Lack] = {}
    for name in settled.closure(names):
        declaration = settled[name]
        needs = _unmet(declaration.needs, inputs) + _of_rows(settled, name, inputs, facts)
        refused = declaration.refused
        companions = {other for other in declaration.beside.values() if isinstance(other, str)}
        for other in settled.uses(name):
            if other in found and other not in companions:
                needs += found[other].needs
                refused = refused or found[other].refused
        if needs or refused:
            found[name] = Lack(needs=tuple(dict.fromkeys(needs)), refused=refused)
    return found


def _of_rows(settled: Settled, name: str, inputs: Inputs, facts: Mapping[str, Facts]) -> list[str]:
    rows = settled[name].rows
    if rows is None or rows.table is None:
        return []
    relation = relation_of(rows.table)
    known = facts.get(rows.table, Facts(bases=()))
    bases = known.bases or (model().base_of(relation).name,)
    read = sorted(columns_read(settled, name, flags=False))
    if not any(inputs.has(base) for base in bases):
        lacks = dict.fromkeys(known.lacking[column] for column in read if column in known.lacking)
        return [" or ".join(lacks or bases)]
    needs = []
    for column in read:
        if column in known.lacking:
            needs.append(known.lacking[column])
        elif column in relation.columns:
            needs += of_column(relation, column, relation.columns[column], inputs)
    return needs


def of_column(relation: Relation, name: str, column: Column, inputs: Inputs) -> list[str]:
    """Return what a column lacks: one of its alternatives, or to be mapped at all."""
    if isinstance(relation, Table):
        there = column.default is not None or inputs.has(f"{relation.name}.{name}")
        return [] if there else [f"{relation.name}.{name}"]
    return _unmet(column.needs, inputs)


def _unmet(needs: Sequence[str], inputs: Inputs) -> list[str]:
    """Return the alternatives as one need where none of them is there."""
    needs = [_COLUMN.sub(lambda name: on_clock(name[0], inputs), need) for need in needs]
    if not needs or any(_met(need, inputs) for need in needs):
        return []
    return [" or ".join(need.replace("$", "the parameter ") for need in needs)]


def on_clock(name: str, inputs: Inputs) -> str:
    """Return the ready duration that the clock asks for, where `name` is one."""
    table, _, column = name.partition(".")
    business = f"{column}_business"
    there = inputs.on_working_hours and business in model().tables[table].columns
    return f"{table}.{business}" if there else name


def _met(need: str, inputs: Inputs) -> bool:
    return all(
        inputs.option(part[1:]) is not None if part.startswith("$") else inputs.has(part)
        for part in need.split(" and ")
    )
