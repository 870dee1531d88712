"""What stands in a table's cells, what its marks mean, and what its numbers rest on."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rich.text import Text

from kpicli.locales import Locale
from kpicli.render import numbers
from kpicli.render.changes import WITHIN
from kpicli.render.json import in_words
from kpicli.report import MetricInfo, Option, Report, Row
from kpicli.units import Unit

NO_DATA, OUTSIDE = "no_data", "outside_coverage"
_MARKS = {
    NO_DATA: "–",
    "undefined": "÷0",
    "not_computable": "n/c",
    "suppressed": "hidden",
    OUTSIDE: "·",
}
_MEANINGS = {
    NO_DATA: "no data in the period",
    "undefined": "nothing to divide by",
    "not_computable": "not computable",
    "suppressed": "too few answers of employees to be shown",
    OUTSIDE: "outside of what the data cover",
}
_SMALL = ("low_n", "very_low_n")
_CAUTIONS = {
    "immature_cohort": "still maturing",
    "maturing": "still maturing",
    "left_censored": "too early in the data to be complete",
    "partial_coverage": "the data cover a part of the period only",
    "short_window": "the data are shorter than the window",
    "current_attributes": "by the attributes of today",
    "mostly_open": "more are still open than the value rests on",
    "placed_by_start": "some durations are placed by their start",
    "base_is_trivial": "nearly every member is active by definition",
    "mixed": "different scales have no mean",
    "scale_without_0": "answers on a scale from 1 to 10; that of NPS begins with 0",
    "no_churn_events": "nobody was lost yet",
    "base_unknown": "some upsells count in full: their base amount is not known",
    "market_size_suspect": "more than the whole market: is its size right?",
    "low_response": "few of those asked answered",
    "narrow_interval": "several answers of one respondent, so the interval is too narrow",
}


def cell(row: Row | None, unit: Unit, locale: Locale) -> str:
    """Return a value with its marks, or the mark that says why there is none."""
    if row is None:
        return ""
    if row.value is None:
        return locale(_MARKS[row.status])
    text = numbers.shown(row.value, unit, locale)
    small = "~" if any(flag in _SMALL for flag in row.flags) else ""
    doubt = "°" if any(flag in _CAUTIONS for flag in row.flags) else ""
    return f"{small}{text}{doubt}"


class Shown(Struct, frozen=True, kw_only=True):
    """What a table shows: metrics and rows; the periods `fitting` of those `chosen`.

    `marked` says that some change is marked as within its margin.
    """

    metrics: Sequence[MetricInfo]
    rows: Sequence[Row]
    fitting: Sequence[str]
    chosen: Sequence[str]
    marked: bool


def notes(report: Report, locale: Locale, shown: Shown) -> list[Text]:
    """Return what the numbers rest on, what the marks mean, and what is not shown."""
    said_below = [Text("")]
    if legend := _legend(report, locale, shown):
        said_below.append(Text(" · ".join(legend), style="dim"))
    said_below.append(Text(" · ".join(_base(report, locale, shown)), style="dim"))
    fitting, chosen = len(shown.fitting), len(shown.chosen)
    if fitting < chosen:
        said = "the width has room for {shown} of {all} periods; -f csv shows all"
        said_below.append(Text(locale(said, shown=fitting, all=chosen), style="yellow"))
    elif chosen < len(report.grid.periods):
        said = "the last {shown} of {all} periods; --from or --last shows others"
        told = locale(said, shown=chosen, all=len(report.grid.periods))
        said_below.append(Text(told, style="dim"))
    without = len(report.skipped) + len(report.metrics) - len(shown.metrics)
    if without and report.whole_catalogue:
        said = "metrics without data here: {count}; kpi validate says what they lack"
        said_below.append(Text(locale(said, count=without), style="dim"))
    return said_below


def _legend(report: Report, locale: Locale, shown: Shown) -> list[str]:
    """Return what the marks mean that are there."""
    rows = [row for row in shown.rows if row.period.label in set(shown.fitting)]
    legend = []
    if any(not row.period.complete for row in rows):
        until = locale.date(report.grid.as_of)
        legend.append("* " + locale("not complete, data up to {day}", day=until))
    if any(flag in _SMALL for row in rows for flag in row.flags):
        legend.append("~ " + locale("small base"))
    if shown.marked:
        legend.append(f"{WITHIN} " + locale("change within the margin of error"))
    cautions = dict.fromkeys(flag for row in rows for flag in row.flags if flag in _CAUTIONS)
    if cautions:
        words = dict.fromkeys(locale(_CAUTIONS[flag]) for flag in cautions)
        legend.append("° " + ", ".join(words))
    statuses = dict.fromkeys(row.status for row in rows if row.value is None)
    legend += [f"{locale(_MARKS[status])} {locale(_MEANINGS[status])}" for status in statuses]
    return legend


def _base(report: Report, locale: Locale, shown: Shown) -> list[str]:
    options = _options(report, shown)
    parts = []
    mode = next((o.value for o in options if o.name == "membership.mode"), None)
    if mode is not None:
        parts.append(locale("members by {mode}", mode=locale(str(mode))))
    parts.append(locale("as of {day}", day=locale.date(report.grid.as_of)))
    judged = [option for option in options if option.judgement and not option.chosen]
    if judged:
        names = ", ".join(f"{option.name}={in_words(option.value, locale)}" for option in judged)
        parts.append(locale("judgement defaults: {names}", names=names))
    return parts


def _options(report: Report, shown: Shown) -> list[Option]:
    """Return the options that the shown metrics depend on: all but those of others alone."""
    theirs = {name for metric in shown.metrics for name in metric.parameters}
    others = {name for metric in report.metrics for name in metric.parameters} - theirs
    return [option for option in report.options if option.name not in others]
