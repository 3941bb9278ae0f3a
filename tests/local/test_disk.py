import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from local.disk import Disk
from tests.local.waiting import eventually

MIB = 2**20


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Set the free space of every disk to the value in the returned dictionary, in MiB."""
    space = {"MiB": 1000}
    monkeypatch.setattr(
        shutil,
        "disk_usage",
        lambda path: SimpleNamespace(free=space["MiB"] * MIB, total=1000 * MIB),
    )
    return space


def test_a_full_disk_is_told_once_and_the_servers_are_looked_after_when_there_is_room(
    tmp_path: Path, free: dict[str, int], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("local.disk._POLL_SECONDS", 0.05)
    said: list[str] = []
    times_with_room: list[datetime] = []
    stopping = threading.Event()
    disk = Disk(tmp_path / "home", said.append)
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(disk.watch, stopping, times_with_room.append)
        began = datetime.now(UTC)
        free["MiB"] = 12
        eventually(lambda: said)
        assert not disk.has_room()
        free["MiB"] = 1000
        eventually(lambda: times_with_room)
        stopping.set()
        watching.result(timeout=60)
    assert len(said) == 2
    assert f"the disk of {tmp_path / 'home'} is full (12 MiB free)" in said[0]
    assert "from 100 MiB the stack goes on by itself" in said[0]
    assert said[1] == "the disk has room again"
    assert len(times_with_room) == 1
    assert times_with_room[0] > began


def test_stopping_ends_the_wait_for_room(tmp_path: Path, free: dict[str, int]):
    said: list[str] = []
    free["MiB"] = 0
    stopping = threading.Event()
    stopping.set()
    Disk(tmp_path, said.append).wait_for_room(stopping)
    assert len(said) == 1


def test_free_space_is_measured_on_the_disk_that_will_hold_the_home(tmp_path: Path):
    assert Disk(tmp_path / "not/made/yet", say=print).has_room() is (
        shutil.disk_usage(tmp_path).free >= 100 * MIB
    )


def test_a_file_system_without_space_of_its_own_is_not_full():
    assert Disk(Path("/proc/home"), say=print).has_room()
