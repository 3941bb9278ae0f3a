"""Tests of runs that are harmed at a commit or at a put of a page.

The worker is killed with SIGKILL, or Postgres or S3 fails. Each harmed run must have the same
outcome as an undisturbed run.
"""

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
from sqlalchemy import Engine, text

from include.core.models import Company
from include.core.runs.staleness import Remedy
from include.db.tables import metadata
from include.db.user.users import ensure_user
from include.pipeline.companies.follow_company import follow_company
from include.raw_pages import RawPages
from local.career_sites import companies
from local.s3 import S3Server
from tests.made_up_runs import MadeUpRuns
from tests.sites import Sites

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]
ROOT = Path(__file__).parents[2]
SLUGS = ("quillfern", "bracken-house")
RUNS = 40 if os.environ.get("JOBHUNT_CHAOS") == "long" else 4
"""The number of runs that each test harms."""
FAILURES = 2
"""The number of failures in a run. A task has one try more than that."""
OUTCOMES = """
    SELECT f.company, j.external_id, coalesce(t.status, 'skipped') AS status, t.added,
        j.posting::text, j.fields_sha256, j.posting_current, u.seen_version, u.expired
    FROM ingestion_runs AS r
    CROSS JOIN LATERAL unnest(r.companies, r.check_ids) AS f(company, check_id)
    JOIN checks AS c USING (check_id)
    JOIN jobs AS j ON j.job_id = ANY(c.job_ids)
    LEFT JOIN run_jobs AS t
        ON t.run_id = r.run_id AND t.company = f.company AND t.job_id = j.job_id
    LEFT JOIN user_jobs AS u
        ON u.user_id = r.user_id AND u.company = f.company AND u.job_id = j.job_id
    WHERE r.run_id = :r ORDER BY 1, 2
"""
"""The query for the outcomes of all jobs of a run."""


@dataclass(frozen=True, kw_only=True)
class Workers:
    runs: MadeUpRuns
    sites: Sites
    s3: S3Server

    def start(self, user_id: str) -> int:
        """Empty all tables, follow the same boards again, and start a run on them."""
        with self.runs.engine.begin() as connection:
            tables = ", ".join(table.name for table in metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {tables} CASCADE"))
            ensure_user(connection, user_id)
            for company in companies(self.sites.url):
                if company["slug"] in SLUGS:
                    follow_company(connection, user_id, Company(**company))
        return self.runs.start(user_id)

    def work(self, run_id: int, points: list[int], how: str) -> subprocess.CompletedProcess[str]:
        self.runs.dispatch()
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
            "dag_run_id": self.runs.sweep(run_id).dag_run_id,
            "sweep_id": run_id,
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
    """Return the outcomes of an undisturbed run, and its number of points."""
    run_id = workers.start("unharmed")
    ended = workers.work(run_id, [], "kill")
    assert ended.returncode == 0, ended.stderr
    outcomes = workers.runs.rows(OUTCOMES, r=run_id)
    assert len(outcomes) > 30
    return Unharmed(points=int(ended.stdout), outcomes=outcomes)


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("JOBHUNT_CHAOS_SEED") or time.time())
    print("seed", seed)  # noqa: T201 # with this seed, the test can be repeated
    return random.Random(seed)


def assert_as_unharmed(workers: Workers, run_id: int, unharmed: Unharmed, what: str) -> None:
    runs = workers.runs
    row = runs.run(run_id)
    assert row.status == "finished", (what, row.error_message)
    assert runs.rows(OUTCOMES, r=run_id) == unharmed.outcomes, what
    ready = "SELECT raw_key FROM jobs WHERE status = 'ready'"
    assert {row.raw_key for row in runs.rows(ready)} <= workers.stored(run_id)
    assert runs.rows("SELECT 1 FROM job_versions") == []


def test_run_killed_at_any_commit_point_ends_like_one_that_was_not(
    workers: Workers, unharmed: Unharmed, chance: random.Random
) -> None:
    runs = workers.runs
    for fatal in sorted(chance.sample(range(1, unharmed.points), RUNS)):
        run_id = workers.start(f"killed-at-{fatal}")
        killed = workers.work(run_id, [fatal], "kill")
        # Returncode 0 is right, too. The number of points differs from run to run, so one of the
        # last points may not be reached.
        assert killed.returncode in (0, -signal.SIGKILL), killed.stderr
        if runs.sweep(run_id).status == "active":
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
