"""Writes a proposal as the YAML of a config: each guess with what it rests on beside it.

Comments are messages: they arise in English and are put into the language of the config.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kpicli.proposal.headless import seen
from kpicli.proposal.quoting import canonical, comment, flow, name, quoted, wrapped
from kpicli.proposal.reached import reached
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.types import Draft, Feed, Proposal, Setting
from kpicli.report.validation import Feasible

_SHORT = 60
_FEW = 2
FileNames = Callable[[Sheet], str | list[str]]


def written(
    proposal: Proposal,
    files: FileNames,
    metrics: Sequence[Feasible] = (),
    say: Callable[[str], str] = str,
) -> str:
    """Return a config as YAML; `files` gives the paths of a sheet as the config names them.

    `say` puts a comment into the language of the config.
    """
    lines = list(_Writer(files=files, say=say).lines(proposal, metrics))
    return "\n".join(lines).rstrip("\n") + "\n"


class _Writer(Struct, frozen=True, kw_only=True):
    files: FileNames
    say: Callable[[str], str]

    def lines(self, proposal: Proposal, metrics: Sequence[Feasible]) -> Iterator[str]:
        yield f"# {self.say('Proposed by kpi init. Beside each line stands what it rests on.')}"
        doubtful = 'Lines marked "# ?" are doubtful: look at them. Then run: kpi validate'
        yield f"# {self.say(doubtful)}"
        yield ""
        told = (self._setting(key, setting) for key, setting in proposal.settings.items())
        yield from filter(None, told)
        yield from ("", "sources:")
        seen: list[Sheet] = []
        for draft in proposal.drafts:
            yield from self._draft(draft)
            for part in draft.parts:
                if not any(part.sheet is sheet for sheet in seen):
                    seen.append(part.sheet)
                    yield from self._unused(part.sheet, proposal.used(part.sheet))
            yield ""
        for draft in proposal.near:
            title = comment(draft.sheet.title)
            said = self.say(
                f"{title} looks like {draft.table.name}, but lacks what its rows need. To use it, "
                "name the headers and take the marks at the beginning of lines away."
            )
            yield from self._left(draft, said)
        for draft in proposal.useless:
            title = comment(draft.sheet.title)
            said = self.say(
                f"{title} looks like {draft.table.name}, but none of its rows can be used. Mend "
                "the export, or name other headers, and take the marks at the beginning of lines "
                "away."
            )
            yield from self._left(draft, said)
        yield from reached(proposal, metrics, self.say)

    def _said(self, because: str, *, doubtful: bool) -> str:
        """Return the comment at the end of a line."""
        mark = "? " if doubtful else ""
        text = comment("; ".join(map(self.say, filter(None, because.split("\n")))))
        return f"  # {mark}{text}".rstrip() if text or mark else ""

    def _setting(self, key: str, setting: Setting) -> str:
        said = self._said(setting.because, doubtful=setting.doubtful)
        if setting.value is None:
            return f"# {key}:{said}" if setting.because else ""
        mark = "# " if setting.offered else ""
        return f"{mark}{key}: {setting.value}{said}"

    def _draft(self, draft: Draft) -> Iterator[str]:
        yield f"  # {comment(self.say(draft.title))}"
        for note in draft.notes:
            yield from wrapped(self.say(note), "  # ")
        for doubt in draft.doubts:
            yield from wrapped(f"? {self.say(doubt)}", "  # ")
        yield f"  {name(draft.name)}:"
        yield f"    table: {draft.table.name}"
        yield f"    files: {flow(self.files(draft.sheet))}"
        yield from self._options(draft)
        yield from self._columns(draft)
        if draft.lookups:
            yield "    lookup:"
        for lookup in draft.lookups:
            said = self._said(lookup.match.because, doubtful=lookup.match.doubtful)
            header = lookup.match.headers[0]
            yield from wrapped(self.say(lookup.draft.title), "      # ")
            yield f"      - files: {flow(self.files(lookup.draft.sheet))}"
            yield f"        match: {{{lookup.match.column}: {quoted(header)}}}{said}"
            for line in (*self._options(lookup.draft), *self._columns(lookup.draft)):
                yield f"    {line}"

    def _options(self, draft: Draft) -> Iterator[str]:
        for key, option in draft.options.items():
            said = self._said(option.because, doubtful=option.doubtful)
            value = _folded(option.value) if key == "fold" else _word(key, option.value)
            yield f"    {key}: {value}{said}"

    def _columns(self, draft: Draft) -> Iterator[str]:
        yield "    columns:"
        for feed in draft.feeds:
            yield from self._feed(draft, feed)
        for feed in draft.dropped:
            line = next(self._feed(draft, replace(feed, because="", doubtful=False)))
            column = draft.column(feed)
            said = self.say(f"left out: its cells cannot be read as {column.type.value}")
            if column.values and feed.unknown:
                cells = comment(", ".join(map(quoted, feed.unknown)))
                known = ", ".join(column.values)
                said = self.say(f"left out: say by values which of {known} are {cells}")
            yield f"      # ? {line.strip()}  # {said}"

    def _feed(self, draft: Draft, feed: Feed) -> Iterator[str]:
        said = self._said(feed.because, doubtful=feed.doubtful)
        values = feed.spec.get("values")
        column = draft.column(feed)
        if values is None and feed.unknown and (column.unlisted or not column.values):
            yield f"      {feed.column}:{said}"
            for key, value in feed.spec.items():
                yield f"        {key}: {_word(key, value)}"
            yield "        # values:"
            yield from self._asked(draft, feed)
            return
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
            origin = flow(rest["from"])
            yield f"      {feed.column}: {{from: {origin}, values: {short}{inner}}}{said}"
            return
        yield f"      {feed.column}:{said}"
        for key, value in rest.items():
            yield f"        {key}: {_word(key, value)}"
        yield "        values:"
        for cell, value in values.items():
            yield f"          {quoted(cell)}: {canonical(value)}"
        yield from self._asked(draft, feed)

    def _asked(self, draft: Draft, feed: Feed) -> Iterator[str]:
        """Yield the cells that nothing is known of, to be completed."""
        listed = ", ".join(draft.column(feed).values)
        asked = f"one of {listed}" if listed else "its code of three letters"
        for cell in feed.unknown:
            yield f"          # ? {quoted(cell)}: {self.say(asked)}"

    def _unused(self, sheet: Sheet, used: frozenset[str]) -> Iterator[str]:
        left = [header for header in sheet.names if header and header not in used]
        if left and sheet.headless:
            title = comment(sheet.title)
            yield f"    # {self.say(f'Columns of {title} that are not told:')}"
            for header in left:
                yield f"    #   {quoted(header)}: {self.say(seen(sheet.profiles[header]))}"
        elif left:
            title = comment(sheet.title)
            yield f"    # {self.say(f'Headers of {title} that are not used:')}"
            yield from wrapped(", ".join(map(self._shown, left)), "    #   ")

    def _shown(self, header: str) -> str:
        """Return a header as a comment shows it; one that is an address is none of ours to show."""
        return self.say("(an address)") if "@" in header else comment(quoted(header))

    def _left(self, draft: Draft, said: str) -> Iterator[str]:
        """Yield a source that lacks something, as comments to be completed."""
        yield from wrapped(said, "  # ")
        lines = [f"{name(draft.name)}:", f"  table: {draft.table.name}"]
        lines.append(f"  files: {flow(self.files(draft.sheet))}")
        lines += [line[2:] for line in self._options(draft)]
        lines.append("  columns:")
        for lack in draft.lacks:
            column = draft.table.columns[lack]
            needed = self.say(f"needed: {column.meaning} ({column.type.value})")
            lines.append(f"    {lack}:   # ? {needed}")
        for feed in draft.feeds:
            lines += [line[2:] for line in self._feed(draft, feed)]
        yield from (f"  # {line}" for line in lines)
        yield from self._unused(draft.sheet, draft.used)
        yield ""


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
    return canonical(value) if key in {"other", "unit", "const", "header"} else flow(value)
