"""What `kpi` says in Russian: which language a run speaks, and that no word is left in English."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kpicli.locales import locale
from kpicli.proposal.propose import proposed
from kpicli.proposal.sheets import listed, opened
from kpicli.proposal.text import written
from kpicli.yaml import load_file
from tests.console import inside as kpi
from tests.console import kpi as started
from tests.exports import export

ENGLISH_WORDS = re.compile(r"(?<![\w.'\"«/-])[a-z]{2,} [a-z]{2,}(?![\w.]*[»'\"])")
QUOTED = re.compile(r"«[^»]*»|'[^']*'|\"[^\"]*\"|--\w+ [^;]*|kpi \w+")


def left_in_english(said: str) -> list[str]:
    """Return the lines that have two English words side by side, or none in Russian."""
    lines = [line for line in said.splitlines() if line]
    english = [line for line in lines if ENGLISH_WORDS.search(QUOTED.sub("", line))]
    return (
        english
        + [line for line in lines if not re.search("[А-Яа-яё]{3}", line)]
        + ([] if lines else ["nothing was said"])
    )


CONFIG = """
timezone: Europe/Moscow
{language}
sources:
  orders: {{table: orders, files: orders.csv{more}}}
"""


FUTURE = """
timezone: UTC
language: ru
sources:
  orders: {table: orders, files: orders.csv}
