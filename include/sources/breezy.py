"""The adapter of Breezy HR, whose career sites are at {site}.breezy.hr.

Each site has its list at ``/json``. Breezy does not document this list. The facts are from the code
of public crawlers. One response holds every open position, without a total and without paging. If
there are no positions, the response is ``[]``. The address of an unknown site redirects to Breezy's
own front page, which is not JSON. The list has no descriptions. Each position is a web page that
has JSON-LD, at the position's ``url``. For a position that is gone, the response is a 404.

If a position has several places, they are in ``locations``. Otherwise its place is in ``location``.
A place may lack a ``name``. A worldwide place has only a ``name``.
"""

from collections.abc import Mapping
from typing import Any

from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.records import listing_page


class Breezy:
    source = "breezy"
    facts = SourceFacts(lists_by_api=True)
    config_keys = ConfigKeys(required=("site",), readers={"site": subdomain}, overridden=("site",))
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"https://{subdomain(config, 'site')}.breezy.hr/json"
        return Request(url=based(config, url))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        positions = response.json()
        if not isinstance(positions, list):
            raise ParseError(f"the response of {response.url} is not a list of positions")
        return listing_page(
            positions, lambda position: _listed_job(config, position), volatile=self.volatile_keys
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.


def _listed_job(config: Mapping[str, Any], position: JsonObject) -> ListedJob:
    url = position.need_url("url")
    page_url = based(config, url)
    places = position.objects("locations") or position.objects("location")
    place_names = dict.fromkeys(name for place in places if (name := _place(place)))
    return ListedJob(
        external_id=position.need("id"),
        title=position.need("name"),
        url=url,
        location="; ".join(place_names) or None,
        page_url=page_url if page_url != url else None,
    )


def _place(place: JsonObject) -> str:
    parts = (place.text("city"), place.text("state", "name"), place.text("country", "name"))
    return place.text("name") or ", ".join(filter(None, parts))
