"""Tests that adapters return only http and https URLs, whatever URLs the responses contain."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from include.core.formats.urls import is_http
from include.core.models import ListedJob
from include.errors import JobhuntError
from include.pipeline.listing import list_board
from include.sources.registry import adapter_for
from tests.sources.sample import Sample, leaves
from tests.sources.test_faulty_listings import BOARDS, listed

UNSAFE = (
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    " \x01JavaScript://acme.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://[",
)
_URL = re.compile(rb"(?<=[\"'>])https?://[^\"'<\s]+|(?<=href=\")[^\"]+")


def responses(sample: Sample, url: str) -> Iterator[bytes]:
    """Yield responses that contain the URL in place of one text, or in place of all URLs."""
    whole = sample.wrap(sample.row)
    if isinstance(whole, bytes):
        for path in leaves(sample.row):
            yield sample.body(with_value(sample.row, path, url))
    else:
        for path in leaves(whole):
            yield json.dumps(with_value(whole, path, url)).encode()
    yield _URL.sub(url.encode(), sample.body(sample.row))


def with_value(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """Return a copy of ``value`` in which the part at ``path`` is ``new``."""
    if not path:
        return new
    copy = at = deepcopy(value)
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = new
    return copy


def urls_of(source: str, job: ListedJob) -> Iterator[str]:
    """Yield all URLs of a listed posting, including those of its inline content."""
    yield from filter(None, (job.url, job.page_url))
    if job.content is None:
        return
    try:
        posting = adapter_for(source).parse_posting(job.content)
    except JobhuntError:
        return
    if posting:
        yield from filter(None, (posting.url, posting.canonical_url, posting.apply_url))


@pytest.mark.integration
@pytest.mark.parametrize("source", BOARDS)
def test_only_http_urls_leave_an_adapter(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # A URL in place of the text that ends a listing makes some listings endless.
    monkeypatch.setattr(list_board, "_MAX_REQUESTS", 20)
    for body in (body for unsafe in UNSAFE for body in responses(BOARDS[source], unsafe)):
        try:
            found = listed(BOARDS[source], lambda _, body=body: body)
        except JobhuntError:
            continue
        for job in found.jobs:
            for url in urls_of(source, job):
                assert is_http(url), body


@pytest.mark.parametrize("source", BOARDS)
def test_the_http_url_of_a_posting_leaves_its_adapter(source: str) -> None:
    (job,) = listed(BOARDS[source], lambda _: BOARDS[source].body(BOARDS[source].row)).jobs
    assert list(urls_of(source, job))
