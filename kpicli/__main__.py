"""`python -m kpicli` is the `kpi` command."""

from kpicli.cli import main

main()
