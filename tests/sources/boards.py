"""Read whole listings and documents in the same way as the pipeline.

A function stands in for the board.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from include.core.models import Company, JobPosting, Listing, Page
from include.pipeline.source_urls import list_company
from include.sources.base import Request
from include.sources.registry import adapter_for
from tests.readers import InThisProcess


def listing(source: str, config: Mapping[str, Any], serve: Callable[[Request], Any]) -> Listing:
    """List a board that responds to each request with the value that ``serve`` returns.

    A Page is sent as it is, a string as the body, and any other value as JSON.
    """

    def send(request: Request) -> Page:
        value = serve(request)
        if isinstance(value, Page):
            return value
        text = value if isinstance(value, str) else json.dumps(value)
        return Page(url=request.url, body=text.encode())

    return list_company(Company(slug="acme", source=source, config=config), send, InThisProcess())


def document(source: str, content: Mapping[str, Any] | str | bytes) -> JobPosting:
    """Return the posting that the source's adapter reads from a document of this posting alone."""
    if isinstance(content, bytes):
        content = content.decode()
    text = content if isinstance(content, str) else json.dumps(content)
    read = adapter_for(source).parse_posting(text)
    assert read is not None
    return read
