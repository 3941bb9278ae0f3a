"""Lock the stack's home directory, find the stack that runs in it, and clean up after a crash.

jobhunt-home     marks the directory as a stack's home; no stack uses or removes a directory
                 without this file
stack.json       the addresses and logins of a stack that is ready (mode 600)
processes.json   the processes of the stack; after a crash, the next start ends them
lock             a file that the running stack has locked
secrets/ postgres/ s3/ airflow/ sites/ logs/
"""

import fcntl
import json
import os
import stat
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from local.errors import StackError
from local.state_files import read_json, write_private

_MARK_FILE = "jobhunt-home"


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """The addresses and logins of the servers of a stack or of another installation."""

    api_url: str
    airflow_url: str
    airflow_user: str
    airflow_password: str
    database_url: str
    s3_endpoint: str
    s3_bucket: str
    s3_access_key: str
    s3_secret_key: str


@dataclass(frozen=True, kw_only=True)
class StackInfo(Addresses):
    """The addresses, logins and processes of a running stack, as stored in ``stack.json``."""

    page_url: str
    """The URL that opens the page signed in as ``user_id``.

    Its fragment holds ``token``. Browsers do not send a fragment to any server.
    """
    demo_sites_url: str
    user_id: str
    token: str
    pids: dict[str, int]
    """The pids of the servers by service name.

    A server that has ended and was not started again yet is left out.
    """


@contextmanager
def locked(home: Path) -> Generator[None]:
    """Lock the home for this process until the block ends or the process dies.

    The home is made if it does not exist. The ``stack.json`` of a killed stack is removed before
    the exclusive lock is taken, so that no reader can mistake that stack for a running one.

    Raises:
        StackError: another stack uses the home, or the directory is not a stack's.
    """
    _make_home(home)
    with (home / "lock").open("a+") as lock:
        try:
            # A shared lock is taken first. It is enough to find out that no stack runs, and readers
            # do not mistake it for a running stack, because a running stack has an exclusive lock.
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


def _make_home(home: Path) -> None:
    """Make the home.

    An existing directory is used if it belongs to this user and is the home of a stack. An empty
    directory is used if only this user has access to it.

    Raises:
        StackError: the directory can't be made, or has another purpose.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = home.stat()
        if status.st_uid != os.geteuid():
            raise _not_a_home(home)
        if not (home / _MARK_FILE).exists():
            if stat.S_IMODE(status.st_mode) & 0o077 or any(home.iterdir()):
                raise _not_a_home(home)
            write_private(
                home / _MARK_FILE, "A stack of Jobhunt Ingestion. `make clean` removes it.\n"
            )
    except OSError as error:
        raise StackError(
            f"JOBHUNT_HOME: {home} can't be used ({error.strerror}). Name another directory"
        ) from error


def check_is_home(home: Path) -> None:
    """Check that ``home`` is the directory of a stack.

    Raises:
        StackError: ``home`` is not the directory of a stack.
    """
    if not (home / _MARK_FILE).is_file():
        raise _not_a_home(home)


def _not_a_home(home: Path) -> StackError:
    return StackError(
        f"JOBHUNT_HOME: {home} is not the directory of a stack. Name a directory that does not"
        " exist, or an empty directory of yours that only you can enter (chmod 700). If an earlier"
        f" version made this directory: touch {home / _MARK_FILE}"
    )


def write_stack(home: Path, info: StackInfo) -> None:
    write_private(home / "stack.json", json.dumps(asdict(info), indent=2) + "\n")


def remove_stack(home: Path) -> None:
    (home / "stack.json").unlink(missing_ok=True)


def read_stack(home: Path) -> StackInfo | None:
    """Return the stack that runs in ``home``. Return None if no stack runs there.

    The ``stack.json`` that a killed stack left behind is ignored.
    """
    if not _is_locked(home):
        return None
    try:
        stack = read_json(home / "stack.json", "Start the stack again")
    except FileNotFoundError:
        return None
    return StackInfo(**stack)


def _is_locked(home: Path) -> bool:
    try:
        with (home / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise StackError(f"JOBHUNT_HOME: {home} can't be read ({error.strerror})") from error
    return False


def record_processes(home: Path, pids: Iterable[int]) -> None:
    """Record the running processes among ``pids``, and the time at which each was started.

    If the stack crashes, the next start can end these processes. The times are recorded because a
    pid can be reused.
    """
    start_times: dict[str, float] = {}
    for pid in pids:
        try:
            start_times[str(pid)] = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:
            continue
    write_private(home / "processes.json", json.dumps(start_times))


def left_behind(home: Path) -> list[psutil.Process]:
    """Return the recorded processes of an earlier stack that still run.

    Raises:
        StackError: the record is damaged.
    """
    remedy = "End the servers of the earlier stack that still run, and delete the file"
    try:
        start_times = read_json(home / "processes.json", remedy)
    except FileNotFoundError:
        return []
    processes: list[psutil.Process] = []
    for pid, start_time in start_times.items():
        try:
            process = psutil.Process(int(pid))
        except psutil.NoSuchProcess:
            continue
        if abs(process.create_time() - start_time) < 0.1:
            processes.append(process)
    return processes


def end_left_behind(processes: list[psutil.Process], *, timeout: float = 15.0) -> None:
    """Wait until the processes have ended. After ``timeout`` seconds, kill the remaining ones.

    The processes are not killed at once, because reapers that still run are already stopping their
    servers.
    """
    _, remaining = psutil.wait_procs(processes, timeout=timeout)
    for process in remaining:
        process.kill()
    psutil.wait_procs(remaining, timeout=5)
