"""The adapter of JOIN, whose company pages are at join.com/companies/{company}.

The adapter requests the API that these pages call. JOIN does not document this API. The API
identifies a company by a number, which only the script ``__NEXT_DATA__`` of the company's page
states. Therefore the first request of a listing is that page. The page also states the total and
shows five postings. The other requests are a GraphQL query, whose pages are numbered from 1 and
each state the total in ``rowCount``. The query's response for an unknown number is the same as for
a company without openings. The total of the company's page shows which of the two is the case. The
page of an unknown company responds with 404.

``idParam`` is the end of a posting's URL. It contains a number, which is not the posting's id.
``idParam`` changes from time to time although the posting does not. A remote posting also has the
city and country of the employer. Its ``remoteType`` says whether people may work anywhere in that
country (``COUNTRY``) or in any country (``ANYWHERE``). A posting is a web page that has JSON-LD.
The response for a posting that is gone is a 404. The host allows fewer requests than the hosts of
most other sources.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from include.core.fields import schema_posting
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject, read_json
from include.core.models import JobPosting, ListedJob, Location
from include.core.places.locations import locate
from include.core.places.workplaces import workplace_of
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.records import listing_page, reason_if_unproved

_SITE = "https://join.com"
_PAGE_SIZE = 100
_QUERY = """query PublicJobsList($input: PublicJobsQueryInput!) {
  publicJobs(input: $input) {
    items {
      id idParam title workplaceType remoteType createdAt updatedAt
      city { cityName countryName } country { iso3166 name } category { name }
      employmentType { name }
    }
    pageInfo { page pageCount rowCount }
  }
}"""


class Join:
    source = "join"
    facts = SourceFacts(lists_by_api=True)
    config_keys = ConfigKeys(required=("company",), home=_SITE)
    volatile_keys = ("idParam",)

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_SITE}/companies/{name(config, 'company')}"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        if request.json is None:  # the response is the company's page
            return _first_page(config, response)
        answer = JsonObject.of(response.json(), "the response")
        jobs = JsonObject.of(answer.raw("data", "publicJobs"), "the list of jobs")
        query: Mapping[str, Any] = request.json["variables"]["input"]
        total = jobs.number("pageInfo", "rowCount")
        page = query["paginationPage"]["page"]
        has_next_page = jobs.raw("items") and page < (jobs.number("pageInfo", "pageCount") or 0)
        return listing_page(
            jobs.raw("items"),
            lambda job: _listed_job(config, job),
            volatile=self.volatile_keys,
            total=total,
            follow=[_request(config, query["companyId"], page + 1)] if has_next_page else (),
            partial_reason=reason_if_unproved(total),
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.

    def parse_page(self, page: Response) -> JobPosting | None:
        """Return the posting in the page's JSON-LD, completed from the script ``__NEXT_DATA__``.

        Return None if the page has no JSON-LD, or if the script holds no job. Raises ParseError if
        the page has no such script.
        """
        script = page.html().css_first('script[type="application/ld+json"]')
        jobs = _state(page).objects("job")
        if not (script and jobs):
            return None
        job = jobs[0]
        markup = JsonObject.parse(script.text())
        posting = schema_posting.read(markup, heading=job.text("title"))
        completed_posting = replace(
            posting,
            external_id=job.text("id"),
            department=job.text("category", "name"),
            workplace=workplace_of(job.text("workplaceType")) or posting.workplace,
            locations=_locations(job, posting.locations),
        )
        return complete(completed_posting, schema_posting.description_of(markup), method="jsonld")


def _state(page: Response) -> JsonObject:
    """Return the initial state in the script ``__NEXT_DATA__`` of the page.

    Raises ParseError if the page has no such script.
    """
    script = page.html().css_first("script#__NEXT_DATA__")
    if script is None:
        raise ParseError(f"{page.url} is not a page of JOIN")
    state = JsonObject.of(read_json(script.text()), "the page's script")
    return JsonObject.of(state.raw("props", "pageProps", "initialState"), "the page's state")


def _first_page(config: Mapping[str, Any], response: Response) -> ListingPage:
    """Return the listing page of the company's page.

    It has the total that the page states, and the request for the first postings, but no jobs.
    """
    state = _state(response)
    company = state.number("company", "id")
    total = state.number("jobs", "pagination", "total")
    if company is None:
        raise ParseError(f"{response.url} names no company")
    return ListingPage(
        total=None if total is None else int(total),
        follow=(_request(config, int(company), 1),),
        partial_reason="the company's page did not state its total" if total is None else None,
    )


def _request(config: Mapping[str, Any], company: int, page: int) -> Request:
    paging = {"page": page, "pageSize": _PAGE_SIZE}
    return Request(
        url=based(config, f"{_SITE}/candidate-api/graphql"),
        method="POST",
        json={
            "operationName": "PublicJobsList",
            "query": _QUERY,
            "variables": {"input": {"companyId": company, "paginationPage": paging}},
        },
    )


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    page = quote(job.need("idParam"), safe="")
    url = f"{_SITE}/companies/{name(config, 'company')}/{page}"
    page_url = based(config, url)
    return ListedJob(
        external_id=job.need("id"),
        title=job.need("title"),
        url=url,
        location=_location(job),
        page_url=page_url if page_url != url else None,
        modified=job.text("updatedAt"),
    )


def _location(job: JsonObject) -> str | None:
    country = job.text("country", "name") or job.text("city", "countryName")
    match job.text("remoteType"):
        case "ANYWHERE":
            return "Remote"
        case "COUNTRY":
            return f"Remote ({country})" if country else "Remote"
        case _:
            return ", ".join(filter(None, (job.text("city", "cityName"), country))) or None


def _locations(job: JsonObject, places: tuple[Location, ...]) -> tuple[Location, ...]:
    """Return the places where people may work.

    ``places`` are the places in the page's JSON-LD. For a remote job, these are the places of the
    employer. If people may work anywhere in a country, the result has only the countries of
    ``places``. If people may work in any country, the result is empty.
    """
    match job.text("remoteType"):
        case "ANYWHERE":
            return ()
        case "COUNTRY":
            return tuple(
                {locate(place.country, country=place.country) for place in places if place.country}
            )
        case _:
            return places
