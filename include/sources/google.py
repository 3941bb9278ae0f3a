"""The adapter of Google, which reads the feed of Google's open positions.

Google publishes the feed for job sites, at
``www.google.com/about/careers/applications/jobs/feed.xml``. It holds every open position of Google,
YouTube, DeepMind and others (``employer``) in full, without a total and without paging. It has
about 4,000 positions and 22 MB. Therefore its limit is above the usual maximum size of a response.
The search pages are not used, because robots.txt disallows all of them except the first. Google
always has open positions. Therefore a feed without positions is partial.

A place (``location``) has a city, a state and a country, any of which may be missing. The URL that
the feed states for a position is on a host that redirects. Instead, the adapter makes the URL of
the position's page from its id. Pay is only in the text. Google does not document the feed. These
facts are from other crawlers' code.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from lxml import etree

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import unescaped
from include.core.formats.text import one_line
from include.core.formats.xml_document import Element, read_xml
from include.core.models import JobPosting, ListedJob, Location, Workplace
from include.core.places.locations import locate, location_from_parts
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based
from include.sources.records import listing_page

_SITE = "https://www.google.com/about/careers/applications"
_FEED = f"{_SITE}/jobs/feed.xml"
_MAX_FEED_BYTES = 32 * 1024 * 1024
"""The maximum size in bytes of Google's own feed. For a feed at a ``base_url``, the usual limit
applies, because users choose that address."""
_FIELDS = ("jobid", "title", "published", "employer", "isRemote", "jobtype", "description")


class Google:
    source = "google"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=(), home=_SITE)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = based(config, _FEED)
        return Request(url=url, max_bytes=_MAX_FEED_BYTES if url == _FEED else None)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        feed = read_xml(response.body, response.url)
        if feed.tag != "jobs":
            raise ParseError(f"{response.url} is not the feed of positions; its root is {feed.tag}")
        positions = [_fields(position) for position in feed.iterfind("job")]
        return listing_page(
            positions,
            _listed_job,
            volatile=self.volatile_keys,
            partial_reason=None if positions else "the feed has no positions",
        )

    def parse_posting(self, content: str) -> JobPosting:
        position = JsonObject.parse(content)
        hours = position.text("jobtype")
        is_remote = (position.text("isRemote") or "").casefold() == "yes"
        return complete(
            JobPosting(
                title=position.need("title"),
                external_id=position.need("jobid"),
                url=_url(position),
                company=position.text("employer"),
                department=", ".join(position.texts("categories")) or None,
                locations=_places(position),
                workplace=Workplace.REMOTE if is_remote else None,
                employment_types=employment_types(hours),
                employment_type_raw=hours,
                posted_at=parse_time(position.text("published")),
                posted_at_raw=position.text("published"),
            ),
            unescaped(position.html("description")),
        )


def _fields(position: Element) -> dict[str, Any]:
    """Return the fields of a position as texts, and its places and categories as lists."""
    fields: dict[str, Any] = {
        key: text for key in _FIELDS if (text := position.findtext(key)) and text.strip()
    }
    # A place without parts is a text instead of a mapping of its parts.
    fields["locations"] = [
        {etree.QName(part).localname: part.text for part in place.iterfind("*")} or place.text
        for place in position.iterfind("locations/location")
    ]
    fields["categories"] = [
        one_line(each.text or "").replace("_", " ").title()
        for each in position.iterfind("categories/category")
        if each.text != "JOB_CATEGORY_UNSPECIFIED"
    ]
    return fields


def _url(position: JsonObject) -> str:
    return f"{_SITE}/jobs/results/{quote(position.need('jobid'), safe='')}"


def _listed_job(position: JsonObject) -> ListedJob:
    return ListedJob(
        external_id=position.need("jobid"),
        title=position.need("title"),
        url=_url(position),
        location="; ".join(each.raw for each in _places(position)) or None,
        content=position.dump(),
    )


def _places(position: JsonObject) -> tuple[Location, ...]:
    structured = (
        location_from_parts(
            city=place.text("city"), region=place.text("state"), country=place.text("country")
        )
        for place in position.objects("locations")
    )
    # A place that is not divided into parts is a text.
    located = map(locate, position.texts("locations"))
    return tuple(dict.fromkeys(location for location in (*structured, *located) if location))
