"""Tests of the upgrade of a full database from before the catalogue (revision 0009).

``fixtures/before_the_catalogue.sql`` is a dump of such a database, without its schema. Commit
479ea64, the last before the catalogue, filled the database in one process. That process used
embedded Postgres, SeaweedFS, the sample sites (seed 7) and the steps of ``tests/ingestion.py``.
Afterwards the dump was edited. Descriptions and inline contents were shortened, and equal ones are
still equal. Provenance and nulls were removed from the postings. ``sites.example`` replaces the
address of the sites. The dump holds these days:

- Day 1: ada follows fernhollow, heronworks and quillfern (run 1).
- Day 2: ben follows quillfern, and fernhollow twice, as ``fern`` and ``fern-again`` (run 2).
- Day 3: ada's run 3 finds changes.
- Day 4: in ada's run 4, heronworks answers 500 and two pages can't be fetched. Ben filters
  quillfern (run 5). Run 6 retries run 4, and one page fails again.
- Day 6: ada renames quillfern to ``quill``. Ben's run 7 is aborted.
- Day 7: ada's run 8 is forced. Ben's run 9 was begun in Airflow. Run 10 reads ada's stored pages.
- Day 8: ben's run 11 has not ended, and cleo's run 12 has not been dispatched yet.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, Row, text

from include.core.companies.boards import config_sha256
from include.db.diagnosis import read_revision
from include.db.engine import make_engine
from include.db.migrate import newest_revision, upgrade
from local.postgres import PostgresServer

pytestmark = pytest.mark.integration

_DUMP = Path(__file__).parent / "fixtures" / "before_the_catalogue.sql"
_BOARD_OF = {"fern": "fernhollow", "fern-again": "fernhollow", "quill": "quillfern"}
_ACTIVE = ("pending", "crawling", "extracting")


@dataclass(frozen=True, kw_only=True)
class RunHistory:
    """The data on runs that the API returns, by run id."""

    outcomes: dict[int, set[tuple[Any, ...]]]
    """A tuple for each job: company, external id, status, added, listed, error code."""
    titles: dict[int, set[tuple[Any, ...]]]
    """A tuple for each job that has an outcome in the run: company, external id, title."""
    companies: dict[int, set[tuple[Any, ...]]]
    """A tuple for each company: company, source, status, listed, error."""
    changes: dict[int, set[tuple[Any, ...]]]
    """A tuple for each changed posting: company, external id, changed fields as JSON."""


@dataclass(frozen=True, kw_only=True)
class Upgraded:
    """An upgraded database, and the data that it held before the upgrade."""

    engine: Engine
    runs: dict[int, Row[Any]]
    jobs: dict[tuple[str, str, str], Row[Any]]
    """The jobs before the upgrade, by user, company and external id."""
    history: RunHistory

    def rows(self, query: str, **parameters: object) -> list[Row[Any]]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), parameters))

    def new_history(self) -> RunHistory:
        with self.engine.connect() as connection:
            return _read_history(connection, _NEW)


@pytest.fixture(scope="module")
def empty_old(postgres: PostgresServer) -> str:
    """Return the name of an empty database at revision 0009, which tests use as a template."""
    name = f"old_{secrets.token_hex(4)}"
    with postgres.connect() as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type] # this test made the name, so it is safe
    upgrade(postgres.url(name), "0009")
    return name


@pytest.fixture(scope="module")
def upgraded(postgres: PostgresServer, empty_old: str) -> Iterator[Upgraded]:
    def load(connection: Connection) -> None:
        connection.connection.cursor().execute(_DUMP.read_text())

    with _upgraded(postgres, empty_old, load) as database:
        yield database


@contextmanager
def _upgraded(
    postgres: PostgresServer, template: str, fill: Callable[[Connection], None]
) -> Iterator[Upgraded]:
    name = f"upgraded_{secrets.token_hex(4)}"
    with postgres.connect() as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
    engine = make_engine(postgres.url(name))
    try:
        with engine.begin() as connection:
            fill(connection)
        with engine.connect() as connection:
            runs = {row.run_id: row for row in connection.execute(text(_OLD_RUNS))}
            jobs = {
                (row.user_id, row.company, row.external_id): row
                for row in connection.execute(text("SELECT * FROM jobs"))
            }
            history = _read_history(connection, _OLD)
        engine.dispose()
        upgrade(postgres.url(name))
        yield Upgraded(engine=engine, runs=runs, jobs=jobs, history=history)
    finally:
        engine.dispose()
        with postgres.connect() as connection:
            connection.execute(f"DROP DATABASE {name}")  # type: ignore[arg-type] # this test made the name, so it is safe


def _read_history(connection: Connection, queries: dict[str, str]) -> RunHistory:
    found: dict[str, dict[int, set[tuple[Any, ...]]]] = {}
    for name, query in queries.items():
        by_run = found.setdefault(name, {})
        for run_id, *told in connection.execute(text(query)):
            by_run.setdefault(run_id, set()).add(tuple(told))
    return RunHistory(**found)


_OLD_RUNS = (
    "SELECT *, status IN ('pending', 'initializing', 'ingesting') AS active FROM ingestion_runs"
)
# A job that an active run has not read counts as failed, because the upgrade ends active runs and
# fails their unread jobs.
_OLD_OUTCOMES = """
    SELECT run_id, company, external_id, title, status, added, listed, error_code FROM run_jobs
    UNION ALL
    SELECT run_id, company, external_id, title,
        CASE WHEN unread THEN 'failed' ELSE status END, first_run_id = run_id,
        missed_run_id IS DISTINCT FROM run_id,
        CASE WHEN unread THEN 'unfinished' WHEN status = 'failed' THEN error_code END
    FROM (SELECT *, status IN ('pending', 'crawling', 'extracting') AS unread FROM jobs) AS jobs
    WHERE run_id NOT IN (SELECT run_id FROM run_jobs)
        AND run_id IN (SELECT run_id FROM ingestion_runs WHERE finished_at IS NULL)
