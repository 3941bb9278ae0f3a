"""Make a user whose data fill every page with the texts that a test chooses.

The user has a run that ended with errors, an active run, and postings with every outcome.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from urllib.parse import urlencode

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy import text as sql

from include.core.formats.markup import describe
from include.core.models import Company, CompanyStatus, RunTrigger
from include.core.runs.run_state import CheckStatus, JobStatus, RunStatus
from include.db.catalogue.posting_index import index_postings
from include.db.run.run_checks import runs_of_checks
from include.db.run.runs import advance, notify
from include.db.tables import checks as check_table
from include.db.tables import job_versions, jobs, sla_misses, user_jobs
from include.db.user.saved_searches import save_search
from include.db.user.tracking import put_tracking
from include.db.user.users import ensure_user
from include.db.work.checks import begin_reading, set_listing
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.runs.settle_checks import end_early
from include.pipeline.runs.start_run import start_run
from tests.api.world import World

_OUTCOMES = (JobStatus.READY, JobStatus.FAILED, JobStatus.SKIPPED, JobStatus.EXPIRED)


@dataclass(frozen=True, kw_only=True)
class Stocked:
    ended_run: int
    live_run: int
    job_ids: tuple[int, ...]
    """The ids of the jobs, one for each text, in order.

    The first job was read, and the second failed.
    """

    @property
    def pages(self) -> dict[str, str]:
        """Return the paths of the web page's views, by the names that tests use."""
        return {
            "new": "/",
            "companies": "/companies",
            "progress": f"/runs/{self.live_run}",
            "summary": f"/runs/{self.ended_run}/summary",
            "run jobs": f"/runs/{self.ended_run}/jobs?status=failed",
            "history": "/history",
            "jobs": "/jobs?open=any",
            "tracked": "/tracked",
            "posting": f"/jobs/{self.job_ids[0]}",
            "failed posting": f"/jobs/{self.job_ids[1]}",
        }


def stock(
    engine: Engine, texts: Sequence[str], addresses: Sequence[str], companies: Sequence[str]
) -> Stocked:
    world = World(engine)
    with engine.begin() as connection:
        ensure_user(connection, "ada")
        for slug in companies:
            # Replace slashes by a similar sign, because a board's name must not contain a slash.
            config = {"board": slug.replace("/", "\N{DIVISION SLASH}")}
            company = Company(slug=slug, source="greenhouse", config=config)
            follow_company(connection, "ada", company)
    ended = _start_listing(world, texts)
    with engine.begin() as connection:
        job_ids = tuple(_insert_jobs(connection, world.checks(ended), texts, addresses))
        index_postings(connection, job_ids)
        put_tracking(connection, "ada", job_ids[0], {"state": "applied", "note": texts[0]})
        save_search(connection, "ada", texts[0], f"open=any&{urlencode({'q': texts[0]})}")
        save_search(connection, "ada", "Everything", "")
        save_search(connection, "ada", "Refused by now", urlencode({"flavour": texts[0]}))
        _begin_reading(connection, ended)
        miss = {"deadline": "deadline", "attempt": 1, "run_status": "ingesting"}
        connection.execute(insert(sla_misses).values(sweep_id=ended, **miss))
        end_early(
            connection,
            list(world.checks(ended).values()),
            CheckStatus.FAILED,
            error_code="stale",
            reason=texts[0],
        )
    live = _start_listing(world, texts)
    with engine.begin() as connection:
        connection.execute(_LIST_AGAIN, {"checks": list(world.checks(live).values())})
        _begin_reading(connection, live)
    return Stocked(ended_run=ended, live_run=live, job_ids=job_ids)


def _start_listing(world: World, texts: Sequence[str]) -> int:
    """Start a run, and set one of the texts as the reason of each company's partial listing."""
    with world.engine.begin() as connection:
        run_id = start_run(connection, user_id="ada", trigger=RunTrigger.API, max_age=timedelta(0))
    world.initialize(run_id)
    with world.engine.begin() as connection:
        for check_id, text in zip(world.checks(run_id).values(), cycle(texts)):
            assert set_listing(connection, check_id, CompanyStatus.PARTIAL, listed=4, reason=text)
    return run_id


def _begin_reading(connection: Connection, run_id: int) -> None:
    """Begin to read the run's checks, and let them take on the jobs of their boards."""
    reading = begin_reading(connection, run_id)
    advance(connection, runs_of_checks(connection, reading), RunStatus.INGESTING)
    connection.execute(_TAKE_ON, {"checks": reading})
    notify(connection)


def _insert_jobs(
    connection: Connection,
    checks: Mapping[str, int],
    texts: Sequence[str],
    addresses: Sequence[str],
) -> list[int]:
    """Insert a job for each text, and record that the user was shown this job."""
    made: list[int] = []
    for number, (text, address, (company, check_id), status) in enumerate(
        zip(texts, cycle(addresses), cycle(checks.items()), cycle(_OUTCOMES))
    ):
        board_id = select(check_table.c.board_id).where(check_table.c.check_id == check_id)
        job_id = connection.execute(
            insert(jobs)
            .values(
                board_id=board_id.scalar_subquery(),
                external_id=f"{number} {text}",
                check_id=check_id,
                status=status,
                title=text,
                location=text,
                listed_title=text,
                listed_location=text,
                url=address,
                page_url=address,
                host="example.test",
                posting=_record(text, address),
                posting_current=True,
                content_version=2,
                error_code="http_4xx" if status is JobStatus.FAILED else None,
                error_message=text if status is JobStatus.FAILED else None,
                attempts=3,
                settled_at=func.now(),
                expire_reason="gone" if status is JobStatus.EXPIRED else None,
                expired_at=func.now() if status is JobStatus.EXPIRED else None,
            )
            .returning(jobs.c.job_id)
        ).scalar_one()
        made.append(job_id)
        changes = {"title": [text, f"{text}!"], "requirements": [[text], [text, text]]}
        connection.execute(
            insert(job_versions).values(job_id=job_id, version=2, sweep_id=1, changes=changes)
        )
        connection.execute(
            insert(user_jobs).values(
                user_id="ada",
                company=company,
                job_id=job_id,
                run_id=1,
                check_id=check_id,
                seen_version=1 if status is JobStatus.READY else 2,
            )
        )
    return made


_LIST_AGAIN = sql(
    """
    UPDATE jobs AS j SET check_id = c.check_id, changed_xid = pg_current_xact_id(),
        status = CASE WHEN j.status = 'ready' THEN 'crawling' ELSE j.status END
    FROM checks AS c
    WHERE c.board_id = j.board_id AND c.check_id = ANY(CAST(:checks AS bigint[]))
        AND j.status IN ('ready', 'failed')
    """
)
_TAKE_ON = sql(
    """
    UPDATE checks AS c SET jobs_xid = pg_current_xact_id(), job_ids = ARRAY(
        SELECT j.job_id FROM jobs AS j WHERE j.check_id = c.check_id ORDER BY j.job_id
    )
    WHERE c.check_id = ANY(CAST(:checks AS bigint[]))
    """
)


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
        # The markup is sanitised first, because Chromium logs errors even in markup that runs
        # nothing, and each logged error fails the test.
        "description_html": describe(text).html,
        "description_text": f"{text}\n{text}",
        "requirements": [text, text],
        "posted_at": datetime(2026, 3, 2, tzinfo=UTC).isoformat(),
        "posted_at_raw": text,
        "provenance": {"title": text, "department": "jsonld"},
    }
