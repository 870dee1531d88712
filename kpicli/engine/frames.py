"""Frames of a pass: its rows placed, narrowed and folded, and what is aggregated over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from kpicli.engine import narrowing, placement, populations, privacy, steps
from kpicli.engine.measures import Parts, parts
from kpicli.engine.names import ALL, BEGAN, HIGH, LOW, OUT, PERIOD, ROW, dimension
from kpicli.engine.passes import Member, Mode, Pass
from kpicli.engine.relations import relation_of
from kpicli.engine.wording import as_text
from kpicli.engine.workshop import Workshop
from kpicli.language.rows import Rows, Take
from kpicli.language.sql import fact, reads_facts
from kpicli.language.texts import sql_of
from kpicli.model import Relation, View

_SETS = (Take.KEPT, Take.LOST, Take.GAINED)
_KEPT = "__kept"
MAIN, LEFT_OUT, PEOPLE = "main", "left_out", "people"


def plans(shop: Workshop, shared: Pass) -> dict[str, pl.LazyFrame]:
    """Return the frames of a pass to collect.

    `main` has the aggregates per combination and period (or span of periods), `left_out` counts the
    rows that a reason leaves out, `people` the respondents of protected answers.
    """
    compiled = shop.compiler(trusted=shared.trusted)
    by = [dimension(name) for name in shared.by]
    found: dict[str, pl.LazyFrame] = {}
    if not shared.rows.results:
        frame, gone = narrowing.split(shop, shared, compiled)
        if gone is not None:
            found[LEFT_OUT] = _counted(placed_out(shop, gone, shared), shared, by, compiled)
        frame = _in_periods(shop, placed(shop, frame, shared), shared, by)
    else:
        frame = narrowing.narrowed(shop, shared, shop.results(shared.rows, shared.by), compiled)
        if shared.rows.among is not None:
            frame = populations.among(frame, shared.rows.among, shop)
    keys = [*by, LOW, HIGH] if shared.mode in {Mode.SPREAD, Mode.RUNS} else [*by, PERIOD]
    chosen, folds = _after_keeps(shop, frame, shared, compiled)
    guarded = protected(shop, shared, compiled)
    if guarded is not None:
        chosen = privacy.marked(chosen, guarded, by, compiled)
        kept = privacy.in_groups(guarded, by, shop.settled.params, compiled)
        if kept is not None:
            chosen = chosen.with_columns(kept.alias(_KEPT))
        found[PEOPLE] = privacy.people(chosen, keys, pl.col(_KEPT) if kept is not None else None)
        chosen = chosen.filter(_KEPT).drop(_KEPT) if kept is not None else chosen
    frame = _walked(shop, chosen, folds, shared, by, compiled)
    if shared.mix is not None:
        keys.append(dimension(shared.mix))
        frame = frame.with_columns(as_text(frame, shared.mix).alias(keys[-1]))
    frame = _with_facts(shop, frame, shared).with_columns(_all())
    measured = aggregates(shop, shared, guarded=guarded is not None)
    found[MAIN] = frame.group_by(keys).agg(measured)
    return found


def placed(shop: Workshop, frame: pl.LazyFrame, shared: Pass) -> pl.LazyFrame:
    """Place the rows of a pass on the grid."""
    params = shop.settled.params
    return placement.place(frame, shared.rows, shop.grid, params, trusted=shared.trusted)


def placed_out(shop: Workshop, gone: pl.LazyFrame, shared: Pass) -> pl.LazyFrame:
    """Place rows that are left out; an end before the beginning is none, and the row is missing."""
    rows = shared.rows
    if rows.until is not None:
        ended = f"case when ({rows.until}) >= ({rows.since}) then ({rows.until}) end"
        rows = rows.model_copy(update={"until": ended})
    params = shop.settled.params
    return placement.place(gone, rows, shop.grid, params, trusted=shared.trusted)


def _counted(
    gone: pl.LazyFrame, shared: Pass, by: list[str], compiled: Callable[[str], pl.Expr]
) -> pl.LazyFrame:
    """Count the rows left out per reason and metric."""
    unknown = not shared.rows.exclude  # as in `narrowing.split`
    counts = [
        _mask(member, compiled, unknown=unknown).sum().cast(pl.Int64).alias(member.name)
        for member in shared.members
    ]
    return gone.with_columns(_all()).group_by([*by, LOW, HIGH, OUT]).agg(counts)


def _in_periods(shop: Workshop, frame: pl.LazyFrame, shared: Pass, by: list[str]) -> pl.LazyFrame:
    """Turn spans into what the mode aggregates over."""
    rows = shared.rows
    match shared.mode:
        case Mode.POINT:
            frame = frame.rename({LOW: PERIOD}).drop(HIGH)
        case Mode.SPREAD:
            return placement.clipped(frame, shop.grid)
        case Mode.RUNS:
            return placement.clipped(_runs(shop, frame, rows, by), shop.grid)
        case _:
            frame = _exploded(shop, frame, rows, by)
    if rows.among is not None:
        frame = populations.among(frame, rows.among, shop)
    return frame


def _runs(shop: Workshop, frame: pl.LazyFrame, rows: Rows, by: list[str]) -> pl.LazyFrame:
    """Join the touching spans of an actor; who it is does not matter after that."""
    actor, single = pl.col(rows.per or ""), shop.single(rows)
    who = [actor]
    if rows.among is None:
        # Numbers sort faster than ids, and what is single need not be sorted.
        who = [] if single else [actor.cast(pl.String).cast(pl.Categorical).to_physical()]
    spans = frame.filter(actor.is_not_null()).select(*by, *who, LOW, HIGH)
    found = placement.runs(spans, [*by, rows.per or ""], rows.take, single=single)
    return found if rows.among is None else populations.spans_among(found, rows.among, shop)


def _exploded(shop: Workshop, frame: pl.LazyFrame, rows: Rows, by: list[str]) -> pl.LazyFrame:
    """One row per row and period; where several spells of an actor hold, the latest begun."""
    if rows.per is not None and rows.take in _SETS:
        frame = placement.runs(frame, [*by, rows.per], rows.take, single=shop.single(rows))
    frame = placement.exploded(placement.clipped(frame, shop.grid))
    if rows.per is None or rows.take in _SETS:
        return frame
    order = pl.struct(BEGAN, ROW) if BEGAN in frame.collect_schema() else pl.col(ROW)
    keys = [PERIOD, *by, rows.per]
    known = frame.filter(pl.col(rows.per).is_not_null())
    return known.group_by(keys).agg(pl.exclude(keys).max_by(order))


def _after_keeps(
    shop: Workshop, frame: pl.LazyFrame, shared: Pass, compiled: Callable[[str], pl.Expr]
) -> tuple[pl.LazyFrame, int]:
    """Choose rows, then slice: the answer that counts is chosen before `--where` and `--by`."""
    then = shared.rows.then
    count = steps.leading_keeps(then)
    frame = steps.walk(frame, then[:count], by=(), params=shop.settled.params, compiled=compiled)
    if count and shop.cut.where is not None and not shared.rows.results:
        frame = frame.filter(shop.cut.condition())
    return frame, count


def _walked(
    shop: Workshop,
    frame: pl.LazyFrame,
    done: int,
    shared: Pass,
    by: list[str],
    compiled: Callable[[str], pl.Expr],
) -> pl.LazyFrame:
    rest = shared.rows.then[done:]
    texts = [step.where for step in rest if not hasattr(step, "keep") and step.where]
    if any(reads_facts(text) for text in texts):
        frame = joined_facts(shop, frame, shared)
    return steps.walk(frame, rest, by=by, params=shop.settled.params, compiled=compiled)


def _with_facts(shop: Workshop, frame: pl.LazyFrame, shared: Pass) -> pl.LazyFrame:
    texts = [text for member in shared.members for text in sql_of(member.declaration)]
    if not any(reads_facts(text) for text in texts):
        return frame
    return joined_facts(shop, frame, shared)


def joined_facts(shop: Workshop, frame: pl.LazyFrame, shared: Pass) -> pl.LazyFrame:
    """Add the facts of the period of each row, unless they are there."""
    schema = frame.collect_schema()
    if fact("start") in schema:
        return frame
    rows = shared.rows
    dtype: pl.DataType = pl.Date()
    if not rows.results:
        compiled = shop.compiler(trusted=shared.trusted)
        instant = compiled(rows.at or rows.since or "")
        source = shop.relations.counted(rows.table or "").lazy()
        dtype = source.select(instant.alias("x")).collect_schema()["x"]
    table = steps.facts_frame(shop.grid, dtype)
    return frame.join(table.lazy(), on=PERIOD, how="left")


def protected(shop: Workshop, shared: Pass, compiled: Callable[[str], pl.Expr]) -> Relation | None:
    """Return the relation of the rows if any of them is a protected answer."""
    if shared.rows.results:
        return None
    relation = relation_of(shared.rows.table or "")
    if relation.protected is None:
        return None
    some = compiled(relation.protected)
    if shared.rows.where is not None:
        some &= compiled(shared.rows.where)
    relations = shop.relations
    parts = relations.counted(relation.name), relations.left_out(relation.name)
    found = any(part.select(some.any()).item() for part in parts if part is not None)
    return relation if found else None


def _all() -> pl.Expr:
    return pl.lit(value=True).alias(ALL)


def _mask(member: Member, compiled: Callable[[str], pl.Expr], *, unknown: bool = False) -> pl.Expr:
    if member.where is None:
        return pl.col(ALL)
    return compiled(member.where).fill_null(value=unknown)


def measured_parts(shop: Workshop, shared: Pass, member: Member) -> dict[str, Parts]:
    """Return the parts of a member and of its companions; the member's own under ''."""
    compiled = shop.compiler(trusted=shared.trusted)
    params = shop.settled.params
    table = shared.rows.table
    relation = relation_of(table) if table else None
    sample = isinstance(relation, View) and relation.sample
    mask = _mask(member, compiled)
    found = {"": parts(member.measured, mask, compiled, params, sample=sample)}
    for name, companion in member.companions.items():
        narrowed = mask
        if companion.where is not None:
            narrowed = mask & compiled(companion.where).fill_null(value=False)
        found[name] = parts(companion, narrowed, compiled, params, sample=sample)
    return found


