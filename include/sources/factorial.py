"""The adapter of Factorial, whose career sites are at {site}.factorialhr.com.

Factorial has no public API. Therefore the adapter reads web pages. The front page of a site has a
row for each posting, without paging and without a total. The rows are grouped by office. A page
that employers embed (``/embed/jobs``) has the same rows. The page of an unknown site has neither
rows nor the filter above them. A missing posting would not be noticed. Therefore Factorial is a
fragile source (``core.checking.expiry``).

The address of a posting consists of the words of its title and its number. Only the number stays
the same when the title changes. A row has no date. The last cell of a row may be a workplace such
as "Hybrid", a place, or both. The posting itself is a web page without JSON-LD. Beside its text,
the page lists the contract, the hours, the place ("Hybrid (Barcelona, Spain)") and the team. These
facts are from other crawlers' code and tests.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from selectolax.lexbor import LexborNode

from include.core.fields.employment import employment_types, is_employment_type
from include.core.fields.reading import complete
from include.core.formats.markup import node_text
from include.core.models import JobPosting, ListedJob
from include.core.places.place_lists import locations_in
from include.core.places.workplaces import workplace_of
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.records import row_sha256

_FILTERS = "[data-controller~=job-filters], [data-target^='job-filters.']"
_ROWS = "li.job-offer-item"
_URL = "data-job-postings-url"
_POSTING = re.compile(r"/job_posting/(?P<name>[^/?#]+)")
_NUMBER = re.compile(r"-(\d+)$")


class Factorial:
    source = "factorial"
    facts = SourceFacts(is_fragile=True)
    config_keys = ConfigKeys(
        required=("site",),
        readers={"site": subdomain},
        home="https://{site}.factorialhr.com",
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_home(config)}/"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        page = response.html()
        rows = page.css(_ROWS)
        if not rows and page.css_first(_FILTERS) is None:
            raise ParseError(f"{response.url} is not a list of postings")
        jobs = tuple(job for row in rows if (job := _listed_job(config, row)))
        faults = ["a posting could not be read"] if len(jobs) < len(rows) else []
        if not response.is_whole_html:
            faults.append("the list of postings is cut")
        return ListingPage(jobs=jobs, partial_reason="; ".join(faults) or None)

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.

    def parse_page(self, page: Response) -> JobPosting | None:
        html = page.html()
        heading, text = html.css_first("h1"), html.css_first(".styledText")
        if heading is None or text is None:
            return None
        facts = [node_text(fact) for fact in html.css("li > .align-middle")]
        employment = ", ".join(filter(is_employment_type, facts))
        place = next((fact for fact in facts if "," in fact or workplace_of(fact)), None)
        return complete(
            JobPosting(
                title=node_text(heading),
                url=page.url,
                locations=locations_in(place),
                workplace=workplace_of(place),
                employment_types=employment_types(employment),
                employment_type_raw=employment or None,
            ),
            text.inner_html or "",
            method="html",
        )


def _home(config: Mapping[str, Any]) -> str:
    return f"https://{subdomain(config, 'site')}.factorialhr.com"


def _listed_job(config: Mapping[str, Any], row: LexborNode) -> ListedJob | None:
    match = _POSTING.search(row.attributes.get(_URL) or "")
    heading = row.css_first(".factorial__headingFontFamily")
    title = node_text(heading) if heading else ""
    if not (match and title):
        return None
    number = _NUMBER.search(match["name"])
    url = f"{_home(config)}/job_posting/{quote(match['name'], safe='-%')}"
    page_url = based(config, url)
    return ListedJob(
        external_id=number[1] if number else match["name"],
        title=title,
        url=url,
        location=_place(row),
        page_url=page_url if page_url != url else None,
        row_sha256=row_sha256(node_text(row)),
    )


def _place(row: LexborNode) -> str | None:
    """Return the place of a posting.

    Rows are grouped by office. The place is the name of that office, or else the text of the row's
    last cell.
    """
    group = row.parent
    while group is not None:
        if "officeGroup" in (group.attributes.get("data-target") or ""):
            office = group.css_first("h3")
            if office and (name := node_text(office)):
                return name
        group = group.parent
    cells = row.css(".text-gray-350")
    return (node_text(cells[-1]) or None) if cells else None
