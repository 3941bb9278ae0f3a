"""The stack's home directory: who may use it, what a stack left there, and how to find one.

stack.json       where everything is, once ready (mode 600)
processes.json   what the stack has started, for the next start to clean up after a crash
lock             held by the running stack
secrets/ postgres/ s3/ airflow/ sites/ logs/
"""

import fcntl
import json
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from local.errors import StackError
from local.secret_files import write_private


@dataclass(frozen=True, kw_only=True)
class StackInfo:
    """A running stack, as ``stack.json`` has it."""

    api_url: str
    page_url: str
    """Signed in as ``user_id``: bears ``token`` in its fragment, which browsers send to nobody."""
    airflow_url: str
    airflow_user: str
    airflow_password: str
    database_url: str
    s3_endpoint: str
    s3_bucket: str
    s3_access_key: str
    s3_secret_key: str
    demo_sites_url: str
    user_id: str
    token: str
    pids: dict[str, int]
    """By service; without one that died and is not yet started again."""


@contextmanager
def locked(home: Path) -> Generator[None]:
    """The home is ours alone until the block ends, or this process does. What a killed stack left
    there is not read as one that runs, not even for a moment.

    Raises:
        StackError: another stack uses it.
    """
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    with (home / "lock").open("a+") as lock:
        try:
            # as one who reads: whose file it is ran here before
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            remove_stack(home)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StackError(
                f"JOBHUNT_HOME: a stack (process {lock.read().strip()}) already runs in {home}"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def write_stack(home: Path, info: StackInfo) -> None:
    write_private(home / "stack.json", json.dumps(asdict(info), indent=2) + "\n")


def remove_stack(home: Path) -> None:
    (home / "stack.json").unlink(missing_ok=True)


def read_stack(home: Path) -> StackInfo | None:
    """The stack that runs in ``home``; None if none does, whatever a killed one left there."""
    try:
        info = StackInfo(**json.loads((home / "stack.json").read_text()))
    except FileNotFoundError:
        return None
    return info if _is_locked(home) else None


def _is_locked(home: Path) -> bool:
    with (home / "lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def record_processes(home: Path, pids: Iterable[int]) -> None:
    """With the time each was started: a pid alone may soon be someone else's."""
    started: dict[str, float] = {}
    for pid in pids:
        try:
            started[str(pid)] = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:
            continue
    write_private(home / "processes.json", json.dumps(started))


def left_behind(home: Path) -> list[psutil.Process]:
    """Recorded processes of an earlier stack that still run."""
    try:
        recorded = json.loads((home / "processes.json").read_text())
    except FileNotFoundError:
        return []
    found: list[psutil.Process] = []
    for pid, started in recorded.items():
        try:
            process = psutil.Process(int(pid))
        except psutil.NoSuchProcess:
            continue
        if abs(process.create_time() - started) < 0.1:
            found.append(process)
    return found


def end_left_behind(processes: list[psutil.Process], *, patience: float = 15.0) -> None:
    """Their guardians are stopping them, if they live; what remains after ``patience`` seconds is
    killed."""
    _, remaining = psutil.wait_procs(processes, timeout=patience)
    for process in remaining:
        process.kill()
    psutil.wait_procs(remaining, timeout=5)
