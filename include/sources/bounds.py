"""Limit the sizes of the texts of listings, which are untrusted (ADR 25).

Every page of a listing goes through ``bounded`` as soon as it is parsed. So texts over these limits
are freed early and never reach Postgres, where they could make the whole statement fail, with all
its rows. A posting is never left out, because that would make its listing partial, and a partial
listing expires nothing.
"""

import hashlib
from dataclasses import replace

from include.core.formats.text import cut, storable
from include.core.formats.urls import MAX_URL_LENGTH, is_http
from include.core.models import ListedJob
from include.sources.base import ListingPage

MAX_EXTERNAL_ID_BYTES = 2048
"""The maximum size of an external id in UTF-8. An entry of a btree index in Postgres has at most
2,704 bytes."""
_KEPT_ID_LENGTH = 100
"""The number of characters that are kept, before the hash, of an external id that is too long."""
MAX_TITLE_LENGTH = 300
MAX_LOCATION_LENGTH = 1000
"""The maximum length of a location. Some remote postings name every state of a country."""
_MAX_DATE_LENGTH = 100
MAX_REASON_LENGTH = 1000


def bounded(page: ListingPage) -> ListingPage:
    """Return the page with all its texts within the limits."""
    return replace(
        page,
        jobs=tuple(map(_bounded_job, page.jobs)),
        partial_reason=_optional(page.partial_reason, MAX_REASON_LENGTH),
    )


def _bounded_job(job: ListedJob) -> ListedJob:
    """Return the posting with all its texts within the limits.

    A URL that is too long is cut to its beginning and an ellipsis, so that it still exceeds the
    limit by one character. The content of that posting is dropped, so that reading the posting
    fails with ``url_too_long``.

    A URL that is not http(s), such as ``javascript:…``, is replaced with the other URL of the
    posting, or with an empty text if that is not http(s) either.
    """
    url = _text(job.url, MAX_URL_LENGTH + 1)
    page_url = _optional(job.page_url, MAX_URL_LENGTH + 1)
    if page_url is not None and not is_http(page_url):
        page_url = None
    if not is_http(url):
        url = page_url or ""
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
    """Return the external id, or its beginning and hash if it is too long or cannot be stored."""
    encoded = external_id.encode("utf-8", "surrogatepass")
    if len(encoded) <= MAX_EXTERNAL_ID_BYTES and storable(external_id) == external_id:
        return external_id
    return f"{storable(external_id)[:_KEPT_ID_LENGTH]}…{hashlib.sha256(encoded).hexdigest()}"


def _text(text: str, length: int) -> str:
    return cut(storable(text), length)


def _optional(text: str | None, length: int) -> str | None:
    return None if text is None else _text(text, length)
