"""Greenhouse's job board API (developers.greenhouse.io/job-board.html).

One request answers the whole board, with ``meta.total``; 404 is an unknown board. ``content`` is
HTML escaped once. Pay is left out unless ``pay_transparency`` is asked for, and is in cents, with
its period only in the range's title. There is no employment type, and no workplace but in custom
``metadata``. One ``location.name`` may hold several places; ``offices`` spell some of them out.

A prospect post (``internal_job_id`` null) invites general interest rather than fills one opening.
It is a posting like any other here: the board shows it and ``meta.total`` counts it.

Boards hosted in the EU are read with ``base_url: https://boards-api.eu.greenhouse.io``.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.core.dates import moment
from include.core.json_object import JsonObject
from include.core.locations import locate, places, workplace_in, workplace_of
from include.core.markup import describe, unescaped
from include.core.models import JobPosting, ListedJob, Location, Salary, Workplace
from include.core.provenance import credit
from include.core.salary import pay_period, salary, widest
from include.sources.base import ListingPage, Request, Response
from include.sources.config import ConfigKeys, based, name
from include.sources.records import listing_page

_API = "https://boards-api.greenhouse.io/v1/boards"
_WORKPLACE_FIELDS = frozenset({"location type", "workplace type", "workplace", "work type"})


class Greenhouse:
    source = "greenhouse"
    config_keys = ConfigKeys(required=("board",))

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"{_API}/{name(config, 'board')}/jobs?content=true&pay_transparency=true"
        return Request(url=based(config, url))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        board = JsonObject.of(response.json(), "the board")
        total = board.number("meta", "total")
        return listing_page(
            board.raw("jobs"),
            _listed,
            total=total,
            partial_reason="the board did not state its total" if total is None else None,
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        description = describe(unescaped(job.html("content")))
        offices = {
            office.text("name"): office.text("location") for office in job.objects("offices")
        }
        named = places(job.text("location", "name"))
        return credit(
            JobPosting(
                title=job.need("title"),
                external_id=job.need("id"),
                requisition_id=job.text("requisition_id"),
                url=job.text("absolute_url"),
                company=job.text("company_name"),
                department=_department(job),
                language=job.text("language"),
                locations=tuple(_location(place, offices.get(place)) for place in named),
                workplace=_workplace(job) or workplace_in(named),
                salary=widest([_pay(pay) for pay in job.objects("pay_input_ranges")]),
                description_html=description.html,
                description_text=description.text,
                requirements=description.requirements,
                posted_at=moment(job.text("first_published")),
                posted_at_raw=job.text("first_published"),
                updated_at=moment(job.text("updated_at")),
                updated_at_raw=job.text("updated_at"),
                valid_through=moment(job.text("application_deadline")),
                valid_through_raw=job.text("application_deadline"),
            ),
            "api",
        )


def _listed(job: JsonObject) -> ListedJob:
    return ListedJob(
        external_id=job.need("id"),
        title=job.need("title"),
        url=job.need("absolute_url"),
        location=job.text("location", "name"),
        content=job.dump(),
    )


def _department(job: JsonObject) -> str | None:
    names = (department.text("name") for department in job.objects("departments"))
    return next(filter(None, names), None)


def _location(place: str, office: str | None) -> Location:
    """The office of the same name is spelled out: "New York, New York, United States"."""
    return replace(locate(office), raw=place) if office else locate(place)


def _workplace(job: JsonObject) -> Workplace | None:
    for field in job.objects("metadata"):
        if (field.text("name") or "").casefold() in _WORKPLACE_FIELDS:
            return workplace_of(field.text("value"))
    return None


def _pay(pay: JsonObject) -> Salary | None:
    low, high = pay.number("min_cents"), pay.number("max_cents")
    return salary(
        low=low and low / 100,
        high=high and high / 100,
        currency=pay.text("currency_type"),
        period=pay_period(pay.text("title")) or pay_period(pay.text("blurb")),
        origin="structured",
    )
