"""Tests that a listing obeys robots.txt only if its source has no API (ADR 15)."""

import json
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from include.core.models import Company, Listing
from include.errors import FetchError
from include.failure_codes import FailureCode
from include.fetch.clients import Clients
from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.pipeline.listing.list_board import list_company
from include.pipeline.listing.listing_requests import listing_sender
from tests.fetch.fault_server import FaultServer, reply
from tests.readers import InThisProcess

pytestmark = pytest.mark.integration
MAP = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <url><loc>http://127.0.0.1/jobs/1</loc></url></urlset>"""
FORBID_ALL = b"User-agent: *\nDisallow: /"


@pytest.fixture
def site(engine: Engine) -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


def listed(engine: Engine, site: FaultServer, source: str, **config: str) -> Listing:
    clients = Clients(
        guard=AddressGuard([site.host]),
        user_agent="JobhuntIngestion/test",
        deadline=5,
        max_bytes=1_000_000,
        politeness=PolitenessPolicy(rate_of=lambda _: 1000.0, concurrency=1, max_wait=0.5),
        listing_tries=1,
    )
    company = Company(slug="acme", source=source, config=config)
    until = time.monotonic() + 20
    with listing_sender(engine, clients, until=until, stopping=lambda: False) as send:
        return list_company(company, send, InThisProcess())


def test_a_sitemap_that_robots_txt_allows_is_listed(engine: Engine, site: FaultServer) -> None:
    site.at("/robots.txt", reply(b"User-agent: *\nDisallow: /admin", content_type="text/plain"))
    url = site.at("/map.xml", reply(MAP, content_type="application/xml"))

    assert len(listed(engine, site, "sitemap", url=url).jobs) == 1
    assert site.paths() == ["/robots.txt", "/map.xml"]


@pytest.mark.parametrize(
    ("source", "config"),
    [("sitemap", {}), ("html", {"link_selector": "a"})],
    ids=["sitemap", "html"],
)
def test_a_listing_that_robots_txt_forbids_is_not_requested(
    engine: Engine, site: FaultServer, source: str, config: dict[str, str]
) -> None:
    site.at("/robots.txt", reply(FORBID_ALL, content_type="text/plain"))
    url = site.at("/jobs", reply(MAP, content_type="application/xml"))

    with pytest.raises(FetchError, match="disallows") as refused:
        listed(engine, site, source, url=url, **config)
    assert refused.value.code is FailureCode.ROBOTS
    assert site.paths() == ["/robots.txt"]


def test_an_unreadable_robots_txt_forbids_the_listing(engine: Engine, site: FaultServer) -> None:
    site.at("/robots.txt", reply(b"", status=500))
    url = site.at("/map.xml", reply(MAP, content_type="application/xml"))

    with pytest.raises(FetchError) as refused:
        listed(engine, site, "sitemap", url=url)
    assert refused.value.code is FailureCode.ROBOTS
    assert "/map.xml" not in site.paths()


def test_a_redirect_is_not_followed_to_where_robots_txt_forbids(
    engine: Engine, site: FaultServer
) -> None:
    site.at("/robots.txt", reply(b"User-agent: *\nDisallow: /private", content_type="text/plain"))
    site.at("/private/map.xml", reply(MAP, content_type="application/xml"))
    url = site.at("/map.xml", reply(b"", status=302, location="/private/map.xml"))

    with pytest.raises(FetchError, match="disallows"):
        listed(engine, site, "sitemap", url=url)
    assert site.paths() == ["/robots.txt", "/map.xml"]


def test_a_redirect_that_robots_txt_allows_is_followed_with_one_request_at_a_time(
    engine: Engine, site: FaultServer
) -> None:
    site.at("/moved.xml", reply(MAP, content_type="application/xml"))
    url = site.at("/map.xml", reply(b"", status=302, location="/moved.xml"))

    assert len(listed(engine, site, "sitemap", url=url).jobs) == 1


def test_an_api_is_requested_whatever_robots_txt_says(engine: Engine, site: FaultServer) -> None:
    site.at("/robots.txt", reply(FORBID_ALL, content_type="text/plain"))
    job = {"id": 1, "title": "Cook", "absolute_url": "http://127.0.0.1/1", "content": ""}
    body = json.dumps({"jobs": [job], "meta": {"total": 1}}).encode()
    site.at(
        "/v1/boards/acme/jobs?content=true&pay_transparency=true",
        reply(body, content_type="application/json"),
    )

    listing = listed(engine, site, "greenhouse", board="acme", base_url=f"http://{site.host}")
    assert len(listing.jobs) == 1
    assert "/robots.txt" not in site.paths()