def aggregates(shop: Workshop, shared: Pass, *, guarded: bool) -> list[pl.Expr]:
    """Return every aggregate of a pass, named `metric|companion|part`.

    Of `guarded` rows also the people behind each.
    """
    compiled = shop.compiler(trusted=shared.trusted)
    found: list[pl.Expr] = []
    for member in shared.members:
        for companion, measure in measured_parts(shop, shared, member).items():
            named: Mapping[str, pl.Expr] = {**measure.sums, **measure.wholes}
            if guarded:
                named = {**named, privacy.PEOPLE: privacy.behind(measure.counted)}
            found += [expr.alias(f"{member.name}|{companion}|{key}") for key, expr in named.items()]
        found += [
            expr.alias(f"{member.name}||{key}") for key, expr in _extras(member, compiled).items()
        ]
    return found


def _extras(member: Member, compiled: Callable[[str], pl.Expr]) -> dict[str, pl.Expr]:
    """Aggregates beside the measure: flags, columns that must agree, bounds of the scale."""
    mask = _mask(member, compiled)
    declaration = member.declaration
    found = {
        f"f:{name}": (mask & compiled(text)).fill_null(value=False).sum().cast(pl.Int64)
        for name, text in declaration.flags.items()
    }
    if declaration.same:
        agreeing = pl.struct(declaration.same).filter(mask).n_unique()
        found["kinds"] = agreeing.cast(pl.Int64)
    if declaration.within is not None:
        low, high = declaration.within
        found["low"] = compiled(low).filter(mask).min().cast(pl.Float64)
        found["high"] = compiled(high).filter(mask).max().cast(pl.Float64)
    return found
