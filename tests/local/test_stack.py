"""Tests of the ways in which a stack can end, and of what is left afterwards.

The stack has only Postgres and S3.
"""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import pytest

from local.home import StackInfo, read_stack
from local.ports import free_port
from tests.local.waiting import eventually, runs

pytestmark = pytest.mark.integration

PROGRAM = """
from include.settings import get_settings
from local.stack import running_stack
with running_stack(
    get_settings(),
    say=lambda line: print(line, flush=True),
    services=("postgres", "s3-master", "s3-volume", "s3"),
    stop_with_parent=True,
) as stack:
    stack.wait()
"""


@dataclass
class Stack:
    home: Path
    ports: dict[str, str] = field(
        default_factory=lambda: {
            f"JOBHUNT_{name}_PORT": str(free_port())
            for name in ("API", "AIRFLOW", "POSTGRES", "S3", "DEMO_SITES")
        }
    )

    def start(self, *wrapper: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*wrapper, sys.executable, "-c", PROGRAM],
            env={**os.environ, **self.ports, "JOBHUNT_HOME": str(self.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @contextmanager
    def running(self) -> Generator[tuple[subprocess.Popen[str], StackInfo]]:
        with self.start() as process:
            try:
                eventually(lambda: read_stack(self.home) or process.poll() is not None, within=60)
                info = read_stack(self.home)
                assert info is not None, process.communicate()
                yield process, info
            finally:
                process.terminate()
                process.wait(30)

    def everything(self) -> list[int]:
        return [int(pid) for pid in json.loads((self.home / "processes.json").read_text())]


def query(info: StackInfo, statement: str) -> list[tuple[object, ...]]:
    url = info.database_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_a_ready_stack_says_where_everything_is_until_it_is_stopped(tmp_path: Path):
    stack = Stack(tmp_path / "home")
    with stack.running() as (process, info):
        assert set(info.pids) == {"postgres", "s3-master", "s3-volume", "s3"}
        assert psutil.Process(info.pids["postgres"]).name() == "postgres"
        assert stat.S_IMODE((stack.home / "stack.json").stat().st_mode) == 0o600
        assert info.page_url == f"{info.api_url}/#token={info.token}"
        assert query(info, "SELECT 1") == [(1,)]
        started = stack.everything()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert "postgres ready in" in output
    assert output.splitlines()[-1] == "stopped"
    assert not any(runs(pid) for pid in started)
    assert not (stack.home / "stack.json").exists()


def test_nothing_is_left_of_a_killed_stack_and_the_next_has_its_data(tmp_path: Path):
    """Start the next stack at once, kill it, and let its servers end by themselves."""
    stack = Stack(tmp_path / "home")
    with stack.running() as (process, info):
        query(info, "CREATE TABLE kept AS SELECT 7 AS n")
        process.kill()
        started = stack.everything()
        process.wait()
        assert read_stack(stack.home) is None
    with stack.running() as (process, info):
        assert not any(runs(pid) for pid in started)
        assert query(info, "SELECT n FROM kept") == [(7,)]
        started = stack.everything()
        process.kill()
        eventually(lambda: not any(runs(pid) for pid in started))


def test_a_stack_stops_when_the_process_that_started_it_is_killed(tmp_path: Path):
    stack = Stack(tmp_path / "home")
    script = '"$@" & wait'
    with stack.start("sh", "-c", script, "sh") as shell:
        eventually(lambda: read_stack(stack.home), within=60)
        started = stack.everything()
        shell.kill()
        shell.wait()
        eventually(lambda: not any(runs(pid) for pid in started))
        eventually(lambda: not (stack.home / "stack.json").exists())


def test_a_killed_server_is_reported_and_replaced_and_its_pid_updated(tmp_path: Path):
    stack = Stack(tmp_path / "home")
    with stack.running() as (process, info):
        query(info, "CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(info.pids["postgres"], signal.SIGKILL)
        eventually(lambda: new_pid(stack, "postgres", info), within=30)
        eventually(lambda: answers(info), within=30)
        assert query(info, "SELECT n FROM kept") == [(7,)]
        process.terminate()
        output, _ = process.communicate(timeout=120)
    assert "postgres was killed (SIGKILL); the end of" in output
    assert "database system is ready to accept connections" in output


def new_pid(stack: Stack, name: str, before: StackInfo) -> bool:
    now = read_stack(stack.home)
    return now is not None and now.pids.get(name, before.pids[name]) != before.pids[name]


def answers(info: StackInfo) -> bool:
    try:
        return query(info, "SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def test_two_stacks_run_side_by_side_but_not_in_one_home_or_on_one_port(tmp_path: Path):
    first, second, third = (Stack(tmp_path / name) for name in "abc")
    third.ports["JOBHUNT_S3_PORT"] = first.ports["JOBHUNT_S3_PORT"]
    with first.running() as (_, one), second.running() as (_, other):
        assert one.database_url != other.database_url
        assert query(one, "SELECT 1") == query(other, "SELECT 1")
        refused = refusal(Stack(first.home))
        assert "JOBHUNT_HOME: a stack" in refused
        taken = refusal(third)
        assert f"JOBHUNT_S3_PORT: {first.ports['JOBHUNT_S3_PORT']} is taken" in taken
        assert not (third.home / "postgres").exists()
        assert read_stack(first.home) == one


def refusal(stack: Stack) -> str:
    """Return what a stack prints that can't start."""
    with stack.start() as process:
        output, _ = process.communicate(timeout=120)
    assert process.returncode != 0, output
    return output
