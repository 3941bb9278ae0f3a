"""Tests of the memory of a worker that lists an endless board of long postings.

Each page of the listing has the maximum size.
"""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from include.core.models import Company, Page
from include.pipeline.listing.list_board import list_company
from include.pipeline.pages.reader_pool import ReaderPool
from include.sources.base import Request
from tests.faults.table import MEMORY_LIMIT
from tests.memory import WorkerMemory

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

_PAGE_BYTES = 10 << 20
_FIELDS = {"external_id": "id", "title": "t", "url": "u", "description": "d"}
_ENDLESS = Company(
    slug="x",
    source="json",
    config={"url": "https://a.example/0", "jobs": "jobs", "next": "next", "fields": _FIELDS},
)


def test_an_endless_listing_ends_before_the_worker_has_too_much_memory() -> None:
    # The listing runs in a new process, because the test's process may use a gigabyte of memory,
    # and a forked process would have a copy of it.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        reason, peak = fresh.submit(_list_endless).result()
    assert reason is not None
    assert "too large" in reason
    assert peak < MEMORY_LIMIT


def _list_endless() -> tuple[str | None, int]:
    """Return the reason for which the listing is not complete, and the peak memory in bytes."""
    text = "x" * (_PAGE_BYTES // 100)
    jobs = [{"id": f"N-{i}", "t": "Cook", "u": f"/j/N/{i}", "d": text} for i in range(100)]
    template = json.dumps({"next": "/N", "jobs": jobs}).encode()
    del jobs

    def send(request: Request) -> Page:
        number = str(int(request.url.rpartition("/")[2]) + 1).encode()
        body = template.replace(b"N-", number + b"-").replace(b"/N", b"/" + number)
        return Page(url=request.url, body=body, content_type="application/json")

    with ReaderPool() as readers, WorkerMemory() as memory:
        reason = list_company(_ENDLESS, send, readers).reason
    return reason, memory.peak
