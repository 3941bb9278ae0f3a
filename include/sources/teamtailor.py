"""The adapter of Teamtailor, which reads the job feed of a career site.

Every career site has this feed. Its format is JSON Feed (jsonfeed.org/version/1.1). Each item also
has a schema.org JobPosting in ``_jobposting``. The API that docs.teamtailor.com documents is not
used, because it needs a key.

One response holds the whole board. No feed of several pages is known. If a feed has a ``next_url``,
which the format defines for such feeds, it is followed. The response for an unknown site is a 404
that has an empty body. A posting without a place has no ``jobLocation``. Each part of an address
may be null. ``content_html`` is not escaped. The description in the JSON-LD of the job's page is
escaped.

The name of a site in North America ends with ``.na``, as in ``site: acme.na``.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.core.fields import schema_posting
from include.core.fields.dates import parse_time
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import unescaped
from include.core.models import JobPosting, ListedJob
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.records import listing_page

_MARKUP = "_jobposting"


class Teamtailor:
    source = "teamtailor"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("site",), readers={"site": subdomain}, overridden=("site",))
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"https://{subdomain(config, 'site')}.teamtailor.com/jobs.json"
        return Request(url=based(config, url))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        feed = JsonObject.of(response.json(), "the feed")
        next_url = feed.text("next_url")
        return listing_page(
            feed.raw("items"),
            _listed_job,
            volatile=self.volatile_keys,
            follow=[Request(url=based(config, next_url))] if next_url else (),
        )

    def parse_posting(self, content: str) -> JobPosting:
        item = JsonObject.parse(content)
        markup = item.objects(_MARKUP)
        posting = schema_posting.read(
            markup[0] if markup else JsonObject({}), heading=item.need("title")
        )
        completed_posting = replace(
            posting,
            title=item.need("title"),
            external_id=item.need("id"),
            url=item.text("url"),
            language=posting.language or item.text("language"),
            posted_at=parse_time(item.text("date_published")) or posting.posted_at,
            posted_at_raw=item.text("date_published") or posting.posted_at_raw,
            updated_at=parse_time(item.text("date_modified")) or posting.updated_at,
            updated_at_raw=item.text("date_modified") or posting.updated_at_raw,
            salary=posting.salary and replace(posting.salary, origin="structured"),
        )
        return complete(completed_posting, unescaped(item.html("content_html")))


def _listed_job(item: JsonObject) -> ListedJob:
    return ListedJob(
        external_id=item.need("id"),
        title=item.need("title"),
        url=item.need("url"),
        location="; ".join(_places(item)) or None,
        content=item.dump(),
        modified=item.text("date_modified"),
    )


def _places(item: JsonObject) -> list[str]:
    markup = item.objects(_MARKUP)
    return [place.raw for each in markup for place in schema_posting.locations_of(each)]
