"""Read the stored pages of a batch that the crawl did not read (ADR 19).

There are two kinds of such pages: pages that a worker stored but did not read before it died, and
all pages of re-extractions (ADR 17). A re-extraction lists and fetches nothing. Instead, it reads
stored pages again, using the current extractors and templates. In a re-extraction, a job expires
only if its page says that the posting is closed.
"""

import asyncio
from collections.abc import Iterator

from sqlalchemy import Engine

from include.core.checking.outcomes import (
    Confirmed,
    Extracted,
    Failed,
    Gone,
    LeftUnchanged,
    Outcome,
    Reopened,
    Started,
)
from include.core.fields.template import Template
from include.core.models import Page
from include.db.catalogue.board_templates import find_templates
from include.db.work.batches import ExtractJob, count_to_extract, jobs_to_extract
from include.db.work.sweeps import Sweep
from include.failure_codes import FailureCode
from include.pipeline.pages.flush import Outcomes, flush_while
from include.pipeline.pages.page_outcomes import extract_posting, failure
from include.pipeline.pages.read_page import PageReader
from include.pipeline.pages.reader_pool import ReaderPool
from include.raw_pages import RawPages

_MAX_CONCURRENT_PAGES = 16


def extract_jobs(
    engine: Engine, sweep: Sweep, batch: int, raw_pages: RawPages, *, last_try: bool = True
) -> dict[str, int]:
    """Read the stored pages of those jobs of the batch whose page is not read yet.

    Returns:
        The number of jobs for each outcome. ``core.checking.outcomes.count_name`` defines the names
        of the outcomes.

    Raises:
        SweepSuperseded: the sweep has been recovered or closed.
        StorageError: S3 is unavailable, and this is not the ``last_try``.
    """
    with engine.connect() as connection:
        jobs = jobs_to_extract(connection, sweep.sweep_id, batch)
        templates = find_templates(connection, {job.board_id for job in jobs})
    if not jobs:
        return {}
    outcomes = Outcomes(engine, sweep, {job.job_id: job.check_id for job in jobs})
    semaphore = asyncio.Semaphore(_MAX_CONCURRENT_PAGES)
    cancelled_checks: set[int] = set()

    async def extract(job: ExtractJob, readers: ReaderPool) -> None:
        async with semaphore:
            if job.check_id in cancelled_checks:
                return
            template = templates.get(job.board_id)
            outcome = await _outcome(job, template, readers, raw_pages, last_try)
        for each in _reread_outcomes(job, outcome) if job.is_reread else (outcome,):
            outcomes.add(each)

    async def extract_all(readers: ReaderPool) -> None:
        await asyncio.gather(*(extract(job, readers) for job in jobs))

    with ReaderPool() as readers:
        return asyncio.run(
            flush_while(outcomes, extract_all(readers), stop=cancelled_checks.update)
        )


def left_to_extract(engine: Engine, sweep: Sweep, batch: int) -> int:
    """Return the number of jobs that ``extract_jobs`` would read."""
    with engine.connect() as connection:
        return count_to_extract(connection, sweep.sweep_id, batch)


async def _outcome(
    job: ExtractJob,
    template: Template | None,
    readers: ReaderPool,
    raw_pages: RawPages,
    last_try: bool,
) -> Outcome:
    try:
        page = await raw_pages.get(job.raw_key, url=job.url)
        return await readers.read(job.check_id, _read_page, job, page, template)
    # Catch all errors, because an unexpected error of one page must not stop the other jobs.
    except Exception as error:
        return failure(job.job_id, error, last_try=last_try)


def _read_page(
    job: ExtractJob, page: Page, template: Template | None
) -> Extracted | Confirmed | Gone:
    reader = PageReader(job.source, page, template)
    fingerprint = reader.fingerprint()
    outcome = extract_posting(job, reader.posting(), template, fingerprint=fingerprint)
    if isinstance(outcome, Extracted) and outcome.posting == job.posting:
        return Confirmed(
            job_id=job.job_id,
            fingerprint=fingerprint,
            template_version=outcome.template_version,
        )
    return outcome


def _reread_outcomes(job: ExtractJob, outcome: Outcome) -> Iterator[Outcome]:
    """Yield the outcomes of a job whose stored page is from an earlier check.

    If the stored page has been deleted, the job is left unchanged.

    Args:
        outcome: the result of reading the stored page in this check.
    """
    yield Started(job_id=job.job_id)
    match outcome:
        case Failed(code=FailureCode.PAGE_AGED_OUT):
            yield LeftUnchanged(job_id=job.job_id)
        case Extracted():
            yield Reopened(job_id=job.job_id)
            yield outcome
        case _:
            yield outcome
