"""Deciding the outcome of a job from its fetched page, and storing the page if it has changed."""

import asyncio
import hashlib
from collections.abc import Callable
from typing import TypeVar

from include.core.fingerprint import Fingerprint, is_unchanged
from include.core.models import Page
from include.core.outcomes import Changed, Outcome, Unchanged
from include.db.batches import CrawlJob
from include.fetch.pages import Fetched
from include.pipeline.pages.page_outcomes import extracted, failure
from include.pipeline.pages.read_page import PageReader
from include.raw_pages import RawPages

_THREAD_THRESHOLD_BYTES = 256 * 1024
"""The size in bytes above which a page is read in a thread, so that reading does not block the
event loop."""

R = TypeVar("R")


class PageResults:
    """The conversion of the pages that one worker fetches into outcomes."""

    def __init__(
        self, raw_pages: RawPages, sweep_id: int, *, simhash_threshold: int, last_try: bool
    ) -> None:
        self._raw_pages = raw_pages
        self._sweep_id = sweep_id
        self._threshold = simhash_threshold
        self._last_try = last_try

    async def outcomes(self, job: CrawlJob, fetched: Fetched, attempts: int) -> tuple[Outcome, ...]:
        """Return the outcomes of the job for the fetched page. A changed page is stored.

        Raises:
            StorageError: S3 is unavailable, and this is not the last try.
        """
        try:
            return await self._outcomes(job, fetched, attempts)
        # An unexpected error with one page must not stop the other jobs.
        except Exception as error:
            return (self.failure(job, error, attempts),)

    def failure(self, job: CrawlJob, error: Exception, attempts: int) -> Outcome:
        """Return the outcome of a job whose page failed. Raise ``error`` if it means an outage."""
        return failure(job.job_id, error, attempts=attempts, last_try=self._last_try)

    async def _outcomes(
        self, job: CrawlJob, fetched: Fetched, attempts: int
    ) -> tuple[Outcome, ...]:
        page = fetched.page
        unchanged = Unchanged(
            job_id=job.job_id,
            attempts=attempts,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
        )
        if page is None:
            return (unchanged,)
        reader, now = await _in_thread_if_large(page, lambda: _opened(job.source, page))
        if not job.force and is_unchanged(job.fingerprint, now, threshold=self._threshold):
            return (unchanged,)
        key = await self._raw_pages.put(self._sweep_id, job.job_id, page)
        changed = Changed(
            job_id=job.job_id,
            raw_key=key,
            content_sha256=hashlib.sha256(page.body).hexdigest(),
            fingerprint=now,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            attempts=attempts,
        )
        read = await _in_thread_if_large(page, lambda: self._read(job, reader, attempts))
        return (changed, read)

    def _read(self, job: CrawlJob, reader: PageReader, attempts: int) -> Outcome:
        """Read the page, which is stored already, so that somebody can examine it if this fails."""
        try:
            return extracted(job.job_id, reader.posting(), listed_at=job.location)
        # An unexpected error with one page must not stop the other jobs.
        except Exception as error:
            return self.failure(job, error, attempts)


def _opened(source: str, page: Page) -> tuple[PageReader, Fingerprint]:
    reader = PageReader(source, page)
    return reader, reader.fingerprint()


async def _in_thread_if_large(page: Page, read: Callable[[], R]) -> R:
    return await asyncio.to_thread(read) if len(page.body) > _THREAD_THRESHOLD_BYTES else read()
