"""Start the stack, report what it waits for, and stop it again, also after an error (ADR 36)."""

import os
import signal
import threading
import time
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

from include.settings import Settings
from include.tokens import mint_token
from local import home as stack_home
from local.airflow import USER, say_import_errors
from local.disk import Disk
from local.home import StackInfo, read_stack
from local.plan import Plan
from local.ports import check_free
from local.processes import ServerProcess
from local.seed import DEMO_USER
from local.services import Say, Service
from local.supervisor import Supervisor

__all__ = ["RunningStack", "StackInfo", "read_stack", "running_stack", "user_token"]

_TOKEN_LIFETIME = timedelta(days=30)
_WORK_TIMEOUT_SECONDS = 15.0
"""The maximum time in seconds until a server works again after the disk was full.

It is longer than five seconds, the interval of the heartbeats of a working Airflow server.
"""

Running = Mapping[str, ServerProcess]


@dataclass(frozen=True, kw_only=True)
class RunningStack:
    """A stack that is ready."""

    info: StackInfo
    """The state at the time at which the stack became ready.

    ``read_stack`` returns current pids.
    """

    def wait(self) -> None:
        """Wait until Ctrl-C or SIGTERM.

        Raises:
            StackError: a server could not be kept running.
        """
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


@contextmanager
def running_stack(
    settings: Settings,
    *,
    say: Say,
    services: Collection[str] | None = None,
    stop_with_parent: bool = False,
) -> Generator[RunningStack]:
    """Run the stack until the block ends. The block begins when the stack is ready.

    The block must run in the main thread. There, SIGTERM raises KeyboardInterrupt, as
    Ctrl-C does. If a server can't be kept running, KeyboardInterrupt is raised in the block, too.
    When the KeyboardInterrupt leaves the block, a StackError replaces it.

    While the disk is full, the stack waits for free space, both before the start and later.

    Args:
        say: a function that shows a line of progress. Several threads call it, but never at the
            same time.
        services: the names of the services to run; all of them by default. The services that they
            need must be among them.
        stop_with_parent: True to send SIGTERM to this process when its parent process dies.

    Raises:
        StackError: a port is taken, another stack uses the home, the home is not a stack's, or a
            server can't be started or kept running.
    """
    plan = Plan(settings)
    say = _one_at_a_time(say)
    disk = Disk(plan.home, say)
    with _sigterm_interrupts():
        if stop_with_parent:
            _watch_parent()
        if not disk.has_room():
            disk.wait_for_room(threading.Event())
        with stack_home.locked(plan.home):
            if servers := stack_home.left_behind(plan.home):
                say("waiting until the servers of a killed stack have stopped…")
                stack_home.end_left_behind(servers)
            check_free(plan.ports)
            yield from _run_supervised(plan, _chosen_services(plan, services), say, disk)


def user_token(settings: Settings, user_id: str) -> str:
    """Return a token for the API of the stack in ``settings.home``. The stack need not run.

    The token is valid for 30 days.

    Raises:
        StackError: ``settings.home`` is not the directory of a stack.
    """
    stack_home.check_is_home(settings.home)
    return mint_token(
        Plan(settings).jwt_secret,
        user_id,
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
        now=datetime.now(UTC),
        lifetime=_TOKEN_LIFETIME,
    )


def _run_supervised(
    plan: Plan, services: list[Service], say: Say, disk: Disk
) -> Generator[RunningStack]:
    began = time.monotonic()
    is_ready = False
    stopping = threading.Event()

    def record_processes(running: Running) -> None:
        pids = (pid for each in running.values() for pid in (each.pid, each.reaper_pid))
        stack_home.record_processes(plan.home, pids)
        if is_ready:
            stack_home.write_stack(plan.home, _stack_info(plan, running))

    def gave_up() -> None:
        # Before the stack is ready, ``supervisor.start`` raises the failure.
        if is_ready:
            os.kill(os.getpid(), signal.SIGTERM)

    def has_room_again(since: datetime) -> None:
        supervisor.report()
        supervisor.restart_idle(since, timeout=_WORK_TIMEOUT_SECONDS)

    for service in services:
        _keep_previous(service.command.log)
    supervisor = Supervisor(
        services, say=say, changed=record_processes, gave_up=gave_up, has_room=disk.has_room
    )
    disk_thread = threading.Thread(
        target=disk.watch, args=(stopping, has_room_again), name="disk", daemon=True
    )
    try:
        disk_thread.start()
        say(f"starting {', '.join(service.name for service in services)}")
        supervisor.start()
        is_ready = True
        info = supervisor.read_running(lambda running: _stack_info(plan, running))
        stack_home.write_stack(plan.home, info)
        if any(service.name == "airflow-dag-processor" for service in services):
            say_import_errors(plan.airflow, say)
        say(f"everything ready in {time.monotonic() - began:.1f} s")
        yield RunningStack(info=info)
        if supervisor.failure:
            raise supervisor.failure
    except KeyboardInterrupt:
        if supervisor.failure:
            raise supervisor.failure from None
        raise
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        is_ready = False
        stopping.set()
        stack_home.remove_stack(plan.home)
        say("stopping…")
        supervisor.stop()
        say("stopped")


def _stack_info(plan: Plan, running: Running) -> StackInfo:
    token = user_token(plan.settings, DEMO_USER)
    return StackInfo(
        api_url=plan.api_url,
        page_url=f"{plan.public_url}/#token={token}",
        airflow_url=plan.airflow.url,
        airflow_user=USER,
        airflow_password=plan.airflow.password,
        database_url=plan.postgres.url("jobhunt"),
        s3_endpoint=plan.s3.endpoint,
        s3_bucket=plan.s3.bucket,
        s3_access_key=plan.s3.access_key,
        s3_secret_key=plan.s3.secret_key,
        demo_sites_url=plan.sites_url,
        user_id=DEMO_USER,
        token=token,
        pids={name: process.pid for name, process in running.items()},
    )


def _chosen_services(plan: Plan, names: Collection[str] | None) -> list[Service]:
    services = plan.services()
    if names is None:
        return list(services)
    return [service for service in services if service.name in names]


def _keep_previous(log: Path) -> None:
    """Rename the log of the previous start, so that the server begins a new one."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_name(log.name + ".previous"))


def _one_at_a_time(say: Say) -> Say:
    """Return a function that calls ``say``, and that several threads can call at once."""
    lock = threading.Lock()

    def say_alone(line: str) -> None:
        # Errors are ignored, because the output may be closed, as in `make up | head`. That is no
        # reason to stop.
        with lock, suppress(OSError):
            say(line)

    return say_alone


@contextmanager
def _sigterm_interrupts() -> Generator[None]:
    """Raise KeyboardInterrupt in the block on SIGTERM and on SIGINT."""

    def interrupt(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    previous = {
        signal.SIGTERM: signal.signal(signal.SIGTERM, interrupt),
        signal.SIGINT: signal.signal(signal.SIGINT, interrupt),
    }
    try:
        yield
    finally:
        for signum, handler in previous.items():
            signal.signal(signum, handler)


def _watch_parent() -> None:
    """Send SIGTERM to this process when its parent process has ended."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
