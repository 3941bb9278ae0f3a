"""Change the database in the same way as the pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy import Engine, text

from include.core.models import Company, CompanyStatus, ListedJob, RunTrigger
from include.core.runs.run_state import CheckStatus, RunStatus
from include.db.catalogue.jobs import upsert_listed
from include.db.catalogue.listed_jobs import ListedRow, replace_listing
from include.db.catalogue.posting_index import index_missing_postings
from include.db.run.progress import list_run_jobs, read_head
from include.db.run.run_checks import runs_of_checks
from include.db.run.runs import advance, get_run, notify
from include.db.user.users import ensure_user
from include.db.work.checks import begin_listing, begin_reading, set_listing
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.runs.abort_run import abort_run
from include.pipeline.runs.settle_checks import end_early, end_if_read
from include.pipeline.runs.start_run import start_run

_NEVER = timedelta(days=10_000)


@dataclass(frozen=True)
class World:
    """Users who follow made-up boards. The same slug names the same board for all users."""

    engine: Engine

    def follow(self, user: str = "ada", *slugs: str) -> None:
        with self.engine.begin() as connection:
            ensure_user(connection, user)
            for slug in slugs or ("acme",):
                company = Company(slug=slug, source="greenhouse", config={"board": slug})
                follow_company(connection, user, company)

    def run(self, user: str = "ada", *slugs: str, max_age: timedelta = timedelta(0)) -> int:
        """Start a run, and return its id. The sweep that the run requests has the same id."""
        self.follow(user, *slugs)
        with self.engine.begin() as connection:
            return start_run(connection, user_id=user, trigger=RunTrigger.API, max_age=max_age)

    def checks(self, run_id: int) -> dict[str, int]:
        """Return the ids of the checks that the run rests on, by company."""
        with self.engine.connect() as connection:
            run = get_run(connection, run_id)
        assert run is not None
        pairs = zip(run.companies, run.check_ids, strict=True)
        return {company: check for company, check in pairs if check is not None}

    def initialize(self, run_id: int) -> None:
        """Begin to list the boards of the run's sweep."""
        with self.engine.begin() as connection:
            checks = list(self.checks(run_id).values())
            begin_listing(connection, run_id, checks)
            advance(connection, runs_of_checks(connection, checks), RunStatus.INITIALIZING)
            notify(connection)

    def list_jobs(
        self,
        run_id: int,
        *external_ids: str,
        company: str = "acme",
        status: CompanyStatus = CompanyStatus.COMPLETE,
        reason: str | None = None,
    ) -> None:
        """Write a listing of a board. It names these jobs, all of which are to be read."""
        check_id = self.checks(run_id)[company]
        url = "https://example.test/{}".format
        rows = [
            ListedRow(
                job=ListedJob(external_id=each, title=f"Title of {each}", url=url(each)),
                row_sha256=f"{check_id} {each}",
            )
            for each in external_ids
        ]
        with self.engine.begin() as connection:
            query = text("SELECT board_id FROM checks WHERE check_id = :c")
            board_id = connection.scalar(query, {"c": check_id})
            set_listing(connection, check_id, status, listed=len(rows), reason=reason)
            replace_listing(connection, board_id, rows)
            notify(connection)

    def ingest(self, run_id: int) -> None:
        """Take on the listed jobs and begin to read them.

        A board without a listing gets an empty one.
        """
        for company, check_id in self.checks(run_id).items():
            with self.engine.connect() as connection:
                query = text("SELECT listing FROM checks WHERE check_id = :c")
                is_listed = connection.scalar(query, {"c": check_id}) is not None
            if not is_listed:
                self.list_jobs(run_id, company=company)
        with self.engine.begin() as connection:
            upsert_listed(connection, run_id, _NEVER, ended_by_deadline=())
            index_missing_postings(connection, run_id)
            reading = begin_reading(connection, run_id)
            advance(connection, runs_of_checks(connection, reading), RunStatus.INGESTING)
            notify(connection)

    def ingesting_run(self, user: str = "ada", *external_ids: str) -> int:
        run_id = self.run(user)
        self.initialize(run_id)
        self.list_jobs(run_id, *external_ids)
        self.ingest(run_id)
        return run_id

    def flush(
        self,
        run_id: int,
        statuses: Mapping[str, str],
        *,
        titles: Mapping[str, str] = MappingProxyType({}),
        quietly: bool = False,
    ) -> None:
        """Write the statuses of some jobs of the run's checks, as a worker's flush does.

        Args:
            statuses: the new statuses, by external id.
            titles: the titles that were read on pages, by external id.
            quietly: True to leave the API without a notification.
        """
        with self.engine.begin() as connection:
            for external_id, status in statuses.items():
                parameters = {"run": run_id, "ids": [external_id], "status": status, "all": False}
                connection.execute(_WRITE, parameters | {"title": titles.get(external_id)})
            if not quietly:
                notify(connection)

    def flush_all(self, run_id: int, status: str) -> None:
        """Write the same status for all jobs of the run's checks."""
        with self.engine.begin() as connection:
            parameters = {"run": run_id, "ids": [], "status": status, "all": True, "title": None}
            connection.execute(_WRITE, parameters)
            notify(connection)

    def end(self, run_id: int, status: RunStatus = RunStatus.FINISHED) -> None:
        """End the run with this status.

        ``aborted`` means that its user ends it, ``finished`` that its jobs are read, and ``failed``
        that its sweep is given up as stale.
        """
        checks = list(self.checks(run_id).values())
        with self.engine.begin() as connection:
            match status:
                case RunStatus.ABORTED:
                    assert abort_run(connection, run_id) is not None
                case RunStatus.FINISHED:
                    connection.execute(_LEAVE_READ, {"checks": checks})
                    end_if_read(connection, checks)
                case _:
                    end_early(
                        connection,
                        checks,
                        CheckStatus.FAILED,
                        error_code="stale",
                        reason="no worker was heard of",
                    )
            run = get_run(connection, run_id)
            assert run is not None
            assert run.status is status

    def states(self, run_id: int) -> dict[str, dict[str, str]]:
        """Return the status that the run shows for each job, by company and then by external id."""
        with self.engine.connect() as connection:
            head = read_head(connection, run_id)
            assert head is not None
            run_jobs = list_run_jobs(connection, head, limit=100_000)
        found: dict[str, dict[str, str]] = {}
        for job in run_jobs:
            found.setdefault(job.company, {})[job.external_id] = job.status.value
        return found


_WRITE = text(
    """
    UPDATE jobs SET status = :status, changed_xid = pg_current_xact_id(),
        title = coalesce(:title, title),
        expire_reason = CASE WHEN :status = 'expired' THEN 'gone' END,
        expired_at = CASE WHEN :status = 'expired' THEN now() END,
        settled_at = CASE WHEN :status IN ('ready', 'skipped', 'failed', 'expired') THEN now() END,
        posting_current = posting_current OR :status = 'ready',
        content_version = content_version + CASE WHEN :status = 'ready' THEN 1 ELSE 0 END
    WHERE check_id IN (
        SELECT unnest(check_ids) FROM ingestion_runs WHERE run_id = :run
    ) AND (:all OR external_id = ANY(CAST(:ids AS text[])))
    """
)
_LEAVE_READ = text(
    """
    UPDATE checks SET status = 'reading' WHERE check_id = ANY(CAST(:checks AS bigint[]))
        AND status IN ('waiting', 'listing')
    """
)
