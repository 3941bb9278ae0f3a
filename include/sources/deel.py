"""The adapter of Deel, whose job boards are at jobs.deel.com/{company}.

The adapter requests the API that the pages of these boards call. Deel does not document this API.
The first response holds the settings of the company's career page, including the ids of the
organization and its job board. These two ids are in the URL of the request for the postings. The
API responds with 404 for an unknown company. One response holds every posting in full, without a
total and without paging. The response is either a list of postings, or an object whose
``jobPostings`` is such a list.

Pay is read only if ``isCompensationVisible`` is true, because the response also contains the
amounts of pay that the employer hides. No field states the period of the pay. These facts are from
other crawlers' code.
"""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob, Salary
from include.core.pay.salary import salary
from include.core.places.locations import locate
from include.core.places.workplaces import workplace_in
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.records import listing_page

_API = "https://api-prod.letsdeel.com"
_SITE = "https://jobs.deel.com"
_POSTINGS = "/job_postings"


class Deel:
    source = "deel"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("company",), home=_API)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        path = f"/guest/ats/organizations/{name(config, 'company')}/career_page_settings"
        return Request(url=based(config, f"{_API}{path}"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        answer = response.json()
        if not request.url.endswith(_POSTINGS):
            return ListingPage(
                follow=(_postings_request(config, JsonObject.of(answer, "the settings")),)
            )
        if isinstance(answer, dict):
            answer = cast("dict[str, Any]", answer).get("jobPostings")
        return listing_page(
            answer, lambda posting: _listed_job(config, posting), volatile=self.volatile_keys
        )

    def parse_posting(self, content: str) -> JobPosting:
        posting = JsonObject.parse(content)
        places, employment = _names_of(posting, "location"), _names_of(posting, "employmentType")
        return complete(
            JobPosting(
                title=posting.need("title"),
                external_id=posting.need("id"),
                url=posting.text("url"),
                department=", ".join(_names_of(posting, "department")) or None,
                team=", ".join(_names_of(posting, "team")) or None,
                locations=tuple(map(locate, places)),
                workplace=workplace_in(places),
                employment_types=employment_types(employment),
                employment_type_raw=", ".join(employment) or None,
                salary=_pay(posting),
                posted_at=parse_time(posting.text("createdAt")),
                posted_at_raw=posting.text("createdAt"),
            ),
            posting.html("richtextDescription"),
        )


def _postings_request(config: Mapping[str, Any], settings: JsonObject) -> Request:
    organization = quote(settings.need("organizationId"), safe="")
    board = quote(settings.need("jobBoard", "id"), safe="")
    path = f"/guest/ats/organizations/{organization}/job_boards/{board}{_POSTINGS}"
    return Request(url=based(config, f"{_API}{path}"))


def _listed_job(config: Mapping[str, Any], posting: JsonObject) -> ListedJob:
    posting_id = posting.need("id")
    url = f"{_SITE}/{name(config, 'company')}/job-details/{quote(posting_id, safe='')}/overview"
    return ListedJob(
        external_id=posting_id,
        title=posting.need("title"),
        url=url,
        location="; ".join(_names_of(posting, "location")) or None,
        content=JsonObject({**posting.raw(), "url": url}).dump(),
    )


def _names_of(posting: JsonObject, kind: str) -> tuple[str, ...]:
    """Return the names of one kind in the posting, such as the names of its locations.

    If ``kind`` is ``location``, the names are in the list ``jobLocations``, whose items each have a
    ``location`` that has a ``name``.
    """
    items = posting.objects("job", f"job{kind[0].upper()}{kind[1:]}s")
    return tuple(dict.fromkeys(filter(None, (item.text(kind, "name") for item in items))))


def _pay(posting: JsonObject) -> Salary | None:
    if posting.flag("isCompensationVisible") is not True:
        return None
    return salary(
        low=posting.number("job", "currentCompensation", "minAmount"),
        high=posting.number("job", "currentCompensation", "maxAmount"),
        currency=posting.text("job", "currentCompensation", "currencyIsoCode"),
        period=None,
        origin="structured",
    )
