"""The adapter of NEOGOV, whose sites list the postings of public employers (agencies).

The page of an agency is ``www.governmentjobs.com/careers/{agency}``. Its feed is
``/SearchEngine/JobsFeed?agency={agency}`` on the same host. A school is on www.schooljobs.com, and
its config needs that address as ``base_url``. NEOGOV does not document the feed. The feed is RSS
that begins with a byte order mark. One response holds every posting in full, without a total and
without paging. It is not known what the response for an unknown agency is. Therefore an empty feed
is partial. The fields of a posting are in an XML namespace (``joblisting:``), which each site names
differently. Therefore the adapter compares only the local names of elements.

``minimumSalary`` may be a text such as "See Position Description". A deadline ends with a colon and
a fraction of a second ("Wed, 22 Jul 2026 07:59:00:0"). The deadline "Continuous" means that the
posting has no deadline. These facts are from other crawlers' code and tests.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from lxml import etree

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import section, unescaped
from include.core.formats.xml_document import Element, read_xml
from include.core.models import JobPosting, ListedJob
from include.core.pay.pay_period import pay_period
from include.core.pay.salary import salary
from include.core.places.locations import locate
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, text
from include.sources.records import MAYBE_UNKNOWN, listing_page

_SITE = "https://www.governmentjobs.com"
_PARTS = {
    "description": None,
    "examplesofduties": "Examples of Duties",
    "qualifications": "Qualifications",
    "supplementalinformation": "Supplemental Information",
}
"""The parts of the text in their order. The value of each is the heading that the site shows above
the part. None means that the part has no heading."""
_FRACTION = re.compile(r":\d$")


class Neogov:
    source = "neogov"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("agency",), home=_SITE)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        agency = quote(text(config, "agency"), safe="")
        return Request(url=based(config, f"{_SITE}/SearchEngine/JobsFeed?agency={agency}"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        feed = read_xml(response.body, response.url)
        channel = next(feed.iterfind("channel"), None)
        if channel is None:
            raise ParseError(f"{response.url} is not a feed of postings; its root is <{feed.tag}>")
        items = [_fields(item) for item in channel.iterfind("item")]
        return listing_page(
            items,
            _listed_job,
            volatile=self.volatile_keys,
            partial_reason=None if items else MAYBE_UNKNOWN,
        )

    def parse_posting(self, content: str) -> JobPosting:
        item = JsonObject.parse(content)
        html = "\n".join(
            section(heading, unescaped(text))
            for part, heading in _PARTS.items()
            if (text := item.html(part).strip())
        )
        place = _place(item)
        return complete(
            JobPosting(
                title=item.need("title"),
                external_id=item.need("jobId"),
                requisition_id=item.text("jobNumberSingle"),
                url=item.url("link"),
                department=item.text("department"),
                team=item.text("division"),
                locations=(locate(place),) if place else (),
                employment_types=employment_types(item.text("jobType")),
                employment_type_raw=item.text("jobType"),
                salary=salary(
                    low=_amount(item, "minimumSalary"),
                    high=_amount(item, "maximumSalary"),
                    currency=item.text("salaryCurrency"),
                    period=pay_period(item.text("salaryInterval")),
                    origin="structured",
                ),
                posted_at=parse_time(item.text("pubDate")),
                posted_at_raw=item.text("pubDate"),
                valid_through=_time(item.text("advertiseToDateTimeUTC")),
                valid_through_raw=item.text("advertiseToDateTimeUTC"),
            ),
            html,
        )


def _fields(item: Element) -> dict[str, str]:
    """Return the texts of the posting's elements, by the local name of the element."""
    return {
        etree.QName(element).localname: element.text
        for element in item.iterfind("*")
        if element.text
    }


def _listed_job(item: JsonObject) -> ListedJob:
    return ListedJob(
        external_id=item.need("jobId"),
        title=item.need("title"),
        url=item.need_url("link"),
        location=_place(item),
        content=item.dump(),
    )


def _place(item: JsonObject) -> str | None:
    parts = (item.text("location"), item.text("state"))
    return ", ".join(dict.fromkeys(filter(None, parts))) or None


def _amount(item: JsonObject, key: str) -> float | None:
    """Return the amount of pay at ``key``, or None if the text there is not an amount."""
    digits = (item.text(key) or "").replace(",", "").removeprefix("$")
    return JsonObject({key: digits}).number(key)


def _time(text: str | None) -> datetime | None:
    """Return the time in a text such as ``Wed, 22 Jul 2026 07:59:00:0``, which is in UTC."""
    return parse_time(f"{_FRACTION.sub('', text)} GMT") if text else None
