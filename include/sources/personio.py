"""The adapter of Personio, which reads Personio's feed of open positions.

The feed is documented at developer.personio.de/docs/retrieving-open-job-positions. One response
holds the whole site as XML, without a total and without paging. The descriptions are in CDATA
sections. The response for an unknown site is a 404. The text of a position exists only in the
language in which it was written. A feed in another language has the title and the facts of the
position, but not its text. Therefore the config of a site that is not in English needs a
``language``. ``employmentType`` is the duration of the contract ("permanent"). ``schedule`` states
the hours. The company is the position's ``subcompany``, if that is stated.

For every site, jobs.personio.de and jobs.personio.com return the same feed.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from lxml import etree

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import section
from include.core.formats.text import one_line
from include.core.formats.xml_document import Element, read_xml
from include.core.models import JobPosting, ListedJob
from include.core.pay.pay_period import pay_period
from include.core.pay.salary import salary
from include.core.places.place_lists import locations_in
from include.core.places.workplaces import workplace_in
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain, text
from include.sources.records import listing_page

_ROOT = "workzag-jobs"
_LANGUAGE = "en"
_FIELDS = (
    "id", "name", "subcompany", "department", "employmentType", "schedule", "createdAt",
    "salaryInformation/min", "salaryInformation/max", "salaryInformation/currencyCode",
    "salaryInformation/type",
)  # fmt: skip


class Personio:
    source = "personio"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(
        required=("site",),
        optional=("language",),
        readers={"site": subdomain},
        defaults={"language": _LANGUAGE},
        home="https://{site}.jobs.personio.de",
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        language = quote(text({"language": _LANGUAGE, **config}, "language"), safe="")
        return Request(url=based(config, f"{_site(config)}/xml?language={language}"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        feed = read_xml(response.body, response.url)
        if feed.tag != _ROOT:
            raise ParseError(f"{response.url} is not a feed of positions; its root is <{feed.tag}>")
        contents = [
            {"content": etree.tostring(position, encoding="unicode", with_tail=False)}
            for position in feed.iterfind("position")
        ]
        return listing_page(
            contents,
            lambda position: _listed_job(config, position.html("content")),
            volatile=self.volatile_keys,
        )

    def parse_posting(self, content: str) -> JobPosting:
        position = read_xml(content, "the position")
        fields = _fields(position)
        html = "\n".join(
            section(part.findtext("name"), part.findtext("value") or "")
            for part in position.iterfind("jobDescriptions/jobDescription")
        )
        offices = _offices(position)
        terms = [fields.text("employmentType"), fields.text("schedule")]
        employment = ", ".join(filter(None, terms)) or None
        return complete(
            JobPosting(
                title=fields.need("name"),
                external_id=fields.text("id"),
                company=fields.text("subcompany"),
                department=fields.text("department"),
                locations=tuple(place for each in offices for place in locations_in(each)),
                workplace=workplace_in(offices),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                salary=salary(
                    low=fields.number("salaryInformation/min"),
                    high=fields.number("salaryInformation/max"),
                    currency=fields.text("salaryInformation/currencyCode"),
                    period=pay_period(fields.text("salaryInformation/type")),
                    origin="structured",
                ),
                posted_at=parse_time(fields.text("createdAt")),
                posted_at_raw=fields.text("createdAt"),
            ),
            html,
        )


def _site(config: Mapping[str, Any]) -> str:
    return f"https://{subdomain(config, 'site')}.jobs.personio.de"


def _listed_job(config: Mapping[str, Any], content: str) -> ListedJob:
    position = read_xml(content, "the position")
    fields = _fields(position)
    return ListedJob(
        external_id=fields.need("id"),
        title=fields.need("name"),
        url=f"{_site(config)}/job/{quote(fields.need('id'), safe='')}",
        location="; ".join(_offices(position)) or None,
        content=content,
    )


def _fields(position: Element) -> JsonObject:
    return JsonObject({path: position.findtext(path) for path in _FIELDS})


def _offices(position: Element) -> tuple[str, ...]:
    """Return the names of the offices.

    One element may hold several names, which are separated by commas ("Berlin,Remote").
    """
    paths = ("office", "additionalOffices/office")
    offices = [
        one_line(name)
        for path in paths
        for each in position.iterfind(path)
        for name in re.split(r",(?!\s)", each.text or "")
    ]
    return tuple(dict.fromkeys(office for office in offices if office))