"""
_OLD = {
    "outcomes": f"""
        SELECT run_id, company, external_id, status, added, listed, error_code
        FROM ({_OLD_OUTCOMES}) AS told
    """,
    "titles": f"""
        SELECT run_id, company, external_id, title
        FROM ({_OLD_OUTCOMES}) AS told WHERE status <> 'skipped'
    """,
    "companies": "SELECT run_id, company, source, status, listed, error FROM run_companies",
    "changes": f"""
        SELECT v.run_id, told.company, told.external_id, v.changes::text
        FROM ({_OLD_OUTCOMES}) AS told
        JOIN ingestion_runs AS r USING (run_id)
        JOIN jobs AS j ON j.user_id = r.user_id AND j.company = told.company
            AND j.external_id = told.external_id
        JOIN job_versions AS v ON v.job_id = j.job_id AND v.run_id = told.run_id
    """,
}
_NEW = {
    "outcomes": """
        SELECT c.run_id, c.company, j.external_id, coalesce(t.status, 'skipped'),
            coalesce(t.added, false), true, t.error_code
        FROM run_companies AS c
        JOIN checks USING (check_id)
        CROSS JOIN LATERAL unnest(checks.job_ids) AS i(job_id)
        JOIN jobs AS j USING (job_id)
        LEFT JOIN run_jobs AS t USING (run_id, company, job_id)
        UNION ALL
        SELECT t.run_id, t.company, j.external_id, t.status, t.added, t.listed, t.error_code
        FROM run_jobs AS t JOIN jobs AS j USING (job_id) WHERE NOT t.listed
    """,
    "titles": """
        SELECT t.run_id, t.company, j.external_id, t.title
        FROM run_jobs AS t JOIN jobs AS j USING (job_id)
    """,
    "companies": "SELECT run_id, company, source, status, listed, error FROM run_companies",
    "changes": """
        SELECT t.run_id, t.company, j.external_id, v.changes::text
        FROM run_jobs AS t
        JOIN jobs AS j USING (job_id)
        JOIN job_versions AS v ON v.job_id = t.job_id
            AND v.version > t.seen_version AND v.version <= t.version
    """,
}


def test_companies_on_one_board_share_it_and_its_jobs(upgraded: Upgraded) -> None:
    expected = {(_BOARD_OF.get(slug, slug), job) for _, slug, job in upgraded.jobs}
    [(boards, jobs)] = upgraded.rows(
        "SELECT (SELECT count(*) FROM boards), (SELECT count(*) FROM jobs)"
    )
    assert (boards, jobs) == (3, len(expected))
    follows = upgraded.rows("SELECT slug, source FROM companies JOIN boards USING (board_id)")
    assert {row.slug: row.source for row in follows} == {
        **dict.fromkeys(("fern", "fern-again", "fernhollow"), "sitemap"),
        **dict.fromkeys(("quill", "quillfern"), "lever"),
        "heronworks": "greenhouse",
    }


def test_each_user_keeps_their_jobs_and_nobody_elses(upgraded: Upgraded) -> None:
    rows = upgraded.rows(
        "SELECT u.*, j.external_id FROM user_jobs AS u JOIN jobs AS j USING (job_id)"
    )
    assert len(rows) == len(upgraded.jobs)
    for row in rows:
        before = upgraded.jobs[row.user_id, row.company, row.external_id]
        assert row.first_seen_at == before.first_seen_at
        assert row.expired == (before.status == "expired")
        assert row.wanted == before.wanted


def test_nobody_has_seen_content_that_only_others_have_read(upgraded: Upgraded) -> None:
    rows = upgraded.rows(
        "SELECT u.user_id, u.company, j.external_id, u.seen_version, j.content_version, j.posting,"
        " j.fields_sha256, j.text_sha256 FROM user_jobs AS u JOIN jobs AS j USING (job_id)"
    )
    behind = 0
    for row in rows:
        before = upgraded.jobs[row.user_id, row.company, row.external_id]
        same = before.posting == row.posting or (
            (before.fields_sha256, before.text_sha256) == (row.fields_sha256, row.text_sha256)
        )
        if before.posting is None:
            assert row.seen_version == 0
        elif same:
            assert row.seen_version == row.content_version
        else:
            assert row.seen_version < row.content_version
            behind += 1
    assert behind > 0


def test_a_job_was_first_seen_when_anybody_saw_it_and_last_when_anybody_did(
    upgraded: Upgraded,
) -> None:
    seen: dict[tuple[str, str], list[Row[Any]]] = {}
    for (_, slug, external_id), row in upgraded.jobs.items():
        seen.setdefault((_BOARD_OF.get(slug, slug), external_id), []).append(row)
    expected = {
        external_id: (min(r.first_seen_at for r in rows), max(r.last_seen_at for r in rows))
        for (_, external_id), rows in seen.items()
    }
    rows = upgraded.rows("SELECT external_id, first_seen_at, last_seen_at FROM jobs")
    assert {row.external_id: (row.first_seen_at, row.last_seen_at) for row in rows} == expected


def test_every_run_tells_of_each_job_what_it_told_before(upgraded: Upgraded) -> None:
    _assert_same_history(upgraded)
    assert len(upgraded.history.outcomes) == 11


def _assert_same_history(upgraded: Upgraded) -> None:
    """Check that the runs have the same history as before.

    The companies are compared only for runs that had ended before the upgrade.
    """
    before, after = upgraded.history, upgraded.new_history()
    assert after.outcomes == before.outcomes
    assert after.titles == before.titles
    assert after.changes == before.changes
    ended = {run_id for run_id, run in upgraded.runs.items() if not run.active}
    told = {run_id: companies for run_id, companies in after.companies.items() if run_id in ended}
    assert told == {
        run_id: companies for run_id, companies in before.companies.items() if run_id in ended
    }
    _assert_counted(upgraded)


def _assert_counted(upgraded: Upgraded) -> None:
    """Check that the counts of each run follow from its outcomes and are the same as before."""
    outcomes = upgraded.history.outcomes
    for row in upgraded.rows("SELECT run_id, counts FROM ingestion_runs"):
        told = outcomes.get(row.run_id, set())
        statuses = [status for _, _, status, _, _, _ in told]
        assert row.counts == {
            **dict.fromkeys(_ACTIVE, 0),
            **{end: statuses.count(end) for end in ("ready", "skipped", "failed", "expired")},
            "total": sum(listed for _, _, _, _, listed, _ in told),
            "added": sum(added for _, _, _, added, _, _ in told),
        }
        if (before := upgraded.runs[row.run_id]).counts is not None:
            assert row.counts == before.counts


def test_active_runs_end_in_error_and_say_why(upgraded: Upgraded) -> None:
    rows = upgraded.rows("SELECT * FROM ingestion_runs")
    expected = {
        run_id: ("error", "upgraded") if run.active else (run.status, run.error_code)
        for run_id, run in upgraded.runs.items()
    }
    assert {row.run_id: (row.status, row.error_code) for row in rows} == expected
    assert expected[11] == expected[12] == ("error", "upgraded")
    [why] = {row.error_message for row in rows if row.error_code == "upgraded"}
    assert why == "the system was upgraded before the run was done; start a new one"
    companies = upgraded.rows("SELECT status, error FROM run_companies WHERE run_id = 11")
    assert {tuple(row) for row in companies} == {("error", why)}


def test_no_run_or_check_is_active_after_the_upgrade(upgraded: Upgraded) -> None:
    assert upgraded.rows("SELECT 1 FROM sweeps WHERE status = 'active'") == []
    assert upgraded.rows("SELECT 1 FROM checks WHERE finished_at IS NULL") == []
    assert (
        upgraded.rows("SELECT 1 FROM jobs WHERE status = ANY(:active)", active=list(_ACTIVE)) == []
    )
    assert upgraded.rows("SELECT 1 FROM outbox WHERE done_at IS NULL") == []


def test_every_run_has_a_sweep_of_its_id_with_a_check_for_each_company(upgraded: Upgraded) -> None:
    rows = upgraded.rows(
        "SELECT s.*, r.status AS run_status, r.dag_run_id AS made_by, r.kind"
        " FROM sweeps AS s JOIN ingestion_runs AS r ON r.run_id = s.sweep_id"
    )
    assert {row.sweep_id for row in rows} == set(upgraded.runs)
    ends = {"finished": "done", "aborted": "cancelled", "error": "failed"}
    for row in rows:
        before = upgraded.runs[row.sweep_id]
        assert row.status == ends[row.run_status]
        assert (row.dag_run_id, row.attempt) == (before.dag_run_id, before.attempt)
        assert row.made_by == (before.dag_run_id if before.trigger == "airflow" else None)
    assert {row.sweep_id: row.kind for row in rows if row.kind != "list"} == {
        6: "retry",
        10: "reextract",
    }
    [(strays,)] = upgraded.rows(
        "SELECT count(*) FROM run_companies AS c JOIN checks USING (check_id)"
        " WHERE checks.sweep_id <> c.run_id"
    )
    assert strays == 0


def test_only_what_listed_a_whole_board_for_a_finished_run_may_be_adopted(
    upgraded: Upgraded,
) -> None:
    rows = upgraded.rows(
        "SELECT sweep_id, company, checks.status, error_code FROM checks"
        " JOIN run_companies USING (check_id)"
    )
    others = {
        (row.sweep_id, row.company): (row.status, row.error_code)
        for row in rows
        if row.status != "done"
    }
    ben = ("fern", "fern-again", "quillfern")
    assert others == {
        (4, "heronworks"): ("failed", "listing"),
        (5, "quillfern"): ("cancelled", None),
        (9, "quillfern"): ("cancelled", None),
        **{(7, company): ("cancelled", None) for company in ben},
        **{(11, company): ("failed", "upgraded") for company in ben},
    }


def test_a_boards_newest_check_is_that_of_its_newest_run(upgraded: Upgraded) -> None:
    rows = upgraded.rows("SELECT sweep_id FROM checks ORDER BY check_id")
    assert [row.sweep_id for row in rows] == sorted(row.sweep_id for row in rows)
    made = upgraded.rows("INSERT INTO checks (board_id, sweep_id) VALUES (1, 1) RETURNING check_id")
    assert made[0].check_id == len(rows) + 1


def test_a_job_has_the_state_of_its_newest_run_that_gave_it_one(upgraded: Upgraded) -> None:
    owned: dict[tuple[str, str], list[Row[Any]]] = {}
    for (_, slug, external_id), row in upgraded.jobs.items():
        owned.setdefault((_BOARD_OF.get(slug, slug), external_id), []).append(row)
    given_up = 0
    states = {row.external_id: row for row in upgraded.rows("SELECT * FROM jobs")}
    for (_, external_id), rows in owned.items():
        newest = max(rows, key=lambda row: (row.run_id, row.job_id))
        if newest.status not in _ACTIVE:
            assert states[external_id].status == newest.status
        elif others := [
            row for row in rows if row.status not in _ACTIVE and row.expire_reason != "unlisted"
        ]:
            assert states[external_id].status == max(others, key=lambda row: row.run_id).status
            given_up += 1
        else:
            assert states[external_id].status == "failed"
            assert states[external_id].error_code == "unfinished"
    assert given_up > 0


def test_one_change_is_one_version_and_the_newest_is_the_jobs_own(upgraded: Upgraded) -> None:
    rows = upgraded.rows(
        "SELECT j.job_id, j.content_version, j.posting, t.version AS indexed,"
        " array_agg(v.version ORDER BY v.changed_at) FILTER (WHERE v.version > 0) AS versions,"
        " count(DISTINCT v.changes) AS changes"
        " FROM jobs AS j JOIN postings AS t USING (job_id)"
        " LEFT JOIN job_versions AS v USING (job_id) GROUP BY j.job_id, t.version"
    )
    for row in rows:
        versions = row.versions or []
        assert versions == list(range(2, len(versions) + 2))
        assert row.content_version == row.indexed == (len(versions) + 1 if row.posting else 0)
        assert row.changes == len(versions)
    [(before,)] = upgraded.rows("SELECT count(*) FROM job_versions")
    assert 0 < before < sum(len(found) for found in upgraded.history.changes.values())


def test_jobs_are_found_by_their_words(upgraded: Upgraded) -> None:
    found = upgraded.rows(
        "SELECT DISTINCT external_id FROM jobs JOIN postings USING (job_id)"
        " WHERE search @@ websearch_to_tsquery('jobhunt', 'accounts manager')"
    )
    titled = upgraded.rows("SELECT external_id FROM jobs WHERE title ~* '^account manager'")
    assert {row.external_id for row in found} >= {row.external_id for row in titled} != set()


def test_a_board_was_checked_when_a_run_last_listed_it(upgraded: Upgraded) -> None:
    rows = upgraded.rows("SELECT source, checked_at, now() AS now FROM boards")
    checked = {row.source: row.checked_at for row in rows}
    # Both have the same time, because the run that the upgrade ended was the last to check both
    # quillfern and fernhollow.
    assert checked["lever"] == checked["sitemap"]
    assert checked["greenhouse"] == upgraded.runs[8].finished_at


def test_rows_that_belong_to_no_board_are_kept(upgraded: Upgraded) -> None:
    kept = {
        "SELECT sweep_id, deadline, run_status FROM sla_misses ORDER BY 1": [
            (3, "run", "ingesting"),
            (11, "start", "pending"),
        ],
        "SELECT user_id, key, run_id FROM idempotency_keys": [("ada", "k", 3)],
        "SELECT user_id, run_id FROM stream_tickets": [("ben", 11)],
        "SELECT count(*) FROM outbox": [(10,)],
        "SELECT count(*) FROM hosts": [(3,)],
        "SELECT count(*) FROM robots_rules": [(3,)],
        "SELECT user_id FROM users ORDER BY 1": [("ada",), ("ben",), ("cleo",)],
    }
    assert {query: [tuple(row) for row in upgraded.rows(query)] for query in kept} == kept


def test_a_user_was_last_told_of_a_job_by_the_run_that_last_found_something(
    upgraded: Upgraded,
) -> None:
    last: dict[tuple[str, str, str], int] = {}
    for run_id, told in sorted(upgraded.history.outcomes.items()):
        for company, external_id, status, *_ in told:
            if status != "skipped":
                last[upgraded.runs[run_id].user_id, company, external_id] = run_id
    rows = upgraded.rows(
        "SELECT u.*, j.external_id, c.sweep_id FROM user_jobs AS u JOIN jobs AS j USING (job_id)"
        " JOIN checks AS c ON c.check_id = u.check_id"
    )
    assert {(row.user_id, row.company, row.external_id): row.run_id for row in rows} == last
    assert all(row.sweep_id == row.run_id for row in rows)


def test_where_nobody_else_has_a_board_the_user_sees_the_states_of_before(
    upgraded: Upgraded,
) -> None:
    rows = upgraded.rows(
        "SELECT external_id, status FROM user_job_states WHERE company = 'heronworks'"
    )
    assert {row.external_id: row.status for row in rows} == {
        external_id: row.status
        for (_, slug, external_id), row in upgraded.jobs.items()
        if slug == "heronworks"
    }


@dataclass(kw_only=True)
class OldDatabase:
    """A made-up database of the code before the catalogue, as lists of rows."""

    runs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    companies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    jobs: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    versions: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def run(
        self,
        user: str,
        *,
        listed: dict[str, dict[str, int | None]],
        status: str,
        board: str = "a",
    ) -> None:
        """Add a run.

        Args:
            listed: for each company, the content that was read of each posting, by external id. It
                is None if the reading failed. The user's other postings of the company have left
                the listing.
            status: the status of the run. If it is ``ingesting``, unread jobs stay active.
            board: the board that all companies of the run list.
        """
        run_id = len(self.runs) + 1
        self.runs.append({"run_id": run_id, "user_id": user, "status": status})
        for company, read in listed.items():
            row = {"run_id": run_id, "company": company, "board": board, "listed": len(read)}
            self.companies.append(row)
            for external_id, content in read.items():
                self._take_on(run_id, (user, company, external_id), content, status)
            for key, job in self.jobs.items():
                if key[:2] == (user, company) and key[2] not in read and job["status"] != "expired":
                    job |= {"run_id": run_id, "missed_run_id": run_id, "status": "expired"}
        if status != "ingesting":
            self.told += [
                {**job, "added": job["first_run_id"] == run_id, "listed": not job["missed_run_id"]}
                for job in self.jobs.values()
                if job["run_id"] == run_id
            ]

    def _take_on(
        self, run_id: int, key: tuple[str, str, str], content: int | None, status: str
    ) -> None:
        user, company, external_id = key
        job = self.jobs.setdefault(
            key,
            {
                "job_id": len(self.jobs) + 1,
                "user_id": user,
                "company": company,
                "external_id": external_id,
                "first_run_id": run_id,
                "content": None,
            },
        )
        job |= {"run_id": run_id, "missed_run_id": None, "error_code": None}
        if content is None:
            unread = "pending" if status == "ingesting" else "failed"
            code = {"aborted": "aborted", "finished": "http_status"}.get(status)
            job |= {"status": unread, "error_code": code}
            return
        before = job["content"]
        job |= {"content": content, "status": "skipped" if before == content else "ready"}
        if before not in (None, content):
            changes = json.dumps({"title": [f"Job {before}", f"Job {content}"]})
            row = {"job_id": job["job_id"], "run_id": run_id, "changes": changes}
            self.versions.append(row)

    def insert(self, connection: Connection) -> None:
        """Insert all rows into an empty database at revision 0009."""
        users = [{"user": user} for user in sorted({run["user_id"] for run in self.runs})]
        for sql, rows in (
            ("INSERT INTO users (user_id) VALUES (:user)", users),
            (_INSERT_RUN, self.runs),
            (_INSERT_COMPANY, self.companies),
            (_INSERT_JOB, list(self.jobs.values())),
            (_INSERT_TOLD, self.told),
            (_INSERT_VERSION, self.versions),
        ):
            if rows:
                connection.execute(text(sql), rows)


_INSERT_RUN = """
    INSERT INTO ingestion_runs (
        run_id, user_id, status, trigger, created_at, started_at, finished_at
    )
    OVERRIDING SYSTEM VALUE
    VALUES (:run_id, :user_id, :status, 'api', now(), now(),
        CASE WHEN :status <> 'ingesting' THEN now() END)
