"""YAML as this project reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpicli.errors import ConfigError
from kpicli.yaml import load, load_file


def test_scalars_are_those_of_yaml_1_2() -> None:
    text = "{a: on, b: no, c: '7', d: 007, e: 18:00, f: 2025-01-31, g: 1.50, h: -3, i: true, j: ~}"
    assert load(text, "x").data == {
        "a": "on",
        "b": "no",
        "c": "7",
        "d": "007",
        "e": "18:00",
        "f": "2025-01-31",
        "g": 1.5,
        "h": -3,
        "i": True,
        "j": None,
    }


def test_a_plain_scalar_is_a_key_by_its_text() -> None:
    assert load("{1: a, true: b}", "x").data == {"1": "a", "true": "b"}


def test_every_path_has_its_line() -> None:
    document = load("a:\n  b:\n    - c\n    - d: 1\n", "kpi.yaml")
    assert document.line(("a", "b", 1, "d")) == 4
    assert document.line(("a", "b", 7, "nowhere")) == 2
    assert document.where(("a", "b")) == "kpi.yaml:2: a.b"


def test_an_alias_repeats_a_node() -> None:
    assert load("a: &x [1]\nb: *x", "x").data == {"a": [1], "b": [1]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "x:2: the key 'a' stands twice"),
        ("~: 1", "x:1: a key must be text"),
        ("? [1]\n: 2", "x:1: a key must be text"),
        ("a: !!python/object:os.system x", "x:1: a: the tag"),
        ("a: !!binary x", "is not allowed"),
        ("a: [", "x:2: not YAML"),
        ("a:\n\tb: 1", "indent with spaces"),
        ("a: b: c", "quote the text that holds ': '"),
        ("--- 1\n--- 2", "expected a single document"),
        ("a: *b", "undefined alias"),
        ('a: "\x00"', "not YAML"),
        ("{share: coalesce(a, b)}", "a comma ends an entry"),
        ("[" * 3000 + "]" * 3000, "nested too deeply"),
    ],
)
def test_what_is_refused_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text, "x")
    assert message in str(caught.value)


def test_aliases_cannot_blow_up() -> None:
    layers = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))
    with pytest.raises(ConfigError, match="too large"):
        load(f"a0: &a0 [x]\n{layers}", "x")


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("\ufeffa: é".encode())
    assert load_file(path).data == {"a": "é"}


def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(ConfigError, match=r"x\.yaml:2: not UTF-8"):
        load_file(path, "x.yaml")
