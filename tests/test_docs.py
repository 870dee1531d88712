"""The documents: what they show is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from kpicli.language.catalogue import built_in
from kpicli.yaml import load_file
from tests.console import inside, kpi, shell

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("tests/benchmarks/*.md")]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_generated_documents_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8"))
    local = [link.partition("#")[0] for link in links if not link.startswith(("http", "#"))]
    assert [link for link in local if not (path.parent / link).exists()] == []


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """The example of the README: its export, its config, its own metric."""
    (tmp_path / "tickets.csv").write_text(blocks("csv")[0], encoding="cp1251")
    config, custom = blocks("yaml")
    (tmp_path / "kpi.yaml").write_text(config + custom, encoding="utf-8")
    return tmp_path


def test_the_example_of_the_readme_works(desk: Path) -> None:
    begin, ask = blocks("sh")[1:3]
    for line in (*begin.splitlines()[1:], *ask.splitlines()):
        command = line.partition("#")[0].split()
        done = inside(*command[1:], cwd=desk)
        assert (done.code, done.err) == (0, ""), line
        assert done.out
    table = inside("compute", cwd=desk).out
    assert "Время первого ответа (FRT)" in table
    assert "Answered within an hour" in table


def test_the_beginning_of_the_readme_works(desk: Path) -> None:
    first, *_ = blocks("sh")[1].splitlines()
    assert first.startswith("kpi init exports/*.csv ")
    (desk / "kpi.yaml").unlink()
    (desk / "exports").mkdir()
    (desk / "tickets.csv").rename(desk / "exports" / "tickets.csv")
    assert shell("kpi init exports/*.csv", cwd=desk).code == 0
    assert "Время первого ответа (FRT)" in kpi("compute", cwd=desk).out


def test_the_pipe_and_the_crontab_of_the_readme_are_commands(desk: Path) -> None:
    pipe = blocks("sh")[3]
    assert pipe.startswith("kpi compute churn -f json | jq ")
    (line,) = blocks("crontab")
    command = line.split()[6:]
    command[command.index("-c") + 1] = str(desk / "kpi.yaml")
    command[command.index("-o") + 1] = str(desk / "kpi.json")
    assert kpi(*command, cwd=Path("/")).code == 0
    assert (desk / "kpi.json").exists()


def test_the_commands_of_the_example_config_work() -> None:
    text = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    shown = re.findall(r"^#   (kpi .*)$", text, flags=re.MULTILINE)
    assert shown
    for line in shown:
        done = inside(*line.split()[1:], cwd=ROOT)
        assert (done.code, done.err) == (0, ""), line


def test_the_picture_shows_what_is_computed() -> None:
    picture = (ROOT / "docs" / "table.svg").read_text(encoding="utf-8")
    texts = [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", picture)]
    command = next(text for text in texts if text.startswith("$\xa0kpi")).replace("\xa0", " ")
    done = inside(*command.split()[2:], "-c", "config.example.yaml", cwd=ROOT)
    shown = {word for text in texts for word in text.replace("\xa0", " ").split()}
    missing = [word for word in done.out.split() if word not in shown]
    assert missing == []
    assert "http" not in re.sub(r"xmlns=\S+|<!--.*?-->", "", picture)


ITEMS = load_file(ROOT / "docs" / "articles.yaml").data["items"]
NUMBERED = {"S1": 2, "S2": 10, "S4": 12}
LINES = {"S0": 26, "S3": 22}


@pytest.mark.parametrize("item", ITEMS, ids=[item["at"] for item in ITEMS])
def test_an_item_of_an_article_has_metrics_that_are_shown(item: dict[str, Any]) -> None:
    shown = {n for n, metric in built_in().metrics.items() if not metric.declaration.helper}
    assert item["metrics"]
    assert set(item["metrics"]) <= shown


def test_no_item_of_an_article_is_left_out() -> None:
    places = [item["at"] for item in ITEMS]
    assert len(places) == len(set(places))
    for tag, last in NUMBERED.items():
        assert [p for p in places if p.startswith(f"{tag}-")] == [
            f"{tag}-{number}" for number in range(1, last + 1)
        ]
    for tag, count in LINES.items():
        assert sum(place.startswith(f"{tag} L") for place in places) == count


def test_the_reference_names_every_metric() -> None:
    text = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### (\w+)$", text, flags=re.MULTILINE)
    metrics = built_in().metrics.items()
    assert headings == [name for name, metric in metrics if not metric.declaration.helper]
