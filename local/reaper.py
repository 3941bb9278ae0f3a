"""Run one server, and stop it when the stack ends or is killed. This program is called the reaper.

    stack ──(pipe on stdin)── reaper ── server ── the server's child processes

Nothing is written to the pipe. The stack closes it to stop the server. The kernel closes it when
the stack is killed. Then the reaper stops the server and kills all its remaining descendants, so
that no process is left behind. The reaper also kills them if the server ends by itself.

Airflow puts its task runners into process groups of their own. On Linux the reaper is therefore
their *subreaper* (prctl(2)). Orphans then become children of the reaper, so it finds them all. On
other systems it kills the server's process group.

This is run as a script (``python -I -S reaper.py OPTIONS COMMAND…``). It starts in 15 ms and takes
4 MB, because it uses only the standard library. It prints the server's pid. Its exit code is the
server's, or 128 + the signal that killed the server.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
CLONE_NEWUSER = 0x10000000
SERVER_ID = 1000
"""The uid and gid that a server sees in place of root's if it refuses to run as root."""

ON_LINUX = sys.platform == "linux"


def prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def leave_root() -> None:
    """Drop root rights without using another account.

    In a new user namespace, this process and the files of root belong to uid 1000
    (user_namespaces(7)).

    Raises:
        OSError: no user namespace can be created.
    """
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace; run as a user other than root")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{SERVER_ID} 0 1")
    Path("/proc/self/gid_map").write_text(f"{SERVER_ID} 0 1")


def become_server(command: list[str], *, stop_signal: int, without_root: bool) -> None:
    """Replace this process, a child of the reaper, with the server.

    On Linux the kernel sends ``stop_signal`` to the server if the reaper dies.
    """
    os.setsid()
    if without_root and os.geteuid() == 0:
        leave_root()
    if ON_LINUX:  # This comes after leave_root, because a change of credentials clears the setting.
        reaper = os.getppid()
        prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != reaper:  # The reaper has died before the call of prctl.
            os._exit(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # stdin is empty
    os.dup2(2, 1)  # stdout goes to the log, as stderr does
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_DFL)
    os.execvpe(command[0], command, os.environ)  # noqa: S606 (no shell is wanted)


def descendants() -> list[int]:
    """Return the pids of all descendants of this process, from /proc.

    In ``/proc/PID/stat``, the pid of the parent is the second field after ``(name)``.
    """
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    pids = [os.getpid()]
    for pid in pids:  # The list grows during the loop, so that children of children are found.
        pids.extend(children.get(pid, ()))
    return pids[1:]


def kill_descendants(server: int) -> None:
    """Kill the remaining descendants of the server, and return once all have ended."""
    while True:
        if ON_LINUX:
            for pid in descendants():
                send(pid, signal.SIGKILL)
        else:
            # PermissionError is suppressed, because macOS raises it if only zombies are left.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(server, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.01)


def send(pid: int, signum: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signum)


def exit_code(server: int) -> int | None:
    """Return the exit code of the server, or None while it runs. Reap all ended orphans, too."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return None
        if pid == server:
            code = os.waitstatus_to_exitcode(status)
            return 128 - code if code < 0 else code


def wake(signum: int, frame: object) -> None:
    """Do nothing. Without a handler, SIGCHLD would not be written to the wakeup pipe."""


def watch(server: int, wakeup: int, *, stop_signal: int, grace: float) -> int:
    """Wait until the server ends, and return its exit code.

    When stdin closes, send ``stop_signal`` to the server, and SIGKILL ``grace`` seconds later. The
    pipe ``wakeup`` can be read when a child process has ended (SIGCHLD).
    """
    deadline: float | None = None
    while (code := exit_code(server)) is None:
        if deadline is None:
            readable, _, _ = select.select([0, wakeup], [], [])
            if 0 in readable and not os.read(0, 1):
                send(server, stop_signal)
                deadline = time.monotonic() + grace
        elif (seconds_left := deadline - time.monotonic()) > 0:
            readable, _, _ = select.select([wakeup], [], [], seconds_left)
        else:
            send(server, signal.SIGKILL)
            readable, _, _ = select.select([wakeup], [], [])
        if wakeup in readable:
            os.read(wakeup, 4096)
    return code


def main() -> int:
    options = json.loads(sys.argv[1])
    stop_signal: int = options["stop_signal"]
    if ON_LINUX:
        prctl(PR_SET_CHILD_SUBREAPER, 1)
    wakeup, wakeup_write = os.pipe()
    os.set_blocking(wakeup_write, False)
    signal.set_wakeup_fd(wakeup_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, wake)
    # The terminal also sends these signals to the reaper. They are ignored, because only the stack
    # decides when the server stops.
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    server = os.fork()
    if server == 0:
        try:
            become_server(
                sys.argv[2:], stop_signal=stop_signal, without_root=options["without_root"]
            )
        except OSError as error:
            os.write(2, f"{sys.argv[2]}: {error}\n".encode())
        os._exit(127)
    os.write(1, f"{server}\n".encode())
    code = watch(server, wakeup, stop_signal=stop_signal, grace=options["grace"])
    kill_descendants(server)
    return code


if __name__ == "__main__":
    sys.exit(main())
