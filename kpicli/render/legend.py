"""What stands in a table's cells, what its marks mean, and what its numbers rest on."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from kpicli.locales import Locale
from kpicli.render import numbers
from kpicli.render.changes import WITHIN
from kpicli.render.json import in_words
from kpicli.report import Report, Row
from kpicli.units import Unit

_MARKS = {
    "no_data": "–",
    "undefined": "÷0",
    "not_computable": "n/c",
    "suppressed": "hidden",
    "outside_coverage": "·",
}
_MEANINGS = {
    "no_data": "no data in the period",
    "undefined": "nothing to divide by",
    "not_computable": "not computable",
    "suppressed": "too few answers of employees to be shown",
    "outside_coverage": "outside of what the data cover",
}
_SMALL = ("low_n", "very_low_n")
_CAUTIONS = {
    "immature_cohort": "still maturing",
    "maturing": "still maturing",
    "left_censored": "too early in the data to be complete",
    "short_window": "the data are shorter than the window",
    "current_attributes": "broken down by the attributes of today",
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


def notes(
    report: Report,
    locale: Locale,
    rows: Sequence[Row],
    fitting: Sequence[str],
    chosen: Sequence[str],
    labels: Sequence[str],
    *,
    marked: bool,
) -> list[Text]:
    """Return what the numbers rest on, what the marks mean, and what is not shown.

    `marked` says that some change is marked as within its margin.
    """
    said_below = [Text("")]
    shown = [row for row in rows if row.period.label in set(fitting)]
    legend = []
    if any(not row.period.complete for row in shown):
        until = numbers.date(report.grid.as_of, locale)
        legend.append("* " + locale("not complete, data up to {day}", day=until))
    if any(flag in _SMALL for row in shown for flag in row.flags):
        legend.append("~ " + locale("small base"))
    if marked:
        legend.append(f"{WITHIN} " + locale("change within the margin of error"))
    cautions = dict.fromkeys(flag for row in shown for flag in row.flags if flag in _CAUTIONS)
    if cautions:
        words = dict.fromkeys(locale(_CAUTIONS[flag]) for flag in cautions)
        legend.append("° " + ", ".join(words))
    statuses = dict.fromkeys(row.status for row in shown if row.value is None)
    legend += [f"{locale(_MARKS[status])} {locale(_MEANINGS[status])}" for status in statuses]
    if legend:
        said_below.append(Text(" · ".join(legend), style="dim"))
    said_below.append(Text(" · ".join(_base(report, locale)), style="dim"))
    if len(fitting) < len(chosen):
        said = "the width has room for {shown} of {all} periods; -f csv shows all"
        said_below.append(Text(locale(said, shown=len(fitting), all=len(chosen)), style="yellow"))
    elif len(chosen) < len(labels):
        said = "the last {shown} of {all} periods; --from or --last shows others"
        said_below.append(Text(locale(said, shown=len(chosen), all=len(labels)), style="dim"))
    if report.skipped and report.whole_catalogue:
        said = "metrics without data here: {count}; kpi validate says what they need"
        said_below.append(Text(locale(said, count=len(report.skipped)), style="dim"))
    return said_below


def _base(report: Report, locale: Locale) -> list[str]:
    parts = []
    mode = next((o.value for o in report.options if o.name == "membership.mode"), None)
    if mode is not None:
        parts.append(locale("members by {mode}", mode=locale(str(mode))))
    parts.append(locale("as of {day}", day=numbers.date(report.grid.as_of, locale)))
    judged = [option for option in report.options if option.judgement and not option.chosen]
    if judged:
        names = ", ".join(f"{option.name}={in_words(option.value)}" for option in judged)
        parts.append(locale("judgement defaults: {names}", names=names))
    return parts
