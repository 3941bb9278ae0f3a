"""Reads a batch's stored pages into postings, and notes what changed since the last reading."""

import asyncio

from sqlalchemy import Engine

from include.core.outcomes import Extracted, Failed, Gone, Outcome
from include.core.records import changed_fields, posting_to_json
from include.db.batches import ExtractJob, jobs_to_extract
from include.db.run_companies import get_sources
from include.db.runs import Run
from include.errors import JobhuntError, PageGone
from include.pipeline.flush import Outcomes, flush_while
from include.pipeline.outages import is_outage
from include.pipeline.read_page import read_page
from include.pipeline.reextract import read_again
from include.raw_pages import RawPages

_PAGES_AT_ONCE = 16


def extract_jobs(
    engine: Engine, run: Run, batch: int, raw_pages: RawPages, *, last_try: bool = True
) -> None:
    """Extracts those jobs of the batch whose page is new or changed and not yet read; in a run
    that reads stored pages again, all of them.

    Raises:
        RunSuperseded: the run was aborted, recovered or ended meanwhile.
        StorageError: S3 is away, and this is not the ``last_try``.
    """
    with engine.connect() as connection:
        jobs = jobs_to_extract(connection, run.run_id, batch, again=run.reextract)
        sources = get_sources(connection, run.run_id)
    if not jobs:
        return
    outcomes = Outcomes(engine, run)
    at_once = asyncio.Semaphore(_PAGES_AT_ONCE)

    async def extract(job: ExtractJob) -> None:
        async with at_once:
            outcome = await _outcome(job, sources[job.company], raw_pages, last_try)
        for each in read_again(job, outcome) if run.reextract else (outcome,):
            outcomes.add(each)

    async def extract_all() -> None:
        await asyncio.gather(*map(extract, jobs))

    asyncio.run(flush_while(outcomes, extract_all()))


async def _outcome(job: ExtractJob, source: str, raw_pages: RawPages, last_try: bool) -> Outcome:
    try:
        posting = read_page(source, await raw_pages.get(job.raw_key, url=job.url))
        record = posting_to_json(posting)
        return Extracted(
            job_id=job.job_id,
            location="; ".join(place.raw for place in posting.locations) or job.location,
            posting=record,
            changes=changed_fields(job.posting, record),
        )
    except PageGone as error:
        return Gone(job_id=job.job_id, message=error.message)
    except JobhuntError as error:
        if is_outage(error, last_try=last_try):
            raise
        return Failed(job_id=job.job_id, code=error.code, message=error.message)
    # A page that breaks our reading in a way nobody foresaw must not stop the others.
    except Exception as error:
        return Failed(job_id=job.job_id, code="parse", message=f"{type(error).__name__}: {error}")
