"""The `kpi` command, and `python -m kpicli`."""

from kpicli import leaving


def main() -> None:
    """Run the command line; whatever a signal interrupts, importing included, ends quietly."""
    leaving.heed_signals()
    from kpicli import cli  # noqa: PLC0415 (importing it takes the longest of a short command)

    cli.main()


if __name__ == "__main__":
    main()
