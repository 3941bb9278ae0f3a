"""The source ``html``: the listing page of any site, read by CSS selectors in the config.

The postings are the links on the page that a CSS selector matches.

The config key ``link_selector`` selects the links, or elements that contain one link each, or
elements inside a link. The optional key ``next_selector`` selects the link to the next page. The
external id of a posting is the canonical URL of its link. Until the posting's page is read, its
title is the heading in the link. If the link has no heading, the title is the text of the link, or
else its ``aria-label``, or else the last words of its URL.

The page states no total, and after a redesign of the site the selector may match too little without
an error. Therefore a page without any link makes the listing partial. The source is also declared
fragile, and ``core.checking.expiry`` then needs two complete listings before a posting expires.
"""

from collections.abc import Mapping
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.formats.text import one_line
from include.core.formats.urls import absolute, canonical_url
from include.core.models import JobPosting, ListedJob
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, text, web_address
from include.sources.expressions import check_selector, select
from include.sources.sitemap import title_of

_HEADINGS = "h1, h2, h3, h4, h5, h6"
_MIN_TITLE_LETTERS = 3
"""The minimum number of letters in a title. A text that has fewer letters is probably an arrow or
an icon."""


class ListingByLinks:
    source = "html"
    facts = SourceFacts(is_fragile=True, ends_at_deadline=True)
    config_keys = ConfigKeys(
        required=("url", "link_selector"),
        optional=("next_selector",),
        readers={"url": web_address},
    )
    volatile_keys = None

    def first_request(self, config: Mapping[str, Any]) -> Request:
        for key in ("link_selector", "next_selector"):
            if key in config:
                check_selector(f"config.{key}", text(config, key))
        return Request(url=based(config, web_address(config, "url")))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        page = response.html()
        base = page.css_first("base[href]")
        address = (absolute(response.url, _href(base)) if base else None) or response.url
        links = (_link(node) for node in select(page, text(config, "link_selector")))
        jobs = tuple(job for link in links if link and (job := _listed_job(config, address, link)))
        return ListingPage(
            jobs=jobs,
            follow=_next_requests(config, request, page, address),
            partial_reason=None if jobs else f"no posting's link was found on {request.url}",
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.


def _next_requests(
    config: Mapping[str, Any], request: Request, page: LexborHTMLParser, address: str
) -> tuple[Request, ...]:
    if "next_selector" not in config:
        return ()
    links = select(page, text(config, "next_selector"))
    link = _link(links[0]) if links else None
    url = absolute(address, _href(link)) if link else None
    if url is None:
        return ()
    return (Request(url=based(config, url.partition("#")[0]), depth=request.depth + 1),)


def _link(node: LexborNode) -> LexborNode | None:
    """Return ``node`` if it is a link.

    Otherwise return the first link inside ``node``, or else the link that contains ``node``. Return
    None if there is no such link.
    """
    if _href(node):
        return node
    if inner := node.css_first("a[href]"):
        return inner
    outer = node.parent
    while outer is not None and not (outer.tag == "a" and _href(outer)):
        outer = outer.parent
    return outer


def _listed_job(config: Mapping[str, Any], address: str, link: LexborNode) -> ListedJob | None:
    url = absolute(address, _href(link))
    if url is None:
        return None
    page_url = based(config, url)
    return ListedJob(
        external_id=canonical_url(url),
        title=_title(link) or title_of(url),
        url=url,
        page_url=page_url if page_url != url else None,
    )


def _title(link: LexborNode) -> str | None:
    """Return the text of the link's heading or of the link itself, or else its ``aria-label``.

    Return None if both have fewer letters than a title.
    """
    heading = link.css_first(_HEADINGS) or link
    candidates = (heading.text(separator=" "), link.attributes.get("aria-label") or "")
    texts = (one_line(each) for each in candidates)
    return next((each for each in texts if sum(map(str.isalpha, each)) >= _MIN_TITLE_LETTERS), None)


def _href(node: LexborNode) -> str:
    return (node.attributes.get("href") or "").strip()
