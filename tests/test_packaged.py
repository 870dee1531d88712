"""The YAML of the package is read as JSON, and as it stands where the JSON is not of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import kpicli
from kpicli import packaged
from kpicli.yaml import load_file

ROOT = Path(kpicli.__file__).parent
FOLDERS = ("catalogue", "locales", "model", "proposal", "systems")
FILES = [path for folder in FOLDERS for path in (ROOT / folder).glob("*.yaml")]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_what_is_parsed_is_what_the_file_says(path: Path) -> None:
    known = json.loads((path.parent / packaged.NAME).read_text(encoding="utf-8"))
    assert known[path.name]["data"] == load_file(path).data == packaged.data(path)


def test_a_file_that_has_changed_is_parsed(tmp_path: Path) -> None:
    file = tmp_path / "some.yaml"
    file.write_text("a: 1\n", encoding="utf-8")
    said = packaged.parsed(tmp_path)
    (tmp_path / packaged.NAME).write_text(said.replace('{"a":1}', '{"a":2}'), encoding="utf-8")
    assert packaged.data(file) == {"a": 2}  # taken at its word while the file is the same
    file.write_text("a: 3\n", encoding="utf-8")
    assert packaged.data(file) == {"a": 3}


@pytest.mark.parametrize("damaged", [None, "", '{"some.yaml": {"sha256'])
def test_files_that_nobody_parsed_are_parsed(tmp_path: Path, damaged: str | None) -> None:
    file = tmp_path / "some.yaml"
    file.write_text("a: [1, x, 2.5, null, true]\n", encoding="utf-8")
    if damaged is not None:
        (tmp_path / packaged.NAME).write_text(damaged, encoding="utf-8")
    assert packaged.data(file) == {"a": [1, "x", 2.5, None, True]}
