"""`-`: a config or an export that comes in; and what is read where nothing names it: nothing."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.console import KPI, Ended, inside, kpi, shell, watched

EXPORT = "order_id,ordered_at,amount\n1,2025-01-02,10\n2,2025-02-02,20\n"
CONFIG = "timezone: UTC\nlanguage: ru\nsources:\n  o: {table: orders, files: FILES}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an export, a config that reads it, and one that reads stdin."""
    (tmp_path / "o.csv").write_text(EXPORT, encoding="utf-8")
    (tmp_path / "o.yaml").write_text(CONFIG.replace("FILES", "o.csv"), encoding="utf-8")
    (tmp_path / "s.yaml").write_text(CONFIG.replace("FILES", '"-"'), encoding="utf-8")
    return tmp_path


def test_an_export_comes_in(folder: Path) -> None:
    temporary = folder / "tmp"
    temporary.mkdir()
    done = shell(f"TMPDIR={temporary} kpi compute revenue -c s.yaml -f json < o.csv", cwd=folder)
    assert done.code == 0, done.err
    (told,) = json.loads(done.out)["run"]["inputs"]
    assert (told["file"], told["bytes"]) == ("-", len(EXPORT))
    assert told["sha256"] == hashlib.sha256(EXPORT.encode()).hexdigest()
    assert [one["value"] for one in json.loads(done.out)["results"]] == [10, 20]
    assert not [*temporary.iterdir()]


def test_what_came_in_is_like_a_file(folder: Path) -> None:
    piped = shell("cat o.csv | kpi compute revenue -c s.yaml", cwd=folder)
    assert piped.out == inside("compute", "revenue", "-c", "o.yaml", cwd=folder).out
    told = shell("cat o.csv | kpi validate -c s.yaml", cwd=folder)
    assert "  -    " in told.out


def test_what_came_in_is_named_as_it_is(folder: Path) -> None:
    done = shell("printf 'PK\\003\\004xl/' | kpi compute -c s.yaml --lang en", cwd=folder)
    assert (done.code, done.err.partition("\n")[0]) == (3, "kpi: - is an Excel workbook")


def test_nothing_that_came_in(folder: Path) -> None:
    done = kpi("compute", "-c", "s.yaml", "--lang", "en", cwd=folder)
    assert (done.code, done.err.partition("\n")[0]) == (3, "kpi: - is empty")


@pytest.mark.parametrize("config", ["-", "s.yaml"])
def test_a_terminal_is_not_waited_for(folder: Path, config: str) -> None:
    said = watched([*KPI, "compute", "-c", config, "--lang", "en"], cwd=folder)
    assert "- is stdin, and nothing comes in there" in said


@pytest.mark.parametrize("way", ["-c - < o.yaml", "-c <(cat o.yaml)", "-c /dev/stdin < o.yaml"])
def test_a_config_comes_in(folder: Path, way: str) -> None:
    done = shell(f"kpi compute revenue {way}", cwd=folder)
    assert done.out == inside("compute", "revenue", "-c", "o.yaml", cwd=folder).out
    assert done.code == 0


def test_a_config_that_came_in_is_told_about_in_its_language(folder: Path) -> None:
    done = shell("sed s/UTC/Mars/ o.yaml | kpi compute -c -", cwd=folder)
    assert (done.code, "-:1: timezone: «Mars» — не часовой пояс" in done.err) == (2, True)
    done = shell("kpi compute -c <(sed s/UTC/Mars/ o.yaml)", cwd=folder)
    assert (done.code, ":1: timezone: «Mars» — не часовой пояс" in done.err) == (2, True)


def test_stdin_is_one_thing(folder: Path) -> None:
    done = shell("kpi compute -c - --lang en < s.yaml", cwd=folder)
    assert done.code == 2
    assert "- is stdin, which can be read once: it is the config already" in done.err


def test_explain_leaves_what_comes_in_to_others(folder: Path) -> None:
    done = shell("{ kpi explain revenue -c s.yaml > /dev/null; cat; } < o.csv", cwd=folder)
    assert (done.code, done.out) == (0, EXPORT)


def test_a_config_is_proposed_for_what_comes_in(folder: Path) -> None:
    done = shell("kpi init - -o n.yaml < o.csv && kpi validate -c n.yaml < o.csv", cwd=folder)
    assert done.code == 0, done.err
    assert 'files: "-"' in (folder / "n.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [("compute", "-c", "o.yaml"), ("list",), ("validate",)])
def test_stdin_is_read_only_where_it_is_named(folder: Path, words: tuple[str, ...]) -> None:
    (folder / "kpi.yaml").write_bytes((folder / "o.yaml").read_bytes())
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb"):  # open, and nothing comes: whoever reads waits for ever
        subprocess.run([*KPI, *words], cwd=folder, stdin=reading, check=True, timeout=60)
    os.close(reading)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (".", "kpi: . is a folder\n  hint: name the file in it: kpi.yaml\n"),
        ("/dev/null", "kpi: /dev/null is a device, and no config\n"),
        ("~nobody", "kpi: there is no config at ~nobody\n"),
    ],
)
def test_a_config_that_is_none_is_a_matter_of_the_command_line(
    folder: Path, path: str, message: str
) -> None:
    done = inside("compute", "-c", path, cwd=folder)
    assert (done.code, done.err[: len(message)]) == (2, message)


def test_a_home_that_is_not_known_is_a_name(folder: Path) -> None:
    def computed() -> Ended:
        return inside("compute", "revenue", "-c", "o.yaml", "--lang", "en", cwd=folder)

    (folder / "o.yaml").write_text(CONFIG.replace("FILES", "~x.csv"), encoding="utf-8")
    done = computed()
    assert (done.code, f"there is no file {folder}/~x.csv" in done.err) == (3, True)
    (folder / "o.csv").rename(folder / "~x.csv")
    assert computed().code == 0


BROKEN = "timezone: Mars\nlanguage: ru\nsources: {}\n"


@pytest.mark.parametrize("words", [("list",), ("explain", "nps")])
def test_a_config_that_lies_there_and_is_wrong_stops_no_built_in_metric(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "kpi.yaml").write_text(BROKEN, encoding="utf-8")
    done = inside(*words, cwd=tmp_path)
    assert (done.code, "NPS" in done.out, "лояльности" in done.out) == (0, True, True)
    assert done.err == (
        "kpi: предупреждение: kpi.yaml:1: timezone: «Mars» — не часовой пояс: пишите имя IANA, "
        "например Europe/Moscow\n"
        "kpi: предупреждение: kpi.yaml:3: sources: не стоит ничего, а значений нужно не меньше 1\n"
    )
    named = inside(*words, "-c", "kpi.yaml", cwd=tmp_path)
    assert (named.code, named.out) == (2, "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("compute -f xml", "'xml' is not one of 'table', 'csv', 'json', 'jsonl'"),
        ("compute --last x", "a whole number is needed, and this is 'x'"),
        ("compute --last 0", "0 is out of range: at least 1"),
        ("schema nothing", "'nothing' is not one of 'config', 'result'"),
    ],
)
def test_words_of_the_command_line_are_judged_plainly(
    tmp_path: Path, words: str, message: str
) -> None:
    done = inside(*words.split(), cwd=tmp_path)
    assert (done.code, message in done.err) == (2, True)
    assert "Value error" not in done.err
    assert "valid integer" not in done.err