intake: {max_rejected: 10%}
"""


def test_a_validation_gives_its_hints_in_russian(folder: Path) -> None:
    (folder / "kpi.yaml").write_text(FUTURE)
    (folder / "orders.csv").write_text(
        "order_id,ordered_at,amount\n1,2025-01-05,10\n2,2999-02-01,5\n3,2025-01-06,much\n"
    )
    said = kpi("validate", cwd=folder).out
    assert "  подсказка: укажите последний день данных" in said
    assert said.count("\n  подсказка: ") == 2
    assert "hint" not in said
    assert "невозможное 1: ещё не наступило: " in said
    assert "after_as_of" not in said
    english = kpi("validate", "--lang", "en", cwd=folder).out
    assert "\n  hint: " in english
    assert "impossible 1: after_as_of (yet to come" in english


def test_labels_that_people_read_are_russian_in_tables_alone(folder: Path) -> None:
    config(folder, "language: ru")
    (folder / "orders.csv").write_text(
        "order_id,ordered_at,amount,channel\n1,2025-01-05,10,web\n2,2025-02-07,5,\n"
    )
    asked = ("compute", "revenue", "-p", "total", "--by", "channel")
    table = kpi(*asked, cwd=folder).out
    assert "Выручка: (не указано)" in table
    assert table.split()[0] == "всего"
    assert "(none)" not in table
    assert "total" not in table
    for format_ in ("csv", "json", "jsonl"):
        data = kpi(*asked, "-f", format_, cwd=folder).out
        assert "(none)" in data
        assert "total" in data
    english = kpi(*asked, "--lang", "en", cwd=folder).out
    assert english.split()[0] == "total"
    assert "(none)" in english


def test_an_option_without_a_value_is_told_in_russian(folder: Path) -> None:
    config(folder, "language: ru")
    assert "margin.default = не задано\n" in kpi("explain", "clv", cwd=folder).out
    assert "margin.default = none\n" in kpi("explain", "clv", "--lang", "en", cwd=folder).out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "orders.csv").write_text("order_id,ordered_at,amount\n1,2025-01-05,10\n")
    return tmp_path


def config(folder: Path, language: str = "", more: str = "") -> None:
    (folder / "kpi.yaml").write_text(CONFIG.format(language=language, more=more))


@pytest.mark.parametrize(
    ("language", "arguments", "said"),
    [
        ("", (), "unknown key"),
        ("", ("--lang", "ru"), "нет такого ключа"),
        ("", ("--lang=ru",), "нет такого ключа"),
        ("language: ru", (), "нет такого ключа"),
        ("language: ru", ("--lang", "en"), "unknown key"),
        ("language: ru", ("-c", "kpi.yaml"), "нет такого ключа"),
        ("language: ru", ("-ckpi.yaml",), "нет такого ключа"),
        ("language: ru", ("--config=kpi.yaml",), "нет такого ключа"),
        ("language: de", (), "unknown key"),
    ],
)
def test_the_language_of_a_config_error(
    folder: Path, language: str, arguments: tuple[str, ...], said: str
) -> None:
    config(folder, language, ", nope: 1")
    done = kpi("compute", *arguments, cwd=folder, LANG="ru_RU.UTF-8", LC_ALL="ru_RU.UTF-8")
    assert done.code == 2
    assert said in done.err


def test_a_process_speaks_the_language_of_its_config(folder: Path) -> None:
    config(folder, "language: ru", ", nope: 1")
    done = started("compute", cwd=folder, LANG="C", LC_ALL="C")
    assert done.code == 2
    assert "нет такого ключа" in done.err


def test_a_config_that_is_no_yaml_still_tells_its_language(folder: Path) -> None:
    (folder / "kpi.yaml").write_text("language: ru\nsources: [\n")
    assert "это не YAML" in kpi("validate", cwd=folder).err


def test_usage_errors_follow_the_config(folder: Path) -> None:
    config(folder, "language: ru")
    done = kpi("compute", "--nope", cwd=folder)
    assert done.code == 2
    assert "Ошибка: нет параметра --nope" in done.err


def test_help_is_in_english_as_a_whole(folder: Path) -> None:
    config(folder, "language: ru")
    bare = kpi(cwd=folder)
    assert bare.code == 2
    assert not re.search("[А-Яа-яё]", bare.err)
    assert bare.err.strip() == kpi("-h", cwd=folder).out.strip()


def test_choices_are_indented(folder: Path) -> None:
    config(folder, "language: ru")
    assert "допустимо:\n    config,\n    result" in kpi("schema", cwd=folder).err


@pytest.mark.parametrize(
    "arguments",
    [
        ("compute", "nosuch"),
        ("compute", "--by", "nosuch"),
        ("compute", "--where", "nosuch = 1"),
        ("compute", "--where", "select 1"),
        ("compute", "--where", "channel +"),
        ("compute", "--where", "channel"),
        ("compute", "--where", "lower(channel) = 1"),
        ("compute", "--from", "2025-13"),
        ("compute", "--from", "2026", "--to", "2025"),
        ("compute", "--as-of", "today"),
        ("compute", "--param", "churn.count"),
        ("compute", "--param", "churn.count=nett"),
        ("compute", "--param", "membership.inactivity_days=0"),
        ("compute", "--param", "privacy.min_n=many"),
        ("compute", "--param", "clock=business"),
        ("compute", "--param", "nosuch=1"),
        ("compute", "csat"),
        ("compute", "revenue", "-o", "nosuch/report.json"),
        ("compute", "revenue", "-o", "orders.csv"),
        ("compute", "revenue", "-o", "report.xlsx"),
        ("compute", "revenue", "--from", "2025-01-03", "--strict"),
        ("compute", "--last", "0"),
        ("compute", "--last", "x"),
        ("compute", "-p", "eon"),
        ("compute", "--last"),
        ("explain", "nosuchthing"),
        ("explain",),
        ("validate", "more"),
        ("schema", "nosuch"),
    ],
    ids=" ".join,
)
def test_what_a_user_can_do_wrong_is_told_in_russian(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    config(folder, "language: ru")
    assert left_in_english(kpi(*arguments, cwd=folder).err) == []


SYSTEMS = Path(__file__).parent / "systems"


@pytest.mark.parametrize("name", sorted(path.stem for path in SYSTEMS.glob("*.yaml")))
def test_comments_of_a_proposed_config_are_in_russian(name: str, tmp_path: Path) -> None:
    for file, body in load_file(SYSTEMS / f"{name}.yaml").data["files"].items():
        (tmp_path / file).write_bytes(export(body))
    sheets, _ = opened(listed([tmp_path]), tmp_path)
    proposal = proposed(sheets, tmp_path, "ru")
    text = written(proposal, lambda _: "x.csv", say=locale("ru").message)
    headers = [name for sheet in sheets for name in sheet.names if name]
    comments = []
    for line in text.splitlines():
        if line.startswith("    #   "):
            continue  # headers that are not used
        said = line.partition("# ")[2]
        for header in sorted(headers, key=len, reverse=True):
            said = said.replace(f'"{header}"', "«»")
        if re.search("[a-z]{2,}", QUOTED.sub("", said)):
            comments.append(said)
    assert comments
    assert left_in_english("\n".join(comments)) == []


@pytest.mark.parametrize(
    ("header", "arguments", "language"),
    [
        ("Номер заказа,Дата,Сумма", (), "ru"),
        ("Номер заказа,Дата,Сумма", ("--lang", "en"), "en"),
        ("Order ID,Date,Amount", (), "en"),
        ("Order ID,Date,Amount", ("--lang", "ru"), "ru"),
    ],
)
def test_init_speaks_the_language_that_it_writes(
    tmp_path: Path, header: str, arguments: tuple[str, ...], language: str
) -> None:
    (tmp_path / "orders.csv").write_text(f"{header}\n1,2025-01-05,10\n", encoding="utf-8")
    done = kpi("init", "orders.csv", *arguments, cwd=tmp_path)
    text = (tmp_path / "kpi.yaml").read_text(encoding="utf-8")
    assert f"\nlanguage: {language}  # " in text
    assert ("# Предложено командой kpi init." in text) is (language == "ru")
    assert ("можно вычислить показателей" in done.err) is (language == "ru")


SOURCE = "timezone: UTC\nsources: {a: {table: orders, files: x.csv%s}}\n"


@pytest.mark.parametrize(
    "text",
    [
        "timezone: Mars\nsources: {}\n",
        "timezone: UTC\nsources: 5\n",
        "timezone: UTC\nsources: {a: {table: ordrs, files: x.csv}}\n",
        "timezone: UTC\nsources: {a: {table: orders, files: []}}\nperiods: {last: 0, grain: eon}\n",
        SOURCE % ", columns: {amount: {from: A, const: 1}}",
        SOURCE % ", columns: {amount: {from: A, pass: perhaps}}",
        SOURCE % ", columns: {amount: {from: A, scale: x}, ordered_at: Day, nosuch: A}",
        SOURCE % ", columns: {amount: Amount}, keep: [B]",
        SOURCE % ", where: 'a / b'" + "as_of: tomorrow\n",
        SOURCE % "" + "intake: {max_rejected: lots}\nfx: {USD: 0}\n",
        SOURCE % "" + "calendars: {default: {hours: {monday-x: 9}}}\n",
        SOURCE % "" + "custom: {m: {title: M, rows: {table: order}, count: rows}}\n",
        SOURCE % "" + "custom: {m: {title: M, value: revenu * 2, unit: money}}\n",
        SOURCE % "" + "custom: {m: {title: M, value: m * 2, unit: money}}\n",
        SOURCE % "" + "metrics: []\nparams: {nosuch: 1, privacy.min_n: x}\n",
        "timezone: UTC\ntimezone: UTC\n",
        "- a\n",
        "a: b: c\n",
        "a: [1, 2\n",
        "a: {b: c\n",
        "a: 'x\n",
        "a: \tb\n\tc: d\n",
        "a: *b\n",
        "a: @b\n",
        "a: !x b\n",
        "a:\n  b: 1\n c: 2\n",
        "",
    ],
)
def test_what_is_wrong_with_a_config_is_told_in_russian(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.csv").write_text("order_id,ordered_at,amount,A\n1,2025-01-05,10,1\n")
    (tmp_path / "kpi.yaml").write_text(text)
    done = kpi("validate", "--lang", "ru", cwd=tmp_path)
    assert done.code in {2, 3}, done.err
    assert left_in_english(done.err) == []


BAD_ROWS = """ID;Дата;Сумма;Стадия
1;05.01.2025;1000,50;Успешно
1;05.01.2025;2000,50;Успешно
2;32.13.2025;10,5;Успешно
3;06.01.2025;first or last;Успешно
4;;77,5;Успешно
5;07.01.2025;12,12345678;yes and no
6;08.01.2025
"""


@pytest.fixture
def bad_rows(tmp_path: Path) -> Path:
    (tmp_path / "deals.csv").write_bytes(BAD_ROWS.encode("cp1251"))
    columns = "{order_id: ID, ordered_at: Дата, amount: Сумма, status: Стадия}"
    source = f"sources: {{deals: {{table: orders, files: deals.csv, columns: {columns}}}}}"
    head = "timezone: Europe/Moscow\nlanguage: ru\nintake: {max_rejected: 5}\n"
    (tmp_path / "kpi.yaml").write_text(head + source, encoding="utf-8")
    return tmp_path


def test_validate_tells_everything_in_russian(bad_rows: Path) -> None:
    told = kpi("validate", cwd=bad_rows).out
    assert "отвергнуто 1: Сумма: не число\n    строка 5: 'first or last'\n" in told
    assert "orders: ключей, которые повторяются с разным содержанием: 1" in told
    accounts = [line for line in told.splitlines() if ": нужно " not in line and "_" not in line]
    assert [line for line in accounts if ENGLISH_WORDS.search(QUOTED.sub("", line))] == []


def test_json_has_russian_for_people_and_english_for_programs(bad_rows: Path) -> None:
    validation = json.loads(kpi("validate", "-f", "json", cwd=bad_rows).out)
    (deals,) = validation["inputs"]
    assert deals["reasons"]["Дата: не дата и время"] == 1
    assert {"line": 5, "column": "Сумма", "value": "first or last"}.items() <= next(
        reject for reject in deals["rejects"] if reject["line"] == 5
    ).items()
    report = json.loads(kpi("compute", "revenue", "nps", "-f", "json", cwd=bad_rows).out)
    rejected, *_, repeated = report["warnings"]
    assert rejected.startswith(
        "deals: отвергнуто строк 4 из 7, первая — deals.csv:4 (Дата: не дата"
    )
    assert repeated.startswith("orders: ключей, которые повторяются")
    assert report["skipped"] == [
        {"metric": "nps", "reason": "нужно: responses", "needs": ["responses"]}
    ]
    assert report["results"][0]["status"] == "ok"
    english = json.loads(kpi("compute", "nps", "--lang", "en", "-f", "json", cwd=bad_rows).out)
    assert english["skipped"][0]["reason"] == "needs responses"


def test_rejects_say_why_in_russian(bad_rows: Path) -> None:
    for command in (("validate",), ("compute", "revenue")):
        kpi(*command, "--rejects", "bad.csv", cwd=bad_rows)
        lines = (bad_rows / "bad.csv").read_text(encoding="utf-8").splitlines()
        assert lines[0] == "source,table,file,line,column,value,rule,outcome"
        assert "deals,orders,deals.csv,5,Сумма,first or last,Сумма: не число,rejected" in lines


def test_too_many_bad_rows_are_told_in_russian(bad_rows: Path) -> None:
    done = kpi("compute", "revenue", cwd=bad_rows)
    assert done.code == 0
    (bad_rows / "kpi.yaml").write_text(
        (bad_rows / "kpi.yaml").read_text("utf-8").replace("max_rejected: 5", "max_rejected: 0"),
        encoding="utf-8",
    )
    done = kpi("compute", "revenue", cwd=bad_rows)
    assert done.code == 3
    assert "непригодных строк 4 из 7, а intake.max_rejected допускает 0" in done.err
    assert left_in_english(done.err) == []
