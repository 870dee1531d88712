"""Writes a proposal as the YAML of a config: each guess with what it rests on beside it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kpicli.proposal.quoting import canonical, comment, flow, name, quoted
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.types import Draft, Feed, Proposal, Setting
from kpicli.report.validation import Feasible

_WIDTH = 100
_SHORT = 60
_FEW = 2
_NEAREST = 12
_HEAD = """\
# Proposed by kpi init. Beside each line stands what it rests on.
# Lines marked "# ?" are doubtful: look at them. Then run: kpi validate
"""
FileNames = Callable[[Sheet], str | list[str]]


def written(proposal: Proposal, files: FileNames, metrics: Sequence[Feasible] = ()) -> str:
    """Return a config as YAML; `files` gives the paths of a sheet as the config names them."""
    lines = [_HEAD]
    told = (_setting(key, setting) for key, setting in proposal.settings.items())
    lines += [line for line in told if line]
    lines += ["", "sources:"]
    seen: list[Sheet] = []
    for draft in proposal.drafts:
        lines += _draft(draft, files)
        if not any(draft.sheet is sheet for sheet in seen):
            seen.append(draft.sheet)
            alike = [one for one in proposal.drafts if one.sheet is draft.sheet]
            lines += _unused(draft.sheet, frozenset().union(*(one.used for one in alike)))
        lines.append("")
    for draft in proposal.near:
        lines += _near(draft, files)
        lines.append("")
    lines += _metrics(metrics)
    return "\n".join(lines).rstrip("\n") + "\n"


def _said(because: str, *, doubtful: bool) -> str:
    """Return the comment at the end of a line."""
    mark = "? " if doubtful else ""
    text = comment(because)
    return f"  # {mark}{text}".rstrip() if text or mark else ""


def _setting(key: str, setting: Setting) -> str:
    said = _said(setting.because, doubtful=setting.doubtful)
    if setting.value is None:
        return f"# {key}:{said}" if setting.because else ""
    return f"{key}: {setting.value}{said}"


def _draft(draft: Draft, files: FileNames) -> Iterator[str]:
    yield f"  # {comment(draft.title)}"
    for note in draft.notes:
        yield from textwrap.wrap(
            comment(note), _WIDTH, initial_indent="  # ", subsequent_indent="  # "
        )
    yield f"  {name(draft.name)}:"
    yield f"    table: {draft.table.name}"
    yield f"    files: {flow(files(draft.sheet))}"
    for key, option in draft.options.items():
        said = _said(option.because, doubtful=option.doubtful)
        value = _folded(option.value) if key == "fold" else flow(option.value)
        yield f"    {key}: {value}{said}"
    yield "    columns:"
    for feed in draft.feeds:
        yield from _feed(draft, feed)
    for feed in draft.dropped:
        line = next(_feed(draft, replace(feed, because="", doubtful=False)))
        column = draft.column(feed)
        why = f"its cells cannot be read as {column.type.value}"
        if column.values and feed.unknown:
            cells = comment(", ".join(map(quoted, feed.unknown)))
            why = f"say by values which of {', '.join(column.values)} are {cells}"
        yield f"      # ? {line.strip()}  # left out: {why}"


def _feed(draft: Draft, feed: Feed) -> Iterator[str]:
    said = _said(feed.because, doubtful=feed.doubtful)
    values = feed.spec.get("values")
    if values is None:
        spec: Any = feed.spec
        if spec.keys() == {"from"} and isinstance(spec["from"], str):
            spec = spec["from"]
        yield f"      {feed.column}: {_spec(spec)}{said}"
        return
    short = _as_map(values)
    rest = {key: value for key, value in feed.spec.items() if key != "values"}
    if len(values) <= _FEW and len(short) < _SHORT and not feed.unknown:
        inner = "".join(
            f", {key}: {_word(key, value)}" for key, value in rest.items() if key != "from"
        )
        yield f"      {feed.column}: {{from: {flow(rest['from'])}, values: {short}{inner}}}{said}"
        return
    yield f"      {feed.column}:{said}"
    for key, value in rest.items():
        yield f"        {key}: {_word(key, value)}"
    yield "        values:"
    for cell, value in values.items():
        yield f"          {quoted(cell)}: {canonical(value)}"
    if feed.unknown:
        listed = ", ".join(draft.column(feed).values)
        for cell in feed.unknown:
            yield f"          # ? {quoted(cell)}: one of {listed}"


def _spec(spec: Any) -> str:  # noqa: ANN401 (a header, or keys)
    if not isinstance(spec, Mapping):
        return flow(spec)
    return "{" + ", ".join(f"{key}: {_word(key, value)}" for key, value in spec.items()) + "}"


def _folded(fold: Mapping[str, Any]) -> str:
    parts = [
        f"{key}: " + (f"[{', '.join(map(name, item))}]" if isinstance(item, list) else name(item))
        for key, item in fold.items()
    ]
    return "{" + ", ".join(parts) + "}"


def _as_map(values: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{quoted(cell)}: {canonical(v)}" for cell, v in values.items()) + "}"


def _word(key: str, value: Any) -> str:  # noqa: ANN401 (whatever YAML holds)
    return canonical(value) if key in {"other", "unit", "const"} else flow(value)


def _unused(sheet: Sheet, used: frozenset[str]) -> Iterator[str]:
    left = [_shown(header) for header in sheet.names if header and header not in used]
    if left:
        yield f"    # Headers of {comment(sheet.title)} that are not used:"
        yield from textwrap.wrap(
            ", ".join(left),
            _WIDTH,
            initial_indent="    #   ",
            subsequent_indent="    #   ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def _shown(header: str) -> str:
    """Return a header as a comment shows it; one that is an address is none of ours to show."""
    return "(an address)" if "@" in header else comment(quoted(header))


def _near(draft: Draft, files: FileNames) -> Iterator[str]:
    """Yield a source that lacks something, as comments to be completed."""
    yield f"  # {comment(draft.sheet.title)} looks like {draft.table.name}, but lacks what its rows"
    yield "  # need. To use it, name the headers and take the marks at the beginning of lines away."
    lines = [f"{name(draft.name)}:", f"  table: {draft.table.name}"]
    lines += [f"  files: {flow(files(draft.sheet))}", "  columns:"]
    for lack in draft.lacks:
        column = draft.table.columns[lack]
        lines.append(f"    {lack}:   # ? needed: {column.meaning} ({column.type.value})")
    for feed in draft.feeds:
        lines += [line[2:] for line in _feed(draft, feed)]
    yield from (f"  # {line}" for line in lines)
    yield from _unused(draft.sheet, draft.used)


def _metrics(metrics: Sequence[Feasible]) -> Iterator[str]:
    able = [metric for metric in metrics if not metric.lacks]
    if not metrics:
        return
    yield f"# This config can compute {len(able)} metrics (kpi explain METRIC tells more):"
    for family in dict.fromkeys(metric.family for metric in able):
        names = ", ".join(metric.metric for metric in able if metric.family == family)
        yield from textwrap.wrap(
            f"{family}: {names}", _WIDTH, initial_indent="#   ", subsequent_indent="#     "
        )
    unable = sorted((m for m in metrics if m.lacks), key=lambda metric: len(metric.lacks))
    if unable:
        yield "# The nearest others, and what they lack:"
        for metric in unable[:_NEAREST]:
            yield from textwrap.wrap(
                f"{metric.metric}: {'; '.join(metric.lacks)}",
                _WIDTH,
                initial_indent="#   ",
                subsequent_indent="#     ",
            )
