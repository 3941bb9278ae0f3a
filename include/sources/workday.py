"""Workday's career sites (myworkdayjobs.com), by the API their pages read ("CXS"); Workday
documents none. ``https://acme.wd5.myworkdayjobs.com/en-US/External`` is ``host`` acme.wd5.
myworkdayjobs.com, ``tenant`` acme, ``site`` External; a language in the path is refused with 405.

The list is asked for by POST, at most 20 postings a page; its first page states the ``total``,
later ones may state 0. It stops at 2,000: a higher offset begins again at page 1. Longer lists are
read facet by facet. No facet has to have a value for every posting, and one posting may have
several of one, so their counts prove how many postings there are only where facets agree that mean
different things (job type and time type, say); otherwise the listing is partial.

``bulletFields`` begins with the requisition's number on nearly all sites; the path of a posting
ends with it, or with it and the number of times it was posted. Dates in the list are relative, and
its "3 Locations" are named only in each posting's own document.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.core.dates import moment
from include.core.employment import employment_types
from include.core.json_object import JsonObject
from include.core.locations import locate
from include.core.models import JobPosting, ListedJob, Location
from include.core.reading import complete
from include.core.workplaces import workplace_in, workplace_of
from include.errors import PageGone
from include.sources.base import ListingPage, Request, Response
from include.sources.config import ConfigKeys, based, host, name
from include.sources.records import listing_page
from include.sources.workday_facets import CAP, agreed_total, facets_in, to_split_by

_LIMIT = 20
_ROLLED_UP = re.compile(r"\d+ \w+")
_POSTED_AGAIN = re.compile(r"-\d+$")


class Workday:
    source = "workday"
    config_keys = ConfigKeys(
        required=("host", "tenant", "site"), readers={"host": host}, home="https://{host}"
    )
    volatile_keys = ("postedOn",)
    """The posting's age ("Posted 3 Days Ago")."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, {}, offset=0)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        answer = JsonObject.of(response.json(), "the list")
        page = listing_page(
            answer.raw("jobPostings"),
            lambda posting: _listed(config, posting),
            volatile=self.volatile_keys,
        )
        asked = JsonObject(request.json or {})
        applied: Mapping[str, Any] = asked.raw("appliedFacets")
        total = int(answer.number("total") or 0)
        if asked.number("offset"):
            # A total stated again must be the same; those of facets are none of the whole list.
            return replace(page, total=None if applied else total or None)
        if total >= CAP:
            return _split(config, answer, applied, page)
        return replace(
            page, total=None if applied else total, follow=_pages(config, applied, total)
        )

    def parse_posting(self, content: str) -> JobPosting:
        answer = JsonObject.parse(content)
        info = JsonObject.of(answer.raw("jobPostingInfo") or {}, "the posting")
        if answer.number("httpStatus") == 404 or info.flag("posted") is False:
            raise PageGone("Workday has no such open posting")
        html = info.html("jobDescription")
        hours = info.text("timeType")
        locations = _locations(info)
        return complete(
            JobPosting(
                title=info.need("title"),
                external_id=info.need("jobReqId"),
                requisition_id=info.text("jobReqId"),
                url=info.text("externalUrl"),
                company=answer.text("hiringOrganization", "name"),
                locations=locations,
                workplace=workplace_of(info.text("remoteType"))
                or workplace_in([place.raw for place in locations]),
                employment_types=employment_types(hours),
                employment_type_raw=hours,
                posted_at=moment(info.text("startDate")),
                posted_at_raw=info.text("startDate"),
                valid_through=moment(info.text("endDate")),
                valid_through_raw=info.text("endDate"),
            ),
            html,
        )


def _request(config: Mapping[str, Any], applied: Mapping[str, Any], *, offset: int) -> Request:
    return Request(
        url=based(config, f"{_api(config)}/jobs"),
        method="POST",
        json={"appliedFacets": applied, "limit": _LIMIT, "offset": offset, "searchText": ""},
    )


def _api(config: Mapping[str, Any]) -> str:
    tenant, site = name(config, "tenant"), name(config, "site")
    return f"https://{host(config, 'host')}/wday/cxs/{tenant}/{site}"


def _pages(
    config: Mapping[str, Any], applied: Mapping[str, Any], total: int
) -> tuple[Request, ...]:
    """Those after the first."""
    offsets = range(_LIMIT, total, _LIMIT)
    return tuple(_request(config, applied, offset=offset) for offset in offsets)


def _split(
    config: Mapping[str, Any], answer: JsonObject, applied: Mapping[str, Any], page: ListingPage
) -> ListingPage:
    """The list that is longer than the API shows, in a list for each value of one facet."""
    facets = [facet for facet in facets_in(answer) if facet.parameter not in applied]
    chosen, total = to_split_by(facets), agreed_total(facets)
    if chosen is None:
        fault = f"a list of {CAP} postings or more has no facet to split it by"
        return replace(page, follow=_pages(config, applied, CAP), partial_reason=fault)
    fault = None
    if total is None and not applied:
        fault = f"of {CAP} postings or more, no two facets agree on how many there are"
    return replace(
        page,
        total=None if applied else total,
        follow=tuple(
            _request(config, {**applied, chosen.parameter: [value]}, offset=0)
            for value in chosen.counts
        ),
        partial_reason=page.partial_reason or fault,
    )


def _listed(config: Mapping[str, Any], posting: JsonObject) -> ListedJob:
    path = posting.need("externalPath")
    place = posting.text("locationsText") or ""
    return ListedJob(
        external_id=_requisition(posting, path),
        title=posting.need("title"),
        url=f"https://{host(config, 'host')}/{name(config, 'site')}{path}",
        location=None if _ROLLED_UP.fullmatch(place) else place or None,
        page_url=based(config, f"{_api(config)}{path}"),
    )


def _requisition(posting: JsonObject, path: str) -> str:
    last = path.rpartition("/")[2]
    for bullet in posting.texts("bulletFields"):
        if last.endswith(bullet) or _POSTED_AGAIN.sub("", last).endswith(bullet):
            return bullet
    return last.rpartition("_")[2]


def _locations(info: JsonObject) -> tuple[Location, ...]:
    """The country stated is the first location's."""
    first, further = info.text("location"), info.texts("additionalLocations")
    country = info.text("jobRequisitionLocation", "country", "alpha2Code")
    country = country or info.text("country", "descriptor")
    found = [locate(first, country=country)] if first else []
    found += [locate(each) for each in further if each != first]
    return tuple(found)
