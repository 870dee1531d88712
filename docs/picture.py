# ruff: noqa: INP001 (beside a script, and no package)
"""The picture of the README: a terminal that shows metrics of the sample data."""

from __future__ import annotations

import re
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from kpicli import config
from kpicli.locales import ENGLISH, locale
from kpicli.periods import Grain
from kpicli.render.table import as_table
from kpicli.report import Question, compute

ROOT = Path(__file__).resolve().parent.parent
_PICTURE = "kpi compute new_customers churn revenue aov clv frt fcr nps csat turnover -p quarter"
_WIDTH = 112
_FONT = "ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace"


def picture() -> str:
    """Return a picture of a terminal: the metrics of the sample data."""
    report = compute(
        config.load(ROOT / "config.example.yaml"),
        Question(metrics=tuple(_PICTURE.split()[2:-2]), grain=Grain.QUARTER, last=5),
    )
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        console = Console(
            file=nowhere, record=True, width=_WIDTH, force_terminal=True, color_system="truecolor"
        )
        console.print(f"$ {_PICTURE} --last 5\n", highlight=False)
        for line in as_table(report, locale(ENGLISH), _WIDTH):
            console.print(line, highlight=False)
    text = console.export_svg(title="kpi", theme=MONOKAI, unique_id="kpi")
    # The fonts of the reader, none from the network.
    text = re.sub(r"@font-face \{.*?\}\s*", "", text, flags=re.DOTALL)
    return text.replace("font-family: Fira Code, monospace", f"font-family: {_FONT}")
