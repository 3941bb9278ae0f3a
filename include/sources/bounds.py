"""Bounds on the texts that strangers write into listings.

Every page of a listing goes through ``bounded`` as soon as it is parsed, so that no text beyond
these bounds reaches memory for long, Postgres, or a neighbour's row. A posting is never left out:
that would make its listing partial, and a partial listing expires nothing.
"""

import hashlib
from dataclasses import replace

from include.core.models import ListedJob
from include.core.text import cut, storable
from include.core.urls import MAX_URL_LENGTH
from include.sources.base import ListingPage

MAX_EXTERNAL_ID_BYTES = 2048
"""The longest external id in UTF-8. An entry of a btree index in Postgres holds 2,704 bytes."""
_READABLE_ID = 100
"""How many characters of a longer external id stay readable before its hash."""
MAX_TITLE_LENGTH = 300
MAX_LOCATION_LENGTH = 1000
"""The longest location. Remote postings name every state of a country."""
_MAX_DATE_LENGTH = 100
MAX_REASON_LENGTH = 1000


def bounded(page: ListingPage) -> ListingPage:
    """Return the page with each of its texts within bounds."""
    return replace(
        page,
        jobs=tuple(map(_bounded_job, page.jobs)),
        partial_reason=_optional(page.partial_reason, MAX_REASON_LENGTH),
    )


def _bounded_job(job: ListedJob) -> ListedJob:
    """Return the posting with its texts within bounds.

    A posting with a URL that is too long keeps the URL's beginning and an ellipsis, which together
    are still too long. Its content is dropped, so that reading the posting fails with
    ``url_too_long``.
    """
    url = _text(job.url, MAX_URL_LENGTH + 1)
    page_url = _optional(job.page_url, MAX_URL_LENGTH + 1)
    content = None if job.content is None else storable(job.content)
    if len(url) > MAX_URL_LENGTH:
        page_url, content = url, None
    changes = {
        "external_id": _bounded_id(job.external_id),
        "title": _text(job.title, MAX_TITLE_LENGTH),
        "location": _optional(job.location, MAX_LOCATION_LENGTH),
        "url": url,
        "page_url": page_url,
        "modified": _optional(job.modified, _MAX_DATE_LENGTH),
        "content": content,
    }
    changes = {name: text for name, text in changes.items() if text != getattr(job, name)}
    return replace(job, **changes) if changes else job


def _bounded_id(external_id: str) -> str:
    """Return the external id, or its beginning and its hash if it is too long or not storable."""
    encoded = external_id.encode("utf-8", "surrogatepass")
    if len(encoded) <= MAX_EXTERNAL_ID_BYTES and storable(external_id) == external_id:
        return external_id
    return f"{storable(external_id)[:_READABLE_ID]}…{hashlib.sha256(encoded).hexdigest()}"


def _text(text: str, length: int) -> str:
    return cut(storable(text), length)


def _optional(text: str | None, length: int) -> str | None:
    return None if text is None else _text(text, length)
