"""`kpi init`: where its config cannot be written is said at once, with what helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console import inside as kpi

SALES = "order_id,order_date,amount\n1,2025-01-05,10\n2,2025-01-06,20\n"


@pytest.mark.parametrize("force", [(), ("--force",)])
@pytest.mark.parametrize(
    ("output", "said", "hint"),
    [
        ("folder", "folder is a folder", "name a file in it: folder/kpi.yaml"),
        ("./p.csv", "p.csv is an input; inputs are never written", "choose another"),
    ],
)
def test_what_force_cannot_help_is_said_without_it(
    tmp_path: Path, output: str, said: str, hint: str, force: tuple[str, ...]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "p.csv").write_text(SALES)
    done = kpi("init", "p.csv", "-o", output, *force, cwd=tmp_path)
    assert done.code == 2
    assert said in done.err
    assert hint in done.err
    assert "--force" not in done.err


def test_a_folder_of_inputs_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "p.csv").write_text(SALES)
    done = kpi("init", "in", "-o", "in", cwd=tmp_path)
    assert "name a file in it: in/kpi.yaml" in done.err
    inside = kpi("init", "in", "-o", "in/p.csv", "--force", cwd=tmp_path)
    assert "inputs are never written" in inside.err
    assert (tmp_path / "in" / "p.csv").read_text() == SALES


def test_force_is_named_where_it_helps(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(SALES)
    (tmp_path / "kpi.yaml").write_text("")
    assert "overwrite it with --force" in kpi("init", "p.csv", cwd=tmp_path).err
    assert kpi("init", "p.csv", "--force", cwd=tmp_path).code == 0
