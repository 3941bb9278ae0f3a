"""A worker is killed (SIGKILL), or Postgres and S3 fail it, at one commit point or another; the run
ends as one that nothing happened to."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from obstore.store import S3Store
from sqlalchemy import Engine

from include.core.models import Company
from include.core.staleness import Remedy
from include.db.companies import put_company
from include.db.users import ensure_user
from include.raw_pages import RawPages
from local.career_sites import companies
from local.s3 import S3Server
from tests.made_up_runs import MadeUpRuns
from tests.sites import Sites

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]
ROOT = Path(__file__).parents[2]
SLUGS = ("quillfern", "bracken-house")
RUNS = 40 if os.environ.get("JOBHUNT_CHAOS") == "long" else 4
"""That come to harm, each way."""
FAILURES = 2
"""Of one run: a task is tried once more than that."""
OUTCOMES = """
    SELECT run_jobs.company, run_jobs.external_id, run_jobs.status, run_jobs.added,
           jobs.posting::text, jobs.fields_sha256, jobs.posting_current
    FROM run_jobs JOIN jobs USING (job_id) WHERE run_jobs.run_id = :r ORDER BY 1, 2
"""


@dataclass(frozen=True, kw_only=True)
class Workers:
    runs: MadeUpRuns
    sites: Sites
    s3: S3Server

    def start(self, user_id: str) -> int:
        with self.runs.engine.begin() as connection:
            ensure_user(connection, user_id)
            for company in companies(self.sites.url):
                if company["slug"] in SLUGS:
                    put_company(connection, user_id, Company(**company))
        return self.runs.start(user_id)

    def work(self, run_id: int, points: list[int], how: str) -> subprocess.CompletedProcess[str]:
        self.runs.dispatch()
        run = self.runs.run(run_id)
        where = {
            "database_url": self.runs.engine.url.render_as_string(hide_password=False),
            "s3": {
                "bucket": self.s3.bucket,
                "endpoint": self.s3.endpoint,
                "region": self.s3.region,
                "access_key": self.s3.access_key,
                "secret_key": self.s3.secret_key,
            },
            "sites_url": self.sites.url,
            "dag_run_id": run.dag_run_id,
            "run_id": run_id,
            "user_id": run.user_id,
            "points": points,
            "how": how,
        }
        return subprocess.run(
            [sys.executable, "-m", "tests.faults.worker", json.dumps(where)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

    def stored(self, run_id: int) -> set[str]:
        store = S3Store(
            self.s3.bucket,
            endpoint=self.s3.endpoint,
            access_key_id=self.s3.access_key,
            secret_access_key=self.s3.secret_key,
            region=self.s3.region,
            client_options={"allow_http": True},
        )
        return {found["path"] for page in store.list(f"raw/{run_id}/") for found in page}


@pytest.fixture
def workers(engine: Engine, sites: Sites, s3: S3Server, raw_pages: RawPages) -> Workers:
    return Workers(runs=MadeUpRuns(engine=engine), sites=sites, s3=s3)


@dataclass(frozen=True, kw_only=True)
class Unharmed:
    points: int
    outcomes: list[object]


@pytest.fixture
def unharmed(workers: Workers) -> Unharmed:
    """What becomes of a run that nothing happens to."""
    run_id = workers.start("unharmed")
    ended = workers.work(run_id, [], "kill")
    assert ended.returncode == 0, ended.stderr
    outcomes = workers.runs.rows(OUTCOMES, r=run_id)
    assert len(outcomes) > 30
    return Unharmed(points=int(ended.stdout), outcomes=outcomes)


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("JOBHUNT_CHAOS_SEED") or time.time())
    print("seed", seed)  # noqa: T201 # how to have the same again
    return random.Random(seed)


def assert_as_unharmed(workers: Workers, run_id: int, unharmed: Unharmed, what: str) -> None:
    runs = workers.runs
    row = runs.run(run_id)
    assert row.status == "finished", (what, row.error_message)
    assert runs.rows(OUTCOMES, r=run_id) == unharmed.outcomes, what
    ready = "SELECT raw_key FROM jobs WHERE run_id = :r AND status = 'ready'"
    assert {row.raw_key for row in runs.rows(ready, r=run_id)} <= workers.stored(run_id)
    assert runs.rows("SELECT 1 FROM job_versions WHERE run_id = :r", r=run_id) == []


def test_run_killed_at_any_commit_point_ends_like_one_that_was_not(
    workers: Workers, unharmed: Unharmed, chance: random.Random
) -> None:
    runs = workers.runs
    for fatal in sorted(chance.sample(range(1, unharmed.points), RUNS)):
        run_id = workers.start(f"killed-at-{fatal}")
        killed = workers.work(run_id, [fatal], "kill")
        # a run has a few points more or fewer each time, so one of the last may not come
        assert killed.returncode in (0, -signal.SIGKILL), killed.stderr
        if runs.run(run_id).status != "finished":
            runs.silence(run_id)
            if runs.recover(run_id) is Remedy.RESUME:
                again = workers.work(run_id, [], "kill")
                assert again.returncode == 0, again.stderr
        assert_as_unharmed(workers, run_id, unharmed, f"killed at {fatal}")


def test_run_failed_by_postgres_and_s3_at_any_point_ends_like_one_that_was_not(
    workers: Workers, unharmed: Unharmed, chance: random.Random
) -> None:
    for number in range(RUNS):
        points = sorted(chance.sample(range(1, unharmed.points), FAILURES))
        run_id = workers.start(f"failed-{number}")
        ended = workers.work(run_id, points, "fail")
        assert ended.returncode == 0, (points, ended.stderr)
        assert_as_unharmed(workers, run_id, unharmed, f"failed at {points}")
