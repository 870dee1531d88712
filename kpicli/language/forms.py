"""Checks one form of a declaration without running it: names, and kinds of what texts give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from kpicli.errors import did_you_mean
from kpicli.language.catalogue import Catalogue
from kpicli.language.conditions import Untold, columns_of, facts_of, is_protected, joined
from kpicli.language.declaration import Companion, Declaration, Duration, Measured
from kpicli.language.faults import Fault
from kpicli.language.kinds import Kind, UnknownNameError, judge
from kpicli.language.needs import misnamed
from kpicli.language.parameters import ANY, Params
from kpicli.language.rows import FoldStep, KeepStep, Ratio, Rows, Step
from kpicli.language.spelling import check_words, words_of
from kpicli.language.sql import FACTS, UnknownParameterError, expand, in_years
from kpicli.language.texts import options_of
from kpicli.model import Column, model
from kpicli.yaml import Path

Kinds: TypeAlias = Mapping[str, Kind]
_TIMES = frozenset({Kind.DATE, Kind.INSTANT})
_NUMBER = frozenset({Kind.NUMBER})
_TRUTH = frozenset({Kind.TRUTH})
_ANY = frozenset(Kind)


class Checker:
    """Walks one form of a declaration; an overlay's findings are told at the overlay."""

    def __init__(
        self,
        catalogue: Catalogue,
        params: Params,
        kept: Mapping[str, tuple[str, ...]],
        root: Path,
        untold: frozenset[Path] = frozenset(),
    ) -> None:
        self.catalogue = catalogue
        self.params = params
        self.kept = kept
        self.root = root
        self.untold = untold
        self.findings: list[Fault] = []
        self.words: Mapping[str, Column] = {}

    def judged(self, declaration: Declaration) -> list[Fault]:
        """Return the findings of one form of a declaration."""
        for text in options_of(declaration):
            if text.startswith("$") and text[1:] not in self.params:
                self._unknown("parameter", text[1:], self.params, ("rows",))
        names: Kinds
        if declaration.is_formless:
            names = Untold()
        elif declaration.rows is None:
            names = dict.fromkeys(self.catalogue.metrics, Kind.NUMBER)
            names = {**names, **facts_of(Kind.DATE)}
            self._formula(declaration, names)
        else:
            names = self._rows(declaration.rows)
            self._measured(declaration, names, ())
            if declaration.time is not None and is_protected(declaration.rows.table):
                self._complain(("time",), "answers of employees are no spells to be measured")
        self._flags(declaration, names)
        if declaration.matures_in is not None:
            self._text(declaration.matures_in, {}, _NUMBER, ("matures_in",))
        for need in declaration.needs:
            for what, name, known in misnamed(need, self.params):
                self._unknown(what, name, known, ("needs",))
        for column in declaration.same:
            self._named(column, names, ("same",))
        for text in declaration.within or ():
            self._text(text, names, _NUMBER, ("within",))
        self._dimensions(declaration, names)
        self._companions(declaration, names)
        return self.findings

    def _flags(self, declaration: Declaration, names: Kinds) -> None:
        for flag, text in declaration.flags.items():
            self._text(text, names, _TRUTH, ("flags", flag))
        companions = dict.fromkeys(("n", *declaration.beside), Kind.NUMBER)
        for flag, text in declaration.beside_flags.items():
            self._text(text, companions, _TRUTH, ("beside_flags", flag))

    def _dimensions(self, declaration: Declaration, names: Kinds) -> None:
        for dimension, own in declaration.dimensions.items():
            table, dot, attribute = (own or "").partition(".")
            if dot and table in model().tables:
                target = model().tables[table]
                names_there: Kinds = dict.fromkeys(
                    (*target.columns, *target.dimensions, *self.kept.get(table, ())), Kind.TEXT
                )
                if ANY in names_there:
                    names_there = Untold(names_there)
                self._named(attribute, names_there, ("dimensions", dimension))
            elif own is not None:
                self._named(own, names, ("dimensions", dimension))

    def _companions(self, declaration: Declaration, names: Kinds) -> None:
        for name, companion in declaration.beside.items():
            path: Path = ("beside", name)
            if isinstance(companion, str):
                self._metric(companion, path)
            elif declaration.rows is None:
                if declaration.is_formless:
                    continue
                self._complain(path, "a formula has no rows: name a metric")
            else:
                self._companion(companion, names, path)

    def _companion(self, companion: Companion, names: Kinds, path: Path) -> None:
        if companion.where is not None:
            self._text(companion.where, names, _TRUTH, (*path, "where"))
        if companion.mix or companion.time or companion.value:
            self._complain(path, "a companion takes no mix, time or value")
        self._measured(companion, names, path)

    # --- rows

    def _rows(self, rows: Rows) -> Kinds:
        """Check the rows; return the names that a measure on them may read."""
        names = self._source(rows)
        time = Kind.DATE
        for key in ("at", "since", "until"):
            text = getattr(rows, key)
            if text is not None:
                found = self._text(text, names, _TIMES, ("rows", key))
                time = found if key != "until" and found is not None else time
        if rows.where is not None:
            self._text(rows.where, names, _TRUTH, ("rows", "where"))
        for reason, text in rows.exclude.items():
            self._text(text, names, _TRUTH, ("rows", "exclude", reason))
        if rows.per is not None and not rows.results:
            self._named(rows.per, names, ("rows", "per"))
        if rows.among is not None:
            self._population(rows.among.metric, ("rows", "among"))
            if rows.among.actor is not None:
                self._named(rows.among.actor, names, ("rows", "among"))
        names = joined(names, facts_of(time))
        if self._is_untold(("rows", "then")):
            names = Untold(names)
        for place, step in enumerate(rows.then):
            names = self._step(step, names, ("rows", "then", place))
        return names

    def _source(self, rows: Rows) -> Kinds:
        if self._is_untold(("rows",), ("rows", "table"), ("rows", "results")):
            return Untold()
        if rows.results:
            for metric in rows.results:
                self._metric(metric, ("rows", "results"))
            return {rows.per or "": Kind.TEXT, **dict.fromkeys(rows.results, Kind.NUMBER)}
        relation = model().relation(rows.table or "")
        if relation is None:
            known = (*model().views, *model().tables)
            self._unknown("table", rows.table or "", known, ("rows", "table"))
            return Untold()
        self.words = words_of(relation.name)
        return columns_of(relation.name, self.kept)

    def _is_untold(self, *paths: Path) -> bool:
        return not self.untold.isdisjoint(paths)

    def _step(self, step: Step, names: Kinds, path: Path) -> Kinds:
        if any(one[: len(path)] == path for one in self.untold):
            names = Untold(names)
        if isinstance(step, KeepStep):
            for column in (*step.keep.per, *step.keep.by):
                self._named(column, names, (*path, "keep"))
            return names
        if isinstance(step, FoldStep):
            for column in step.per:
                self._named(column, names, (*path, "per"))
            folded = {column: _kind(column, names) for column in step.per}
            kept = folded.keys() - step.with_.keys()
            self.words = {name: self.words[name] for name in kept & self.words.keys()}
            for column, made in step.with_.items():
                folded[column] = self._folded(made, names, (*path, "with", column))
            facts = {key: kind for key, kind in names.items() if key.startswith("__")}
            whole = {**folded, **facts}
            names = Untold(whole) if self._is_untold((*path, "with"), (*path, "per")) else whole
        if step.where is not None:
            self._text(step.where, names, _TRUTH, (*path, "where"))
        return names

    def _folded(self, made: str | Ratio, names: Kinds, path: Path) -> Kind:
        if isinstance(made, Ratio):
            for key, text in (("of", made.of), ("to", made.to)):
                self._text(text, names, _NUMBER, (*path, key), aggregate=True)
            return Kind.NUMBER
        return self._text(made, names, _ANY, path, aggregate=True) or Kind.NUMBER

    # --- measures

    def _measured(self, measured: Measured, names: Kinds, path: Path) -> None:
        for key in ("sum", "mean", "median", "share"):
            text = getattr(measured, key)
            if text is not None:
                wanted = _TRUTH if key == "share" else _NUMBER
                self._text(text, names, wanted, (*path, key))
        if measured.score is not None:
            self._text(measured.score.plus, names, _TRUTH, (*path, "score", "plus"))
            self._text(measured.score.minus, names, _TRUTH, (*path, "score", "minus"))
        if measured.ratio is not None:
            for key, text in (("of", measured.ratio.of), ("to", measured.ratio.to)):
                self._text(text, names, _NUMBER, (*path, "ratio", key), aggregate=True)
        if measured.duration is not None:
            self._duration(measured.duration, names, (*path, "duration"))
        column = measured.mix
        if measured.count is not None and measured.count != "rows":
            column = measured.count.removeprefix("distinct ")
        if column is not None:
            self._named(column, names, path)

    def _duration(self, duration: Duration, names: Kinds, path: Path) -> None:
        if duration.ready is not None:
            self._text(duration.ready, names, _NUMBER, (*path, "ready"))
        if duration.from_ is None or duration.to is None:
            return
        start = self._text(duration.from_, names, _TIMES, (*path, "from"))
        end = self._text(duration.to, names, _TIMES, (*path, "to"))
        if start is not None and end is not None and start is not end:
            self._complain(path, f"from is {start}, and to is {end}")

    def _formula(self, declaration: Declaration, names: Kinds) -> None:
        texts = {"value": declaration.value} if declaration.value is not None else {}
        if declaration.ratio is not None:
            texts = {"ratio.of": declaration.ratio.of, "ratio.to": declaration.ratio.to}
        for key, text in texts.items():
            self._text(text, names, _NUMBER, tuple(key.split(".")), params=in_years(self.params))

    def _text(
        self,
        text: str,
        names: Kinds,
        wanted: frozenset[Kind],
        path: Path,
        *,
        aggregate: bool = False,
        params: Params | None = None,
    ) -> Kind | None:
        """Check one text; return its kind, or None where it could not be told."""
        params = self.params if params is None else params
        try:
            found = judge(expand(text, params), names, aggregate=aggregate)
            check_words(text, self.words, params)
        except UnknownParameterError as error:
            self._unknown("parameter", error.name, (*self.params, *FACTS), path)
            return None
        except UnknownNameError as error:
            self._complain(path, f"unknown name '{error.name}' (in: {text})", error.advice)
            return None
        except ValueError as error:
            self._complain(path, f"{error} (in: {text})")
            return None
        if found not in wanted and found is not Kind.EMPTY:
            needed = " or ".join(sorted(wanted))
            self._complain(path, f"{needed} is needed, and this is {found}: {text}")
            return None
        return None if found is Kind.EMPTY else found

    def _named(self, column: str, names: Kinds, path: Path) -> None:
        if column not in names:
            known = [name for name in names if not name.startswith("__")]
            self._unknown("column", column, known, path)

    def _population(self, name: str, path: Path) -> None:
        """Check that a metric's rows are spans of actors, whom others can be compared with."""
        self._metric(name, path)
        metric = self.catalogue.metrics.get(name)
        if metric is not None and metric.untold:
            return
        rows = metric.declaration.rows if metric else None
        if metric is not None and (rows is None or rows.per is None or rows.then or rows.among):
            self._complain(path, f"{name} counts no actors: its rows need per, and no steps")
        elif rows is not None and is_protected(rows.table):
            self._complain(path, f"{name} counts answers of employees: nothing is kept among them")

    def _metric(self, name: str, path: Path) -> None:
        if name not in self.catalogue.metrics:
            self._unknown("metric", name, self.catalogue.metrics, path)

    def _unknown(self, what: str, name: str, known: Iterable[str], path: Path) -> None:
        self._complain(path, f"unknown {what} '{name}'", did_you_mean(name, known))

    def _complain(self, path: Path, message: str, hint: str | None = None) -> None:
        if any(path[:end] in self.untold for end in range(len(path) + 1)):
            return
        where = self.root or path
        self.findings.append(Fault(path=where, message=message, hint=hint or ""))


def _kind(column: str, names: Kinds) -> Kind:
    """Return the kind of a column; one that is unknown was told, and passes for text."""
    try:
        return names[column]
    except KeyError:
        return Kind.TEXT
