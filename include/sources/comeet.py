"""The adapter of Comeet, whose career pages are at www.comeet.com/jobs/{company}/{uid}.

Comeet's API (developers.comeet.com) is not used, because it needs a token of the employer. The page
of a company needs no token. A script in the page assigns a list of all positions in full to
``COMPANY_POSITIONS_DATA``. The page states no total and is the only page. Therefore the listing is
complete if the assigned JSON is whole. There is no such page for an unknown company. The text of a
position is in ``details``, a list of parts that have an ``order``. ``time_updated`` is the only
date.
"""

from collections.abc import Mapping
from typing import Any

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import section
from include.core.models import JobPosting, ListedJob, Location
from include.core.places.locations import location_from_parts
from include.core.places.workplaces import workplace_from_flags, workplace_of
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.records import listing_page

_SITE = "https://www.comeet.com"
_DATA = r"\bCOMPANY_POSITIONS_DATA\s*=\s*"


class Comeet:
    source = "comeet"
    facts = SourceFacts(reads_by_api=True)
    config_keys = ConfigKeys(required=("company", "uid"), home=_SITE)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"{_SITE}/jobs/{name(config, 'company')}/{name(config, 'uid')}"
        return Request(url=based(config, url))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        return listing_page(response.json_after(_DATA), _listed_job, volatile=self.volatile_keys)

    def parse_posting(self, content: str) -> JobPosting:
        position = JsonObject.parse(content)
        parts = sorted(position.objects("details"), key=lambda part: part.number("order") or 0)
        html = "\n".join(
            section(part.text("name"), text) for part in parts if (text := part.html("value"))
        )
        employment, location = position.text("employment_type"), _location(position)
        return complete(
            JobPosting(
                title=position.need("name"),
                external_id=position.need("uid"),
                url=_url(position),
                company=position.text("company_name"),
                department=position.text("department"),
                locations=(location,) if location else (),
                workplace=workplace_of(position.text("workplace_type"))
                or workplace_from_flags(remote=position.flag("location", "is_remote"), hybrid=None),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                updated_at=parse_time(position.text("time_updated")),
                updated_at_raw=position.text("time_updated"),
            ),
            html,
        )


def _url(position: JsonObject) -> str:
    return position.url("url_comeet_hosted_page") or position.need_url("url_active_page")


def _listed_job(position: JsonObject) -> ListedJob:
    location = _location(position)
    return ListedJob(
        external_id=position.need("uid"),
        title=position.need("name"),
        url=_url(position),
        location=location.raw if location else None,
        content=position.dump(),
        modified=position.text("time_updated"),
    )


def _location(position: JsonObject) -> Location | None:
    return location_from_parts(
        city=position.text("location", "city"),
        region=position.text("location", "state"),
        country=position.text("location", "country"),
        raw=position.text("location", "name"),
    )
