"""Situations without anybody watching: cron, pipes, interruptions."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.console import KPI, shell
from tests.shop import write

EXAMPLE = Path(__file__).parents[1] / "config.example.yaml"
ORDERS = "order_id,ordered_at,amount,customer_id\n" + "".join(
    f"{number},2025-{1 + number % 12:02}-{1 + number % 28:02},{number}.50,{number % 17}\n"
    for number in range(500)
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "o.csv").write_text(ORDERS)
    write(folder, {"o": {"table": "orders", "files": "o.csv"}}, language="ru")
    return folder


def test_cron_writes_a_file_from_anywhere(shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "kpi.json"
    done = shell(
        f"cd / && kpi compute -c '{shop}/kpi.yaml' --last 3 -o '{out}' <&- >log 2>&1".replace(
            "log", f"'{tmp_path}/log'"
        ),
        cwd=tmp_path,
    )
    assert done.code == 0
    assert (tmp_path / "log").read_text() == ""
    assert {row["period"]["label"] for row in json.loads(out.read_text())["results"]} == {
        "2025-10",
        "2025-11",
        "2025-12",
    }


def test_cron_mails_a_table_or_an_error(shop: Path) -> None:
    done = shell(f"cd / && kpi compute revenue -c '{shop}/kpi.yaml' <&-", cwd=shop)
    assert done.code == 0
    assert "Выручка" in done.out
    (shop / "o.csv").unlink()
    done = shell(f"cd / && kpi compute revenue -c '{shop}/kpi.yaml' <&-", cwd=shop)
    assert (done.code, done.out) == (3, "")
    assert "o.csv" in done.err


def test_json_goes_into_another_program(shop: Path) -> None:
    code = (
        "import json, sys; report = json.load(sys.stdin); "
        "print(sum(row['value'] for row in report['results'] if row['metric'] == 'revenue'))"
    )
    done = shell(f'kpi compute revenue -f json | "{sys.executable}" -c "{code}"', cwd=shop)
    assert (done.code, done.err) == (0, "")
    assert float(done.out) == sum(number + 0.5 for number in range(500))


@pytest.mark.parametrize("command", ["compute -f jsonl -p day", "list", "explain nps", "validate"])
def test_a_reader_that_goes_away_ends_it_quietly(shop: Path, command: str) -> None:
    done = shell(f"kpi {command} | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}", cwd=shop)
    assert done.err == ""
    assert done.out.strip() in {"0", "141"}


def test_a_closed_stdout_is_an_error_and_a_closed_stderr_none(shop: Path) -> None:
    done = shell("kpi compute --lang en >&-", cwd=shop)
    assert done.code == 2
    assert "stdout is closed" in done.err
    assert shell("kpi compute -f json 2>&- | head -c 1", cwd=shop).out == "{"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_disk_is_an_error(shop: Path) -> None:
    for command in ("compute -f json", "--version", "--help", "list"):
        done = shell(f"kpi {command} >/dev/full", cwd=shop)
        assert done.code == 2, command
        assert "не удаётся записать stdout" in done.err  # the config is in Russian
        assert "Exception ignored" not in done.err


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interrupted_run_ends_quietly_and_leaves_nothing(shop: Path, name: str) -> None:
    (shop / "tmp").mkdir()
    code = (
        "import sys, time, kpicli.report\n"
        "from kpicli import leaving\n"
        "from kpicli.__main__ import main\n"
        "def wait(*_, **__):\n"
        "    with leaving.scratch() as scratch:\n"
        "        (scratch / 'copy.csv').touch()\n"
        "        print('begun', flush=True)\n"
        "        time.sleep(60)\n"
        "kpicli.report.compute = wait\n"
        "sys.argv = ['kpi', 'compute', '-o', 'out.json']\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=shop,
        env={**os.environ, "TMPDIR": str(shop / "tmp")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    number = getattr(signal, name)
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 128 + number
    assert (out, err) == (b"", b"")
    assert sorted(path.name for path in shop.iterdir()) == ["kpi.yaml", "o.csv", "tmp"]
    assert not [*(shop / "tmp").iterdir()]


def test_so_it_does_in_the_middle_of_what_is_not_written_in_python(shop: Path) -> None:
    code = (
        "import hashlib, sys, kpicli.report\n"
        "from kpicli.__main__ import main\n"
        "def long(*_, **__):\n"
        "    print('begun', flush=True)\n"
        "    hashlib.pbkdf2_hmac('sha256', b'x', b'y', 10**9)\n"
        "kpicli.report.compute = long\n"
        "sys.argv = ['kpi', 'compute']\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=shop,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=20) == (b"", b"")
    assert process.returncode == 128 + signal.SIGTERM


def test_so_it_does_at_whatever_moment(shop: Path) -> None:
    (shop / "tmp").mkdir()
    begun = time.monotonic()
    subprocess.run([*KPI, "--version"], check=True, stdout=subprocess.DEVNULL)
    # Before it can heed a signal Python itself has to start; six at once, on a busy machine too.
    heeded = 8 * (time.monotonic() - begun)
    begun = time.monotonic()
    processes = [
        subprocess.Popen(
            [*KPI, "compute", "-c", str(EXAMPLE), "-f", "json"],
            cwd=shop,
            env={**os.environ, "TMPDIR": str(shop / "tmp")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _ in range(6)
    ]
    for place, process in enumerate(processes):
        time.sleep(max(0.0, begun + heeded + place / 12 - time.monotonic()))
        process.send_signal(signal.SIGINT)
    told = [process.communicate(timeout=20)[1] for process in processes]
    assert told == [b""] * len(processes)
    assert 130 in (codes := {process.returncode for process in processes})
    assert codes <= {0, 130}
    assert not [*(shop / "tmp").iterdir()]