"""
_INSERT_COMPANY = """
    INSERT INTO run_companies (run_id, company, source, config, status, listed)
    VALUES (:run_id, :company, 'lever', jsonb_build_object('site', CAST(:board AS text)),
        'complete', :listed)
"""
_INSERT_JOB = """
    INSERT INTO jobs (
        job_id, user_id, company, external_id, run_id, first_run_id, missed_run_id, status,
        expire_reason, error_code, title, url, page_url, host, posting, posting_current, crawled_at
    )
    OVERRIDING SYSTEM VALUE
    SELECT :job_id, :user_id, :company, :external_id, :run_id, :first_run_id, :missed_run_id,
        :status, CASE WHEN :status = 'expired' THEN 'unlisted' END, :error_code,
        'Job', 'u', 'u', 'h',
        CASE WHEN c IS NOT NULL THEN jsonb_build_object('title', 'Job ' || c) END, c IS NOT NULL,
        CASE WHEN c IS NOT NULL THEN now() + CAST(:run_id AS integer) * interval '1 s' END
    FROM (SELECT CAST(:content AS integer)) AS read(c)
"""
_INSERT_TOLD = """
    INSERT INTO run_jobs (
        run_id, job_id, company, external_id, title, status, added, listed, error_code, attempts
    )
    VALUES (:run_id, :job_id, :company, :external_id, 'Job', :status, :added, :listed,
        CASE WHEN :status = 'failed' THEN :error_code END, 1)
