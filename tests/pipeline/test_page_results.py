"""Tests of learning the template of a board during the crawl of its pages."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from include.core.checking.fingerprint import Fingerprint
from include.core.checking.outcomes import Changed, Confirmed, Extracted, Outcome, Unchanged
from include.core.fields.template import Template
from include.core.models import Page
from include.db.work.batches import CrawlJob
from include.fetch.pages import Fetched
from include.pipeline.pages.board_templates import BoardTemplates
from include.pipeline.pages.page_results import PageResults
from include.pipeline.pages.reader_pool import ReaderPool
from tests.extract.invented_site import NEW, OLD, Design, page, title

if TYPE_CHECKING:
    from include.raw_pages import RawPages


class StoredPages:
    """A store that keeps pages in memory."""

    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}

    async def put(self, sweep_id: int, job_id: int, page: Page) -> str:
        await asyncio.sleep(0)
        self._pages[str(job_id)] = page
        return str(job_id)

    async def get(self, key: str, *, url: str) -> Page:
        await asyncio.sleep(0)
        return self._pages[key]


def job(number: int, known: Fingerprint | None) -> CrawlJob:
    return CrawlJob(
        job_id=number,
        check_id=1,
        board_id=1,
        source="sitemap",
        rendered=False,
        force=False,
        location=None,
        page_url=page(number).url,
        host="velkro.example",
        inline=False,
        etag=None,
        last_modified=None,
        deadline=None,
        fingerprint=known,
    )


def crawl(
    templates: dict[int, Template],
    known: Mapping[int, Fingerprint],
    design: Design,
    count: int = 12,
) -> dict[int, list[Outcome]]:
    """Crawl the site, and return the outcomes by job. Add the learned template to ``templates``."""
    jobs = [job(number, known.get(number)) for number in range(count)]
    boards = BoardTemplates(templates, jobs)
    with ReaderPool() as readers:
        results = PageResults(
            readers,
            cast("RawPages", StoredPages()),
            1,
            boards,
            simhash_threshold=3,
            last_try=True,
        )

        async def crawl_all() -> list[tuple[Outcome, ...]]:
            pages = (Fetched(page=page(each.job_id, design)) for each in jobs)
            calls = (results.outcomes(*each, 1) for each in zip(jobs, pages, strict=True))
            return [*await asyncio.gather(*calls), tuple(await results.postponed())]

        found = asyncio.run(crawl_all())
    templates |= {board: template for board, (_, template) in boards.new_templates().items()}
    by_job: dict[int, list[Outcome]] = {number: [] for number in range(count)}
    for outcome in (each for outcomes in found for each in outcomes):
        by_job[outcome.job_id].append(outcome)
    return by_job


def fingerprints(by_job: Mapping[int, list[Outcome]]) -> dict[int, Fingerprint]:
    return {
        number: outcome.fingerprint
        for number, outcomes in by_job.items()
        for outcome in outcomes
        if isinstance(outcome, Changed | Extracted) and outcome.fingerprint
    }


@pytest.mark.parametrize("count", [3, 7, 12])
def test_the_first_pages_are_read_as_soon_as_the_template_is_known(count: int) -> None:
    by_job = crawl({}, {}, OLD, count)

    assert len(by_job) == count

    for number, (stored, read) in by_job.items():
        assert isinstance(stored, Changed)
        assert isinstance(read, Extracted)
        assert read.posting["title"] == title(number)
        assert read.template_version == 1


def test_pages_of_a_rebuilt_site_leave_their_postings_unchanged() -> None:
    templates: dict[int, Template] = {}
    fingerprints_before = fingerprints(crawl(templates, {}, OLD))
    design = replace(NEW, place=OLD.place, hours=OLD.hours, posted=OLD.posted)

    by_job = crawl(templates, fingerprints_before, design)

    last = {type(outcomes[-1]) for outcomes in by_job.values()}
    assert last == {Confirmed, Unchanged}
    assert templates[1].version == 2
