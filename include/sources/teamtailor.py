"""Teamtailor's job feed, which every career site serves (jsonfeed.org/version/1.1, and schema.org's
JobPosting under ``_jobposting``); the API at docs.teamtailor.com needs a key.

One request answers the whole board. None has been seen in pages, but a feed's ``next_url``, which
the standard has for that, is followed. 404, with an empty body, is an unknown site. A posting
without a place has no ``jobLocation``, and each part of an address may be null. Unlike the
description in the JSON-LD of the job's page, ``content_html`` is not escaped.

Sites in North America have ``site: acme.na``.
"""

from collections.abc import Mapping
from typing import Any

from include.core.dates import moment
from include.core.employment import employment_types
from include.core.json_object import JsonObject
from include.core.locations import place, workplace_of
from include.core.markup import describe, unescaped
from include.core.models import JobPosting, ListedJob, Location, Salary, Workplace
from include.core.provenance import credit
from include.core.salary import pay_period, salary, widest
from include.sources.base import ListingPage, Request, Response
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.records import listing_page

_MARKUP = "_jobposting"


class Teamtailor:
    source = "teamtailor"
    config_keys = ConfigKeys(required=("site",))

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"https://{subdomain(config, 'site')}.teamtailor.com/jobs.json"
        return Request(url=based(config, url))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        feed = JsonObject.of(response.json(), "the feed")
        following = feed.text("next_url")
        return listing_page(
            feed.raw("items"),
            _listed,
            follow=[Request(url=based(config, following))] if following else (),
        )

    def parse_posting(self, content: str) -> JobPosting:
        item = JsonObject.parse(content)
        description = describe(unescaped(item.html("content_html")))
        employment = ", ".join(item.texts(_MARKUP, "employmentType")) or None
        return credit(
            JobPosting(
                title=item.need("title"),
                external_id=item.need("id"),
                url=item.text("url"),
                company=item.text(_MARKUP, "hiringOrganization", "name"),
                locations=_locations(item),
                workplace=_workplace(item),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                salary=widest([_pay(pay) for pay in item.objects(_MARKUP, "baseSalary")]),
                description_html=description.html,
                description_text=description.text,
                requirements=description.requirements,
                posted_at=moment(item.text("date_published")),
                posted_at_raw=item.text("date_published"),
                updated_at=moment(item.text("date_modified")),
                updated_at_raw=item.text("date_modified"),
                valid_through=moment(item.text(_MARKUP, "validThrough")),
                valid_through_raw=item.text(_MARKUP, "validThrough"),
            ),
            "api",
        )


def _listed(item: JsonObject) -> ListedJob:
    return ListedJob(
        external_id=item.need("id"),
        title=item.need("title"),
        url=item.need("url"),
        location="; ".join(location.raw for location in _locations(item)) or None,
        content=item.dump(),
    )


def _locations(item: JsonObject) -> tuple[Location, ...]:
    found = (
        place(
            city=at.text("address", "addressLocality"),
            region=at.text("address", "addressRegion"),
            country=at.text("address", "addressCountry"),
        )
        for at in item.objects(_MARKUP, "jobLocation")
    )
    return tuple(dict.fromkeys(location for location in found if location))


def _workplace(item: JsonObject) -> Workplace | None:
    kinds = item.texts(_MARKUP, "jobLocationType")
    return Workplace.REMOTE if "TELECOMMUTE" in kinds else workplace_of(", ".join(kinds))


def _pay(pay: JsonObject) -> Salary | None:
    single = pay.number("value", "value")
    low, high = pay.number("value", "minValue"), pay.number("value", "maxValue")
    return salary(
        low=single if low is None else low,
        high=single if high is None else high,
        currency=pay.text("currency"),
        period=pay_period(pay.text("value", "unitText")),
        origin="structured",
    )
