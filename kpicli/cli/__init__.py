"""The command line: one file per command, shared options in `options`.

Nothing heavy is imported before a command runs, so that help and version answer at once.
"""

from kpicli.cli.app import app, main

__all__ = ["app", "main"]
