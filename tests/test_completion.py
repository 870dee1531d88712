"""What the shell offers: metrics, parameters with their values, dimensions."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.console import inside, kpi
from tests.shop import write

OWN = {
    "dear": {
        "title": "Dear",
        "formula": "dear sales ÷ sales",
        "unit": "percent",
        "rows": {"table": "sales", "at": "ordered_at"},
        "share": "amount > 10",
    }
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "o.csv").write_text("order_id,ordered_at,amount,Area\n1,2025-01-05,10,N\n")
    write(folder, {"o": {"table": "orders", "files": "o.csv", "keep": ["Area"]}}, custom=OWN)
    return folder


def offered(line: str, cwd: Path) -> list[str]:
    """Return what bash offers for the last word of a line, which it parts at `=` as well."""
    words = [*shlex.split(line.replace("=", " = ")), *([""] if line.endswith(" ") else [])]
    place = str(len(words) - 1)
    done = inside(cwd=cwd, _KPI_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=place)
    if "=" in line:
        text = " ".join(words)
        done = inside(cwd=cwd, _KPI_COMPLETE="complete_bash", COMP_WORDS=text, COMP_CWORD=place)
    assert done.err == ""
    return done.out.split()


def test_the_shell_completes_commands(tmp_path: Path) -> None:
    # Else typer looks for the shell among the processes above, where there may be none.
    named = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    assert "complete" in kpi("--show-completion", "bash", cwd=tmp_path, **named).out
    asked = {"_KPI_COMPLETE": "complete_bash", "COMP_WORDS": "kpi com", "COMP_CWORD": "1"}
    assert kpi(cwd=tmp_path, **asked).out == "compute\n"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("kpi compute customer_r", ["customer_retention_rate"]),
        ("kpi explain customers_k", []),  # a helper
        ("kpi compute dea", ["dear"]),  # of the config's own
        (
            "kpi compute --param churn.c",
            ["churn.count=net", *("churn.count=" + v for v in ("gross", "with_new"))],
        ),
        (
            "kpi compute --param churn.count",
            ["churn.count=net", "churn.count=gross", "churn.count=with_new"],
        ),
        ("kpi compute --param churn.count=", ["net", "gross", "with_new"]),
        ("kpi compute --param churn.count=g", ["gross"]),
        ("kpi compute --param churn.count=gross customer_r", ["customer_retention_rate"]),
        ("kpi compute --param membership.inact", ["membership.inactivity_days=90"]),
        ("kpi compute --by chan", ["channel"]),
        ("kpi compute --by Ar", ["Area"]),
        ("kpi compute --by customers.seg", ["customers.segment"]),
        ("kpi compute -c nope.yaml --by chan", ["channel"]),
    ],
)
def test_words_that_are_offered(shop: Path, line: str, found: list[str]) -> None:
    assert offered(line, shop) == found


def test_several_parameters_are_offered_by_name(shop: Path) -> None:
    found = offered("kpi compute --param churn.", shop)
    assert {"churn.count=", "churn.annualize="} <= set(found)


def test_a_shell_that_keeps_the_word_whole_gets_it_whole(shop: Path) -> None:
    line = "kpi compute --param churn.count=g"
    done = kpi(cwd=shop, _KPI_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS=line)
    assert "churn.count=gross" in done.out
