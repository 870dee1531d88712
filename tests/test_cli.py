"""The command line: what it answers, what it refuses, and where the words go."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import kpicli
from tests.console import inside, kpi, terminal, watched
from tests.shop import write

ORDERS = (
    "order_id,ordered_at,amount,customer_id,channel\n"
    "1,2025-01-05,10,A,web\n2,2025-02-06,20.5,B,store\n3,2025-03-31,30,A,web\n"
)
TICKETS = (
    "ticket_id,created_at,first_response_at,resolved_at,status\n"
    "1,2025-01-05 10:00:00,2025-01-05 10:30:00,2025-01-06 09:00:00,closed\n"
    "2,2025-03-05 10:00:00,2025-03-05 12:30:00,,open\n"
)
SOURCES = {
    "deals": {"table": "orders", "files": "o.csv"},
    "desk": {"table": "tickets", "files": "t.csv"},
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "o.csv").write_text(ORDERS)
    (tmp_path / "t.csv").write_text(TICKETS)
    write(tmp_path, SOURCES)
    return tmp_path


# --- what it answers


def counts_of_all(told: str) -> list[int]:
    """Return read, used, folded, filtered, rejected and duplicate, of all sources together."""
    (line,) = [line for line in told.splitlines() if re.match(r"all +\d", line)]
    return [int(number) for number in line.split()[1:]]


def test_the_default_config_is_in_the_working_directory(shop: Path) -> None:
    done = kpi("compute", "revenue", cwd=shop)
    assert (done.code, done.err) == (0, "")
    assert "Revenue  money    10.00    20.50    30.00" in done.out


def test_every_option_of_compute_together(shop: Path) -> None:
    done = kpi(
        *("compute", "Выручка", "sales_count", "-c", "kpi.yaml", "-p", "quarter"),
        *("--from", "2025-Q1", "--to", "2025-Q1", "--last", "1", "--by", "channel"),
        *("--where", "channel = 'web'", "--as-of", "2025-03-31", "--param", "stats.low_n=2"),
        *("--lang", "ru", "-f", "json"),
        cwd=shop,
    )
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert [metric["title"] for metric in found["metrics"]] == ["Выручка", "Количество продаж"]
    assert [(row["dims"], row["value"]) for row in found["results"]] == [
        ({}, 40),
        ({"channel": "web"}, 40),
        ({}, 2),
        ({"channel": "web"}, 2),
    ]
    assert found["run"]["period"] == "quarter"
    assert {"name": "stats.low_n", "value": 2, "default": 30, "judgement": True} in found["run"][
        "options"
    ]


def test_json_fits_its_schema(shop: Path) -> None:
    schema = json.loads(inside("schema", "result", cwd=shop).out)
    found = json.loads(inside("compute", "--by", "channel", "-f", "json", cwd=shop).out)
    jsonschema.Draft202012Validator(schema).validate(found)
    assert found["schema_version"] == 1
    assert found["results"]


def test_an_export_without_rows_is_answered(shop: Path) -> None:
    (shop / "o.csv").write_text(ORDERS.splitlines()[0] + "\n")
    (shop / "t.csv").write_text(TICKETS.splitlines()[0] + "\n")
    schema = json.loads(inside("schema", "result", cwd=shop).out)
    done = inside("compute", "-f", "json", cwd=shop)
    found = json.loads(done.out)
    jsonschema.Draft202012Validator(schema).validate(found)
    assert {result["status"] for result in found["results"]} == {"outside_coverage"}
    assert (done.code, done.err.count("warning")) == (0, 1)
    assert inside("validate", cwd=shop).code == 0
    assert inside("compute", "--strict", cwd=shop).code == 3
    assert "outside of what the data cover" in inside("compute", cwd=shop).out


def test_json_lines_are_one_object_each(shop: Path) -> None:
    lines = inside("compute", "revenue", "nps", "-f", "jsonl", cwd=shop).out.splitlines()
    found = [json.loads(line) for line in lines]
    assert [line["kind"] for line in found] == ["run", "metric", *["result"] * 3, "skipped"]
    assert [line["result"]["value"] for line in found[2:5]] == [10, 20.5, 30]


@pytest.mark.parametrize("suffix", ["csv", "json", "jsonl"])
def test_the_name_of_the_output_tells_the_format(shop: Path, suffix: str) -> None:
    wanted = inside("compute", "-f", suffix, cwd=shop).out
    done = inside("compute", "-o", f"out.{suffix}", cwd=shop)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert (shop / f"out.{suffix}").read_bytes().decode() == wanted


def test_a_metric_asked_for_by_name_that_is_left_out_is_told(shop: Path) -> None:
    done = inside("compute", "nps", "revenue", cwd=shop)
    assert done.code == 0
    assert done.err == "kpi: warning: nps is left out: needs responses\n"


def test_list_explain_validate_for_people_and_programs(shop: Path) -> None:
    assert "  customer_churn_rate" in inside("list", cwd=shop).out
    assert {m["id"] for m in json.loads(inside("list", "-f", "json", cwd=shop).out)} >= {
        "nps",
        "clv",
    }
    assert "Customer churn rate" in inside("explain", "churn", cwd=shop).out
    assert "Коэффициент оттока" in inside("explain", "отток", "--lang", "ru", cwd=shop).out
    card = json.loads(inside("explain", "churn", "-f", "json", cwd=shop).out)
    assert card["id"] == "customer_churn_rate"
    assert counts_of_all(inside("validate", cwd=shop).out) == [5, 5, 0, 0, 0, 0]
    checked = json.loads(inside("validate", "-f", "json", cwd=shop).out)
    assert [source["rows"]["used"] for source in checked["inputs"]] == [3, 2]


def test_list_and_explain_need_no_config(tmp_path: Path) -> None:
    assert inside("list", cwd=tmp_path).code == 0
    done = inside("explain", "nps", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")


# --- help


def test_help_of_every_command_has_an_example(tmp_path: Path) -> None:
    commands = ("compute", "list", "explain", "validate", "init", "schema")
    for command in commands:
        done = inside(command, "--help", cwd=tmp_path)
        assert done.code == 0
        assert f"Example: kpi {command}" in done.out
    told = inside("--help", cwd=tmp_path).out
    assert "Exit codes: 0 done; 2 " in told
    listed = told.partition("Commands:")[2]
    assert all(f"\n  {command} " in listed for command in commands)
    assert "..." not in listed  # nothing is cut


def test_version(tmp_path: Path) -> None:
    assert kpi("--version", cwd=tmp_path).out == f"kpi {kpicli.__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["compute", "--help"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import os, sys; from kpicli.cli import main\n"
        "os._exit = sys.exit\n"
        f"sys.argv = ['kpi', *{arguments}]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'polars', 'sqlglot', 'yaml', 'rich'} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stderr.decode().strip() == "[]"


# --- what it refuses


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compute", "nsp"], "there is no metric 'nsp'\n  hint: did you mean 'NPS'?"),
        (["explain", "churm"], "did you mean 'churn'?"),
        (["compute", "-c", "nope.yaml"], "there is no config at nope.yaml"),
        (["compute", "--from", "2025-13"], "--from: '2025-13' is neither a date nor a period"),
        (["compute", "--from", "2025-03", "--to", "2025-01"], "the range is empty"),
        (["compute", "--as-of", "yesterday"], "--as-of: 'yesterday' is not a date"),
        (["compute", "--last", "0"], "--last"),
        (["compute", "--param", "x"], "--param: 'x' is no NAME=VALUE"),
        (["compute", "--param", "churn.cont=net"], "did you mean 'churn.count'?"),
        (["compute", "--param", "churn.count=grss"], "did you mean 'gross'?"),
        (["compute", "--param", "churn.count=["], "--param churn.count"),
        (["compute", "--by", "chanel"], "did you mean 'channel'?"),
        (["compute", "--where", "chanel = 'web'"], "did you mean 'channel'?"),
        (["compute", "--where", "channel = "], "--where"),
        (["compute", "--where", "read_csv('/etc/passwd')"], "--where"),
        (["compute", "-f", "xml"], "'xml' is not one of"),
        (["compute", "--bogus"], "--bogus"),
        (["bogus"], "bogus"),
        (["compute", "conversion"], "did you mean 'conversion_rate'?"),
        (["compute", "key_custmers"], "did you mean 'key_customers'?"),
        (["schema"], "Choose from:\n    config,\n    result"),
        (["schema", "nope"], "nope"),
        (["compute", "-o", "nowhere/out.csv"], "there is no folder"),
        (["compute", "-o", "o.csv"], "o.csv is an input; inputs are never written"),
        (["compute", "-o", "kpi.yaml"], "kpi.yaml is an input"),
        (["compute", "-o", "."], "is a folder"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_how_to_mend_it(
    shop: Path, arguments: list[str], said: str
) -> None:
    before = {path.name: path.read_bytes() for path in shop.iterdir()}
    done = inside(*arguments, cwd=shop)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err
    assert {path.name: path.read_bytes() for path in shop.iterdir()} == before


def test_the_process_ends_as_the_run_did(shop: Path) -> None:
    done = kpi("compute", "nsp", cwd=shop)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("kpi: there is no metric 'nsp'\n  hint: ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("timezone: UTC\nsources: [\n", "kpi.yaml:3: "),
        ("timezone: UTC\nsources:\n  o: {table: orders, files: o.csv}\n  o: {}\n", "kpi.yaml:4: "),
        ("timezone: UTC\nsources: !!set\n  o: {table: orders, files: o.csv}\n", "kpi.yaml:2: "),
        ("timezone: UTC\nsources:\n  o: {table: order, files: o.csv}\n", "did you mean 'orders'?"),
        (
            "timezone: UTC\nsources: {o: {table: orders, files: o.csv, columns: {amount: Amo}}}\n",
            "kpi.yaml:2: sources.o.columns.amount: o.csv has no header 'Amo'",
        ),
    ],
)
def test_a_wrong_config_ends_with_2(shop: Path, content: str, said: str) -> None:
    (shop / "kpi.yaml").write_text(content)
    for command in ("compute", "validate"):
        done = inside(command, cwd=shop)
        assert (done.code, done.out) == (2, "")
        assert said in done.err
        assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "o.csv"),
        (b"", "o.csv"),
        (b"order_id,ordered_at,amount\n1,2025-01-05\xff\xfe\x00\x00,1\n", "o.csv"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "o.csv"),
        (b"PK\x03\x04\x14\x00\x06\x00", "o.csv"),
        (b"order_id,amount\n1,1\n", "ordered_at"),
        (b"order_id,ordered_at,amount\n1,soon,1\n", "soon"),
    ],
)
def test_unusable_files_end_with_3(shop: Path, content: bytes | None, said: str) -> None:
    if content is None:
        (shop / "o.csv").unlink()
    else:
        (shop / "o.csv").write_bytes(content)
    done = inside("compute", cwd=shop)
    assert done.code in {2, 3}
    assert done.out == ""
    assert said in done.err
    assert "hint: " in done.err
    assert "Traceback" not in done.err


def test_too_many_rejected_rows_end_with_3_and_validate_shows_them(shop: Path) -> None:
    (shop / "o.csv").write_text(ORDERS + ",2025-03-30,1,C,web\n")
    done = kpi("compute", cwd=shop)
    assert (done.code, done.out) == (3, "")
    assert "1 of 4 rows cannot be used" in done.err
    done = inside("validate", cwd=shop)
    assert done.code == 3
    assert counts_of_all(done.out) == [6, 5, 0, 0, 1, 0]


def test_a_bug_says_that_it_is_one(shop: Path) -> None:
    code = (
        "import sys, kpicli.config\n"
        "from kpicli.cli import main\n"
        "def load(path): raise RuntimeError('odd')\n"
        "kpicli.config.load = load\n"
        "sys.argv = ['kpi', 'compute']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=shop, capture_output=True, check=False)
    assert done.returncode == 70
    assert done.stderr.decode().startswith("kpi: this is a bug in kpi: RuntimeError: odd\n")


@pytest.mark.parametrize("format_", ["json", "jsonl", "csv"])
def test_a_failure_while_writing_leaves_no_half_document(shop: Path, format_: str) -> None:
    code = (
        "import sys, kpicli.report.types as types\n"
        "from kpicli.cli import main\n"
        "rows = types.Report.rows\n"
        "def some(self):\n"
        "    yield next(rows(self))\n"
        "    raise RuntimeError('odd')\n"
        "types.Report.rows = some\n"
        f"sys.argv = ['kpi', 'compute', '-f', '{format_}']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=shop, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (70, b"")


# --- where it writes


def test_an_output_is_written_whole_or_not_at_all(shop: Path) -> None:
    out = shop / "out.json"
    out.write_text("before")
    out.chmod(0o640)
    (shop / "o.csv").write_text("order_id,ordered_at,amount\n1,soon,1\n")
    assert inside("compute", "-o", "out.json", cwd=shop).code == 3
    assert out.read_text() == "before"
    (shop / "o.csv").write_text(ORDERS)
    assert inside("compute", "-o", "out.json", cwd=shop).code == 0
    assert json.loads(out.read_text())["schema_version"] == 1
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert sorted(path.name for path in shop.iterdir()) == [
        "kpi.yaml",
        "o.csv",
        "out.json",
        "t.csv",
    ]


def test_an_output_may_not_replace_an_input_by_another_name(shop: Path) -> None:
    (shop / "other.csv").symlink_to(shop / "o.csv")
    done = inside("compute", "-o", "other.csv", cwd=shop)
    assert done.code == 2
    assert (shop / "o.csv").read_text() == ORDERS


def test_a_folder_that_may_not_be_written(shop: Path) -> None:
    shut = shop / "shut"
    shut.mkdir(mode=0o500)
    if os.geteuid() == 0:  # whom no mode keeps out, but nobody makes a file there
        shut = Path("/proc/self")
    done = inside("compute", "-o", str(shut / "out.csv"), cwd=shop)
    assert done.code == 2
    assert "cannot be written" in done.err


def test_repeated_runs_give_the_same_bytes(shop: Path) -> None:
    first = kpi("compute", "--by", "channel", "-f", "json", cwd=shop, PYTHONHASHSEED="1")
    again = kpi(
        *("compute", "--by", "channel", "-f", "json"),
        cwd=shop,
        PYTHONHASHSEED="2",
        POLARS_MAX_THREADS="1",
        TZ="Asia/Tokyo",
        LANG="ru_RU.UTF-8",
    )
    assert first == again
    assert first.out


# --- cells that mean harm

HARM = "\x1b[31m[red]=1+1"


@pytest.fixture
def harmed(shop: Path) -> Path:
    (shop / "o.csv").write_text(
        f'order_id,ordered_at,amount,channel\n1,2025-01-05,10,"{HARM}"\n2,2025-01-06,5,=cmd|A1\n'
    )
    return shop


def test_cells_cannot_steer_a_terminal(harmed: Path) -> None:
    for text in (
        kpi("compute", "revenue", "--by", "channel", cwd=harmed).out,
        terminal("compute", "revenue", "--by", "channel", cwd=harmed),
    ):
        assert "\x1b[31m" not in text
        assert "�[31m[red]=1+1" in text


def test_cells_cannot_become_formulas(harmed: Path) -> None:
    text = inside("compute", "revenue", "--by", "channel", "-f", "csv", cwd=harmed).out
    assert "'=cmd|A1" in text
    assert ",=cmd" not in text


def test_nor_do_they_in_what_is_written_as_csv(harmed: Path) -> None:
    (harmed / "o.csv").write_text(
        f'order_id,ordered_at,amount,channel,cost\n1,2025-01-05,10,"{HARM}",x\x1b[2J\n'
        '3,2025-01-07,10,"two\nlines\tand ""quotes""",\n',
    )
    ask = ("compute", "revenue", "--by", "channel", "-f", "csv")
    text = inside(*ask, cwd=harmed).out
    assert ",�[31m[red]=1+1," in text
    assert ',"two\nlines\tand ""quotes""",' in text
    inside("validate", "--rejects", "r.csv", cwd=harmed)
    rejects = (harmed / "r.csv").read_text(encoding="utf-8")
    assert ",x�[2J," in rejects
    assert "\x1b" not in text + rejects


