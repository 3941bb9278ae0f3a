"""What the pipeline does to the database, done by hand."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, insert, select, update

from include.core.models import Company, RunTrigger
from include.core.run_state import RunStatus
from include.db.companies import put_company
from include.db.run_companies import add_companies
from include.db.runs import end_run, get_run, insert_run, notify, set_status, touch
from include.db.tables import jobs
from include.db.users import ensure_user


@dataclass(frozen=True)
class World:
    engine: Engine

    def follow(self, user: str = "ada", *slugs: str) -> None:
        with self.engine.begin() as connection:
            ensure_user(connection, user)
            for slug in slugs or ("acme",):
                company = Company(slug=slug, source="greenhouse", config={"board": slug})
                put_company(connection, user, company)

    def run(self, user: str = "ada", *slugs: str) -> int:
        """A pending run."""
        self.follow(user, *slugs)
        with self.engine.begin() as connection:
            run_id = insert_run(connection, user_id=user, trigger=RunTrigger.API)
        assert run_id is not None
        return run_id

    def initialize(self, run_id: int) -> None:
        with self.engine.begin() as connection:
            set_status(connection, run_id, 1, RunStatus.INITIALIZING)
            run = get_run(connection, run_id)
            assert run is not None
            add_companies(connection, run_id, run.user_id, None)

    def list_jobs(self, run_id: int, *external_ids: str, company: str = "acme") -> None:
        """As upsert_jobs leaves them."""
        with self.engine.begin() as connection:
            version = touch(connection, run_id, 1, during=[RunStatus.INITIALIZING])
            run = get_run(connection, run_id)
            assert run is not None
            known = select(jobs.c.external_id).where(
                jobs.c.user_id == run.user_id, jobs.c.company == company
            )
            before = set(connection.scalars(known))
            for external_id in external_ids:
                url = f"https://example.test/{external_id}"
                values = {"run_id": run_id, "status": "pending", "version": version}
                if external_id in before:
                    same = (jobs.c.company == company) & (jobs.c.external_id == external_id)
                    connection.execute(update(jobs).where(same).values(values))
                    continue
                connection.execute(
                    insert(jobs).values(
                        **values,
                        user_id=run.user_id,
                        company=company,
                        external_id=external_id,
                        first_run_id=run_id,
                        title=f"Title of {external_id}",
                        url=url,
                        page_url=url,
                        host="example.test",
                    )
                )
            notify(connection, run_id)

    def ingest(self, run_id: int) -> None:
        with self.engine.begin() as connection:
            set_status(connection, run_id, 1, RunStatus.INGESTING)

    def ingesting_run(self, user: str = "ada", *external_ids: str) -> int:
        run_id = self.run(user)
        self.initialize(run_id)
        self.list_jobs(run_id, *external_ids)
        self.ingest(run_id)
        return run_id

    def flush(self, run_id: int, statuses: Mapping[str, str], *, quietly: bool = False) -> int:
        """One worker's flush; returns its version."""
        with self.engine.begin() as connection:
            version = touch(connection, run_id, 1, during=[RunStatus.INGESTING])
            for external_id, status in statuses.items():
                connection.execute(
                    update(jobs)
                    .where(jobs.c.run_id == run_id, jobs.c.external_id == external_id)
                    .values(status=status, version=version)
                )
            if not quietly:
                notify(connection, run_id)
        return version

    def flush_all(self, run_id: int, status: str) -> None:
        """Every job at once."""
        with self.engine.begin() as connection:
            version = touch(connection, run_id, 1, during=[RunStatus.INGESTING])
            all_jobs = update(jobs).where(jobs.c.run_id == run_id)
            connection.execute(all_jobs.values(status=status, version=version))
            notify(connection, run_id)

    def end(self, run_id: int, status: RunStatus = RunStatus.FINISHED) -> None:
        with self.engine.begin() as connection:
            assert end_run(connection, run_id, status)

    def states(self, run_id: int) -> dict[str, dict[str, str]]:
        """Company → external id → status, of a live run."""
        with self.engine.connect() as connection:
            columns = (jobs.c.company, jobs.c.external_id, jobs.c.status)
            rows = connection.execute(select(*columns).where(jobs.c.run_id == run_id))
            found: dict[str, dict[str, str]] = {}
            for company, external_id, status in rows:
                found.setdefault(company, {})[external_id] = status
            return found
