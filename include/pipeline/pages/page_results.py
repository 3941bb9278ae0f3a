"""Decide the outcome of a job from its fetched page, and store the page if it has changed."""

import hashlib
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from include.core.checking.fingerprint import Fingerprint, is_unchanged
from include.core.checking.outcomes import Changed, Confirmed, Extracted, Gone, Outcome, Unchanged
from include.core.fields.template import PageBlocks, Template
from include.core.models import Page
from include.db.work.batches import CrawlJob
from include.fetch.pages import Fetched
from include.pipeline.pages.board_templates import BoardTemplates
from include.pipeline.pages.page_outcomes import extract_posting, failure, gone_if_past_deadline
from include.pipeline.pages.read_page import PageReader
from include.pipeline.pages.reader_pool import ReaderPool, picklable
from include.raw_pages import RawPages

MAX_SIZE_IN_WORKER = 64 * 1024
"""The maximum size in bytes of a page that is read in this process. Larger pages are read in a
child process. Small pages are read here, because sending a page to another process costs about as
much as reading 25 KiB. Of the hostile pages in ``tests/extract/hostile.py``, the slowest takes a
second to read if the page has this size."""


@dataclass(frozen=True, kw_only=True)
class PageUnchanged:
    """The result for a page whose posting was not read, because the page is unchanged."""

    deadline: datetime | None
    """The deadline for applications; None if the page states none."""


@dataclass(frozen=True, kw_only=True)
class Postponed:
    """The result for a page that is read after the template of its board has been learned."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The result of ``_read_page`` for one page."""

    result: PageUnchanged | Postponed | Extracted | Gone | Exception
    """The outcome of the job if the posting was read, or the error that reading it raised."""
    fingerprint: Fingerprint
    blocks: PageBlocks | None
    """The blocks from which the template of the board is learned, if the page has any."""


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
        outcomes: list[Outcome] = []
        for board_id in list(self._postponed):
            self._templates.end_learning(board_id)
            outcomes += await self._read_postponed(board_id)
        return outcomes

    def failure(self, job: CrawlJob, error: Exception, attempts: int) -> Outcome:
        """Return the outcome of a job whose page failed. Raise ``error`` if it shows an outage."""
        return failure(job.job_id, error, attempts=attempts, last_try=self._last_try)

    async def _outcomes(
        self, job: CrawlJob, fetched: Fetched, attempts: int
    ) -> tuple[Outcome, ...]:
        if fetched.page is None:
            return (_outcome_if_unchanged(job, fetched, job.deadline, attempts),)
        reading = await self._read_here_or_in_child(job, fetched.page)
        if reading.blocks is not None:
            self._templates.add_page(job, reading.blocks)
        if isinstance(reading.result, PageUnchanged):
            return (_outcome_if_unchanged(job, fetched, reading.result.deadline, attempts),)
        # The page is stored even if it cannot be read, so that an operator can examine it.
        key = await self._raw_pages.put(self._sweep_id, job.job_id, fetched.page)
        changed = Changed(
            job_id=job.job_id,
            raw_key=key,
            content_sha256=hashlib.sha256(fetched.page.body).hexdigest(),
            fingerprint=reading.fingerprint,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            attempts=attempts,
        )
        outcomes: tuple[Outcome, ...]
        match reading.result:
            case Extracted() | Gone() as outcome:
                outcomes = (changed, outcome)
            case Exception() as error:
                outcomes = (changed, self.failure(job, error, attempts))
            case Postponed():
                self._postponed[job.board_id].append((job, key))
                outcomes = (changed,)
        return outcomes + await self._read_postponed(job.board_id)

    async def _read_here_or_in_child(self, job: CrawlJob, page: Page) -> Reading:
        """Read the page in this process if the page is small, or otherwise in a child process."""
        # Without a fingerprint, even an unchanged page is read.
        last_fingerprint = None if job.force else job.fingerprint
        args = (
            job,
            page,
            last_fingerprint,
            self._threshold,
            self._templates.of(job.board_id),
            self._templates.is_learning(job.board_id),
        )
        if len(page.body) <= MAX_SIZE_IN_WORKER:
            return _read_page(*args)
        return await self._readers.read(job.board_id, _read_page, *args)

    async def _read_postponed(self, board_id: int) -> tuple[Outcome, ...]:
        """Read the stored pages of a board after its template has been learned.

        If a page cannot be read now, ``extract_jobs`` reads it later.
        """
        if self._templates.is_learning(board_id):
            return ()
        outcomes: list[Outcome] = []
        for job, key in self._postponed.pop(board_id, ()):
            with suppress(Exception):
                outcome = await self._read_stored(job, key)
                if outcome:
                    outcomes.append(outcome)
        return tuple(outcomes)

    async def _read_stored(self, job: CrawlJob, key: str) -> Outcome | None:
        """Return the outcome of a job whose page is stored; None if the page cannot be read."""
        reading = await self._read_here_or_in_child(
            job, await self._raw_pages.get(key, url=job.page_url)
        )
        match reading.result:
            case PageUnchanged():
                template = self._templates.of(job.board_id)
                return Confirmed(
                    job_id=job.job_id,
                    fingerprint=job.fingerprint,
                    template_version=template.version if template else 0,
                )
            case Extracted() as outcome:
                return replace(outcome, fingerprint=reading.fingerprint)
            case Gone() as outcome:
                return outcome
            case Postponed() | Exception():
                return None


def _outcome_if_unchanged(
    job: CrawlJob, fetched: Fetched, deadline: datetime | None, attempts: int
) -> Outcome:
    """Return ``Unchanged``, or ``Gone`` if the job's deadline has passed."""
    gone = gone_if_past_deadline(job.job_id, job.source, deadline, attempts=attempts)
    return gone or Unchanged(
        job_id=job.job_id,
        attempts=attempts,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
    )


def _read_page(
    job: CrawlJob,
    page: Page,
    last_fingerprint: Fingerprint | None,
    threshold: int,
    template: Template | None,
    is_learning: bool,
) -> Reading:
    """Read the page, unless it is unchanged or its reading is postponed.

    Args:
        job: the job of the page.
        page: the page.
        last_fingerprint: the fingerprint of the job's last page. If it is None, the page is read in
            any case.
        threshold: the maximum number of SimHash bits in which an unchanged page may differ.
        template: the template of the board, if it is known.
        is_learning: True to postpone the reading of a page that does not fit the template.
    """
    reader = PageReader(job.source, page, template)
    fingerprint, blocks = reader.fingerprint(), reader.blocks()

    def reading(result: PageUnchanged | Postponed | Extracted | Gone | Exception) -> Reading:
        return Reading(result=result, fingerprint=fingerprint, blocks=blocks)

    if is_unchanged(last_fingerprint, fingerprint, threshold=threshold):
        return reading(PageUnchanged(deadline=reader.deadline()))
    if is_learning and blocks and (template is None or not template.fits(blocks)):
        return reading(Postponed())
    try:
        outcome = extract_posting(job, reader.posting(), template)
    except MemoryError:
        raise
    # Return the error, because the caller must store the page before it handles the error.
    except Exception as error:
        return reading(picklable(error))
    return reading(outcome)
