"""Clean up after a Docker engine: end its processes, unmount its mounts and remove its folder.

A folder in which something is mounted cannot be removed ("Device or resource busy"). An engine that
ran a container with host networking leaves a mount even after a regular shutdown: its own network
namespace at ``netns/default`` below its exec root. An engine that was killed leaves the mounts of
every container, and also the processes of the containers and of containerd's shims. If something
cannot be removed, the functions here raise no error. They return sentences for the person who
started the tests. The format of ``/proc/self/mountinfo`` is described in proc(5).
"""

import re
import shutil
import subprocess
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.local.waiting import runs

_MOUNTINFO = Path("/proc/self/mountinfo")
_ENGINE_PROGRAMS = ("dockerd", "containerd", "runc")
_KILL_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Mount:
    id: int
    point: Path


def mounts_below(folder: Path, mountinfo: str | None = None) -> list[Mount]:
    """Return the mounts below ``folder``, with the deepest first. ``folder`` itself is left out."""
    text = _read_mountinfo() if mountinfo is None else mountinfo
    parsed = (_parse_mount(line) for line in text.splitlines())
    below = [mount for mount in parsed if folder.resolve() in mount.point.parents]
    return sorted(below, key=lambda mount: len(mount.point.parts), reverse=True)


def _read_mountinfo() -> str:
    """Return the content of ``/proc/self/mountinfo``.

    If the file does not exist, return an empty text. Then the system is not Linux, so it has no
    engine that the tests started.
    """
    if not _MOUNTINFO.exists():
        return ""
    return _MOUNTINFO.read_text(errors="surrogateescape")


def _parse_mount(line: str) -> Mount:
    """Parse a line of mountinfo, where a space in a path is written as ``\\040``."""
    mount_id, _, _, _, point, *_ = line.split(" ")
    decoded = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), point)
    return Mount(id=int(mount_id), point=Path(decoded))


def unmount_below(folder: Path, *, kept: Collection[Mount] = ()) -> list[str]:
    """Unmount what is mounted below ``folder``, except for the mounts in ``kept``."""
    left = _mounts_except(folder, kept)
    while left:
        for mount in left:
            _unmount(mount.point)
        tried, left = left, _mounts_except(folder, kept)
        if len(left) >= len(tried):
            break
    return [f"Could not unmount {mount.point}. Run: umount --lazy {mount.point}" for mount in left]


def _mounts_except(folder: Path, kept: Collection[Mount]) -> list[Mount]:
    return [mount for mount in mounts_below(folder) if mount not in kept]


def _unmount(point: Path) -> None:
    """Unmount ``point``. If a process still uses the mount, unmount it lazily."""
    umount = shutil.which("umount")
    if umount is None:
        return
    for options in ([], ["--lazy"]):
        if subprocess.run([umount, *options, point], capture_output=True).returncode == 0:
            return


def end_processes(exec_root: Path) -> list[str]:
    """Kill the processes of the ended engine that had its exec root at ``exec_root``.

    The first kind are containerd, its shims and runc. They have the exec root in their arguments.
    The second kind are the processes that these started, which are those of the containers.
    """
    processes = _processes_of(exec_root)
    for process in processes:
        try:
            process.kill()
        except psutil.Error:
            continue
    deadline = time.monotonic() + _KILL_SECONDS
    while processes and time.monotonic() < deadline:
        time.sleep(0.02)
        processes = [process for process in processes if runs(process.pid)]
    return [
        f"Process {process.pid} of the engine still runs. End it by hand." for process in processes
    ]


def _processes_of(exec_root: Path) -> list[psutil.Process]:
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        try:
            program, *arguments = process.cmdline() or [""]
            if Path(program).name.startswith(_ENGINE_PROGRAMS) and _names(arguments, exec_root):
                family = [process, *process.children(recursive=True)]
                found |= {member.pid: member for member in family}
        except psutil.Error:
            continue
    return list(found.values())


def _names(arguments: Iterable[str], folder: Path) -> bool:
    prefixes = (f"{folder}/", f"{folder.resolve()}/")
    return any(argument.startswith(prefixes) for argument in arguments)


def remove_folder(folder: Path) -> list[str]:
    """Remove ``folder``, unless something is still mounted in it.

    A bind mount may show files from another folder, and these files must not be deleted.
    """
    if mounts := mounts_below(folder):
        points = " ".join(str(mount.point) for mount in mounts)
        return [f"Kept {folder}: still mounted are {points}. Unmount them, then remove it."]
    try:
        shutil.rmtree(folder)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            return [f"Could not remove all of {folder} ({error}). Remove the rest by hand."]
    return []
