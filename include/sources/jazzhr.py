"""The adapter of JazzHR, whose career sites are at {site}.applytojob.com.

JazzHR has no public API. Therefore the adapter reads web pages. ``/apply/jobs`` is the list that
customers embed into their own pages. It is one table of all postings, in the same form for every
customer, without paging and without a total. Below the table, the page repeats all postings for
narrow screens. The listing is complete if the table has an end tag, and a row for each posting to
which the page links anywhere. Nothing else would show that a posting is missing. Therefore JazzHR
is a fragile source (``core.checking.expiry``). For a former customer, an unknown site or a bot
check, the response is a page without the table, also with the status 200.

The link of a row is ``/apply/jobs/details/oVX1rAxJJi?&``, for example. It has the posting's code
and a query without meaning. Without the query, it is the web page of the posting. Some of these
pages have JSON-LD. The response for a posting that is gone is a 404 or 410.

These facts are from other crawlers' code, and from measurements of 1,000 customers' sites.
"""

import re
from collections.abc import Mapping
from typing import Any

from selectolax.lexbor import LexborNode

from include.core.formats.markup import node_text
from include.core.models import JobPosting, ListedJob
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.records import row_sha256

_TABLE, _END = 'id="jobs_table"', "</table>"
_CODE = re.compile(r"/apply/jobs/details/(?P<code>[\w-]+)")
_TITLE = "a.job_title_link"


class JazzHR:
    source = "jazzhr"
    facts = SourceFacts(is_fragile=True)
    config_keys = ConfigKeys(
        required=("site",),
        readers={"site": subdomain},
        home="https://{site}.applytojob.com",
        overridden=("site",),
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_site(config)}/apply/jobs"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        table = response.html().css_first("#jobs_table")
        if table is None:
            raise ParseError(f"{response.url} is not a list of postings")
        markup = response.text()
        jobs = tuple(job for row in table.css("tr") if (job := _listed_job(config, row)))
        faults: list[str] = []
        if _END not in markup.partition(_TABLE)[2]:
            faults.append("the list of postings is cut")
        if len(jobs) < len(table.css(_TITLE)):
            faults.append("a posting could not be read")
        return ListingPage(
            jobs=jobs,
            total=len(set(_CODE.findall(markup))),
            partial_reason="; ".join(faults) or None,
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.


def _site(config: Mapping[str, Any]) -> str:
    return f"https://{subdomain(config, 'site')}.applytojob.com"


def _listed_job(config: Mapping[str, Any], row: LexborNode) -> ListedJob | None:
    link = row.css_first(_TITLE)
    match = _CODE.search(link.attributes.get("href") or "") if link else None
    if link is None or match is None or not node_text(link):
        return None
    cells = row.css("td")
    url = f"{_site(config)}/apply/jobs/details/{match['code']}"
    page_url = based(config, url)
    return ListedJob(
        external_id=match["code"],
        title=node_text(link),
        url=url,
        location=(node_text(cells[1]) or None) if len(cells) > 1 else None,
        page_url=page_url if page_url != url else None,
        row_sha256=row_sha256(node_text(row)),
    )
