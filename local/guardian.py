"""Runs one server and outlives whoever asked for it, so that no server is ever left behind.

    stack ──(pipe on stdin)── guardian ── server ── whatever the server starts

The pipe carries nothing: when it closes, because the stack wants the server stopped or because
the stack was killed, the guardian stops the server, then kills all that is left of its
descendants. The same happens when the server dies by itself. Airflow puts its task runners into
process groups of their own, so on Linux the guardian is their *subreaper* (prctl(2)): orphans
become its children and can't be lost. Elsewhere it kills the server's process group.

Run as a script (``python -I -S guardian.py OPTIONS COMMAND…``), by the standard library alone: it
starts in 15 ms and takes 4 MB. It prints the server's pid; its exit code is the server's, or
128 + the signal that killed it.
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
"""Who root appears to be to a server that refuses to run as root."""

ON_LINUX = sys.platform == "linux"


def prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def leave_root() -> None:
    """Stops being root without needing another account: in a new user namespace, our own files
    belong to uid 1000, and so do we (user_namespaces(7))."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace; run as a user other than root")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{SERVER_ID} 0 1")
    Path("/proc/self/gid_map").write_text(f"{SERVER_ID} 0 1")


def become_server(command: list[str], *, stop_signal: int, without_root: bool) -> None:
    os.setsid()
    if without_root and os.geteuid() == 0:
        leave_root()
    if ON_LINUX:  # after leave_root: a change of credentials clears it
        guardian = os.getppid()
        prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != guardian:
            os._exit(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_DFL)
    os.execvpe(command[0], command, os.environ)  # noqa: S606 (a program, not a shell, is meant)


def descendants() -> list[int]:
    """Of this process, from /proc; a process's parent is the second field after ``(name)``."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = [os.getpid()]
    for pid in found:
        found.extend(children.get(pid, ()))
    return found[1:]


def kill_the_rest(server: int) -> None:
    while True:
        if ON_LINUX:
            for pid in descendants():
                send(pid, signal.SIGKILL)
        else:
            # macOS says EPERM where only zombies are left.
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
    """The server's if it has ended; reaps every orphan on the way."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return None
        if pid == server:
            code = os.waitstatus_to_exitcode(status)
            return 128 - code if code < 0 else code


def wake(signum: int, frame: object) -> None:
    """SIGCHLD must have a handler to reach the wakeup pipe; the pipe is all that is meant."""


def watch(server: int, wakeup: int, *, stop_signal: int, grace: float) -> int:
    """Waits for the server's end, asking for it when the pipe closes. Returns its exit code."""
    deadline: float | None = None
    while (code := exit_code(server)) is None:
        if deadline is None:
            readable, _, _ = select.select([0, wakeup], [], [])
            if 0 in readable and not os.read(0, 1):
                send(server, stop_signal)
                deadline = time.monotonic() + grace
        elif (left := deadline - time.monotonic()) > 0:
            readable, _, _ = select.select([wakeup], [], [], left)
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
    for ignored in (signal.SIGINT, signal.SIGHUP):  # the terminal's; the stack decides
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
    kill_the_rest(server)
    return code


if __name__ == "__main__":
    sys.exit(main())
