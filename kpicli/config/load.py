"""Loads a config and reports everything that is wrong with it at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kpicli.config import reading
from kpicli.config.judgement import judgement
from kpicli.config.types import Config
from kpicli.errors import ConfigError
from kpicli.yaml import load_bytes

DEFAULT_NAME = "kpi.yaml"


def load(path: Path) -> Config:
    """Return the config at `path`; `-` is stdin.

    Raises:
        ConfigError: it cannot be read, or is wrong; lists every problem with file, line, key and
            the nearest name.
    """
    content = reading.content(path)
    document = load_bytes(content, str(path))
    if not isinstance(document.data, dict):
        raise ConfigError(
            f"{path} is empty or no mapping of keys", hint="it needs: timezone, sources"
        )
    folder = reading.folder(path)
    found = judgement(document, folder)
    if found.problems:
        raise ConfigError(problems=found.problems)
    if found.written is None:
        raise AssertionError(path)
    return Config(
        name=str(path),
        folder=folder,
        path=path.resolve(),
        sha256=hashlib.sha256(content).hexdigest(),
        written=found.written,
        own=found.own,
        params=found.params,
        document=document,
    )
