"""Pass responses to an adapter in the same way as the pipeline."""

import json
from collections.abc import Mapping
from typing import Any

from include.core.models import JobPosting, ListedJob
from include.sources.base import ListingPage, Request, Response
from include.sources.registry import adapter_for


def answer(
    source: str, config: Mapping[str, Any], body: bytes | Any, *, request: Request | None = None
) -> ListingPage:
    """Return the listing page that the adapter reads from ``body``.

    ``body`` is bytes, or a value that is sent as JSON.
    """
    adapter = adapter_for(source)
    sent_request = request or adapter.first_request(config)
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return adapter.parse_listing(config, sent_request, Response(url=sent_request.url, body=payload))


def posting(source: str, job: ListedJob) -> JobPosting:
    """Return the posting that the adapter reads from the inline content of ``job``."""
    assert job.content is not None
    read = adapter_for(source).parse_posting(job.content)
    assert read is not None
    return read
