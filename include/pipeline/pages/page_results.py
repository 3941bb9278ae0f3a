"""Decide the outcome of a job from its fetched page, and store the page if it has changed."""

import hashlib
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import cast

from include.core.checking.fingerprint import Fingerprint, is_unchanged
from include.core.checking.outcomes import Changed, Confirmed, Extracted, Gone, Outcome, Unchanged
from include.core.fields.template import PageBlocks, Template
from include.core.models import Page
from include.db.work.batches import CrawlJob
from include.fetch.pages import Fetched
from include.pipeline.pages.board_templates import BoardTemplates
from include.pipeline.pages.page_outcomes import ended, extracted, failure
from include.pipeline.pages.read_page import PageReader
from include.pipeline.pages.reader_pool import ReaderPool, picklable
from include.raw_pages import RawPages

MAX_SIZE_IN_WORKER = 64 * 1024
"""The maximum size in bytes of a page that is read in this process. Larger pages are read in a
child process. Small pages are read here, because sending a page to another process costs about as
much as reading 25 KiB. ``tests/extract/hostile.py`` has 363 kinds of hostile pages. Reading the
slowest kind takes a second if the page has this size."""

_Reading = tuple[
    Fingerprint | None, Extracted | Gone | Exception | datetime | None, PageBlocks | None
]
"""The result of ``_read``."""


class PageResults:
    """A converter of one worker's fetched pages into outcomes."""

    def __init__(
        self,
        readers: ReaderPool,
        raw_pages: RawPages,
        sweep_id: int,
        templates: BoardTemplates,
        *,
        simhash_threshold: int,
        last_try: bool,
    ) -> None:
        self._templates = templates
        self._postponed = defaultdict[int, list[tuple[CrawlJob, str]]](list)
        self._readers = readers
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
        # Catch all errors, because an unexpected error of one page must not stop the other jobs.
        except Exception as error:
            return (self.failure(job, error, attempts),)

    async def postponed(self) -> list[Outcome]:
        """Read the pages that were only stored so far, and return their outcomes.

        These pages were not read earlier, because their board's template was not known before the
        end of the batch.
        """
        found: list[Outcome] = []
        for board_id in list(self._postponed):
            self._templates.end_learning(board_id)
            found += await self._read_postponed(board_id)
        return found

    def failure(self, job: CrawlJob, error: Exception, attempts: int) -> Outcome:
        """Return the outcome of a job whose page failed. Raise ``error`` if it shows an outage."""
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
            over = ended(job.job_id, job.source, job.deadline, attempts=attempts)
            return (over or unchanged,)
        now, read, blocks = await self._read(job, page)
        if blocks is not None:
            self._templates.add_page(job, blocks)
        if now is None:
            deadline = cast("datetime | None", read)
            return (ended(job.job_id, job.source, deadline, attempts=attempts) or unchanged,)
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
        outcomes: tuple[Outcome, ...]
        # A page that cannot be read has been stored, too, so that an operator can examine it.
        if isinstance(read, Exception):
            outcomes = (changed, self.failure(job, read, attempts))
        elif read is None:
            self._postponed[job.board_id].append((job, key))
            outcomes = (changed,)
        else:
            outcomes = (changed, cast("Extracted | Gone", read))
        return outcomes + await self._read_postponed(job.board_id)

    async def _read(self, job: CrawlJob, page: Page) -> _Reading:
        """Read the page in this process if it is small, or otherwise in another process."""
        args = (
            job,
            page,
            None if job.force else job.fingerprint,
            self._threshold,
            self._templates.of(job.board_id),
            self._templates.is_learning(job.board_id),
        )
        if len(page.body) <= MAX_SIZE_IN_WORKER:
            return _read(*args)
        return await self._readers.read(job.board_id, _read, *args)

    async def _read_postponed(self, board_id: int) -> tuple[Outcome, ...]:
        """Read the stored pages of a board after its template has been learned.

        If a page cannot be read now, ``extract_jobs`` reads it later.
        """
        if self._templates.is_learning(board_id):
            return ()
        outcomes: list[Outcome] = []
        for job, key in self._postponed.pop(board_id, ()):
            with suppress(Exception):
                page = await self._raw_pages.get(key, url=job.page_url)
                now, read, _ = await self._read(job, page)
                template = self._templates.of(job.board_id)
                version = template.version if template else 0
                if now is None:
                    outcomes.append(
                        Confirmed(
                            job_id=job.job_id,
                            fingerprint=job.fingerprint,
                            template_version=version,
                        )
                    )
                elif isinstance(read, Extracted):
                    outcomes.append(replace(read, fingerprint=now))
                elif isinstance(read, Gone):
                    outcomes.append(read)
        return tuple(outcomes)


def _read(
    job: CrawlJob,
    page: Page,
    known: Fingerprint | None,
    threshold: int,
    template: Template | None,
    is_learning: bool,
) -> _Reading:
    """Read the page, unless it is unchanged or its reading is postponed.

    Args:
        job: the job of the page.
        page: the page.
        known: the fingerprint of the job's last page. If None, the page is read in any case.
        threshold: the maximum number of SimHash bits in which an unchanged page may differ.
        template: the template of the board, if it is known.
        is_learning: True to postpone the reading of a page that does not fit the template.

    Returns:
        The page's fingerprint, a result, and the blocks from which the template is learned. The
        fingerprint is None if the page is unchanged. The result is then the deadline of the
        posting, or None if the page states none. For other pages it is the outcome of the job, the
        error that reading the posting raised, or None if the reading is postponed.
    """
    reader = PageReader(job.source, page, template)
    now, blocks = reader.fingerprint(), reader.blocks()
    if is_unchanged(known, now, threshold=threshold):
        return None, reader.deadline(), blocks
    if is_learning and blocks and (template is None or not template.fits(blocks)):
        return now, None, blocks
    try:
        read = extracted(
            job.job_id,
            reader.posting(),
            source=job.source,
            listed_at=job.location,
            template=template,
        )
    except MemoryError:
        raise
    # Return the error, because the caller must store the page before it handles the error.
    except Exception as error:
        return now, picklable(error), blocks
    return now, read, blocks
