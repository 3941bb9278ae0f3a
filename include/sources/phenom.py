"""The adapter of Phenom, whose career sites are on employers' own domains.

The adapter requests the API that the pages of these sites call. Phenom does not document this API.
In ``https://careers.acme.com/us/en/search-results``, the ``host`` is careers.acme.com and the
``locale`` is en_us. The default locale en_global stands for ``/global/en``. The first request of a
listing is this page, which sets the cookies of the session. Many sites also state a token in the
page or in a cookie. Without cookies and token, the API of these sites returns no postings.
Therefore an empty list is partial. All searches are sent by POST to ``/widgets``. They state the
name of the search, the offset in ``from``, and a ``size`` of at most 100. The response states the
total in ``totalHits``.

Each locale of a site is a board of its own, because a site has the same postings in each of its
languages. Titles contain HTML entities. A posting is a web page that has JSON-LD. Its path may end
with words that can be left out. ``applyUrl`` leads to the employer's applicant tracking system,
which may be another source.

Many sites respond with 403 to API requests of crawlers. Such a site can be followed with the source
``sitemap`` and a ``pattern`` such as ``/us/en/job/``.

These facts are from other crawlers' code.
"""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import quote

from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob
from include.errors import ParseError, SettingError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, host, text
from include.sources.paging import next_start
from include.sources.records import listing_page, reason_if_unproved

_PAGE_SIZE = 100
_DEFAULT_LOCALE = "en_global"
_LOCALE = re.compile(r"(?P<language>[a-z]{2,3})_(?P<country>[a-z]{2}|global)", re.IGNORECASE)
_TOKEN = re.compile(r"\bcsrfToken[\"']?(?:\s*:\s*[\"']|[^<>:]{0,99}>)(?P<token>[\w.~+/=-]+)")
"""A pattern that finds the token in a page. The token is the value of ``csrfToken`` in JSON, or the
text of an element whose id is ``csrfToken``."""
_COOKIE = re.compile(r"csrf[\w-]{0,100}=(?P<token>[^;,\s]+)", re.IGNORECASE)


def _locale(config: Mapping[str, Any], key: str = "locale") -> str:
    value = text(config, key) if key in config else _DEFAULT_LOCALE
    if not _LOCALE.fullmatch(value):
        raise SettingError(f"config.{key}", "give the language and the country, such as en_us")
    return value.lower()


class Phenom:
    source = "phenom"
    facts = SourceFacts(lists_by_api=True)
    config_keys = ConfigKeys(
        required=("host",),
        optional=("locale",),
        readers={"host": host, "locale": _locale},
        defaults={"locale": _DEFAULT_LOCALE},
        home="https://{host}",
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_site(config)}/search-results"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        if request.json is None:
            return ListingPage(follow=(_search(config, _headers(config, response), start=0),))
        answer = JsonObject.of(response.json(), "the search")
        total = answer.number("refineSearch", "totalHits")
        received = len(answer.values("refineSearch", "data", "jobs"))
        next_offset = next_start(int(request.json["from"]), received=received, total=total)
        return listing_page(
            answer.raw("refineSearch", "data", "jobs"),
            lambda job: _listed_job(config, job),
            volatile=self.volatile_keys,
            total=total,
            follow=()
            if next_offset is None
            else (_search(config, request.headers, start=next_offset),),
            partial_reason=reason_if_unproved(total, empty_is_proof=False),
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.


def _site(config: Mapping[str, Any]) -> str:
    language, country = _locale(config).split("_")
    return f"https://{host(config, 'host')}/{country}/{language}"


def _headers(config: Mapping[str, Any], page: Response) -> dict[str, str]:
    """Return the headers of search requests, which the site's page of search results determines."""
    markup = page.text()
    if "phApp" not in markup:
        raise ParseError(f"{page.url} is not a page of a Phenom site")
    token = _TOKEN.search(markup) or _COOKIE.search(page.headers.get("set-cookie", ""))
    headers = {"Referer": f"{_site(config)}/search-results"}
    return headers | ({"x-csrf-token": token["token"]} if token else {})


def _search(config: Mapping[str, Any], headers: Mapping[str, str], *, start: int) -> Request:
    locale = _locale(config)
    return Request(
        url=based(config, f"https://{host(config, 'host')}/widgets"),
        method="POST",
        headers=headers,
        json={
            "ddoKey": "refineSearch",
            "pageName": "search-results",
            "siteType": "external",
            "lang": locale,
            "country": locale.split("_")[1],
            "jobs": True,
            "counts": True,
            "all_fields": ["category", "country", "state", "city", "type"],
            "from": start,
            "size": _PAGE_SIZE,
        },
    )


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    posting_id = job.need("jobId")
    url = f"{_site(config)}/job/{quote(posting_id, safe='')}"
    page_url = based(config, url)
    parts = dict.fromkeys(filter(None, map(job.text, ("city", "state", "country"))))
    return ListedJob(
        external_id=posting_id,
        title=unescape(job.need("title")),
        url=url,
        location=job.text("location") or ", ".join(parts) or None,
        page_url=page_url if page_url != url else None,
    )
