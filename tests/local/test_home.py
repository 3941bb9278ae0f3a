import os
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local.errors import StackError
from local.home import (
    StackInfo,
    check_is_home,
    end_left_behind,
    left_behind,
    locked,
    read_stack,
    record_processes,
    remove_stack,
    write_stack,
)
from tests.local.waiting import runs

INFO = StackInfo(
    api_url="http://127.0.0.1:8000",
    page_url="http://127.0.0.1:8000/#token=a.b.c",
    airflow_url="http://127.0.0.1:8080",
    airflow_user="admin",
    airflow_password="secret",
    database_url="postgresql+psycopg://postgres:secret@127.0.0.1:5433/jobhunt",
    s3_endpoint="http://127.0.0.1:9000",
    s3_bucket="jobhunt",
    s3_access_key="key",
    s3_secret_key="secret",
    demo_sites_url="http://127.0.0.1:8090",
    user_id="demo",
    token="t",
    pids={"postgres": 1, "s3": 2},
)


def test_a_running_stack_can_be_read_by_us_alone(tmp_path: Path):
    with locked(tmp_path / "home"):
        write_stack(tmp_path / "home", INFO)
        assert read_stack(tmp_path / "home") == INFO
        assert stat.S_IMODE((tmp_path / "home/stack.json").stat().st_mode) == 0o600


def test_what_a_killed_stack_wrote_is_no_running_stack(tmp_path: Path):
    with locked(tmp_path):
        write_stack(tmp_path, INFO)
    assert read_stack(tmp_path) is None
    with locked(tmp_path):
        assert read_stack(tmp_path) is None


def test_no_stack_is_read_from_an_empty_home(tmp_path: Path):
    assert read_stack(tmp_path) is None
    remove_stack(tmp_path)
    assert read_stack(Path(os.devnull)) is None


@pytest.mark.parametrize(("mode", "content"), [(0o1777, ()), (0o755, ()), (0o700, ("a thesis",))])
def test_a_directory_with_another_purpose_is_refused_and_left_as_it_is(
    tmp_path: Path, mode: int, content: tuple[str, ...]
):
    other = tmp_path / "other"
    other.mkdir()
    for name in content:
        (other / name).touch()
    other.chmod(mode)
    with pytest.raises(StackError, match="is not the directory of a stack"), locked(other):
        pass
    assert stat.S_IMODE(other.stat().st_mode) == mode
    assert {path.name for path in other.iterdir()} == set(content)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_home_of_somebody_else_is_refused_even_if_it_is_marked(tmp_path: Path):
    other = tmp_path / "other"
    with locked(other):
        pass
    os.chown(other, 65534, 65534)
    with pytest.raises(StackError, match="is not the directory of a stack"), locked(other):
        pass


def test_a_home_is_made_for_its_owner_alone_and_used_again(tmp_path: Path):
    home = tmp_path / "new/home"
    for _ in range(2):
        with locked(home):
            check_is_home(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize("home", ["/dev/null", "/dev/null/home", "/proc/home"])
def test_a_path_that_cannot_be_a_directory_is_refused_with_a_message(home: str):
    with pytest.raises(StackError, match=f"JOBHUNT_HOME: {home} can't be used"), locked(Path(home)):
        pass


def test_a_damaged_record_is_told_with_a_cure(tmp_path: Path):
    (tmp_path / "processes.json").touch()
    with pytest.raises(StackError, match=r"processes\.json can't be read .* delete the file"):
        left_behind(tmp_path)
    with locked(tmp_path / "home"):
        (tmp_path / "home/stack.json").write_text('{"api_url":')
        with pytest.raises(StackError, match="Start the stack again"):
            read_stack(tmp_path / "home")


def test_the_record_of_a_killed_stack_may_be_damaged(tmp_path: Path):
    (tmp_path / "stack.json").touch()
    (tmp_path / "lock").touch()
    assert read_stack(tmp_path) is None


def test_two_stacks_can_not_share_a_home(tmp_path: Path):
    taken = rf"JOBHUNT_HOME: a stack \(process {os.getpid()}\) already runs"
    with locked(tmp_path):
        write_stack(tmp_path, INFO)
        with pytest.raises(StackError, match=taken), locked(tmp_path):
            pass
        assert read_stack(tmp_path) == INFO


def test_processes_left_behind_are_found_and_ended(tmp_path: Path):
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"]) as left:
        record_processes(tmp_path, [left.pid])
        [found] = left_behind(tmp_path)
        end_left_behind([found], timeout=0.1)
        assert not runs(left.pid)
    assert left_behind(tmp_path) == []


def test_a_process_that_was_given_a_recorded_pid_later_is_left_alone(tmp_path: Path):
    started = psutil.Process().create_time()
    (tmp_path / "processes.json").write_text(f'{{"{os.getpid()}": {started - 5}}}')
    assert left_behind(tmp_path) == []


def test_a_process_that_ended_before_it_was_recorded_is_not(tmp_path: Path):
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    record_processes(tmp_path, [ended.pid])
    assert left_behind(tmp_path) == []
