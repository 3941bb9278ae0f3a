"""Tests of dry runs and detection. They obey the same limits as runs, and store nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from functools import partial

import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy import Engine

from api import listing_service
from api.listing_service import ListingService
from include.core.models import Company
from include.db.engine import make_engine
from include.db.tables import metadata
from include.db.user.users import ensure_user
from include.errors import NotDetected
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.pages.reader_pool import Budget
from include.settings import HostRate, Settings
from local.career_sites import companies
from tests.api.conftest import RunningApi, run_api
from tests.api.test_runs import problem
from tests.fetch.answers import HEAD
from tests.fetch.fault_server import FaultServer, drip
from tests.sites import Sites, running_sites, serving

pytestmark = pytest.mark.integration


@pytest.fixture
def sites() -> Iterator[Sites]:
    with running_sites() as sites:
        yield sites


@pytest_asyncio.fixture
async def listing_api(
    engine: Engine, settings: Settings, sites: Sites
) -> AsyncIterator[RunningApi]:
    changes = {"allowed_private_hosts": (sites.host,), "host_rate": HostRate(default=1000)}
    async with run_api(settings.model_copy(update=changes)) as api:
        yield api


def follow(engine: Engine, sites: Sites, **filters: tuple[str, ...]) -> None:
    with engine.begin() as connection:
        ensure_user(connection, "ada")
        for company in companies(sites.url):
            follow_company(connection, "ada", Company(**company, **filters))


def rows(engine: Engine) -> dict[str, list[str]]:
    """Return all rows of the database by table, except hosts' states and robots.txt."""
    with engine.connect() as connection:
        return {
            table.name: sorted(str(row) for row in connection.execute(table.select()))
            for table in metadata.sorted_tables
            if table.name not in {"hosts", "robots_rules"}
        }


async def test_a_dry_run_lists_what_a_run_would_and_writes_nothing(
    listing_api: RunningApi, engine: Engine, sites: Sites
) -> None:
    follow(engine, sites)
    before = rows(engine)
    async with listing_api.client() as http:
        answer = await http.post("/dry-run")
    assert answer.status_code == 200, answer.text
    found = answer.json()["companies"]
    assert found.keys() == {company["slug"] for company in companies(sites.url)}
    for listing in found.values():
        assert (listing["status"], listing["complete"], listing["error"]) == (
            "complete",
            True,
            None,
        )
        assert listing["count"] == len(listing["jobs"]) > 0
        assert listing["jobs"][0].keys() == {"external_id", "title", "location", "url"}
    assert rows(engine) == before


async def test_a_dry_run_keeps_to_companies_and_their_title_filters(
    listing_api: RunningApi, engine: Engine, sites: Sites
) -> None:
    follow(engine, sites, include_titles=("no title is like this",))
    async with listing_api.client() as http:
        answer = await http.post("/dry-run", json={"companies": ["heronworks"]})
        unknown = await http.post("/dry-run", json={"companies": ["heronworks", "nope"]})
    (listing,) = answer.json()["companies"].values()
    assert (listing["complete"], listing["count"]) == (True, 0)
    assert listing["filtered"] > 0
    assert problem(unknown) == (422, "unknown_companies")


async def test_one_company_s_fault_is_its_own(
    listing_api: RunningApi, engine: Engine, sites: Sites
) -> None:
    follow(engine, sites)
    private = {"board": "acme", "base_url": "http://10.0.0.1"}
    with engine.begin() as connection:
        inside = Company(slug="inside", source="greenhouse", config=private)
        follow_company(connection, "ada", inside)
    async with listing_api.client() as http:
        answer = await http.post("/dry-run", json={"companies": ["heronworks", "inside"]})
    found = answer.json()["companies"]
    assert found["heronworks"]["complete"]
    assert found["inside"]["status"] == "error"
    assert "which is not public" in found["inside"]["error"]


