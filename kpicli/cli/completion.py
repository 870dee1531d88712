"""What the shell offers to complete words with."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kpicli.errors import KpiError

if TYPE_CHECKING:
    from kpicli.config import Config
    from kpicli.language.parameters import Parameter


def metrics(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete ids of metrics, those of the config's own among them; helpers are no answer."""
    from kpicli.language.catalogue import built_in  # noqa: PLC0415 (only where it is asked for)

    known = _parameters()
    if (name := _parted(ctx)) in known:
        return _beginning(_values(known[name]), incomplete)
    config = _config(ctx)
    catalogue = built_in().with_own(config.own if config else {})
    shown = (name for name, one in catalogue.metrics.items() if not one.declaration.helper)
    return _beginning(shown, incomplete)


def parameters(incomplete: str) -> list[str]:
    """Complete `NAME=VALUE`: names, and of the only one that it may be, what it may be set to."""
    known = _parameters()
    name, equals, value = incomplete.partition("=")
    names = [name] if equals or name in known else _beginning(known, name)
    if len(names) != 1:
        return [f"{one}=" for one in names]
    (name,) = names
    values = _values(known[name]) if name in known else []
    return [f"{name}={one}" for one in _beginning(values, value)]


def dimensions(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete dimensions: of tables and views, kept columns, and after a dot those of a table."""
    from kpicli.model import model  # noqa: PLC0415 (only where it is asked for)
    from kpicli.report.dimensions import known  # noqa: PLC0415

    config = _config(ctx)
    if config is None:
        relations = (*model().tables.values(), *model().views.values())
        names = tuple(dict.fromkeys(name for one in relations for name in one.dimensions))
    else:
        names = known(config)
    found = _beginning(names, incomplete)
    plain = [name for name in found if "." not in name]
    return found if "." in incomplete or not plain else plain


def _parted(ctx: typer.Context) -> str | None:
    """Return the name before the `=` at which bash parts the words of `--param NAME=VALUE`.

    The sign and the value then look like arguments; a sign without a value is not told at all.
    """
    names, arguments = ctx.params.get("param"), ctx.params.get("metrics")
    return str(names[-1]) if names and (not arguments or arguments[-1] == "=") else None


def _values(parameter: Parameter) -> list[str]:
    """Return what a parameter may be set to, else what it is set to by default."""
    if parameter.values:
        return list(parameter.values)
    default = parameter.default
    if isinstance(default, bool):
        return ["true", "false"]
    return [str(default)] if isinstance(default, int | float | str) else []


def _parameters() -> dict[str, Parameter]:
    from kpicli.language.catalogue import built_in  # noqa: PLC0415 (only where it is asked for)

    return dict(built_in().parameters)


def _config(ctx: typer.Context) -> Config | None:
    """Return the config of the command line; completion goes without one that is wrong."""
    path = ctx.params.get("config")
    if path is None or not Path(path).exists():
        return None
    from kpicli.config import load  # noqa: PLC0415 (only where there is one)

    try:
        return load(Path(path))
    except KpiError:
        return None


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
