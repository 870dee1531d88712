"""Reports as a table for people: metrics as rows by family, periods as columns.

On a terminal the latest periods that fit are shown, and a line says so; digits are never cut. In a
pipe nothing is cut, coloured or wrapped.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace
from rich.cells import cell_len
from rich.text import Text

from kpicli.locales import Locale
from kpicli.render import changes, layout, legend, numbers
from kpicli.render.layout import GAP, Layout
from kpicli.render.wrapping import pieces
from kpicli.report import MetricInfo, Report, Row
from kpicli.report.types import NONE
from kpicli.text import plain
from kpicli.units import Unit

LATEST = 12
"""Periods that are shown where no range was asked for."""
_BARS = "▁▂▃▄▅▆▇█"
_NO_BAR = " "


class _Line(Struct, frozen=True, kw_only=True):
    """A metric for one combination of dimensions, over the periods of the report.

    A companion that tables show is a line of its own, under that of its metric.
    """

    title: str
    group: str
    metric: MetricInfo
    cells: dict[str, Row]

    def named(self, unit: str = "") -> str:
        """Return its title; values of time bear their units themselves."""
        told = f", {unit}" if unit and self.metric.unit is not Unit.SECONDS else ""
        return f"{self.title}{told}{self.group}"


def as_table(report: Report, locale: Locale, width: int | None) -> list[Text]:
    """Return the lines of a report; `width` is that of the terminal, None off one."""
    shown = _with_data(report)
    lines = _lines(report, shown, locale)
    labels = [period.label for period in report.grid.periods]
    limit = LATEST if report.whole_range else len(labels)
    table = _Table(report, locale, lines)
    chosen = labels[-limit:]
    columns, fitting = table.fitting(chosen, width)
    out = table.rows(columns, fitting, width)
    notes = legend.notes(
        report,
        locale,
        legend.Shown(
            metrics=shown,
            rows=[row for line in lines for row in line.cells.values()],
            fitting=fitting,
            chosen=chosen,
            marked=any(changes.WITHIN in told for told in table.changes()),
        ),
    )
    for note in notes:
        out += _folded(note, width)
    for line in out:
        line.plain = plain(line.plain)
    return out


def _with_data(report: Report) -> list[MetricInfo]:
    """Return the metrics with something to show, all of them where they were asked for by name.

    A survey that nobody held feeds no row: its metrics are as good as without data. Counts of
    nothing are 0, which is a value, and what lies outside of the data is told as such.
    """
    if not report.whole_catalogue:
        return list(report.metrics)
    empty = {legend.NO_DATA, legend.OUTSIDE}
    statuses: dict[str, set[str]] = {}
    for values in report.values:
        statuses.setdefault(values.metric, set()).update(values.frame["status"])
    return [
        metric for metric in report.metrics if not (legend.NO_DATA in statuses[metric.id] <= empty)
    ]


def _folded(note: Text, width: int | None) -> list[Text]:
    """Return a line below the table in lines that the terminal does not have to break."""
    if width is None or cell_len(note.plain) <= width:
        return [note]
    return [Text(piece, style=note.style) for piece in pieces(note.plain, width)]


def _lines(report: Report, metrics: Sequence[MetricInfo], locale: Locale) -> list[_Line]:
    """Return the rows of the table, metrics by family in the order of the report."""
    infos = {metric.id: metric for metric in metrics}
    found: dict[tuple[str, tuple[str, ...]], dict[str, Row]] = {}
    for values in report.values:
        if values.metric in infos:
            for row in values.rows(report.grid):
                key = (row.metric, tuple(row.dims.values()))
                found.setdefault(key, {})[row.period.label] = row
    lines = []
    for (metric, dims), cells in found.items():
        info, lead = infos[metric], "  " if dims else ""
        named = ", ".join(locale(value) if value == NONE else value for value in dims)
        group = f": {named}" if dims else ""
        lines.append(_Line(title=f"{lead}{info.title}", group=group, metric=info, cells=cells))
        lines += [
            _Line(
                title=f"{lead}  {beside}",
                group="",
                metric=replace(info, unit=unit),
                cells={label: _companion(row, name) for label, row in cells.items()},
            )
            for name, (beside, unit) in info.shown_beside.items()
        ]
    families = list(dict.fromkeys(metric.family for metric in metrics))
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
        self.titles = {
            True: [line.named() for line in lines],
            False: [line.named(unit) for line, unit in zip(lines, self.units, strict=True)],
        }

    def fitting(self, labels: Sequence[str], width: int | None) -> tuple[Layout, list[str]]:
        """Return which columns fit into `width`, and the latest of `labels` that do."""
        if width is None:
            return layout.WHOLE, list(labels)
        widths = layout.Widths(
            titles={
                apart: layout.least(titles, _widest(titles))
                for apart, titles in self.titles.items()
            },
            units=_widest(self.units),
            periods={label: _widest([self._head(label), *self._values(label)]) for label in labels},
            change=_widest([self.locale("change"), *self.changes()]),
            trend=_widest([self.locale("trend")]),
        )
        return layout.chosen(labels, widths, width)

    def rows(self, columns: Layout, labels: Sequence[str], width: int | None) -> list[Text]:
        """Return the header, and the lines under their families."""
        values = [self._values(label) for label in labels]
        told = self.changes()
        sparks = self._sparks(labels) if columns.trend else [""] * len(self.lines)
        units = self.units if columns.units else [""] * len(self.lines)
        pairs = zip(self.lines, self.pairs, strict=True)
        moods = [changes.mood(line.metric, pair, self.level) for line, pair in pairs]
        heads = [self._head(label) for label in labels]
        change, trend = self.locale("change"), self.locale("trend") if columns.trend else ""
        wide = [_widest([head, *column]) for head, column in zip(heads, values, strict=True)]
        ends = [_widest(units), _widest([change, *told]), _widest([trend, *sparks])]
        named = self.titles[columns.units]
        titles = _widest(named)
        if width is not None:
            rest = sum(size + GAP for size in (*wide, *ends) if size)
            titles = max(layout.least(named, titles), min(titles, width - rest))
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
            head, *more = pieces(named[place], titles)
            cells = [
                _right(column[place], size, _style(line, label))
                for column, size, label in zip(values, wide, labels, strict=True)
            ]
            out.append(
                _joined(
                    [
                        _padded(head, titles),
                        _padded(units[place], ends[0], "dim"),
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
    """Put cells side by side; a column without any text takes no room."""
    line = Text(" " * GAP).join(cell for cell in cells if cell.plain)
    line.rstrip()
    return line
