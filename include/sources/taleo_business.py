"""The adapter of Oracle Taleo Business Edition.

Career sites are at {host}.tbe.taleo.net/{partition}/ats/careers/v2. Taleo Business Edition has no
public API. Therefore the adapter reads web pages. The address of a site names the ``company`` in
its parameter ``org`` and the career site in ``cws``. Oracle moves companies between hosts and
redirects their addresses. The search has ten postings a page. The request for the next page needs
the cookie of the first page. Without it, the next page is empty. Some sites state the total. On the
other sites, only the missing link to a next page shows that a page is the last one. Therefore Taleo
Business Edition is a fragile source (``core.checking.expiry``). It is not known what the response
for an unknown company is. Therefore an empty list is partial.

A row has the title and up to three texts. Each employer chooses their order and meaning. A posting
is a web page that has JSON-LD. The page of a posting that is gone has the status 200 and says that
the posting is gone.

These facts are from other crawlers' code.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from selectolax.lexbor import LexborNode

from include.core.formats.markup import node_text
from include.core.formats.urls import absolute
from include.core.models import JobPosting, ListedJob
from include.errors import PageGone, ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, host, name, text
from include.sources.paging import next_start, total_in
from include.sources.records import MAYBE_UNKNOWN, row_sha256

_PAGE_SIZE = 10
_CLASS_PREFIX = "oracletaleocwsv2"
_GONE = "This job has moved or is no longer available"


def _company(config: Mapping[str, Any], key: str = "company") -> str:
    return text(config, key).upper()


class TaleoBusiness:
    source = "taleo_business"
    facts = SourceFacts(is_fragile=True)
    config_keys = ConfigKeys(
        required=("host", "partition", "company", "cws"),
        readers={"host": host, "company": _company},
        home="https://{host}",
        overridden=("host",),
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, _search(config)))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        html = response.html()
        if _CLASS_PREFIX not in response.text():
            raise ParseError(f"{response.url} is not a list of search results")
        total_node = html.css_first(f".{_CLASS_PREFIX}-panel-number")
        total = total_in(node_text(total_node)) if total_node else None
        links = html.css("a.viewJobLink[href]")
        jobs = [job for link in links if (job := _listed_job(config, link, response.url))]
        faults: list[str] = []
        next_offset = next_start(request.depth * _PAGE_SIZE, received=len(links), total=total)
        next_link = html.css_first("a.jscroll-next[href]")
        url = absolute(response.url, next_link.attributes["href"]) if next_link else None
        # The "&" excludes longer numbers that begin with the same digits.
        next_row = f"rowFrom={(request.depth + 1) * _PAGE_SIZE}&"
        if url and next_row not in f"{url}&":
            faults.append("the link to the next page leads to another one")
        if url is None and next_offset is not None:
            sorting = "&act=null&sortColumn=null&sortOrder=null"
            url = f"{_search(config)}&next&rowFrom={next_offset}{sorting}"
        if len(jobs) < len(links):
            faults.append("a posting could not be read")
        if not jobs:
            faults.append(MAYBE_UNKNOWN)
        is_first_page = request.depth == 0
        if is_first_page and not response.is_whole_html:
            faults.append("the page is cut")
        follow: list[Request] = []
        if url and not faults:
            follow.append(Request(url=based(config, url), depth=request.depth + 1))
        return ListingPage(
            jobs=tuple(jobs),
            total=total,
            follow=tuple(follow),
            partial_reason="; ".join(faults) or None,
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.

    def parse_page(self, page: Response) -> JobPosting | None:
        """Return None, because ``extract`` can read the page's JSON-LD.

        Raises PageGone if the page says that the posting is gone.
        """
        for warning in page.html().css(".text-danger"):
            if _GONE in node_text(warning):
                raise PageGone("Taleo says that the job has moved or is no longer available")
        return None


def _search(config: Mapping[str, Any]) -> str:
    path = f"{name(config, 'partition')}/ats/careers/v2/searchResults"
    query = f"org={quote(_company(config))}&cws={quote(text(config, 'cws'))}"
    return f"https://{host(config, 'host')}/{path}?{query}"


def _listed_job(config: Mapping[str, Any], link: LexborNode, page: str) -> ListedJob | None:
    """Return the job of a link, or None if the link is not to a posting of the company."""
    url, title = absolute(page, link.attributes["href"]), node_text(link)
    query = parse_qs(urlsplit(url).query) if url else {}
    if not (url and title and "rid" in query):
        return None
    if query.get("org", [""])[0].upper() != _company(config):
        return None
    heading = link.parent
    row = heading.parent if heading else None
    page_url = based(config, url)
    return ListedJob(
        external_id=query["rid"][0],
        title=title,
        url=url,
        location=_location(row) if row else None,
        page_url=page_url if page_url != url else None,
        row_sha256=row_sha256(node_text(row or link)),
    )


def _location(row: LexborNode) -> str | None:
    """Return the place of the row: its only text that is neither the title nor a number.

    Return None if there is no such text. Also return None if there are several, because it is
    unknown which of them is the place.
    """
    texts = [
        text
        for each in row.css("div[tabindex]")
        if (text := node_text(each)) and not text.isdigit()
    ]
    return texts[0] if len(texts) == 1 else None
