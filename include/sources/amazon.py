"""The adapter of Amazon's own job search (www.amazon.jobs).

The adapter requests the JSON that the result pages load. This API has no public documentation. The
listing has the results of a search for the config's ``query``. It is paged by ``offset``, with at
most 100 results a page. If more are requested, the response has the status 200, an ``error``, and
null as its ``jobs``. The highest possible offset is 10,000. Therefore the listing is always
partial if the query has 10,000 results or more. Each result contains the whole posting. A job is
gone if a search for its id (``base_query``) finds nothing.

Each item of ``locations`` is JSON inside a string. The qualifications are separate from the
description. The last lines of the text state the pay, one line for each place. An example is ``USA,
WA, Seattle - 143,700.00 - 194,400.00 USD annually``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.provenance import with_provenance
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject, read_json
from include.core.formats.markup import section
from include.core.formats.urls import absolute
from include.core.models import JobPosting, ListedJob, Location, Salary
from include.core.pay.pay_period import pay_period
from include.core.pay.salary import salary, widest
from include.core.places.locations import locate
from include.core.places.workplaces import workplace_in
from include.errors import PageGone, ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, text
from include.sources.paging import next_start, number_in
from include.sources.records import listing_page

_SITE = "https://www.amazon.jobs"
_PAGE_SIZE = 100
_MAX_RESULTS = 10_000
_PAY_LINE = re.compile(
    r".* - (?P<low>\d[\d,]*(?:\.\d+)?) - (?P<high>\d[\d,]*(?:\.\d+)?) "
    r"(?P<currency>[A-Z]{3}) (?P<period>\w+)"
)


class Amazon:
    source = "amazon"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("query",), home=_SITE)
    volatile_keys = ("updated_time", "display_distance")
    """The keys whose values change although the posting does not. ``updated_time`` is the age of
    the posting ("24 days"). ``display_distance`` is the distance of the posting from the place of
    the search."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, offset=0)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        search = JsonObject.of(response.json(), "the search")
        if error := search.text("error"):
            raise ParseError(f"the search was refused: {error}")
        total = search.number("hits")
        partial_reason = "the search did not state its total" if total is None else None
        if total is not None and total >= _MAX_RESULTS:
            partial_reason = f"the query finds as many postings as a search lists ({_MAX_RESULTS})"
        received = len(search.values("jobs"))
        next_offset = next_start(number_in(request, "offset"), received=received, total=total)
        follow: list[Request] = []
        if next_offset is not None and next_offset <= _MAX_RESULTS:
            follow.append(_request(config, offset=next_offset))
        return listing_page(
            search.raw("jobs"),
            _listed_job,
            volatile=self.volatile_keys,
            total=total,
            follow=follow,
            partial_reason=partial_reason,
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        if "jobs" in job:
            job = _only_result(job)
        basic = section("Basic qualifications", job.html("basic_qualifications"))
        preferred = section("Preferred qualifications", job.html("preferred_qualifications"))
        html = "\n".join([job.html("description"), basic, preferred])
        schedule = job.text("job_schedule_type")
        places = [JsonObject.of(read_json(place), "a location") for place in job.texts("locations")]
        posting = complete(
            JobPosting(
                title=job.need("title"),
                external_id=job.need("id_icims"),
                url=absolute(_SITE, job.need("job_path")),
                apply_url=job.text("url_next_step"),
                company=job.text("company_name"),
                department=job.text("job_category"),
                locations=tuple(_locations(places, job.text("normalized_location"))),
                workplace=workplace_in([place.text("type") or "" for place in places]),
                employment_types=employment_types(schedule),
                employment_type_raw=schedule,
                posted_at=parse_time(job.text("posted_date")),
                posted_at_raw=job.text("posted_date"),
            ),
            html,
        )
        pay = _pay(posting.description_text)
        return with_provenance(posting, "text", salary=pay) if pay else posting


def _request(config: Mapping[str, Any], *, offset: int) -> Request:
    query = quote(text(config, "query"), safe="")
    paging = f"offset={offset}&result_limit={_PAGE_SIZE}&sort=recent"
    return Request(url=based(config, f"{_SITE}/en/search.json?base_query={query}&{paging}"))


def _listed_job(job: JsonObject) -> ListedJob:
    return ListedJob(
        external_id=job.need("id_icims"),
        title=job.need("title"),
        url=absolute(_SITE, job.need("job_path")) or "",
        location=job.text("normalized_location") or job.text("location"),
        content=job.dump(),
    )


def _only_result(search: JsonObject) -> JsonObject:
    """Return the only result of a search for one job's id.

    Raises PageGone if the search found nothing.
    """
    if search.raw("jobs") == [] and search.number("hits") == 0:
        raise PageGone("Amazon has no job with this id")
    return JsonObject.of(next(iter(search.values("jobs")), None), "the posting")


def _locations(places: list[JsonObject], fallback: str | None) -> Iterator[Location]:
    for place in places:
        raw = place.text("normalizedLocation") or place.text("location")
        if raw:
            yield Location(
                raw=raw,
                city=place.text("normalizedCityName") or place.text("city"),
                region=place.text("normalizedStateName") or place.text("region"),
                country=place.text("countryIso2a"),
            )
    if not places and fallback:
        yield locate(fallback)


def _pay(description: str) -> Salary | None:
    matches = (_PAY_LINE.fullmatch(line) for line in description.splitlines())
    return widest(
        [
            salary(
                low=float(match["low"].replace(",", "")),
                high=float(match["high"].replace(",", "")),
                currency=match["currency"],
                period=pay_period(match["period"]),
                raw=match[0],
                origin="text",
            )
            for match in matches
            if match
        ]
    )
