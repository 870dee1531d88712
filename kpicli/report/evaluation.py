"""Evaluates metrics on tables: what can be computed, the relations, the values.

The tables may go as soon as the relations are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import asdict, replace

from kpicli import views
from kpicli.engine.names import PERIOD, dimension
from kpicli.engine.relations import Relations, make
from kpicli.engine.results import Result
from kpicli.engine.run import Run
from kpicli.engine.slices import Slice
from kpicli.language.catalogue import Catalogue
from kpicli.language.settled import Settled
from kpicli.periods import Grid, Span
from kpicli.report.data import relation_columns, tables_looked_up
from kpicli.report.needs import Lack, lacking
from kpicli.report.reach import undivided
from kpicli.report.types import Skipped, Values
from kpicli.views import Facts, Inputs


class Weighed(Struct, frozen=True, kw_only=True):
    """Metrics, and what some of them lack.

    `undivided` are those, and what they read, that lack a dimension of the slice; `unfiltered`
    those of them that lack one of its condition, and so have no total either.
    """

    settled: Settled
    names: tuple[str, ...]
    cut: Slice
    lacks: Mapping[str, Lack]
    undivided: Mapping[str, Lack]
    unfiltered: Mapping[str, Lack]
    idle: frozenset[str]


class Ready(Weighed, frozen=True, kw_only=True):
    """Metrics and the relations that they read."""

    relations: Relations


class Evaluated(Struct, frozen=True, kw_only=True):
    """Metrics evaluated on given tables: their values, and those that have none.

    `idle` are parameters that made no difference, since the data took another way.
    """

    settled: Settled
    names: tuple[str, ...]
    values: tuple[Values, ...]
    skipped: tuple[Skipped, ...]
    idle: frozenset[str]


def weighed(catalogue: Catalogue, names: Sequence[str], inputs: Inputs, cut: Slice) -> Weighed:
    """Tell which of `names` can be computed out of the tables of `inputs`."""
    settled = Settled(catalogue=catalogue, params=inputs.params)
    facts = _facts(settled, names, inputs)
    chosen = {key: value for fact in facts.values() for key, value in fact.settled.items()}
    settled = Settled(catalogue=catalogue, params={**inputs.params, **chosen})
    inputs = replace(inputs, params=settled.params)
    apart = undivided(settled, names, inputs, facts, cut)
    return Weighed(
        settled=settled,
        names=tuple(names),
        cut=cut,
        lacks=apart | lacking(settled, names, inputs, facts),
        undivided=apart,
        unfiltered=undivided(settled, names, inputs, facts, replace(cut, by=())),
        idle=frozenset(name for fact in facts.values() for name in fact.idle),
    )


def with_relations(found: Weighed, inputs: Inputs) -> Ready:
    """Make the relations that the metrics read, out of the tables they were weighed by."""
    settled, cut = found.settled, found.cut
    computable = [name for name in found.names if name not in found.lacks]
    relations = make(
        replace(inputs, params=settled.params),
        relation_columns(settled, computable, cut),
        tables_looked_up(settled, computable, cut),
    )
    return Ready(**asdict(found), relations=relations)


def prepared(catalogue: Catalogue, names: Sequence[str], inputs: Inputs, cut: Slice) -> Ready:
    """Weigh the metrics `names`, and make the relations that they read."""
    return with_relations(weighed(catalogue, names, inputs, cut), inputs)


def evaluated(ready: Ready, covered: Mapping[str, Span], grid: Grid) -> Evaluated:
    """Return the values of the metrics by period and breakdown."""
    names, lacks, cut = ready.names, ready.lacks, ready.cut

    def run(lacking: Mapping[str, Lack]) -> Run:
        return Run(
            settled=ready.settled,
            relations=ready.relations,
            grid=grid,
            cut=cut,
            covered=covered,
            failures={name: lack.reason for name, lack in lacking.items()},
        )

    parts, total = run(ready.undivided), run(ready.unfiltered)
    computable = [name for name in names if name not in lacks]
    broken_down = parts.results(computable, cut.by) if cut.by else {}
    whole = total.results([name for name in computable if name not in parts.failures], ())
    failures = {**parts.failures, **total.failures}
    answered = tuple(name for name in names if name in whole)
    skipped = [
        Skipped(metric=name, reason=lacks[name].reason, needs=lacks[name].needs)
        if name in lacks
        else Skipped(metric=name, reason=failures[name])
        for name in names
        if name in lacks or name in failures
    ]
    values = [
        _values(results[name])
        for name in answered
        for results in (whole, broken_down)
        if name in results
    ]
    return Evaluated(
        settled=ready.settled,
        names=answered,
        values=tuple(values),
        skipped=tuple(skipped),
        idle=ready.idle,
    )


def _facts(settled: Settled, names: Iterable[str], inputs: Inputs) -> dict[str, Facts]:
    relations = {
        rows.table
        for name in settled.closure(names)
        if (rows := settled[name].rows) is not None and rows.table is not None
    }
    return {relation: views.facts(relation, inputs) for relation in sorted(relations)}


def _values(result: Result) -> Values:
    """Return a result in the order of reports: by dimensions, then time, in which it comes."""
    by = result.by
    frame = result.frame.sort(*by, PERIOD, nulls_last=True) if by else result.frame
    names = tuple(name.removeprefix(dimension("")) for name in result.by)
    return Values(metric=result.metric, by=result.by, dims=names, frame=frame)
