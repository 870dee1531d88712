"""Reports as a table for people: metrics as rows by family, periods as columns.

On a terminal the latest periods that fit are shown, and a line says so; digits are never cut. In a
pipe nothing is cut, coloured or wrapped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.text import Text

from kpicli.locales import Locale
from kpicli.render import changes, legend, numbers
from kpicli.report import MetricInfo, Report, Row
from kpicli.text import plain

LATEST = 12
"""Periods that are shown where no range was asked for."""
_GAP = "  "
_TITLE_AT_LEAST = 18
_BARS = "▁▂▃▄▅▆▇█"
_NO_BAR = " "


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A metric for one combination of dimensions, over the periods of the report.

    A companion that tables show is a line of its own, under that of its metric.
    """

    title: str
    metric: MetricInfo
    cells: dict[str, Row]


def as_table(report: Report, locale: Locale, width: int | None) -> list[Text]:
    """Return the lines of a report; `width` is that of the terminal, None off one."""
    lines = _lines(report)
    labels = [period.label for period in report.grid.periods]
    limit = LATEST if report.whole_range else len(labels)
    chosen = labels[-limit:]
    table = _Table(report, locale, lines)
    fitting = table.fitting(chosen, width)
    out = table.rows(fitting, width)
    rows = [row for line in lines for row in line.cells.values()]
    marked = any(changes.WITHIN in told for told in table.changes())
    out += legend.notes(report, locale, rows, fitting, chosen, labels, marked=marked)
    for line in out:
        line.plain = plain(line.plain)
    return out


def _lines(report: Report) -> list[_Line]:
    """Return the rows of the table, metrics by family in the order of the report."""
    infos = {metric.id: metric for metric in report.metrics}
    found: dict[tuple[str, tuple[str, ...]], dict[str, Row]] = {}
    for values in report.values:
        for row in values.rows(report.grid):
            key = (row.metric, tuple(row.dims.values()))
            found.setdefault(key, {})[row.period.label] = row
    lines = []
    for (metric, dims), cells in found.items():
        info, lead = infos[metric], "  " if dims else ""
        title = f"{lead}{info.title}: {', '.join(dims)}" if dims else info.title
        lines.append(_Line(title=title, metric=info, cells=cells))
        lines += [
            _Line(
                title=f"{lead}  {beside}",
                metric=replace(info, unit=unit),
                cells={label: _companion(row, name) for label, row in cells.items()},
            )
            for name, (beside, unit) in info.shown_beside.items()
        ]
    families = list(dict.fromkeys(metric.family for metric in report.metrics))
    return sorted(lines, key=lambda line: families.index(line.metric.family))


def _companion(row: Row, name: str) -> Row:
    """Return a row with the value of a companion; its margin is not known."""
    value = row.beside.get(name)
    status = "no_data" if value is None and row.value is not None else row.status
    return replace(row, value=value, status=status, moe=None, ci_low=None, ci_high=None)


