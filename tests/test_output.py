"""Where data goes: files are replaced whole, and what is no file is written to and stays."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from kpicli.cli import output, places
from kpicli.errors import OutputError
from tests.console import KPI, inside, shell
from tests.shop import write

ORDERS = "order_id,ordered_at,amount\n1,2025-01-05,10\n2,soon,20\n3,2025-01-07,30\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "o.csv").write_text(ORDERS)
    write(tmp_path, {"o": {"table": "orders", "files": "o.csv"}}, intake={"max_rejected": "50%"})
    return tmp_path


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    return path


def through(fifo: Path, *arguments: str, cwd: Path) -> tuple[str, subprocess.CompletedProcess[str]]:
    """Run `kpi` while somebody reads the pipe; return what went through it."""
    reader = subprocess.Popen(["/bin/cat", str(fifo)], stdout=subprocess.PIPE, text=True)
    try:
        done = subprocess.run(
            [*KPI, *arguments], cwd=cwd, capture_output=True, check=False, text=True, timeout=60
        )
        assert stat.S_ISFIFO(fifo.stat().st_mode), "replaced: its reader waits for ever"
        return reader.communicate(timeout=10)[0], done
    finally:
        reader.kill()
        reader.communicate()


def pretend(monkeypatch: pytest.MonkeyPatch, path: Path, kind: int) -> None:
    """Make a file look like a device, so that none is needed and none is touched."""
    honest = Path.stat

    def told(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        found = honest(self, follow_symlinks=follow_symlinks)
        if self != path:
            return found
        return os.stat_result((kind | stat.S_IMODE(found.st_mode), *found[1:]))

    monkeypatch.setattr(Path, "stat", told)


def test_a_pipe_is_written_to_and_stays_one(shop: Path, fifo: Path) -> None:
    text, done = through(fifo, "compute", "revenue", "-o", str(fifo), cwd=shop)
    assert (done.returncode, done.stdout) == (0, "")
    assert text.startswith("metric,")  # by its name
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_rejects_go_through_a_pipe(shop: Path, fifo: Path) -> None:
    text, done = through(fifo, "validate", "--rejects", str(fifo), cwd=shop)
    assert done.returncode == 0
    assert "o.csv,3,ordered_at,soon" in text


def test_a_config_goes_through_a_pipe_with_paths_as_in_the_working_directory(
    shop: Path, fifo: Path
) -> None:
    (shop / "away").mkdir()
    fifo = fifo.rename(shop / "away" / "pipe")
    text, done = through(fifo, "init", "o.csv", "-o", str(fifo), cwd=shop)
    assert done.returncode == 3, done.stderr  # half of the rows are bad
    assert 'files: "o.csv"' in text


def test_a_reader_of_a_pipe_that_goes_away_ends_it_quietly(fifo: Path) -> None:
    with subprocess.Popen(["/usr/bin/head", "-c1", str(fifo)], stdout=subprocess.DEVNULL):
        output.save(("x" * 1000 for _ in range(1000)), fifo, [])


def test_a_device_of_characters_is_written_to_and_never_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = tmp_path / "device"
    device.write_text("as it was")
    before = device.stat().st_ino
    pretend(monkeypatch, device, stat.S_IFCHR)
    monkeypatch.setattr(Path, "replace", lambda *_: pytest.fail("renamed"))
    monkeypatch.setattr(tempfile, "mkstemp", lambda **_: pytest.fail("written beside"))
    output.save(["new"], device, [])
    assert device.read_text() == "newit was"  # not emptied
    assert device.stat().st_ino == before


@pytest.mark.parametrize("kind", [stat.S_IFBLK, stat.S_IFSOCK])
def test_other_devices_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: int
) -> None:
    device = tmp_path / "device"
    device.write_text("as it was")
    pretend(monkeypatch, device, kind)
    with pytest.raises(OutputError, match="neither a file nor a pipe"):
        output.save(["new"], device, [])
    assert device.read_text() == "as it was"


def test_a_socket_is_refused(shop: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(shop / "socket"))
        done = inside("compute", "-o", "socket", cwd=shop)
        assert done.code == 2
        assert "socket is neither a file nor a pipe" in done.err


def test_a_link_that_leads_to_itself_is_refused(shop: Path) -> None:
    (shop / "loop").symlink_to("loop")
    for command in ("compute", "init o.csv"):
        done = inside(*command.split(), "-o", "loop", cwd=shop)
        assert done.code == 2
        assert "loop cannot be written" in done.err


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1", "link"])
def test_names_of_stdout(shop: Path, name: str) -> None:
    (shop / "link").symlink_to("/dev/stdout")
    plain = inside("compute", "revenue", cwd=shop)
    done = inside("compute", "revenue", "-o", name, cwd=shop)
    assert (done.code, done.out) == (0, plain.out)
    done = inside("compute", "revenue", "-o", "r.csv", "--rejects", name, cwd=shop)
    assert done.out.startswith("source,")
    done = inside("init", "o.csv", "-o", name, cwd=shop)
    assert 'files: "o.csv"' in done.out
    assert not (shop / "-").exists()


def test_a_file_behind_an_open_descriptor_is_continued_and_not_replaced(shop: Path) -> None:
    script = "(echo before; kpi compute revenue -o {} -f csv; echo after) >> all.txt 3>&1"
    for name in ("-", "/dev/stdout", "/dev/fd/3"):
        (shop / "all.txt").write_text("first\n")
        assert shell(script.format(name), cwd=shop).code == 0
        lines = (shop / "all.txt").read_text().splitlines()
        assert (lines[:2], lines[2][:7], lines[-1]) == (["first", "before"], "metric,", "after")


def test_a_report_goes_into_a_process(shop: Path) -> None:
    done = shell("kpi compute revenue -f csv -o >(cat); sleep 0.3", cwd=shop)
    assert done.out.startswith("metric,")


@pytest.mark.parametrize(
    "arguments",
    [
        "compute --rejects -",
        "compute -o - --rejects /dev/stdout",
        "compute -o x --rejects x",
        "validate --rejects -",
    ],
)
def test_a_report_and_rejects_do_not_mix(shop: Path, arguments: str) -> None:
    done = inside(*arguments.split(), cwd=shop)
    assert (done.code, done.out) == (2, "")
    assert "cannot hold the report and the rejects" in done.err


@pytest.mark.parametrize(
    "suffix",
    "xlsx xls ods html htm pdf parquet xml tsv md yaml XLSX".split(),  # noqa: SIM905 (a list)
)
def test_a_name_of_another_format_is_refused(shop: Path, suffix: str) -> None:
    name = f"report.{suffix}"
    done = inside("compute", "revenue", "-o", name, cwd=shop)
    assert (done.code, done.out) == (2, "")
    said = f"{name}: there is no format {suffix.lower()}; the formats are table, csv, json, jsonl"
    assert said in done.err
    assert "hint: name the file .csv, .json or .jsonl, or say with -f" in done.err
    assert not (shop / name).exists()
    assert inside("compute", "revenue", "-o", name, "-f", "csv", cwd=shop).code == 0
    assert (shop / name).read_text().startswith("metric,")


@pytest.mark.parametrize("name", ["report", "report.txt", "kpi.log", "report.2025-01", ".xlsx"])
def test_a_name_of_no_format_holds_a_table(shop: Path, name: str) -> None:
    assert inside("compute", "revenue", "-o", name, cwd=shop).code == 0
    assert "Revenue" in (shop / name).read_text()


def test_a_pipe_has_whatever_name(tmp_path: Path, shop: Path) -> None:
    fifo = tmp_path / "pipe.xlsx"
    os.mkfifo(fifo)
    told, done = through(fifo, "compute", "revenue", "-o", str(fifo), cwd=shop)
    assert done.returncode == 0
    assert "Revenue" in told


def test_an_error_says_where(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="/dev/fd/99 cannot be written: Bad file descriptor"):
        output.save(["x"], Path("/dev/fd/99"), [])
    assert places.descriptor(tmp_path / "1") is None