"""
_INSERT_VERSION = """
    INSERT INTO job_versions (job_id, run_id, changes, changed_at)
    VALUES (:job_id, :run_id, CAST(:changes AS jsonb),
        now() + CAST(:run_id AS integer) * interval '1 s')
"""


@st.composite
def old_databases(draw: st.DrawFn) -> OldDatabase:
    """Draw a database of a few runs of two users.

    A user may follow a board twice, and may change the board of a company. Only the last run of a
    user may be active.
    """
    database = OldDatabase()
    contents = st.none() | st.integers(1, 3)
    postings = st.dictionaries(st.sampled_from("123"), contents, max_size=3)
    follows = st.dictionaries(st.sampled_from(("one", "two")), postings, min_size=1)
    users, boards = st.sampled_from(("ada", "ben")), st.sampled_from("aaab")
    ended = st.sampled_from(("finished", "finished", "aborted"))
    for _ in range(draw(st.integers(1, 7))):
        user, board = draw(users), draw(boards)
        database.run(user, listed=draw(follows), status=draw(ended), board=board)
    for user in sorted(draw(st.sets(users))):
        database.run(user, listed=draw(follows), status="ingesting", board=draw(boards))
    return database


@given(old=old_databases())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_history_is_carried_over(
    old: OldDatabase, postgres: PostgresServer, empty_old: str
) -> None:
    with _upgraded(postgres, empty_old, old.insert) as upgraded:
        before, after = upgraded.history, upgraded.new_history()
        assert after.outcomes == before.outcomes
        assert after.changes == before.changes
        rows = upgraded.rows(
            "SELECT u.*, j.external_id, j.posting, j.content_version, k.check_id AS known"
            " FROM user_jobs AS u JOIN jobs AS j USING (job_id)"
            " LEFT JOIN checks AS k ON k.check_id = j.check_id AND k.board_id = j.board_id"
        )
        assert {(row.user_id, row.company, row.external_id) for row in rows} == set(old.jobs)
        for row in rows:
            job = old.jobs[row.user_id, row.company, row.external_id]
            assert row.expired == (job["status"] == "expired")
            assert row.known is not None
            own = job["content"]
            is_current = own is not None and row.posting == {"title": f"Job {own}"}
            assert (row.seen_version == row.content_version > 0) == is_current


def test_two_spellings_of_one_board_are_one_and_what_is_no_config_is_kept(
    postgres: PostgresServer, empty_old: str
) -> None:
    def fill(connection: Connection) -> None:
        connection.execute(text("INSERT INTO users (user_id) VALUES ('ada')"))
        connection.execute(
            text("INSERT INTO companies VALUES ('ada', :slug, :source, CAST(:config AS jsonb))"),
            [
                {"slug": "one", "source": "lever", "config": '{"site": "acme"}'},
                {"slug": "two", "source": "lever", "config": '{"site": "acme", "render": false}'},
                {"slug": "odd", "source": "lever", "config": '{"sight": "acme"}'},
                {"slug": "old", "source": "fax", "config": '{"number": 7}'},
            ],
        )

    with _upgraded(postgres, empty_old, fill) as upgraded:
        rows = upgraded.rows("SELECT slug, config FROM companies JOIN boards USING (board_id)")
        assert {row.slug: row.config for row in rows} == {
            "one": {"site": "acme"},
            "two": {"site": "acme"},
            "odd": {"sight": "acme"},
            "old": {"number": 7},
        }
        assert upgraded.rows("SELECT count(*) FROM boards") == [(3,)]


def test_jobs_of_forgotten_runs_and_companies_stay_with_their_users_apart(
    postgres: PostgresServer, empty_old: str
) -> None:
    old = OldDatabase()
    old.run("ada", listed={"a1": {"1": 1}}, status="finished")
    old.run("ben", listed={"a1": {"1": 1}}, status="finished")

    def fill(connection: Connection) -> None:
        old.insert(connection)
        connection.execute(text("DELETE FROM ingestion_runs"))

    with _upgraded(postgres, empty_old, fill) as upgraded:
        rows = upgraded.rows(
            "SELECT u.user_id, u.job_id, u.seen_version, b.source, c.status"
            " FROM user_jobs AS u JOIN jobs AS j USING (job_id)"
            " JOIN boards AS b USING (board_id) JOIN checks AS c ON c.check_id = j.check_id"
        )
        assert {tuple(row) for row in rows} == {
            ("ada", 1, 1, "unknown", "cancelled"),
            ("ben", 2, 1, "unknown", "cancelled"),
        }
        hashes = upgraded.rows("SELECT config, config_sha256 FROM boards")
        assert [row.config_sha256 for row in hashes] == [
            config_sha256(row.config) for row in hashes
        ]


def test_a_failed_posting_that_only_its_listing_carried_can_still_be_read(
    postgres: PostgresServer, empty_old: str
) -> None:
    old = OldDatabase()
    old.run("ada", listed={"a1": {"1": None, "2": 1}}, status="finished")

    def fill(connection: Connection) -> None:
        old.insert(connection)
        connection.execute(
            text(
                "INSERT INTO listed_jobs (run_id, company, external_id, title, url, page_url, host,"
                " content, wanted) VALUES (1, 'a1', '1', 'Job', 'u', 'u', 'h', 'all of it', true)"
            )
        )

    with _upgraded(postgres, empty_old, fill) as upgraded:
        rows = upgraded.rows(
            "SELECT external_id, status, inline, content"
            " FROM jobs LEFT JOIN listed_jobs USING (board_id, external_id) ORDER BY 1"
        )
        assert [tuple(row) for row in rows] == [
            ("1", "failed", True, "all of it"),
            ("2", "ready", False, None),
        ]


def test_an_aborted_run_of_one_user_takes_no_posting_from_another(
    postgres: PostgresServer, empty_old: str
) -> None:
    old = OldDatabase()
    old.run("ada", listed={"a1": {"1": 1}}, status="finished")
    old.run("ben", listed={"a2": {"1": None}}, status="aborted")

    with _upgraded(postgres, empty_old, old.insert) as upgraded:
        assert upgraded.rows("SELECT status, content_version, posting FROM jobs") == [
            ("ready", 1, {"title": "Job 1"})
        ]
        seen_versions = upgraded.rows("SELECT user_id, seen_version FROM user_jobs ORDER BY 1")
        assert seen_versions == [("ada", 1), ("ben", 0)]
        states = upgraded.rows("SELECT user_id, status FROM user_job_states ORDER BY 1")
        assert states == [("ada", "ready"), ("ben", "ready")]


def test_changes_that_another_users_runs_found_are_news_to_a_user_who_was_away(
    postgres: PostgresServer, empty_old: str
) -> None:
    old = OldDatabase()
    old.run("ada", listed={"a1": {"1": 1}}, status="finished")
    for content in (1, 2, 3):
        old.run("ben", listed={"a1": {"1": content}}, status="finished")

    with _upgraded(postgres, empty_old, old.insert) as upgraded:
        seen_versions = upgraded.rows("SELECT user_id, seen_version FROM user_jobs ORDER BY 1")
        assert seen_versions == [("ada", 1), ("ben", 3)]
        versions = upgraded.rows("SELECT version, sweep_id FROM job_versions ORDER BY 1")
        assert versions == [(2, 3), (3, 4)]


def test_a_change_that_was_taken_back_and_came_again_is_told_by_each_run(
    postgres: PostgresServer, empty_old: str
) -> None:
    old = OldDatabase()
    for content in (1, 2, 1, 2):
        old.run("ada", listed={"a1": {"1": content}}, status="finished")

    with _upgraded(postgres, empty_old, old.insert) as upgraded:
        assert upgraded.new_history().changes == upgraded.history.changes
        assert upgraded.rows("SELECT content_version FROM jobs") == [(4,)]


def test_two_who_upgrade_at_once_wait_for_each_other(
    postgres: PostgresServer, empty_old: str
) -> None:
    name = f"upgraded_{secrets.token_hex(4)}"
    with postgres.connect() as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {empty_old}")  # type: ignore[arg-type]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        list(processes.map(upgrade, [postgres.url(name)] * 2))
    engine = make_engine(postgres.url(name))
    with engine.connect() as connection:
        assert read_revision(connection) == newest_revision()
    engine.dispose()
