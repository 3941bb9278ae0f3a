"""Run a separate stack with ``jobhunt up``, and send requests to its servers."""

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
from obstore.store import S3Store

from include.core.runs.progress import WatchedRun, fold
from local.home import StackInfo, read_stack
from local.ports import free_port
from tests.local.waiting import eventually


@dataclass
class Stack:
    home: Path
    environment: dict[str, str]
    command: tuple[str, ...]
    log: Path
    """The file that holds the output of the command."""
    process: subprocess.Popen[bytes] | None = None

    def begin(self) -> subprocess.Popen[bytes]:
        """Start the command, and return its process without waiting for the stack."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        return self.process

    def start(self) -> StackInfo:
        """Start the command, and return the stack's state when the stack is ready."""
        process = self.begin()
        eventually(lambda: read_stack(self.home) or process.poll() is not None, within=480)
        return self.info()

    def info(self) -> StackInfo:
        """Return the current state of the stack.

        If the stack has ended, fail the test and show its log.
        """
        info = read_stack(self.home)
        assert info is not None, self.log.read_text()
        return info

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


@contextmanager
def own_stack(home: Path, *, module: str | None = None, **settings: str) -> Iterator[Stack]:
    """Yield a stack that is not started yet, and stop it afterwards.

    Args:
        module: the module to run. If None, the ``jobhunt`` command runs.
        settings: settings by name, without the prefix ``JOBHUNT_``.
    """
    jobhunt = str(Path(sys.executable).with_name("jobhunt"))
    command = (jobhunt,) if module is None else (sys.executable, "-m", module)
    ports = ("API", "AIRFLOW", "POSTGRES", "S3", "DEMO_SITES")
    environment = {**os.environ, "JOBHUNT_HOME": str(home)}
    environment |= {f"JOBHUNT_{name}_PORT": str(free_port()) for name in ports}
    environment |= {f"JOBHUNT_{name}": value for name, value in settings.items()}
    log = home.parent / "up.log"
    stack = Stack(home=home, environment=environment, command=(*command, "up"), log=log)
    try:
        yield stack
    finally:
        stack.stop()


def api(info: StackInfo) -> httpx.Client:
    return httpx.Client(
        base_url=f"{info.api_url}/api/ingestion",
        headers={"Authorization": f"Bearer {info.token}"},
        timeout=60,
        trust_env=False,
    )


def airflow(info: StackInfo) -> httpx.Client:
    """Return a signed-in client of Airflow's REST API."""
    login = {"username": info.airflow_user, "password": info.airflow_password}
    signed_in = httpx.post(f"{info.airflow_url}/auth/token", json=login, trust_env=False)
    token = signed_in.raise_for_status().json()["access_token"]
    return httpx.Client(
        base_url=f"{info.airflow_url}/api/v2",
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
        trust_env=False,
    )


def ingest(info: StackInfo) -> tuple[int, WatchedRun]:
    """Start a run that adopts no check, and watch it to the last event of its stream.

    Return its id and the watched state.
    """
    with api(info) as client:
        started = client.post("/start", json={"max_age": 0})
        assert started.status_code == 202, started.text
        run_id = started.json()["run_id"]
        watched = WatchedRun()
        with connect_sse(client, "GET", f"/progress/{run_id}", timeout=120) as stream:
            for event in stream.iter_sse():
                watched = fold(watched, event.event, event.data)
    return run_id, watched


def jobs_of(client: httpx.Client, run_id: int) -> list[tuple[str, str, str]]:
    """Return (company, external id, status) of all jobs of the run.

    The jobs are read from the API, because the database keeps no row for an unchanged job.
    """
    found: list[tuple[str, str, str]] = []
    cursor: str | None = None
    while True:
        parameters = {"limit": "1000"} | ({"cursor": cursor} if cursor else {})
        page = client.get(f"/runs/{run_id}/jobs", params=parameters).raise_for_status().json()
        found += [(job["company"], job["external_id"], job["status"]) for job in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def assert_stream_told_the_truth(
    info: StackInfo, run_id: int, watched: WatchedRun, *, cut: bool = False
) -> None:
    """Check that the state that was built from the stream's events is the true state of the run.

    Args:
        cut: True if the stream was cut and continued over another connection.
    """
    told = {
        (company, external_id, job.status.value)
        for company, jobs in watched.jobs.items()
        for external_id, job in jobs.items()
    }
    with api(info) as client:
        assert told == set(jobs_of(client, run_id))
        report = client.get(f"/runs/{run_id}").json()
    assert watched.status == report["status"]
    if cut:
        # The counts are not checked: if the last connection began after the run's end, its events
        # have none.
        return
    assert watched.progress is not None
    assert watched.progress["counts"] == report["counts"]


def raw_page_keys(info: StackInfo, run_id: int | None = None) -> set[str]:
    """Return the keys of the stored pages of the run.

    If ``run_id`` is None, return those of all pages.
    """
    store = S3Store(
        info.s3_bucket,
        config={
            "endpoint": info.s3_endpoint,
            "region": "us-east-1",
            "access_key_id": info.s3_access_key,
            "secret_access_key": info.s3_secret_key,
        },
        client_options={"allow_http": True},
    )
    prefix = "raw/" if run_id is None else f"raw/{run_id}/"
    return {found["path"] for page in store.list(prefix) for found in page}


def rows(info: StackInfo, query: str, *parameters: object) -> list[tuple[object, ...]]:
    url = info.database_url.replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        return connection.execute(query, parameters).fetchall()
