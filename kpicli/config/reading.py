"""Reads the config once, wherever it comes from: a file, a pipe, or stdin."""

from __future__ import annotations

from pathlib import Path

from kpicli import stdin
from kpicli.errors import ConfigError

_once: dict[Path, bytes] = {}
"""What came from where nothing can be read twice."""


def content(path: Path) -> bytes:
    """Return the bytes of a config.

    Raises:
        ConfigError: it is not there, or cannot be read.
        UsageError: it is stdin, and nothing comes in there.
    """
    if path == stdin.PATH:
        _once[path] = stdin.content()
        return _once[path]
    try:
        if path.is_char_device() or path.is_block_device():
            raise ConfigError(f"{path} is a device, and no config")
        found = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            f"there is no config at {path}",
            hint="kpi init FILES writes one; or name it with -c FILE",
        ) from None
    except IsADirectoryError:
        hint = f"name the file in it: {path / 'kpi.yaml'}"
        raise ConfigError(f"{path} is a folder", hint=hint) from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    if not path.is_file():
        _once[path] = found
    return found


def known(path: Path) -> bytes | None:
    """Return the bytes of a config, without reading what can be read only once."""
    return path.read_bytes() if path.is_file() and path != stdin.PATH else _once.get(path)


def folder(path: Path) -> Path:
    """Return the folder that the paths in a config begin at; without a file it is the current."""
    is_named = path.is_file() and path != stdin.PATH
    return path.resolve().parent if is_named else Path.cwd()
