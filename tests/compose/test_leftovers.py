"""Tests of the rules for cleaning up after a Docker engine. They need no engine."""

from pathlib import Path

import pytest

from tests.compose import leftovers
from tests.compose.leftovers import end_processes, mounts_below, remove_folder, unmount_below

MOUNTINFO = """\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 27 254:0 /e/data /e/data rw,relatime shared:1 - ext4 /dev/vda rw
41 27 0:4 net:[4026532177] /e/exec/netns/default rw - nsfs nsfs rw
42 40 0:50 / /e/data/overlay2/1/merged rw - overlay overlay rw
43 27 0:51 / /e rw - tmpfs tmpfs rw
44 27 0:52 / /elsewhere/data rw - tmpfs tmpfs rw
45 27 0:53 / /e/two\\040words rw - tmpfs tmpfs rw
"""


def test_mounts_below_a_folder_are_listed_deepest_first_and_without_their_neighbours() -> None:
    points = [str(mount.point) for mount in mounts_below(Path("/e"), MOUNTINFO)]
    assert points == [
        "/e/data/overlay2/1/merged",
        "/e/exec/netns/default",
        "/e/data",
        "/e/two words",
    ]


def test_folder_without_mounts_is_removed_and_nothing_is_reported(tmp_path: Path) -> None:
    folder = tmp_path / "engine"
    (folder / "exec/netns").mkdir(parents=True)
    assert unmount_below(folder) == []
    assert end_processes(folder / "exec") == []
    assert remove_folder(folder) == []
    assert not folder.exists()


def test_folder_with_a_mount_in_it_is_kept_and_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "engine"
    folder.mkdir()
    (folder / "file").touch()
    mountinfo = tmp_path / "mountinfo"
    mountinfo.write_text(f"41 27 0:4 / {folder}/netns/default rw - nsfs nsfs rw\n")
    monkeypatch.setattr(leftovers, "_MOUNTINFO", mountinfo)
    [said] = unmount_below(folder)
    assert f"Could not unmount {folder}/netns/default" in said
    [said] = remove_folder(folder)
    assert f"Kept {folder}" in said
    assert (folder / "file").exists()


def test_mounts_that_were_there_before_the_engine_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mountinfo = tmp_path / "mountinfo"
    mountinfo.write_text(f"41 27 0:4 / {tmp_path}/data rw - ext4 /dev/vdb rw\n")
    monkeypatch.setattr(leftovers, "_MOUNTINFO", mountinfo)
    assert unmount_below(tmp_path, kept=mounts_below(tmp_path)) == []
