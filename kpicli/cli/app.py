"""The `kpi` command: its commands, and the one place where errors end."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

import kpicli
from kpicli import leaving, stdin
from kpicli.cli import compute, explain, init, listing, schema, talk, validate
from kpicli.errors import KpiError, OutputError

_INTERRUPTED = 130
_BUG = 70
_KEPT_FREED = 30_000  # milliseconds
_INDENT = "    "  # what the library writes as a tab, which is no sign for a terminal
_EPILOG = (
    "Exit codes: 0 done; 2 wrong usage, config or output path; 3 inputs missing, unreadable or "
    "refused; 130 interrupted."
)

app = typer.Typer(
    name="kpi",
    help="Business metrics from CSV exports: every row accounted for, every number with its base.",
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("compute")(compute.compute)
app.command("list")(listing.listing)
app.command("explain")(explain.explain)
app.command("validate")(validate.validate)
app.command("init")(init.init)
app.command("schema")(schema.schema)


def _version(wanted: bool) -> None:  # noqa: FBT001 (a flag's callback)
    if wanted:
        typer.echo(f"kpi {kpicli.__version__}")
        raise typer.Exit


@app.callback()
def kpi(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Business metrics from CSV exports: every row accounted for, every number with its base."""


def main() -> None:
    """Run the command line and leave; every `KpiError` ends here, as a message and an exit code."""
    gc.disable()  # a run is short: looking for cycles takes a twentieth of it and frees nothing
    os.environ.setdefault("_RJEM_MALLOC_CONF", _allocation())
    # Plugins of pydantic would be foreign code, and looking for them takes a while.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    code = _flushed(ended())
    # Everything is written. To free it piece by piece would take longer than `--version`.
    os._exit(code)


def _allocation() -> str:
    """Return how the memory that polars takes is to be kept; read when polars is loaded.

    By itself it keeps what was freed apart for each thread, and gives back large pieces at once,
    only to ask for them again: a quarter of the memory, and a third of the time in the kernel. Of a
    run of many seconds it gives back the rest in the middle: a twentieth of the time.
    """
    arenas = ((os.cpu_count() or 1) + 1) // 2
    return f"narenas:{arenas},oversize_threshold:0,dirty_decay_ms:{_KEPT_FREED}"


def _flushed(code: int) -> int:
    """Write what is still buffered; what cannot be written is an error, unless nobody reads on."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        return code
    except OSError as error:
        return code or _unwritable(error)
    return code


def _unwritable(error: OSError) -> int:
    """Tell that there is no room for help, a listing or a temporary file."""
    where = error.filename or "stdout"
    talk.error(OutputError(f"{where} cannot be written: {error.strerror}"))
    return OutputError.exit_code


def ended() -> int:
    """Run the command line and return its exit code."""
    with leaving.undone(stdin.forget):
        return _ended()


def _ended() -> int:
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        return _misused(error)
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    except KpiError as error:
        talk.error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:  # whatever nobody thought of: told as a bug, and no traceback
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return _unwritable(error)
        if os.environ.get("KPI_DEBUG"):
            raise
        talk.say(f"kpi: this is a bug in kpi: {type(error).__name__}: {error}")
        talk.say("kpi: please report it with the config and the command; KPI_DEBUG=1 shows more")
        return _BUG
    return code if isinstance(code, int) else 0


def _misused(error: TyperException) -> int:
    """Tell what is wrong with the words of the command line."""
    told = io.StringIO()
    if (plainly := _plainly(error.__cause__)) is not None:
        error.message = plainly
    error.show(told)  # type: ignore[attr-defined] # all that typer raises have it
    text = told.getvalue().strip().replace("\t", _INDENT)
    if text == error.message.strip():  # the help itself, which is in English as a whole
        talk.as_it_is(text)
    elif text:
        usage, gap, wrong = text.rpartition("\n\n")
        for paragraph in (usage, "", wrong) if gap else (wrong,):
            talk.say(paragraph)
    return error.exit_code


def _plainly(cause: BaseException | None) -> str | None:
    """Return in our words what is wrong with a value, where the library has words of its own."""
    from pydantic import ValidationError  # noqa: PLC0415 (heavy: only where there is something)

    from kpicli.language.faults import faults  # noqa: PLC0415

    if not isinstance(cause, ValidationError):
        return None
    return next(faults(cause.errors(), None, lambda _: ())).message
