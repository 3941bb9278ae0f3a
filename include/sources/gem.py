"""The adapter of Gem, which reads Gem's job board API (api.gem.com/job_board/v0/reference).

The API needs no key. One response holds every open posting in full, without a total and without
paging. The URL of the request must end with a slash. ``content`` is escaped HTML. For an unknown
board, the response is a 404.
"""

from collections.abc import Mapping
from typing import Any

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import unescaped
from include.core.models import JobPosting, ListedJob
from include.core.places.locations import locate
from include.core.places.place_lists import place_names
from include.core.places.workplaces import workplace_in, workplace_of
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.records import listing_page

_API = "https://api.gem.com/job_board/v0"


class Gem:
    source = "gem"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("board",), home=_API)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_API}/{name(config, 'board')}/job_posts/"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        posts = response.json()
        if not isinstance(posts, list):
            raise ParseError(f"the response of {response.url} is not a list of postings")
        return listing_page(posts, _listed_job, volatile=self.volatile_keys)

    def parse_posting(self, content: str) -> JobPosting:
        post = JsonObject.parse(content)
        location_names = _places(post)
        employment = post.text("employment_type")
        departments = (department.text("name") for department in post.objects("departments"))
        return complete(
            JobPosting(
                title=post.need("title"),
                external_id=post.need("id"),
                requisition_id=post.text("requisition_id"),
                url=post.url("absolute_url"),
                department=next(filter(None, departments), None),
                locations=tuple(locate(each) for each in location_names),
                workplace=workplace_of(post.text("location_type")) or workplace_in(location_names),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                posted_at=parse_time(post.text("first_published_at")),
                posted_at_raw=post.text("first_published_at"),
                updated_at=parse_time(post.text("updated_at")),
                updated_at_raw=post.text("updated_at"),
            ),
            unescaped(post.html("content")),
        )


def _listed_job(post: JsonObject) -> ListedJob:
    return ListedJob(
        external_id=post.need("id"),
        title=post.need("title"),
        url=post.need_url("absolute_url"),
        location="; ".join(_places(post)) or None,
        content=post.dump(),
        modified=post.text("updated_at"),
    )


def _places(post: JsonObject) -> tuple[str, ...]:
    """Return the places in the posting's own location, or else the places of its offices."""
    offices = (
        office.text("location", "name") or office.text("name") for office in post.objects("offices")
    )
    return place_names(post.text("location", "name")) or tuple(dict.fromkeys(filter(None, offices)))
