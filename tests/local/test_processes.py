"""Tests of servers, and of the reapers that stop them. Each server is a small shell script."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.errors import ServerFailed
from local.processes import Command, ServerProcess, describe_exit, run_to_end
from tests.local.waiting import eventually, runs

pytestmark = pytest.mark.integration

# This server starts a child that has its own session, as Airflow's task runners have. So a signal
# to the server's process group does not reach the child.
WITH_A_STRAY = "setsid sleep 1000 & echo $! > stray; echo $$ > server; wait"


def shell(script: str, tmp_path: Path, grace: float = 5.0) -> Command:
    return Command(argv=("sh", "-c", script), log=tmp_path / "log", cwd=tmp_path, grace=grace)


def written_pid(path: Path) -> int:
    eventually(lambda: path.exists() and path.read_text().strip())
    return int(path.read_text())


def test_stopping_a_server_ends_it_and_its_children(tmp_path: Path):
    with ServerProcess(shell(WITH_A_STRAY, tmp_path)) as process:
        stray = written_pid(tmp_path / "stray")
        assert process.pid == written_pid(tmp_path / "server")
        assert process.exit_code() is None
    assert process.exit_code() == 128 + signal.SIGTERM
    assert not runs(process.pid)
    if sys.platform == "linux":
        assert not runs(stray)


def test_a_server_that_ignores_sigterm_is_killed_after_its_grace(tmp_path: Path):
    script = "trap '' TERM; echo $$ > server; while :; do sleep 0.1; done"
    with ServerProcess(shell(script, tmp_path, grace=0.2)) as process:
        written_pid(tmp_path / "server")
    assert process.exit_code() == 128 + signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="needs subreapers")
def test_a_killed_server_leaves_no_child_behind(tmp_path: Path):
    with ServerProcess(shell(WITH_A_STRAY, tmp_path)) as process:
        stray = written_pid(tmp_path / "stray")
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(10) == 128 + signal.SIGKILL
        assert not runs(stray)


def test_a_server_ends_when_whoever_started_it_is_killed(tmp_path: Path):
    parent = start_in_another_process(WITH_A_STRAY, tmp_path)
    server, stray = written_pid(tmp_path / "server"), written_pid(tmp_path / "stray")
    parent.kill()
    parent.wait()
    eventually(lambda: not runs(server))
    if sys.platform == "linux":
        eventually(lambda: not runs(stray))


@pytest.mark.skipif(sys.platform != "linux", reason="needs parent-death signals")
def test_a_server_ends_when_its_guardian_is_killed(tmp_path: Path):
    with ServerProcess(shell("echo $$ > server; exec sleep 1000", tmp_path)) as process:
        server = written_pid(tmp_path / "server")
        os.kill(process.reaper_pid, signal.SIGKILL)
        eventually(lambda: not runs(server))


def test_ctrl_c_at_the_terminal_does_not_reach_servers(tmp_path: Path):
    with ServerProcess(shell("echo $$ > server; exec sleep 1000", tmp_path)) as process:
        assert os.getpgid(process.pid) != os.getpgid(0)
        assert os.getpgid(process.reaper_pid) != os.getpgid(0)


def test_a_command_that_fails_is_reported_with_the_end_of_its_log(tmp_path: Path):
    with pytest.raises(ServerFailed, match=r"(?s)initdb exited with code 3; .*no space left"):
        run_to_end("initdb", shell("echo no space left; exit 3", tmp_path), timeout=10)


def test_a_command_that_takes_too_long_is_stopped(tmp_path: Path):
    with pytest.raises(ServerFailed, match="took more than 0 s"):
        run_to_end("migrate", shell("echo $$ > server; exec sleep 1000", tmp_path), timeout=0.2)
    assert not runs(written_pid(tmp_path / "server"))


def test_a_program_that_does_not_exist_is_said_to_be_missing(tmp_path: Path):
    command = Command(argv=("/no/such/program",), log=tmp_path / "log")
    with pytest.raises(ServerFailed, match=r"(?s)/no/such/program: .*No such file"):
        run_to_end("program", command, timeout=10)


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "exited with code 0"), (127, "exited with code 127"), (137, "was killed (SIGKILL)")],
)
def test_exit_codes_are_put_in_words(code: int, words: str):
    assert describe_exit(code) == words


def start_in_another_process(script: str, tmp_path: Path) -> subprocess.Popen[bytes]:
    program = (
        "import sys, pathlib; from tests.local.test_processes import shell;"
        "from local.processes import ServerProcess;"
        "ServerProcess(shell(sys.argv[1], pathlib.Path(sys.argv[2]))).wait()"
    )
    return subprocess.Popen([sys.executable, "-c", program, script, str(tmp_path)])