class _Table:
    """Lays out columns: title, unit, periods, change, trend."""

    def __init__(self, report: Report, locale: Locale, lines: Sequence[_Line]) -> None:
        self.report = report
        self.locale = locale
        self.lines = lines
        self.complete = {period.label: period.complete for period in report.grid.periods}
        self.units = [
            numbers.unit_name(line.metric.unit, report.currency, locale) for line in lines
        ]
        levels = (float(o.value) for o in report.options if o.name == "stats.level")
        self.level = next(levels, 0.0)  # without metrics there are no options, and no changes
        self.pairs = [changes.last_two(line.cells, self.complete) for line in lines]
        self.titles = [line.title for line in lines]

    def fitting(self, labels: Sequence[str], width: int | None) -> list[str]:
        """Return the latest of `labels` whose columns fit into `width`, at least one."""
        if width is None:
            return list(labels)
        spare = width - _TITLE_AT_LEAST
        fixed = [self.units, self.changes(), self._sparks(labels)]
        spare -= sum(_widest(column) + len(_GAP) for column in fixed)
        fitting: list[str] = []
        for label in reversed(labels):
            spare -= _widest([self._head(label), *self._values(label)]) + len(_GAP)
            if spare < 0 and fitting:
                break
            fitting.insert(0, label)
        return fitting

    def rows(self, labels: Sequence[str], width: int | None) -> list[Text]:
        """Return the header, and the lines under their families."""
        columns = [self._values(label) for label in labels]
        told, sparks = self.changes(), self._sparks(labels)
        pairs = zip(self.lines, self.pairs, strict=True)
        moods = [changes.mood(line.metric, pair, self.level) for line, pair in pairs]
        heads = [self._head(label) for label in labels]
        change, trend = self.locale("change"), self.locale("trend")
        wide = [_widest([head, *column]) for head, column in zip(heads, columns, strict=True)]
        ends = [_widest(self.units), _widest([change, *told]), _widest([trend, *sparks])]
        titles = _widest(self.titles)
        if width is not None:
            rest = sum(wide) + sum(ends) + len(_GAP) * (len(wide) + 3)
            titles = max(_TITLE_AT_LEAST, min(titles, width - rest))
        header = _joined(
            [
                Text(" " * titles),
                _padded("", ends[0]),
                *(_right(head, size, "bold") for head, size in zip(heads, wide, strict=True)),
                _right(change, ends[1], "bold"),
                _padded(trend, ends[2], "bold"),
            ]
        )
        out = [header]
        family = None
        for place, line in enumerate(self.lines):
            if line.metric.family != family:
                family = line.metric.family
                out += [Text(""), Text(family, style="bold cyan")]
            head, *more = _wrapped(self.titles[place], titles)
            cells = [
                _right(column[place], size, _style(line, label))
                for column, size, label in zip(columns, wide, labels, strict=True)
            ]
            out.append(
                _joined(
                    [
                        _padded(head, titles),
                        _padded(self.units[place], ends[0], "dim"),
                        *cells,
                        _right(told[place], ends[1], moods[place]),
                        _padded(sparks[place], ends[2], "dim"),
                    ]
                )
            )
            out += [Text(piece) for piece in more]
        return out

    def _head(self, label: str) -> str:
        shown = numbers.period(label, self.locale)
        return shown if self.complete[label] else f"{shown}*"

    def _values(self, label: str) -> list[str]:
        return [
            legend.cell(line.cells.get(label), line.metric.unit, self.locale) for line in self.lines
        ]

    def changes(self) -> list[str]:
        """The changes between the last two complete periods."""
        return [
            changes.text(line.metric, pair, self.level, self.locale)
            for line, pair in zip(self.lines, self.pairs, strict=True)
        ]

    def _sparks(self, labels: Sequence[str]) -> list[str]:
        return [
            _spark([row.value if (row := line.cells.get(label)) else None for label in labels])
            for line in self.lines
        ]


def _style(line: _Line, label: str) -> str:
    row = line.cells.get(label)
    return "dim" if row is None or row.value is None else ""


def _spark(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if len(known) < 2:  # noqa: PLR2004 (one bar is no trend)
        return ""
    low, high = min(known), max(known)
    span = high - low
    bars = []
    for value in values:
        if value is None:
            bars.append(_NO_BAR)
        else:
            part = (value - low) / span if span else 0.5
            bars.append(_BARS[min(int(part * len(_BARS)), len(_BARS) - 1)])
    return "".join(bars)


def _widest(texts: Sequence[str]) -> int:
    return max((cell_len(text) for text in texts), default=0)


def _padded(text: str, size: int, style: str = "") -> Text:
    return Text(text + " " * (size - cell_len(text)), style=style)


def _right(text: str, size: int, style: str = "") -> Text:
    return Text(" " * (size - cell_len(text)) + text, style=style)


def _joined(cells: Sequence[Text]) -> Text:
    line = Text(_GAP).join(cells)
    line.rstrip()
    return line


def _wrapped(text: str, size: int) -> list[str]:
    """Cut a title into pieces that fit, at spaces where there are some."""
    lead = len(text) - len(text.lstrip())
    pieces, current = [], ""
    for word in text.split():
        wanted = f"{current} {word}" if current else " " * lead + word
        if cell_len(wanted) <= size or not current:
            current = wanted
        else:
            pieces.append(current)
            current = " " * (lead + 2) + word
    return [*pieces, current]
