"""The API with which newer career sites of SAP SuccessFactors build their list of postings.

SAP does not document this API. A request lists only the postings of one language (``locale``).
Therefore each language that the search page names is requested. On one site, German had 601
postings and English 8. A posting in several languages has the same id in each language. A response
has 10 postings and states the total of its language in ``totalJobs``. The parameter ``pageNumber``
counts the pages from 0. Some sites return the same page in a different order each time. Then a
listing may miss postings, and is partial because it has fewer than ``totalJobs``. A site without
this API responds with 401.

``unifiedUrlTitle`` is already percent-encoded. ``jobLocationShort`` may contain markup. Dates are
read from the posting's page instead of this API, where their format depends on the language.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from include.core.formats.json_object import JsonObject
from include.core.formats.text import one_line
from include.core.models import ListedJob
from include.sources.base import ListingPage, Request, Response
from include.sources.config import based, host
from include.sources.records import listing_page, reason_if_unproved

_PAGE_SIZE = 10
_LOCALE = re.compile(rb"""\blocale["']?\s*[=:]\s*["']?([a-z]{2}_[A-Z]{2})\b""")
_TAG = re.compile(r"<[^<>]*>")


def first_requests(config: Mapping[str, Any], search: Response) -> tuple[Request, ...]:
    """Return the first request for each language that the search page names, English first."""
    locales = {locale.decode() for locale in _LOCALE.findall(search.body)}
    ordered = sorted(locales, key=lambda locale: (not locale.startswith("en"), locale))
    return tuple(_request(config, locale, page=0) for locale in ordered)


def parse(config: Mapping[str, Any], request: Request, response: Response) -> ListingPage:
    """Return the listing page of a response, which holds postings of one language.

    Raises ParseError if the response does not have the form that the API returns.
    """
    query = JsonObject(request.json or {})
    locale, page = query.need("locale"), int(query.number("pageNumber") or 0)
    answer = JsonObject.of(response.json(), "the list")
    total = answer.number("totalJobs")
    rows = answer.raw("jobSearchResult")
    received = len(answer.values("jobSearchResult"))
    has_next_page = received and (page + 1) * _PAGE_SIZE < (total or 0)
    page_of_jobs = listing_page(
        [] if total == 0 and rows is None else rows,
        lambda row: _listed_job(config, JsonObject.of(row.raw("response"), "it"), locale),
        volatile=(),
        total=total,
        follow=[_request(config, locale, page=page + 1)] if has_next_page else (),
        partial_reason=reason_if_unproved(total),
    )
    return replace(page_of_jobs, part=locale)


def _request(config: Mapping[str, Any], locale: str, *, page: int) -> Request:
    return Request(
        url=based(config, f"https://{host(config, 'host')}/services/recruiting/v1/jobs"),
        method="POST",
        json={
            "keywords": "",
            "locale": locale,
            "location": "",
            "pageNumber": page,
            "sortBy": "recent",
        },
    )


def _listed_job(config: Mapping[str, Any], job: JsonObject, locale: str) -> ListedJob:
    words = quote(job.text("unifiedUrlTitle") or "job", safe="%()")
    number = quote(job.need("id"), safe="")
    url = f"https://{host(config, 'host')}/job/{words}/{number}-{locale}"
    page_url = based(config, url)
    places = (one_line(_TAG.sub(" ", place)) for place in job.texts("jobLocationShort"))
    return ListedJob(
        external_id=job.need("id"),
        title=job.need("unifiedStandardTitle"),
        url=url,
        location="; ".join(dict.fromkeys(filter(None, places))) or None,
        page_url=page_url if page_url != url else None,
    )
