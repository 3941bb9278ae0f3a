"""The adapter of Eightfold, whose career sites are at ``{company}.eightfold.ai``.

The adapter requests the API that the pages of these sites call. This API has no public
documentation. The config has the ``host`` of the site and the ``domain`` of the employer, as it is
registered at Eightfold. For any other domain, the response is the site's HTML page. The list is
paged by ``start``, with 10 positions a page. Every page states the total in ``count``. Each
position has its own document, which holds the description. For a position that is gone, the
response is a 404 whose body looks like that of a success. Some employers' sites respond to requests
of the API with 403.

``displayJobId`` is the employer's own number of the job. It is the external id of the job. ``id``
is Eightfold's number of the job, which is part of its URLs.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.urls import absolute
from include.core.models import JobPosting, ListedJob
from include.core.places.place_lists import locations_in
from include.core.places.workplaces import workplace_of
from include.errors import PageGone
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, host, text
from include.sources.paging import next_start, number_in
from include.sources.records import listing_page


class Eightfold:
    source = "eightfold"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(
        required=("host", "domain"), readers={"host": host}, home="https://{host}"
    )
    volatile_keys = ("solrScore", "stars")
    """Scores that rate how well the position fits the search and the user. They change although the
    posting does not."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, start=0)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        search = JsonObject.of(response.json(), "the search")
        total = search.number("data", "count")
        received = len(search.values("data", "positions"))
        next_offset = next_start(number_in(request, "start"), received=received, total=total)
        return listing_page(
            search.raw("data", "positions"),
            lambda position: _listed_job(config, position),
            volatile=self.volatile_keys,
            total=total,
            follow=() if next_offset is None else (_request(config, start=next_offset),),
            partial_reason="the search did not state its total" if total is None else None,
        )

    def parse_posting(self, content: str) -> JobPosting:
        document = JsonObject.parse(content)
        if document.number("status") == 404:
            raise PageGone(document.text("error", "message") or "the site has no such position")
        position = JsonObject.of(document.raw("data"), "the position")
        html = position.html("jobDescription")
        schedule = ", ".join(position.texts("efcustomTextTextTimeType")) or None
        return complete(
            JobPosting(
                title=position.need("name"),
                external_id=position.text("displayJobId") or position.need("id"),
                requisition_id=position.text("atsJobId"),
                url=position.text("publicUrl"),
                apply_url=position.text("positionUserActions", "applyAction", "applyUrl"),
                department=position.text("department"),
                locations=tuple(
                    place
                    for raw in position.texts("locations") or position.texts("location")
                    for place in locations_in(raw)
                ),
                workplace=workplace_of(position.text("workLocationOption")),
                employment_types=employment_types(schedule),
                employment_type_raw=schedule,
                posted_at=parse_time(position.number("postedTs")),
                posted_at_raw=position.text("postedTs"),
            ),
            html,
        )


def _request(config: Mapping[str, Any], *, start: int) -> Request:
    return Request(url=_address(config, f"/api/pcsx/search?{_domain(config)}&start={start}"))


def _listed_job(config: Mapping[str, Any], position: JsonObject) -> ListedJob:
    posting_id = position.need("id")
    details = f"/api/pcsx/position_details?position_id={quote(posting_id)}&{_domain(config)}&hl=en"
    page = position.text("positionUrl") or f"/careers/job/{quote(posting_id)}"
    return ListedJob(
        external_id=position.text("displayJobId") or posting_id,
        title=position.need("name"),
        url=absolute(f"https://{host(config, 'host')}", page) or "",
        location="; ".join(position.texts("locations")) or None,
        page_url=_address(config, details),
    )


def _domain(config: Mapping[str, Any]) -> str:
    return f"domain={quote(text(config, 'domain'), safe='')}"


def _address(config: Mapping[str, Any], path: str) -> str:
    return based(config, f"https://{host(config, 'host')}{path}")
