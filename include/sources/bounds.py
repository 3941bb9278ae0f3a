"""Limits on the sizes of the texts in listings, because these texts are untrusted (ADR 25).

Every page of a listing goes through ``bounded`` as soon as it is parsed. Therefore the memory of a
text over these limits is freed early. Such a text also never reaches Postgres, where it could make
the statement fail that inserts all rows of the page.

``bounded`` shortens texts, but removes no posting. A removed posting would make the listing
partial, and a partial listing expires nothing.
"""

import hashlib
from dataclasses import replace

from include.core.formats.text import cut, storable
from include.core.formats.urls import MAX_URL_LENGTH, is_http
from include.core.models import ListedJob
from include.sources.base import ListingPage

MAX_EXTERNAL_ID_BYTES = 2048
"""The maximum size of an external id in UTF-8. External ids are in a btree index of Postgres, whose
entries have at most 2,704 bytes."""
_KEPT_ID_LENGTH = 100
"""The number of characters that are kept of an external id that is too long. A hash of the whole id
follows them."""
MAX_TITLE_LENGTH = 300
MAX_LOCATION_LENGTH = 1000
"""The maximum number of characters in a location. It is higher than the limit for titles, because
some remote postings name every state of a country."""
_MAX_DATE_LENGTH = 100
MAX_REASON_LENGTH = 1000


def bounded(page: ListingPage) -> ListingPage:
    """Return the page after shortening each text that exceeds its limit."""
    return replace(
        page,
        jobs=tuple(map(_bounded_job, page.jobs)),
        partial_reason=_optional(page.partial_reason, MAX_REASON_LENGTH),
    )


def _bounded_job(job: ListedJob) -> ListedJob:
    """Return the posting after shortening each text that exceeds its limit.

    A URL that is too long is cut to one character more than the limit, and its last character
    becomes an ellipsis. Because the cut URL still exceeds the limit, reading the posting later
    fails with the code ``url_too_long``. For this to happen, the inline content of that posting is
    removed.

    A URL that is not http(s), such as ``javascript:…``, is replaced with the other URL of the
    posting, or with an empty text if the other URL is not http(s) either.
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
    """Return the external id.

    If the id is too long or has characters that cannot be stored, return its first characters and
    its hash instead.
    """
    encoded = external_id.encode("utf-8", "surrogatepass")
    if len(encoded) <= MAX_EXTERNAL_ID_BYTES and storable(external_id) == external_id:
        return external_id
    return f"{storable(external_id)[:_KEPT_ID_LENGTH]}…{hashlib.sha256(encoded).hexdigest()}"


def _text(text: str, length: int) -> str:
    return cut(storable(text), length)


def _optional(text: str | None, length: int) -> str | None:
    return None if text is None else _text(text, length)
