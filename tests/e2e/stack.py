"""A stack of its own, as ``jobhunt up`` runs it, and what tests ask of it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
from httpx_sse import connect_sse

from include.core.progress import WatchedRun, fold
from local.home import StackInfo, read_stack
from local.ports import free_port
from tests.local.waiting import eventually


@dataclass
class Stack:
    home: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> StackInfo:
        command = [Path(sys.executable).with_name("jobhunt"), "up"]
        with (self.home.parent / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        process = self.process
        eventually(lambda: read_stack(self.home) or process.poll() is not None, within=240)
        info = read_stack(self.home)
        assert info is not None, (self.home.parent / "up.log").read_text()
        return info

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


@contextmanager
def own_stack(home: Path, **settings: str) -> Iterator[Stack]:
    """Not yet started; stopped in the end. ``settings`` are JOBHUNT_… ones."""
    ports = ("API", "AIRFLOW", "POSTGRES", "S3", "DEMO_SITES")
    environment = {**os.environ, "JOBHUNT_HOME": str(home)}
    environment |= {f"JOBHUNT_{name}_PORT": str(free_port()) for name in ports}
    environment |= {f"JOBHUNT_{name}": value for name, value in settings.items()}
    stack = Stack(home=home, environment=environment)
    try:
        yield stack
    finally:
        stack.stop()


def api(info: StackInfo) -> httpx.Client:
    return httpx.Client(
        base_url=f"{info.api_url}/api/ingestion",
        headers={"Authorization": f"Bearer {info.token}"},
        timeout=30,
        trust_env=False,
    )


def ingest(info: StackInfo) -> tuple[int, WatchedRun]:
    """A run from its start to the last event of its stream."""
    with api(info) as client:
        started = client.post("/start", json={})
        assert started.status_code == 202, started.text
        run_id = started.json()["run_id"]
        watched = WatchedRun()
        with connect_sse(client, "GET", f"/progress/{run_id}", timeout=120) as stream:
            for event in stream.iter_sse():
                watched = fold(watched, event.event, event.data)
    return run_id, watched


def rows(info: StackInfo, query: str, *parameters: object) -> list[tuple[object, ...]]:
    url = info.database_url.replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        return connection.execute(query, parameters).fetchall()
