import errno
import os
import stat
from pathlib import Path

import pytest

from local.errors import StackError
from local.state_files import load_or_create_secret, write_private


def test_a_file_is_private_and_nothing_else_is_left(tmp_path: Path):
    write_private(tmp_path / "state", "one")
    write_private(tmp_path / "state", "two")
    assert (tmp_path / "state").read_text() == "two"
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "state"]


def test_file_and_directory_are_flushed_around_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def flushed(descriptor: int) -> None:
        steps.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    def renamed(source: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(source, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    write_private(tmp_path / "state", "one")
    assert steps == ["state.new", "rename", tmp_path.name]


def test_a_write_that_fails_keeps_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_private(tmp_path / "state", "one")

    def disk_full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space left"):
        write_private(tmp_path / "state", "two")
    assert (tmp_path / "state").read_text() == "one"
    assert list(tmp_path.iterdir()) == [tmp_path / "state"]


def test_a_secret_is_made_once_and_an_empty_one_is_refused(tmp_path: Path):
    secret = load_or_create_secret(tmp_path / "secrets/key")
    assert len(secret) == 43
    assert load_or_create_secret(tmp_path / "secrets/key") == secret
    (tmp_path / "secrets/key").write_text("")
    with pytest.raises(StackError, match=r"secrets/key is empty\. Restore it"):
        load_or_create_secret(tmp_path / "secrets/key")
