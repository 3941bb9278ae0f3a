"""The adapter of Softgarden, whose career boards are at {site}.softgarden.io.

The front page of a board shows all postings in the language of the board, each as a card. A script
in the page states the ids of all postings (``complete_job_id_list``). The number of these ids is
the total. The employer chooses the fields of a card. The date is not read from the card, because
the order of day and month depends on the board's language. It is read from the posting's page,
which has JSON-LD. The response for a posting that is gone, or for an unknown board, is a 404.
Softgarden's widget has the same list. It is not used, because robots.txt disallows it.
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

_IDS = re.compile(rb"complete_job_id_list\s*=\s*(?:jobs_selected\s*=\s*)?\[([\d\s,]*)\]")
_CARDS = ".matchElement[id^=job_id_]"


class Softgarden:
    source = "softgarden"
    facts = SourceFacts()
    config_keys = ConfigKeys(
        required=("site",),
        readers={"site": subdomain},
        home="https://{site}.softgarden.io",
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_home(config)}/"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        ids_match = _IDS.search(response.body)
        if ids_match is None:
            raise ParseError(f"{response.url} has no list of postings")
        cards = response.html().css(_CARDS)
        jobs = tuple(job for card in cards if (job := _listed_job(config, card)))
        ids = set(re.findall(r"\d+", ids_match[1].decode()))
        partial_reason = None
        if ids != {job.external_id for job in jobs}:
            partial_reason = "the page's cards and its script list different postings"
        return ListingPage(jobs=jobs, total=len(ids), partial_reason=partial_reason)

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.


def _home(config: Mapping[str, Any]) -> str:
    return f"https://{subdomain(config, 'site')}.softgarden.io"


def _listed_job(config: Mapping[str, Any], card: LexborNode) -> ListedJob | None:
    number = (card.attributes["id"] or "").removeprefix("job_id_")
    heading = card.css_first(".title")
    title = node_text(heading) if heading else ""
    if not (number.isdecimal() and title):
        return None
    url = f"{_home(config)}/job/{number}?l=en"
    page_url = based(config, url)
    place = card.css_first(".ProjectGeoLocationCity")
    return ListedJob(
        external_id=number,
        title=title,
        url=url,
        location=(node_text(place) or None) if place else None,
        page_url=page_url if page_url != url else None,
        row_sha256=row_sha256(node_text(card)),
    )
