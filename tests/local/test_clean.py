"""Tests of ``make clean``, which runs as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.home import locked

pytestmark = pytest.mark.integration


def clean(home: str, directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local.clean"],
        env={**os.environ, "JOBHUNT_HOME": home, "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=directory,
        capture_output=True,
        text=True,
    )


def test_a_home_is_removed_with_all_its_data(tmp_path: Path):
    home = tmp_path / "home"
    with locked(home):
        (home / "postgres").mkdir()
    assert clean(str(home), tmp_path).returncode == 0
    assert list(tmp_path.iterdir()) == []
    assert clean(str(home), tmp_path).returncode == 0


@pytest.mark.parametrize("home", ["", ".", "other"])
def test_nothing_else_is_removed(tmp_path: Path, home: str):
    (tmp_path / "other").mkdir()
    (tmp_path / "other/thesis").touch()
    ended = clean(home, tmp_path)
    assert ended.returncode == 1
    assert "JOBHUNT_HOME" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert (tmp_path / "other/thesis").exists()


def test_the_home_of_a_running_stack_stays(tmp_path: Path):
    home = tmp_path / "home"
    with locked(home):
        ended = clean(str(home), tmp_path)
    assert (ended.returncode, home.exists()) == (1, True)
    assert f"a stack (process {os.getpid()}) already runs" in ended.stderr
