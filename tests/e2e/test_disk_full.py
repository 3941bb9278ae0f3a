"""Tests of a whole stack on a small disk, which fills up before, during or after a run.

Everything that was stored must still be there afterwards. All servers must work again within a
minute after space is freed, even those that ended in the meantime. Only ``make chaos`` runs these
tests, because they take minutes and mount a tmpfs.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from local.home import read_stack
from tests.e2e.chaos import assert_nothing_is_lost_or_doubled, done, start, wait_for, wait_for_end
from tests.e2e.stack import Stack, own_stack
from tests.local.waiting import eventually, runs

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.xdist_group("e2e"),
    pytest.mark.timeout(590),
    pytest.mark.chaos,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a tmpfs"),
]
SECONDS_FULL = 70
"""The time in seconds for which the disk is full.

It is longer than a minute, because SeaweedFS and Airflow check some things once a minute.
"""
MAX_WAIT_SECONDS = 180.0
"""The maximum time in seconds until all works again.

It is three times what the documentation promises. The test prints the measured time.
"""
TOTAL = 308


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield the path of a mounted disk of 1 GB."""
    path = tmp_path_factory.mktemp("disk")
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=1g", "tmpfs", path], check=True)
    try:
        yield path
    finally:
        subprocess.run(["/bin/umount", path], check=True)


@pytest.fixture(scope="module")
def stack(disk: Path) -> Iterator[Stack]:
    with own_stack(disk / "home", HOST_RATE="20", STALE_AFTER="20s", FETCH_DEADLINE="10s") as stack:
        stack.log = disk.parent / f"{disk.name}.log"
        stack.start()
        yield stack


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Keep the disk full until the block ends. Space that a server frees is filled again."""
    filling, over = disk / "fill", threading.Event()
    descriptor = os.open(filling, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def fill() -> None:
        with suppress(OSError):
            while True:
                os.write(descriptor, bytes(4096))

    def keep_full() -> None:
        while not over.wait(0.1):
            fill()

    fill()
    filler = threading.Thread(target=keep_full)
    filler.start()
    try:
        yield
    finally:
        over.set()
        filler.join()
        os.close(descriptor)
        filling.unlink()


def works(stack: Stack, services: set[str], since: datetime) -> bool:
    """Return whether every server runs, answers and has reported work since this time."""
    info = read_stack(stack.home)
    if info is None or set(info.pids) != services or not all(map(runs, info.pids.values())):
        return False
    with suppress(httpx.HTTPError), httpx.Client(trust_env=False) as client:
        reports = client.get(f"{info.airflow_url}/api/v2/monitor/health").json()
        beats = [
            reports[name][f"latest_{name}_heartbeat"]
            for name in ("scheduler", "triggerer", "dag_processor")
        ]
        return client.get(f"{info.api_url}/ready").is_success and all(
            beat is not None and datetime.fromisoformat(beat) > since for beat in beats
        )
    return False


def wait_until_all_works(stack: Stack, services: set[str]) -> None:
    since = datetime.now(UTC)
    try:
        eventually(lambda: works(stack, services, since), within=MAX_WAIT_SECONDS, every=0.5)
    except AssertionError:
        print(stack.log.read_text(), stack.info())  # noqa: T201
        raise
    duration = datetime.now(UTC) - since
    print(f"all servers work {duration.total_seconds():.1f} s after there is room")  # noqa: T201


def kill_every_server(stack: Stack) -> None:
    for pid in stack.info().pids.values():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("kills", [False, True], ids=["servers go on", "every server is killed"])
def test_a_run_ends_after_the_disk_was_full(stack: Stack, disk: Path, kills: bool) -> None:
    services = set(stack.info().pids)
    run_id = start(stack, force=True)
    wait_for(stack, run_id, lambda run: done(run) >= TOTAL / 10, within=120)
    with full(disk):
        if kills:
            kill_every_server(stack)
        time.sleep(SECONDS_FULL)  # nothing to await happens while the disk is full
        assert stack.process is not None
        assert stack.process.poll() is None, stack.log.read_text()
    wait_until_all_works(stack, services)
    run = wait_for_end(stack, run_id, within=MAX_WAIT_SECONDS)
    print(run["counts"], run["recoveries"], "recoveries")  # noqa: T201
    assert run["status"] == "finished", run["error"]
    assert_nothing_is_lost_or_doubled(stack, run, TOTAL)
    assert f"the disk of {stack.home} is full" in stack.log.read_text()


def test_a_run_that_starts_on_a_full_disk_ends_when_there_is_room(stack: Stack, disk: Path) -> None:
    services = set(stack.info().pids)
    run_id = None
    with full(disk):
        # The request to start may fail, because nothing can be stored.
        with suppress(AssertionError, httpx.HTTPError):
            run_id = start(stack, force=True)
        time.sleep(SECONDS_FULL)
    wait_until_all_works(stack, services)
    run = wait_for_end(stack, run_id or start(stack, force=True), within=MAX_WAIT_SECONDS)
    print(run["counts"], run["recoveries"], "recoveries")  # noqa: T201
    assert run["status"] == "finished", run["error"]


def test_a_stack_that_starts_on_a_full_disk_waits_for_room(stack: Stack, disk: Path) -> None:
    services = set(stack.info().pids)
    stack.stop()
    log = stack.log.read_text()
    with full(disk):
        process = stack.begin()
        eventually(
            lambda: "is full" in stack.log.read_text()[len(log) :] or process.poll() is not None
        )
    wait_until_all_works(stack, services)
