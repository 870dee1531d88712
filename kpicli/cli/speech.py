"""Which language messages are in: that of `--lang`, else of the config, else English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from kpicli.cli.options import DEFAULT_CONFIG, Language
from kpicli.errors import KpiError

ENGLISH = Language.EN.value
_WRITTEN = re.compile(r"^language:\s*['\"]?(\w+)", re.MULTILINE)


def asked(arguments: Sequence[str]) -> str:
    """Return the language of messages, from the words of the command line.

    They are read here and not where options are, since they may be what is wrong.
    """
    chosen = _value(arguments, "--lang")
    if chosen is None:
        path = _value(arguments, "--config") or _value(arguments, "-c")
        chosen = of_config(Path(path) if path else DEFAULT_CONFIG)
    return chosen if chosen in set(Language) else ENGLISH


def _value(arguments: Sequence[str], option: str) -> str | None:
    """Return the value of an option: the next word, or what the same word holds."""
    for word, following in zip_longest(arguments, arguments[1:]):
        if word == option:
            return following
        if word.startswith(f"{option}=") and option.startswith("--"):
            return word.partition("=")[2]
        if word.startswith(option) and not option.startswith("--"):
            return word.removeprefix(option)
    return None


def of_config(path: Path) -> str | None:
    """Return the language that a config asks for; it may be wrong in all other ways."""
    from kpicli.config.reading import known  # noqa: PLC0415 (only where there is something to say)
    from kpicli.yaml import load_bytes  # noqa: PLC0415

    try:
        content = known(path) or b""
        data = load_bytes(content, "").data
    except KpiError:
        found = _WRITTEN.search(content.decode(errors="replace"))
        return _known(found[1]) if found else None
    except OSError:
        return None
    language = data.get("language") if isinstance(data, dict) else None
    return _known(language)


def _known(language: object) -> str | None:
    return language if isinstance(language, str) and language in set(Language) else None