async def test_a_dry_run_is_as_polite_as_a_run(
    engine: Engine, settings: Settings, sites: Sites
) -> None:
    follow(engine, sites)
    changes = {"allowed_private_hosts": (sites.host,), "host_rate": HostRate(default=10)}
    async with run_api(settings.model_copy(update=changes)) as api, api.client() as http:
        began = time.monotonic()
        answer = await http.post("/dry-run")
    assert answer.status_code == 200
    requests = sum(sites.world.requests.values())
    assert requests >= 8
    assert time.monotonic() - began > (requests - 1) / 10


async def test_an_address_is_detected_by_listing_it(listing_api: RunningApi, sites: Sites) -> None:
    async with listing_api.client() as http:
        board = await http.post(
            "/companies/detect", json={"url": f"{sites.url}/v1/boards/heronworks/jobs"}
        )
        page = await http.post("/companies/detect", json={"url": f"{sites.url}/fernhollow/jobs/x"})
        nothing = await http.post("/companies/detect", json={"url": f"{sites.url}/nobody"})
        no_url = await http.post("/companies/detect", json={"url": "nobody"})
    assert board.json()["source"] == "greenhouse"
    assert board.json()["config"] == {"board": "heronworks", "base_url": sites.url}
    assert (board.json()["complete"], board.json()["found_by"]) == (True, "the address itself")
    assert 0 < len(board.json()["sample"]) <= 5 <= board.json()["count"]
    assert page.json()["source"] == "sitemap"
    assert page.json()["config"]["url"] == f"{sites.url}/fernhollow/sitemap.xml"
    assert problem(nothing) == (422, "not_detected")
    assert nothing.json()["url"] == f"{sites.url}/nobody"
    assert any(f"{sites.url}/nobody" in tried for tried in nothing.json()["tried"])
    assert problem(no_url) == (422, "invalid_request")
    assert no_url.json()["errors"][0]["field"] == "body.url"


async def test_servers_without_end_hold_no_other_user_s_listings(
    engine: Engine, settings: Settings, sites: Sites
) -> None:
    with FaultServer() as silent:
        url = silent.at("/", drip(HEAD + b"\r\n", then=b" ", every=0.05))
        changes = {"allowed_private_hosts": (sites.host, silent.host)}
        service = ListingService(
            make_engine(settings.database_url), settings.model_copy(update=changes)
        )
        detect = partial(service.detect, "mallory", url)
        attacks = [asyncio.create_task(detect()) for _ in range(20)]
        try:
            while not silent.asked:  # noqa: ASYNC110 - another thread changes this
                await asyncio.sleep(0.01)
            board = await service.detect("ada", f"{sites.url}/v1/boards/heronworks/jobs")
            assert board.candidate.source == "greenhouse"
            assert not all(attack.done() for attack in attacks)
        finally:
            service.stop()
            ends = await asyncio.gather(*attacks, return_exceptions=True)
            await asyncio.to_thread(service.close)
    assert {type(end) for end in ends} == {NotDetected}


async def test_a_page_over_budget_fails_its_listing_and_delays_nobody(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Serve a page that takes too long to parse.

    Its tags have many attributes, and the time for parsing a tag grows with the square of their
    number.
    """
    tags = f"<p {' '.join(f'a{number}' for number in range(1_900))}>" * 300

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=f"{tags}<a href=/1>Cook</a>", content_type="text/html")

    monkeypatch.setattr(listing_service, "_PARSE_BUDGET", Budget(seconds=0.5, memory=256 << 20))
    app = web.Application()
    app.router.add_get("/", answer)
    with serving(app) as url:
        config = {"url": url, "link_selector": "a"}
        with engine.begin() as connection:
            ensure_user(connection, "ada")
            follow_company(connection, "ada", Company(slug="deep", source="html", config=config))
        changes = {"allowed_private_hosts": (url.removeprefix("http://"),)}
        async with run_api(settings.model_copy(update=changes)) as api, api.client() as http:
            # The process that reads the page has a lower priority, so it may take long.
            http.timeout = 60
            listing = asyncio.create_task(http.post("/dry-run"))
            answered = 0
            while not listing.done():
                live = await http.get(f"{api.url}/live")
                answered += live.status_code == 200
            found = (await listing).json()["companies"]["deep"]
    assert answered > 5
    assert found["status"] == "error"
    assert "processor time" in found["error"]
