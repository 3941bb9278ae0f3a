"""A user with something on every page: a run that ended badly, one that goes on, and postings of
every outcome, all in words that a test chooses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle

from sqlalchemy import Connection, Engine, func, insert, update

from include.core.markup import describe
from include.core.models import CompanyStatus
from include.core.run_state import JobStatus, RunStatus
from include.db.run_companies import set_company
from include.db.runs import end_run
from include.db.tables import job_versions, jobs, sla_misses
from tests.api.world import World

_OUTCOMES = (JobStatus.READY, JobStatus.FAILED, JobStatus.SKIPPED, JobStatus.EXPIRED)


@dataclass(frozen=True, kw_only=True)
class Stocked:
    ended_run: int
    live_run: int
    job_ids: tuple[int, ...]
    """One a text, in their order; the first of them was read, the second failed."""

    @property
    def pages(self) -> dict[str, str]:
        """Paths by name."""
        return {
            "start": "/",
            "progress": f"/runs/{self.live_run}",
            "summary": f"/runs/{self.ended_run}/summary",
            "history": "/history",
            "jobs": "/jobs",
            "posting": f"/jobs/{self.job_ids[0]}",
            "failed posting": f"/jobs/{self.job_ids[1]}",
        }


def stock(
    engine: Engine, texts: Sequence[str], addresses: Sequence[str], companies: Sequence[str]
) -> Stocked:
    world = World(engine)
    ended = world.run("ada", *companies)
    world.initialize(ended)
    with engine.begin() as connection:
        for company, text in zip(companies, cycle(texts)):
            _say_of_listing(connection, ended, company, text)
        job_ids = tuple(_list_jobs(connection, ended, texts, addresses, companies))
    world.ingest(ended)
    with engine.begin() as connection:
        connection.execute(
            insert(sla_misses).values(
                run_id=ended, deadline="deadline", attempt=1, run_status="ingesting"
            )
        )
        assert end_run(connection, ended, RunStatus.ERROR, error=("stale", texts[0]))
    live = world.run("ada", *companies)
    world.initialize(live)
    with engine.begin() as connection:
        for company, text in zip(companies, cycle(texts)):
            _say_of_listing(connection, live, company, text)
        connection.execute(
            update(jobs)
            .where(jobs.c.status.in_([JobStatus.READY, JobStatus.FAILED]))
            .values(run_id=live, version=2)
        )
        connection.execute(
            update(jobs).where(jobs.c.status == JobStatus.READY).values(status=JobStatus.CRAWLING)
        )
    world.ingest(live)
    return Stocked(ended_run=ended, live_run=live, job_ids=job_ids)


def _say_of_listing(connection: Connection, run_id: int, company: str, text: str) -> None:
    set_company(connection, run_id, company, CompanyStatus.PARTIAL, listed=4, error=text)


def _list_jobs(
    connection: Connection,
    run_id: int,
    texts: Sequence[str],
    addresses: Sequence[str],
    companies: Sequence[str],
) -> list[int]:
    made: list[int] = []
    for number, (text, address, company, status) in enumerate(
        zip(texts, cycle(addresses), cycle(companies), cycle(_OUTCOMES))
    ):
        job_id = connection.scalar(
            insert(jobs)
            .values(
                user_id="ada",
                company=company,
                external_id=f"{number} {text}",
                run_id=run_id,
                first_run_id=run_id,
                status=status,
                version=1,
                title=text,
                location=text,
                url=address,
                page_url=address,
                host="example.test",
                posting=_record(text, address),
                posting_current=True,
                error_code="http_status" if status is JobStatus.FAILED else None,
                error_message=text if status is JobStatus.FAILED else None,
                attempts=3,
                settled_at=func.now(),
                expire_reason="gone" if status is JobStatus.EXPIRED else None,
                expired_at=func.now() if status is JobStatus.EXPIRED else None,
            )
            .returning(jobs.c.job_id)
        )
        assert job_id is not None
        made.append(job_id)
        changes = {"title": [text, f"{text}!"], "requirements": [[text], [text, text]]}
        connection.execute(
            insert(job_versions).values(job_id=job_id, run_id=run_id, changes=changes)
        )
    return made


def _record(text: str, address: str) -> dict[str, object]:
    return {
        "title": text,
        "url": address,
        "apply_url": address,
        "company": text,
        "department": text,
        "team": text,
        "language": "en",
        "locations": [],
        "employment_types": [],
        "employment_type_raw": text,
        # Chromium reports markup of strangers even in a document that runs nothing
        "description_html": describe(text).html,
        "description_text": f"{text}\n{text}",
        "requirements": [text, text],
        "posted_at": datetime(2026, 3, 2, tzinfo=UTC).isoformat(),
        "posted_at_raw": text,
        "provenance": {"title": text, "department": "jsonld"},
    }
