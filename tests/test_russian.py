"""What `kpi` says in Russian: which language a run speaks, and that no word is left in English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.console import kpi

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


def test_a_config_that_is_no_yaml_still_tells_its_language(folder: Path) -> None:
    (folder / "kpi.yaml").write_text("language: ru\nsources: [\n")
    assert "это не YAML" in kpi("validate", cwd=folder).err


def test_usage_errors_follow_the_config(folder: Path) -> None:
    config(folder, "language: ru")
    done = kpi("compute", "--nope", cwd=folder)
    assert done.code == 2
    assert "Ошибка: нет параметра --nope" in done.err


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
