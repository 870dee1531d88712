"""Metrics that were asked for by name and have no value, since no row of their table counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from kpicli.engine.accounts import (
    FEW,
    JOINED,
    NOT_AMONG,
    OTHER,
    OUTSIDE,
    REASONS,
    SUPERSEDED,
    UNDATED,
    Account,
)
from kpicli.engine.relations import relation_of
from kpicli.engine.slices import Slice
from kpicli.engine.values import Status
from kpicli.language.rows import KeepStep
from kpicli.language.sql import without_parameters
from kpicli.model import model
from kpicli.periods import Grid, Span
from kpicli.report.accounts import accounts
from kpicli.report.cell_words import listed, may_be_told, words_in
from kpicli.report.evaluation import Evaluated, Ready

_OF_TIME = (OUTSIDE, UNDATED, "open", NOT_AMONG, FEW, JOINED, SUPERSEDED)
"""Reasons that may be others in another period: they are no sign that the data are not right."""


def uncounted(
    ready: Ready,
    found: Evaluated,
    asked: Iterable[str],
    covered: Mapping[str, Span],
    whole: Grid,
) -> Iterator[str]:
    """Yield why metrics of `asked` have no value, where no row of all that are covered counts.

    `whole` has one period, which is all that the data cover. What the condition of the question
    leaves out is no matter here.
    """
    empty = _empty(found)
    names = [name for name in asked if name in empty]
    if not names:
        return
    ready = replace(ready, cut=Slice(kept=ready.cut.kept))
    for name, account in accounts(ready, names, covered, whole):
        if isinstance(account, Account) and account.rows and not account.counted:
            why = _why(ready, account)
            if why:
                yield (
                    f"{name} counts no row of {account.relation} (rows: {account.rows:,}): {why}"
                )


def _empty(found: Evaluated) -> set[str]:
    """Return the metrics that have no data in any period that is covered."""
    none = {Status.NO_DATA.value, Status.OUTSIDE.value}
    return {
        values.metric
        for values in found.values
        if not values.by
        and none.issuperset(values.frame["status"])
        and (values.frame["status"] == Status.NO_DATA.value).any()
    }


def _why(ready: Ready, account: Account) -> str:
    """Return why no row counts; nothing where that may be so by rights."""
    rows = ready.settled[account.metric].rows
    if rows is None or not account.excluded.keys().isdisjoint(_OF_TIME):
        return ""
    if account.excluded.get(OTHER) == account.rows:
        only_keeps = all(isinstance(step, KeepStep) for step in rows.then)
        return _of_kind(ready, account.relation, rows.where or "") if only_keeps else ""
    return "; ".join(
        f"{REASONS.get(reason, reason)} (rows: {count:,})"
        for reason, count in account.excluded.items()
    )


def _of_kind(ready: Ready, name: str, where: str) -> str:
    """Return that a condition holds for no row, and which words stand in the columns it reads.

    Only of what asks for words: that nothing is finished or repeated yet is no mistake. Nor is that
    a survey has no answers this time, where all that are there are of known ones.
    """
    from kpicli.language.spelling import compared  # noqa: PLC0415 (a parser, rarely needed)

    relation, frame = relation_of(name), ready.relations.counted(name).lazy()
    asked = compared(without_parameters(where, ready.settled.params), wanted=True)
    words = {column: {*words_in(frame, column)} for column in asked}
    columns = model().base_of(relation).columns
    for column, there in words.items():
        known = columns[column].known if column in columns else ()
        if known and there.issubset(known) and {*asked[column]}.issubset(known):
            return ""
    told = {
        column: few
        for column, there in words.items()
        if may_be_told(relation, column) and (few := listed(there))
    }
    those = "; ".join(f"{column} there: {few}" for column, few in told.items())
    return (f"{where} holds for none of them" + (f"; {those}" if those else "")) if asked else ""