def test_json_holds_cells_as_they_are(harmed: Path) -> None:
    text = inside("compute", "revenue", "--by", "channel", "-f", "json", cwd=harmed).out
    assert "\x1b" not in text
    dims = [row["dims"].get("channel") for row in json.loads(text)["results"]]
    assert dims == [None, HARM, "=cmd|A1"]


# --- a terminal


def test_a_terminal_has_colour(shop: Path) -> None:
    assert "\x1b[1;36mSales\x1b[0m" in terminal("compute", "revenue", cwd=shop)
    assert "\x1b[1mSales\x1b[0m" in terminal("compute", "revenue", cwd=shop, NO_COLOR="1")


def test_a_narrow_terminal_shows_the_latest_periods_and_says_so(shop: Path) -> None:
    narrow = terminal("compute", "revenue", cwd=shop, columns=34, TERM="dumb")
    assert "the width has room for 1 of 3 periods; -f csv shows all" in " ".join(narrow.split())
    head, *lines = narrow.splitlines()
    assert "2025-03" in head
    assert "2025-02" not in head
    assert "30.00" in narrow
    assert all(len(line) <= 34 for line in [head, *lines[:3]])


def test_a_pipe_has_neither_colour_nor_width(shop: Path) -> None:
    narrow = kpi("compute", cwd=shop, COLUMNS="20", FORCE_COLOR="1", TERM="xterm-256color")
    assert narrow.out == inside("compute", cwd=shop).out
    assert "\x1b" not in narrow.out
    assert narrow.err == ""


@pytest.mark.parametrize(("seconds", "shown"), [(0.2, False), (1.5, True)])
def test_work_of_more_than_a_second_shows_progress(
    tmp_path: Path, seconds: float, shown: bool
) -> None:
    code = (
        "import time\nfrom kpicli.cli.talk import progress\n"
        f"with progress() as told:\n  told('reading [b]\\x1b[31mo.csv')\n  time.sleep({seconds})\n"
        "print('done')"
    )
    said = watched([sys.executable, "-c", code], cwd=tmp_path)
    assert ("reading [b]�[31mo.csv" in said) == shown
    assert said.endswith("done\n")
